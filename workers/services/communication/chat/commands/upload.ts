import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { pictureSize, sniff } from "#kernel/sniff";
import { FILE_BYTES_MAX, isFileType, UPLOAD_WITHIN_MS } from "../domain/files.ts";
import { fileKey } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type ChatRef, visit } from "../queries/access.ts";
import type { UploadLink } from "../schemas.ts";

type Signed = UploadLink & ChatRef & { readonly attachmentId: Id<"attachment"> };

const signedText = ({ conversationId, attachmentId, by, type, until }: Omit<Signed, "signature">) =>
  ["chat", conversationId, attachmentId, by, type, until].join("\n");

/** An address that takes one file of the said type for some minutes, from whoever holds it. */
export async function startUpload(ctx: Ctx, { type, ...ref }: ChatRef & { readonly type: string }) {
  const { userId } = await visit(ctx, ref);
  const attachmentId = ctx.ids.next("attachment");
  const until = ctx.clock.now() + UPLOAD_WITHIN_MS;
  const link = { ...ref, attachmentId, by: userId, type, until };
  const signature = ctx.keys.sign("upload", signedText(link));
  const query = new URLSearchParams({ by: userId, type, until: String(until), signature });
  const url = `/v1/chats/${ref.conversationId}/attachments/${attachmentId}?${query}`;
  return { attachmentId, url, bytesMax: FILE_BYTES_MAX, expiresAt: new Date(until).toISOString() };
}

type Upload = Signed & {
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };
};

/** Not what was put there before: what was shown to somebody does not become something else. */
const ONLY_ONCE = new Headers({ "if-none-match": "*" });

/** Believes the bytes and not what is said of them. The first bytes stay; a repeat is answered with them. */
export async function receiveUpload(ctx: Ctx, { raw, signature, ...link }: Upload) {
  const isOurs = ctx.keys.verify("upload", signedText(link), signature);
  if (!isOurs || ctx.clock.now() >= link.until) throw fail("chat.upload_refused");
  const type = sniff(raw.bytes);
  if (!isFileType(type) || type !== link.type || type !== raw.contentType) {
    throw fail("chat.file_not_as_said");
  }
  const size = pictureSize(raw.bytes, type);
  const customMetadata = {
    by: link.by,
    ...(size ? { width: String(size.width), height: String(size.height) } : {}),
  };
  const key = fileKey(ctx.cell, link.conversationId, link.attachmentId);
  const about = { httpMetadata: { contentType: type }, customMetadata, onlyIf: ONLY_ONCE };
  const put = await ctx.buckets.DOCUMENTS.put(key, raw.bytes, about);
  const kept = put ?? (await ctx.buckets.DOCUMENTS.head(key));
  if (!kept) throw fail("chat.file_not_found");
  return { attachmentId: link.attachmentId, contentType: type, bytes: kept.size };
}
