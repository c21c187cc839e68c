import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { fileKey } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type ChatRef, visit } from "./access.ts";

type FileRef = ChatRef & { readonly attachmentId: Id<"attachment"> };

/** Private, for the sides of the conversation; shown by nobody's page but that which asked for it. */
export async function openFile(ctx: Ctx, { attachmentId, ...ref }: FileRef) {
  await visit(ctx, ref);
  const found = await ctx.buckets.DOCUMENTS.get(fileKey(ctx.cell, ref.conversationId, attachmentId));
  if (!found) throw fail("chat.file_not_found");
  const headers = {
    "content-type": found.httpMetadata?.contentType ?? "application/octet-stream",
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline",
  };
  return { body: found.body, headers };
}
