import { requireBuyer } from "#kernel/actor";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { textIn } from "#kernel/texts";
import { assertQuoted, type OfferQuote, offersQuery } from "#services/catalog/product/index";
import { type Reserve, reserve } from "#services/logistics/inventory/index";
import { type HeldUnits, heldUnits, keepHold, lendUnits } from "#services/marketing/flash-sale/index";
import { addressQuery, profileQuery } from "#services/social/user/index";
import { cartIdOf, cartLines, removeLines } from "#services/transaction/cart/index";
import { placeOrders, shareOf } from "#services/transaction/order/index";
import { createPayment, type PaymentAction, startPayment } from "#services/transaction/payment/index";
import {
  type Checkout,
  type CheckoutChange,
  type CompleteRefusal,
  completed,
  decideCancel,
  decideChange,
  decideComplete,
  openCheckout,
  type Parcel,
  priceParcels,
  type QuotedLine,
  type ReadyCheckout,
  type ShippingAddress,
  taxRateOf,
} from "./domain.ts";
import { fail } from "./errors.ts";
import { CheckoutCompleted, CheckoutStarted } from "./facts.ts";
import * as checkouts from "./repository.ts";
import type { Change, ChangeCheckout, CheckoutRef, CompleteCheckout, StartCheckout } from "./schemas.ts";

/** The provider's last word may come after the buyer's time is up; until then nobody else gets the stock. */
const HOLD_GRACE_MS = 2 * MINUTE_MS;

/** Quotes the selected lines of the buyer's cart; the prices hold until the checkout ends. */
export async function startCheckout(ctx: Ctx, input: StartCheckout): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const cartId = cartIdOf(buyerId);
  const held = input.saleHold && (await heldUnits(ctx, input.saleHold));
  const wanted = held
    ? [{ lineId: ctx.ids.next("line"), offerId: held.offerId, quantity: held.quantity }]
    : await chosenLines(ctx, cartId, input.lineIds);
  const offerIds = wanted.map((line) => line.offerId);
  const { profile, address, offers } = await loadStart(ctx, input, offerIds);
  const lines = quoteLines(ctx, wanted, offers, held);
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
    orderGroupId: null,
    paymentId: null,
    orders: null,
    createdAt: now,
    // Who has claimed units in a sale has them, and their price, as long as his hold lives.
    expiresAt: Math.min(quotedUntil, held?.expiresAt ?? quotedUntil),
  });
  const change = { email: input.email ?? profile?.email, address, method: input.paymentMethod };
  const known = { ...orThrow(decideChange(opened, change, { market: ctx.market, now }), fail), version: 1 };
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
    const [offers] = await ctx.db.load(offersQuery(offerIds));
    return { offers, profile: undefined, address: input.address };
  }
  if (input.addressId === undefined) {
    const [offers, profile] = await ctx.db.load(offersQuery(offerIds), profileQuery(actor.userId));
    return { offers, profile, address: input.address };
  }
  const [offers, profile, saved] = await ctx.db.load(
    offersQuery(offerIds),
    profileQuery(actor.userId),
    addressQuery(actor.userId, input.addressId),
  );
  if (!saved) throw fail("checkout.address_not_found");
  return { offers, profile, address: toSnapshot(saved) };
}

/** Every line must still be sold, and in a quantity that its seller sells. */
function quoteLines(
  ctx: Ctx,
  wanted: readonly Wanted[],
  offers: readonly OfferQuote[],
  held: HeldUnits | undefined,
): readonly QuotedLine[] {
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
  return wanted.flatMap(({ lineId, offerId, quantity }) => {
    const offer = byId.get(offerId);
    if (!offer) return [];
    return [
      {
        lineId,
        offerId,
        productId: offer.productId,
        sellerId: offer.sellerId,
        sku: offer.sku,
        title: textIn(offer.title, ctx.locale),
        variantLabel: offer.variantLabel,
        imageKey: offer.imageKey,
        unitPriceMinor: held?.unitPriceMinor ?? offer.price.minor,
        ...(held ? { sale: held.line } : {}),
        quantity,
        taxRateBasisPoints: taxRateOf(offer.taxClass, ctx.market),
      },
    ];
  });
}

/** The fields of a parcel's label, without what belongs to the address book. */
function toSnapshot(address: ShippingAddress): ShippingAddress {
  const { recipient, phone, country, region, city, district, village, postalCode, line1, line2 } = address;
  const { latitude, longitude } = address;
  return {
    recipient,
    phone,
    country,
    region,
    city,
    district,
    village,
    postalCode,
    line1,
    line2,
    latitude,
    longitude,
  };
}

