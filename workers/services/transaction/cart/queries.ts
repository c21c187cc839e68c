import { type BuyerId, requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { isAppError } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { onCart } from "#objects/stubs";
import { quoteOffers } from "#services/catalog/product/index";
import { stockOf } from "#services/logistics/inventory/index";
import type { Line } from "./domain/cart.ts";
import { type CartView, type Offered, viewCart } from "./domain/view.ts";
import { fail } from "./errors.ts";

/** What other services see of a line: those saved for later are not among them. */
export type CartLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly quantity: number;
  readonly selected: boolean;
};
export type ReadCart = { readonly id: Id<"cart">; readonly version: number; readonly view: CartView };

/** One cart a buyer, named after him, so that no table is asked which is his. */
export const cartIdOf = (buyerId: BuyerId): Id<"cart"> => `crt_${buyerId.slice(4)}` as Id<"cart">;

/** Another buyer's cart is missing and not forbidden: whether it exists is no one else's business. */
export function requireOwnCart(ctx: Ctx, cartId: Id<"cart">): BuyerId {
  const buyerId = requireBuyer(ctx);
  if (cartIdOf(buyerId) !== cartId) throw fail("cart.not_found");
  return buyerId;
}

async function loadOffers(
  ctx: Ctx,
  offerIds: readonly Id<"offer">[],
): Promise<ReadonlyMap<Id<"offer">, Offered>> {
  const quotes = await quoteOffers(ctx, offerIds);
  const offers = quotes.map((quote): Offered => {
    const isSold = quote.status === "active" && quote.productStatus === "published";
    return { ...quote, isSold };
  });
  return new Map(offers.map((offer) => [offer.offerId, offer]));
}

/** Undefined when the one who knows cannot be asked now. */
function orUnknown(error: unknown): undefined {
  if (isAppError(error) && error.code === "unavailable") return undefined;
  throw error;
}

/** A line is taken though the catalogue is away; reading the cart checks it again. */
export const findOffers = (ctx: Ctx, offerIds: readonly Id<"offer">[]) =>
  loadOffers(ctx, offerIds).catch(orUnknown);

async function view(ctx: Ctx, lines: readonly Line[]): Promise<CartView> {
  const { currency } = ctx.market;
  const offerIds = [...new Set(lines.map((line) => line.offerId))];
  if (offerIds.length === 0) return viewCart([], { currency, offers: new Map(), stock: new Map() });
  // A cart without prices helps nobody, and to call every line unavailable would be a lie: that is a 503.
  const [offers, stock] = await Promise.all([
    loadOffers(ctx, offerIds),
    stockOf(ctx, offerIds).catch(orUnknown),
  ]);
  return viewCart(lines, { currency, offers, stock });
}

export async function getCart(ctx: Ctx, { cartId }: { readonly cartId: Id<"cart"> }): Promise<ReadCart> {
  requireOwnCart(ctx, cartId);
  const { version, lines } = await readCart(ctx, cartId);
  return { id: cartId, version, view: await view(ctx, lines) };
}

async function readCart(ctx: Ctx, cartId: Id<"cart">) {
  const { version, lines } = await onCart(ctx, cartId, (cart) => cart.read());
  return { version, lines: lines as readonly Line[] };
}

/** As stored: whoever buys them looks at prices and stock himself. */
export async function cartLines(ctx: Ctx, cartId: Id<"cart">): Promise<readonly CartLine[]> {
  const { lines } = await readCart(ctx, cartId);
  return lines
    .filter((line) => !line.isSaved)
    .map(({ lineId, offerId, quantity, isSelected }) => ({
      lineId,
      offerId,
      quantity,
      selected: isSelected,
    }));
}

/** Names the use of a sealed value: a link that shows a cart opens nothing else. */
export const SHARED_CART = "shared cart";

/** What the owner has in the cart now, without whose it is. */
export async function getSharedCart(ctx: Ctx, { token }: { readonly token: string }): Promise<CartView> {
  const opened = await openSealed(ctx, token, { about: SHARED_CART }).catch(() => undefined);
  const { cartId, expiresAt } = (opened ?? {}) as { cartId?: Id<"cart">; expiresAt?: number };
  if (cartId === undefined || expiresAt === undefined || expiresAt <= ctx.clock.now()) {
    throw fail("cart.share_not_found");
  }
  const { lines } = await readCart(ctx, cartId);
  const shown = lines.filter((line) => !line.isSaved);
  return view(ctx, shown);
}
