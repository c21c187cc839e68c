import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { sellersQuery } from "#services/catalog/seller/index";
import { toNumber } from "../../domain.ts";
import { InvoiceIssued } from "../../facts.ts";
import { assemble, byId, invoiceQuery, ordersQuery, saveDocument } from "../../repository.ts";

/** Draws the invoice of a paid order, lays it in the bucket, and tells of it: once, however often it runs. */
export async function renderOnce(
  ctx: Ctx,
  { orderId }: { readonly orderId: Id<"order"> },
): Promise<readonly Statement<"invoice.rendered">[]> {
  const which = byId({ as: "system" }, orderId);
  const { heads, lines } = ordersQuery(which);
  const [found, own, invoice] = await ctx.db.load(heads, lines, invoiceQuery(which));
  const [order] = assemble(found, own);
  if (!order || !invoice || invoice.documentKey !== null) return [];
  const [[seller]] = await ctx.db.load(sellersQuery([order.sellerId]));
  const number = toNumber(invoice.seq);
  const { drawInvoice } = await import("./draw.ts");
  const bytes = await drawInvoice({
    order,
    number,
    issuedAt: invoice.issuedAt,
    seller: { name: seller?.name ?? order.sellerId, city: seller?.city ?? null },
    timeZone: ctx.market.timeZone,
  });
  const documentKey = `${ctx.cell}/invoices/${order.sellerId}/${invoice.seq}-${invoice.id}.pdf`;
  const httpMetadata = { contentType: "application/pdf" };
  await ctx.buckets.DOCUMENTS.put(documentKey, bytes, { httpMetadata });
  const { orderGroupId, buyerId, group } = order;
  const { email, locale } = group;
  const about = { invoiceId: invoice.id, orderId, orderGroupId, buyerId, email, locale, number, documentKey };
  const fact = InvoiceIssued.make(ctx, { id: invoice.id, version: 1 }, about);
  return [saveDocument(invoice.id, documentKey), append(fact)];
}