export async function changeCheckout(ctx: Ctx, { checkoutId, ...input }: ChangeCheckout): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const outcome = await untilFresh("checkout.stale", async () => {
    const { checkout, address } = await loadChange(ctx, { buyerId, checkoutId }, input);
    const change: CheckoutChange = { email: input.email, address, method: input.paymentMethod };
    const decision = decideChange(checkout, change, { market: ctx.market, now: ctx.clock.now() });
    if (!decision.ok) return decision;
    const committed = await ctx.db.commit([checkouts.save(decision.value)]);
    return committed.ok ? decision : committed;
  });
  return orThrow(outcome, fail);
}

type Owned = Parameters<typeof checkouts.checkoutQuery>[0];

async function loadChange(ctx: Ctx, owned: Owned, input: Change) {
  if (input.addressId === undefined || ctx.actor.kind !== "user") {
    const [checkout] = await ctx.db.load(checkouts.checkoutQuery(owned));
    if (!checkout) throw fail("checkout.not_found");
    return { checkout, address: input.address };
  }
  const saved = addressQuery(ctx.actor.userId, input.addressId);
  const [checkout, address] = await ctx.db.load(checkouts.checkoutQuery(owned), saved);
  if (!checkout) throw fail("checkout.not_found");
  if (!address) throw fail("checkout.address_not_found");
  return { checkout, address: toSnapshot(address) };
}

/**
 * Everything or nothing: stock, orders, payment and checkout change in one commit. The provider is asked
 * afterwards; whatever dies in between, a retry or the sweep finds the payment and goes on.
 */
export async function completeCheckout(ctx: Ctx, input: CompleteCheckout): Promise<Completed> {
  const buyerId = requireBuyer(ctx);
  const owned = { buyerId, checkoutId: input.checkoutId };
  const outcome = await untilFresh("checkout.stale", async () => {
    const [checkout] = await ctx.db.load(checkouts.checkoutQuery(owned));
    if (!checkout) throw fail("checkout.not_found");
    const decision = decideComplete(checkout, ctx.clock.now());
    if (!decision.ok) return decision;
    if (decision.value.done) return ok(checkout);
    await keepHolds(ctx, checkout);
    const { changed, statements } = place(ctx, decision.value.ready, input);
    const committed = await ctx.db.commit([checkouts.save(changed), ...statements]);
    return committed.ok ? ok(changed) : err(refusalOf(committed.code));
  });
  const checkout = orThrow(outcome, fail);
  ctx.defer(removeBought(ctx, checkout).catch(() => undefined));
  return { checkout, payment: await pay(ctx, checkout, input.cardToken) };
}

/** A hold that was claimed in a sale lives as long as the order that it becomes may wait for its money. */
async function keepHolds(ctx: Ctx, { lines }: Checkout): Promise<void> {
  const until = ctx.clock.now() + ctx.market.payment.payWithinMs + 2 * HOLD_GRACE_MS;
  for (const { sale } of lines) if (sale) await keepHold(ctx, sale, until);
}

export type Completed = { readonly checkout: Checkout; readonly payment: PaymentAction };
type Refusal =
  | CompleteRefusal
  | "checkout.stale"
  | "checkout.price_changed"
  | "checkout.hold_lost"
  | "inventory.insufficient";
const HOLD_CODES: readonly string[] = [
  "inventory.not_allocated",
  "inventory.hold_dead",
  "flash_sale.hold_bought",
];

/** Other services refuse in their own words; a buyer is told what it means for this checkout. */
function refusalOf(code: string): Refusal {
  if (code === "offer.changed") return "checkout.price_changed";
  if (HOLD_CODES.includes(code)) return "checkout.hold_lost";
  if (code === "checkout.stale" || code === "inventory.insufficient") return code;
  throw new Error(`complete was refused with ${code}`);
}

