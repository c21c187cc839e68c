import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { sniff } from "#kernel/sniff";
import { loadOrder, type OrderScope } from "#services/transaction/order/index";
import type { Role } from "../domain/case.ts";
import { fail } from "../errors.ts";
import type { Evidence } from "../repository/cases.ts";
import { EVIDENCE_TYPES } from "../schemas.ts";

type Where = { readonly orderId: Id<"order">; readonly attachmentId: Id<"attachment"> };
export const evidenceKey = ({ cell }: Pick<Ctx, "cell">, { orderId, attachmentId }: Where): string =>
  `${cell}/refunds/${orderId}/${attachmentId}`;

type Upload = {
  readonly orderId: Id<"order">;
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer> };
};

/** Lies in the bucket until a request names it. What the file says of itself is not believed. */
export async function uploadEvidence(ctx: Ctx, scope: OrderScope, { orderId, raw }: Upload) {
  const contentType = sniff(raw.bytes);
  if (!contentType || !EVIDENCE_TYPES.some((one) => one === contentType))
    throw fail("refund.evidence_invalid");
  if (!(await loadOrder(ctx, scope, orderId))) throw fail("refund.order_not_found");
  const attachmentId = ctx.ids.next("attachment");
  await ctx.buckets.DOCUMENTS.put(evidenceKey(ctx, { orderId, attachmentId }), raw.bytes, {
    httpMetadata: { contentType },
    customMetadata: { by: actorKey(ctx.actor) },
  });
  return { attachmentId, contentType };
}

type Shown = {
  readonly refundId: Id<"refundCase">;
  readonly orderId: Id<"order">;
  readonly attachmentIds: readonly Id<"attachment">[];
  readonly role: Role;
};

/** Files that this caller uploaded for this order; another's is not found. */
export async function showEvidence(
  ctx: Ctx,
  { refundId, orderId, attachmentIds, role }: Shown,
): Promise<readonly Evidence[]> {
  const by = actorKey(ctx.actor);
  const looked = attachmentIds.map(async (attachmentId) => {
    const file = await ctx.buckets.DOCUMENTS.head(evidenceKey(ctx, { orderId, attachmentId }));
    if (!file || file.customMetadata?.by !== by) throw fail("refund.evidence_not_found");
    const contentType = file.httpMetadata?.contentType ?? "application/octet-stream";
    return { refundId, attachmentId, role, contentType, addedAt: ctx.clock.now() };
  });
  return Promise.all(looked);
}
