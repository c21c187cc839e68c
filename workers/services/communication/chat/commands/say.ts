import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow, type Result } from "#kernel/result";
import { textIn } from "#kernel/texts";
import { onChatRoom } from "#objects/stubs";
import { cardOffersQuery, cardsQuery } from "#services/catalog/product/index";
import { orderCardQuery } from "#services/transaction/order/index";
import { type Card, fileKey, type Message } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type Access, type ChatRef, visit } from "../queries/access.ts";
import { type SayBody, toMessageDto } from "../schemas.ts";

type Said = Result<{ readonly message: Message }, Parameters<typeof fail>[0]>;

/** The same message that a socket sends, for whoever has none, and for what must be checked first. */
export async function sayMessage(
  ctx: Ctx,
  { conversationId, cid, text, replyTo, ...shown }: ChatRef & SayBody,
) {
  const access = await visit(ctx, { conversationId });
  const card = await cardOf(ctx, access, shown);
  const deed = {
    op: "post" as const,
    authorId: access.userId,
    partyId: access.me.partyId,
    cid,
    text: text ?? null,
    card,
    replyTo: replyTo ?? null,
  };
  const done = await onChatRoom(ctx, conversationId, (room) => room.act(deed));
  const { message } = orThrow(done as Said, fail);
  return toMessageDto(message, access.me.partyId);
}

type Shown = Pick<SayBody, "productId" | "orderId" | "attachmentId">;

async function cardOf(
  ctx: Ctx,
  access: Access,
  { productId, orderId, attachmentId }: Shown,
): Promise<Card | null> {
  if (productId) return productCard(ctx, productId);
  if (orderId) return orderCard(ctx, access, orderId);
  return attachmentId ? fileCard(ctx, access, attachmentId) : null;
}

/** As the shelf shows it now: the cheapest offer that can be bought. */
async function productCard(ctx: Ctx, productId: Id<"product">): Promise<Card> {
  const [[product], offers] = await ctx.db.load(cardsQuery([productId]), cardOffersQuery([productId]));
  if (product?.state !== "published") throw fail("chat.product_not_found");
  const prices = offers.filter(({ isOpen }) => isOpen).map(({ priceMinor }) => priceMinor);
  const lowest = prices.reduce<bigint | null>((low, one) => (low === null || one < low ? one : low), null);
  const { titles, slug, coverKey, currency } = product;
  const [locale = "en"] = ctx.market.locales;
  return {
    kind: "product",
    productId,
    title: textIn(titles, locale),
    slug,
    coverKey,
    priceMinor: lowest?.toString() ?? null,
    currency,
  };
}

async function orderCard(ctx: Ctx, { conversation }: Access, orderId: Id<"order">): Promise<Card> {
  const { buyerId, sellerId } = conversation;
  if (!buyerId || !sellerId) throw fail("chat.order_not_found");
  const [order] = await ctx.db.load(orderCardQuery(orderId, { buyerId, sellerId }));
  if (!order) throw fail("chat.order_not_found");
  return { kind: "order", ...order, totalMinor: order.totalMinor.toString() };
}

/** What was uploaded for this conversation, as it was found to be. */
async function fileCard(
  ctx: Ctx,
  { conversation, userId }: Access,
  attachmentId: Id<"attachment">,
): Promise<Card> {
  const found = await ctx.buckets.DOCUMENTS.head(fileKey(ctx.cell, conversation.id, attachmentId));
  const { by, width, height } = found?.customMetadata ?? {};
  if (!found || by !== userId) throw fail("chat.file_not_found");
  return {
    kind: "file",
    attachmentId,
    contentType: found.httpMetadata?.contentType ?? "application/octet-stream",
    bytes: found.size,
    width: width ? Number(width) : null,
    height: height ? Number(height) : null,
  };
}