function place(ctx: Ctx, checkout: ReadyCheckout, { bank }: CompleteCheckout) {
  const now = ctx.clock.now();
  const parcels = priceParcels(checkout.lines, ctx.market);
  const paymentId = ctx.ids.next("payment");
  const isCash = checkout.method === "cod";
  const payBy = now + ctx.market.payment.payWithinMs;
  const placement = placeOrders(ctx, {
    orderGroupId: ctx.ids.next("orderGroup"),
    buyerId: checkout.buyerId,
    email: checkout.email,
    locale: checkout.locale,
    address: checkout.address,
    payment: { method: checkout.method, paymentId },
    payBy,
    currency: checkout.currency,
    sellers: parcels.map((parcel) => toDraft(parcel, ctx.market.commission)),
  });
  const { orderGroupId } = placement;
  const orders = placement.orders.map(({ orderId, sellerId, totalMinor }) => {
    return { orderId, sellerId, totalMinor: totalMinor.toString() };
  });
  const changed = completed(checkout, { orderGroupId, paymentId, orders });
  const amount = { minor: placement.totalMinor, currency: checkout.currency };
  const { buyerId, method } = checkout;
  const holds = placement.orders.map(({ reservationId, orderId, lines }) => {
    // A hold outlives its payment a little, so that money of the last second still finds its stock.
    return { reservationId, owner: orderId, expiresAt: isCash ? null : payBy + HOLD_GRACE_MS, lines };
  });
  return {
    changed,
    statements: [
      ...assertPrices(checkout),
      ...placement.statements,
      ...createPayment(ctx, { paymentId, orderGroupId, buyerId, amount, method, payBy, options: { bank } }),
      append(toFact(ctx, changed, amount.minor)),
      // Last, so that buyers of one item wait for each other no longer than they must.
      ...takeStock(ctx, checkout, { orderGroupId, holds }),
    ],
  };
}

type Placing = { readonly orderGroupId: Id<"orderGroup">; readonly holds: readonly Reserve[] };

/** A sale's price is the sale's own and does not change. */
function assertPrices({ lines }: ReadyCheckout) {
  const quoted = lines.filter((line) => line.sale === undefined);
  if (quoted.length === 0) return [];
  return [assertQuoted(quoted.map(({ offerId, unitPriceMinor: priceMinor }) => ({ offerId, priceMinor })))];
}

/** From ordinary stock, or for what was claimed in a sale from the sale's allocation. */
function takeStock(ctx: Ctx, { lines }: ReadyCheckout, { orderGroupId, holds }: Placing) {
  const [first] = lines;
  const [stock] = holds;
  if (first?.sale && stock) return lendUnits(ctx, { line: first.sale, orderGroupId, stock });
  return [reserve(ctx, ...holds)];
}

const toDraft = (parcel: Parcel, { rateBasisPoints, taxBasisPoints }: Market["commission"]) => ({
  sellerId: parcel.sellerId,
  lines: parcel.lines.map(({ lineId: _, sellerId: __, sale: ___, ...line }) => {
    const commissionMinor = shareOf(line.goodsMinor, rateBasisPoints);
    return {
      ...line,
      categoryId: null,
      discountMinor: 0n,
      sellerDiscountMinor: 0n,
      commissionBasisPoints: rateBasisPoints,
      commissionMinor,
      commissionTaxMinor: shareOf(commissionMinor, taxBasisPoints),
    };
  }),
  shippingMinor: parcel.shippingMinor,
  shippingDiscountMinor: 0n,
  sellerShippingDiscountMinor: 0n,
  shippingChoice: null,
  taxMinor: parcel.taxMinor,
  totalMinor: parcel.totalMinor,
});

const toFact = (ctx: Ctx, checkout: Checkout, totalMinor: bigint) =>
  CheckoutCompleted.make(ctx, checkout, {
    cartId: checkout.cartId,
    lineIds: checkout.lines.map((line) => line.lineId),
    orderGroupId: checkout.orderGroupId as Id<"orderGroup">,
    currency: checkout.currency,
    totalMinor: totalMinor.toString(),
  });

/** At once, so that the buyer's next look finds the cart without them; the cart's consumer makes sure. */
const removeBought = (ctx: Ctx, { id, cartId, lines }: Checkout): Promise<unknown> =>
  removeLines(
    ctx,
    cartId,
    lines.map((line) => line.lineId),
    id,
  );

/** Without an answer of the provider the buyer is told to wait, and asks for the payment again. */
async function pay(ctx: Ctx, { paymentId, method }: Checkout, cardToken?: string): Promise<PaymentAction> {
  if (method === "cod" || paymentId === null) return { kind: "cash" };
  return startPayment(ctx, paymentId, { cardToken });
}

export async function cancelCheckout(ctx: Ctx, { checkoutId }: CheckoutRef): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const outcome = await untilFresh("checkout.stale", async () => {
    const [checkout] = await ctx.db.load(checkouts.checkoutQuery({ buyerId, checkoutId }));
    if (!checkout) throw fail("checkout.not_found");
    const decision = decideCancel(checkout);
    if (!decision.ok || decision.value === checkout) return decision;
    const committed = await ctx.db.commit([checkouts.save(decision.value)]);
    return committed.ok ? decision : committed;
  });
  return orThrow(outcome, fail);
}
