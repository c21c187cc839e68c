import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { sellersQuery } from "#services/catalog/seller/index";
import { invoiceNumberQuery, loadOrder } from "#services/transaction/order/index";
import { noteNumber } from "../../domain/note.ts";
import { creditNoteQuery, saveDocument } from "../../repository/books.ts";
import { load } from "../../repository/cases.ts";

/** Draws the credit note of a refund and lays it in the bucket: once, however often it runs. */
export async function renderNote(
  ctx: Ctx,
  { refundId }: { readonly refundId: Id<"refundCase"> },
): Promise<readonly Statement<"refund.stale">[]> {
  const one = await load(ctx, { as: "system" }, refundId);
  const [note] = await ctx.db.load(creditNoteQuery(refundId));
  if (!one?.amounts || !note || note.documentKey !== null) return [];
  const [order, [[seller], invoiceNumber]] = await Promise.all([
    loadOrder(ctx, { as: "system" }, one.orderId),
    ctx.db.load(sellersQuery([one.sellerId]), invoiceNumberQuery(one.orderId)),
  ]);
  if (!order) throw new Error(`order ${one.orderId} is gone`);
  const { address } = order.group;
  const { drawNote } = await import("./draw.ts");
  const bytes = await drawNote({
    number: noteNumber(note.seq),
    invoiceNumber: invoiceNumber ?? null,
    orderId: one.orderId,
    issuedAt: note.issuedAt,
    timeZone: ctx.market.timeZone,
    locale: one.locale,
    currency: one.currency,
    seller: { name: seller?.name ?? one.sellerId, city: seller?.city ?? null },
    buyer: [address.recipient, address.line1, `${address.city} ${address.postalCode} ${address.country}`],
    taxName: order.group.taxName,
    taxInclusive: order.group.taxInclusive,
    tender: one.tender,
    isReduction: one.offerMinor !== null,
    titles: new Map(one.lines.map(({ lineId, title }) => [lineId, title])),
    amounts: one.amounts,
  });
  const documentKey = `${ctx.cell}/credit-notes/${one.sellerId}/${note.seq}-${note.id}.pdf`;
  const httpMetadata = { contentType: "application/pdf" };
  await ctx.buckets.DOCUMENTS.put(documentKey, bytes, { httpMetadata });
  return [saveDocument(note.id, documentKey)];
}
