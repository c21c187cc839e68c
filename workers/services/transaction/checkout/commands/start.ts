import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { textIn } from "#kernel/texts";
import { type OfferQuote, offersQuery } from "#services/catalog/product/index";
import { type Stock, stockQuery, weigh } from "#services/logistics/inventory/index";
import { type HeldUnits, heldUnits } from "#services/marketing/flash-sale/index";
import { addressQuery, profileQuery } from "#services/social/user/index";
import { cartIdOf, cartLines } from "#services/transaction/cart/index";
import { type Checkout, decideChange, NO_QUOTE, openCheckout } from "../domain/checkout.ts";
import { type QuotedLine, taxRateOf } from "../domain/pricing.ts";
import { fail } from "../errors.ts";
import { CheckoutStarted } from "../facts.ts";
import * as checkouts from "../repository.ts";
import type { Change, StartCheckout } from "../schemas.ts";
import { toSnapshot } from "./address.ts";
import { quoteCheckout, refuseAmount } from "./quote.ts";

/** Quotes the selected lines of the buyer's cart; the prices hold until the checkout ends. */
export async function startCheckout(ctx: Ctx, input: StartCheckout): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const cartId = cartIdOf(buyerId);
  const held = input.saleHold && (await heldUnits(ctx, input.saleHold));
  const wanted = held
    ? [{ lineId: ctx.ids.next("line"), offerId: held.offerId, quantity: held.quantity }]
    : await chosenLines(ctx, cartId, input.lineIds);
  const offerIds = wanted.map((line) => line.offerId);
  const { profile, address, offers, stock } = await loadStart(ctx, input, offerIds);
  const bodies = await weigh(ctx, offers, stock);
  const lines = quoteLines(ctx, wanted, { offers, held, stock, bodies });
  const now = ctx.clock.now();
  const quotedUntil = now + ctx.market.checkout.validForMs;
  const opened = openCheckout({
    id: ctx.ids.next("checkout"),
    buyerId,
    cartId,
    locale: ctx.locale,
    currency: ctx.market.currency,
    email: null,
    address: null,
    method: null,
    lines,
    voucherCodes: input.voucherCodes ?? [],
    bestVouchers: input.bestVouchers ?? false,
    quote: NO_QUOTE,
    orderGroupId: null,
    paymentId: null,
    orders: null,
    createdAt: now,
    // Who has claimed units in a sale has them, and their price, as long as his hold lives.
    expiresAt: Math.min(quotedUntil, held?.expiresAt ?? quotedUntil),
  });
  const change = { email: input.email ?? profile?.email, address, method: input.paymentMethod };
  const decided = orThrow(decideChange(opened, change, { market: ctx.market, now }), fail);
  const known = await quoteCheckout(ctx, { ...decided, version: 1 }, { rates: true });
  refuseAmount(ctx, known);
  const goods = lines.reduce((sum, line) => sum + line.unitPriceMinor * BigInt(line.quantity), 0n);
  const fact = CheckoutStarted.make(ctx, known, {
    buyerId,
    lines: lines.length,
    currency: known.currency,
    goodsMinor: goods.toString(),
  });
  orThrow(await ctx.db.commit([checkouts.insert(known), append(fact)]), fail);
  return known;
}

type Wanted = { readonly lineId: Id<"line">; readonly offerId: Id<"offer">; readonly quantity: number };

async function chosenLines(
  ctx: Ctx,
  cartId: Id<"cart">,
  lineIds: readonly Id<"line">[] | undefined,
): Promise<readonly Wanted[]> {
  const lines = await cartLines(ctx, cartId);
  const chosen = lines.filter((line) => (lineIds ? lineIds.includes(line.lineId) : line.selected));
  if (chosen.length === 0) throw fail("checkout.empty");
  return chosen;
}

async function loadStart(ctx: Ctx, input: Change, offerIds: readonly Id<"offer">[]) {
  const { actor } = ctx;
  if (actor.kind !== "user") {
    const [offers, stock] = await ctx.db.load(offersQuery(offerIds), stockQuery(ctx, offerIds));
    return { offers, stock, profile: undefined, address: input.address };
  }
  if (input.addressId === undefined) {
    const [offers, stock, profile] = await ctx.db.load(
      offersQuery(offerIds),
      stockQuery(ctx, offerIds),
      profileQuery(actor.userId),
    );
    return { offers, stock, profile, address: input.address };
  }
  const [offers, stock, profile, saved] = await ctx.db.load(
    offersQuery(offerIds),
    stockQuery(ctx, offerIds),
    profileQuery(actor.userId),
    addressQuery(actor.userId, input.addressId),
  );
  if (!saved) throw fail("checkout.address_not_found");
  return { offers, stock, profile, address: toSnapshot(saved) };
}

type Known = {
  readonly offers: readonly OfferQuote[];
  readonly held: HeldUnits | undefined;
  readonly stock: ReadonlyMap<Id<"offer">, Stock>;
  readonly bodies: Awaited<ReturnType<typeof weigh>>;
};

/** When a line that is not all on the shelves is promised to be there; what a sale has claimed is there. */
function promiseOf({ offerId, quantity }: Wanted, { held, stock }: Known): number | undefined {
  const of = stock.get(offerId);
  return held || !of || quantity <= of.onShelf ? undefined : (of.ahead?.promisedAt ?? undefined);
}

/** Every line must still be sold, and in a quantity that its seller sells. */
function quoteLines(ctx: Ctx, wanted: readonly Wanted[], known: Known): readonly QuotedLine[] {
  const { offers, held, bodies } = known;
  const byId = new Map(offers.map((offer) => [offer.offerId, offer]));
  const gone = wanted.filter(({ offerId }) => {
    const offer = byId.get(offerId);
    return offer?.status !== "active" || offer.productStatus !== "published";
  });
  if (gone.length > 0) {
    const errors = gone.map(({ lineId }) => ({
      path: `lines.${lineId}`,
      code: "unavailable",
      message: "This offer is no longer sold.",
    }));
    throw fail("checkout.line_unavailable", { errors });
  }
  return wanted.flatMap((line) => {
    const { lineId, offerId, quantity } = line;
    const promisedAt = promiseOf(line, known);
    const offer = byId.get(offerId);
    if (!offer) return [];
    return [
      {
        lineId,
        offerId,
        productId: offer.productId,
        categoryId: offer.categoryId,
        sellerId: offer.sellerId,
        sku: offer.sku,
        title: textIn(offer.title, ctx.locale),
        variantLabel: textIn(offer.variantLabel, ctx.locale),
        imageKey: offer.imageKey,
        unitPriceMinor: held?.unitPriceMinor ?? offer.price.minor,
        ...(held ? { sale: held.line } : {}),
        quantity,
        ...(bodies.get(offerId) ?? { weightGrams: offer.weightGrams }),
        ...(promisedAt === undefined ? {} : { promisedAt }),
        taxRateBasisPoints: taxRateOf(offer.taxClass, ctx.market),
      },
    ];
  });
}
