import { createHash } from "node:crypto";
import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { sniff } from "#kernel/sniff";
import type { DocumentKind } from "../domain/shop.ts";
import { fail } from "../errors.ts";
import { documentKey } from "../queries/shops.ts";
import * as sellers from "../repository/shops.ts";
import { assertNoEvidence } from "../repository/standing.ts";
import { requireOwn } from "./shop.ts";

/** Identity, licence, tax and bank papers, with a renewed copy of each. */
const DOCUMENTS_MAX = 20;
/** What appeals rest on is kept, and so has room of its own. */
const EVIDENCE_MAX = 100;

type Upload = {
  readonly sellerId: Id<"seller">;
  readonly kind: DocumentKind;
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };
};

/** The bytes go first: a row without bytes would be a lie, bytes without a row are only forgotten. */
export async function uploadDocument(ctx: Ctx, { sellerId, kind, raw }: Upload) {
  requireOwn(ctx, sellerId, "member:write");
  if (sniff(raw.bytes) !== raw.contentType) throw fail("document.not_as_said");
  const row = {
    id: ctx.ids.next("document"),
    sellerId,
    kind,
    contentType: raw.contentType,
    bytes: raw.bytes.byteLength,
    sha256: createHash("sha256").update(raw.bytes).digest("hex"),
    uploadedBy: requireUser(ctx),
    createdAt: ctx.clock.now(),
  };
  const key = documentKey(ctx, sellerId, row.id);
  await ctx.buckets.DOCUMENTS.put(key, raw.bytes, { httpMetadata: { contentType: row.contentType } });
  const outcome = await ctx.db.commit(
    sellers.insertDocument(row, kind === "evidence" ? EVIDENCE_MAX : DOCUMENTS_MAX),
  );
  if (!outcome.ok) ctx.defer(ctx.buckets.DOCUMENTS.delete(key));
  orThrow(outcome, fail);
  return row;
}

type Remove = { readonly sellerId: Id<"seller">; readonly documentId: Id<"document"> };

export async function removeDocument(ctx: Ctx, { sellerId, documentId }: Remove): Promise<null> {
  requireOwn(ctx, sellerId, "member:write");
  const outcome = await ctx.db.commit([
    sellers.lockShop(sellerId),
    assertNoEvidence(sellerId, documentId),
    sellers.deleteDocument(sellerId, documentId),
  ]);
  orThrow(outcome, fail);
  await ctx.buckets.DOCUMENTS.delete(documentKey(ctx, sellerId, documentId));
  return null;
}
