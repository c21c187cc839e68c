import { requireBuyer } from "#kernel/actor";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { fromMoneyDto, type Money } from "#kernel/money";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { assertQuoted } from "#services/catalog/product/index";
import {
  type Commission,
  type CommissionBook,
  commissionOf,
  commissionRules,
} from "#services/catalog/seller/index";
import { type Reserve, reserve } from "#services/logistics/inventory/index";
import { keepHold, lendUnits } from "#services/marketing/flash-sale/index";
import { removeLines } from "#services/transaction/cart/index";
import { type DraftOrder, type Placement, placeOrders } from "#services/transaction/order/index";
import {
  amountRefusal,
  createPayment,
  isOnline,
  type NewPayment,
  type PaymentAction,
  type PaymentMethod,
  payWithinMsOf,
  settleNothing,
  startPayment,
} from "#services/transaction/payment/index";
import { redeemVouchers } from "#services/transaction/voucher/index";
import {
  type Checkout,
  type CompleteRefusal,
  completed,
  decideComplete,
  type ReadyCheckout,
} from "../domain/checkout.ts";
import { type Parcel, type PricedLine, priceParcels, type Rate } from "../domain/pricing.ts";
import { fail } from "../errors.ts";
import { CheckoutCompleted } from "../facts.ts";
import * as checkouts from "../repository.ts";
import type { CompleteCheckout } from "../schemas.ts";

/** The provider's last word may come after the buyer's time is up; until then nobody else gets the stock. */
const HOLD_GRACE_MS = 2 * MINUTE_MS;

/**
 * Everything or nothing: stock, orders, payment and checkout change in one commit. The provider is asked
 * afterwards; whatever dies in between, a retry or the sweep finds the payment and goes on.
 */
export async function completeCheckout(ctx: Ctx, input: CompleteCheckout): Promise<Completed> {
  const buyerId = requireBuyer(ctx);
  const owned = { buyerId, checkoutId: input.checkoutId };
  const outcome = await untilFresh("checkout.stale", async () => {
    const [[checkout], book] = await Promise.all([
      ctx.db.load(checkouts.checkoutQuery(owned)),
      commissionRules(ctx),
    ]);
    if (!checkout) throw fail("checkout.not_found");
    const decision = decideComplete(checkout, ctx.clock.now());
    if (!decision.ok) return decision;
    if (decision.value.done) return ok(checkout);
    await keepHolds(ctx, decision.value.ready);
    const { changed, statements } = place(ctx, decision.value.ready, input, book);
    const committed = await ctx.db.commit([checkouts.save(changed), ...statements]);
    return committed.ok ? ok(changed) : err(refusalOf(committed.code));
  });
  const checkout = orThrow(outcome, fail);
  ctx.defer(removeBought(ctx, checkout).catch(() => undefined));
  return { checkout, payment: await pay(ctx, checkout, input.cardToken) };
}

/** A hold that was claimed in a sale lives as long as the order that it becomes may wait for its money. */
async function keepHolds(ctx: Ctx, { lines, method }: ReadyCheckout): Promise<void> {
  const until = ctx.clock.now() + payWithinMsOf(ctx.market, method) + 2 * HOLD_GRACE_MS;
  for (const { sale } of lines) if (sale) await keepHold(ctx, sale, until);
}

export type Completed = { readonly checkout: Checkout; readonly payment: PaymentAction };
type Refusal =
  | CompleteRefusal
  | "checkout.stale"
  | "checkout.price_changed"
  | "checkout.hold_lost"
  | "checkout.voucher_lost"
  | WalletCode
  | "inventory.insufficient";
const HOLD_CODES: readonly string[] = [
  "inventory.not_allocated",
  "inventory.hold_dead",
  "flash_sale.hold_bought",
];
const WALLET_CODES = ["wallet.insufficient", "wallet.frozen", "wallet.limit"] as const;
type WalletCode = (typeof WALLET_CODES)[number];
const VOUCHER_CODES: readonly string[] = ["voucher.exhausted", "voucher.changed", "voucher.not_collected"];

/** Other services refuse in their own words; a buyer is told what it means for this checkout. */
function refusalOf(code: string): Refusal {
  if (code === "offer.changed") return "checkout.price_changed";
  if (HOLD_CODES.includes(code)) return "checkout.hold_lost";
  if (VOUCHER_CODES.includes(code)) return "checkout.voucher_lost";
  const wallet = WALLET_CODES.find((one) => one === code);
  if (wallet) return wallet;
  if (code === "checkout.stale" || code === "inventory.insufficient") return code;
  throw new Error(`complete was refused with ${code}`);
}

function place(ctx: Ctx, checkout: ReadyCheckout, input: CompleteCheckout, book: CommissionBook) {
  const { bank, store } = input;
  const now = ctx.clock.now();
  const parcels = priceParcels({ ...checkout.quote, lines: checkout.lines }, ctx.market);
  const paymentId = ctx.ids.next("payment");
  const commissionOn = (line: PricedLine) =>
    commissionOf(book, line, line.goodsMinor - line.sellerDiscountMinor, line.quantity, now, ctx.market);
  const isCash = checkout.method === "cod";
  const payBy = now + payWithinMsOf(ctx.market, checkout.method);
  const placement = placeOrders(ctx, {
    orderGroupId: ctx.ids.next("orderGroup"),
    buyerId: checkout.buyerId,
    email: checkout.email,
    locale: checkout.locale,
    address: checkout.address,
    payment: { method: checkout.method, paymentId },
    payBy,
    currency: checkout.currency,
    sellers: parcels.map((parcel) => toDraft(parcel, commissionOn)),
  });
  const { orderGroupId } = placement;
  const orders = placement.orders.map(({ orderId, sellerId, totalMinor }) => {
    return { orderId, sellerId, totalMinor: totalMinor.toString() };
  });
  const changed = completed(checkout, { orderGroupId, paymentId, orders });
  const amount = { minor: placement.totalMinor, currency: checkout.currency };
  const { buyerId, email, method } = checkout;
  const paying = { paymentId, orderGroupId, buyerId, amount, method, payBy, options: { bank, store } };
  const walletMinor = walletPart(input, method, amount);
  if (amount.minor > 0n && amountRefusal(ctx.market, method, amount.minor - (walletMinor ?? 0n)))
    throw fail("checkout.amount_outside_method");
  const holds = placement.orders.map(({ reservationId, orderId, lines }) => {
    // A hold outlives its payment a little, so that money of the last second still finds its stock.
    return { reservationId, owner: orderId, expiresAt: isCash ? null : payBy + HOLD_GRACE_MS, lines };
  });
  return {
    changed,
    statements: [
      ...assertPrices(checkout),
      ...placement.statements,
      ...openPayment(ctx, { ...paying, walletMinor, splits: splitsOf(placement) }),
      append(toFact(ctx, changed, amount.minor)),
      ...redeemVouchers(ctx, { orderGroupId, buyerId, email, applied: checkout.quote.discounts }),
      // Last, so that buyers of one item wait for each other no longer than they must.
      ...takeStock(ctx, checkout, { orderGroupId, holds }),
    ],
  };
}

/** What vouchers paid for altogether has no payment, and its orders are paid at once. */
const openPayment = (ctx: Ctx, payment: NewPayment) =>
  payment.amount.minor === 0n ? [settleNothing(ctx, payment)] : createPayment(ctx, payment);

const splitsOf = ({ orders }: Placement) =>
  orders.map(({ orderId, sellerId, totalMinor: minor }) => ({ orderId, sellerId, minor }));

/**
 * Beside a method that a provider collects, the wallet pays a part. All of it is a method of its own, and at
 * the door the whole is collected.
 */
function walletPart({ wallet }: CompleteCheckout, method: PaymentMethod, amount: Money): bigint | undefined {
  if (wallet === undefined) return undefined;
  const { minor, currency } = fromMoneyDto(wallet);
  const isPart = currency === amount.currency && minor >= 0n && minor < amount.minor;
  if (!isPart || !isOnline(method)) throw fail("checkout.wallet_part");
  return minor;
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

/** Commission is on what the seller asks for after his own discounts; its terms are frozen with the order. */
function toDraft(parcel: Parcel, commissionOn: (line: PricedLine) => Commission): DraftOrder {
  const { sellerId, shippingMinor, shippingDiscountMinor, sellerShippingDiscountMinor, rate } = parcel;
  return {
    sellerId,
    lines: parcel.lines.map((line) => {
      const { lineId: _, sellerId: __, sale: ___, promisedAt: ____, ...wanted } = line;
      const { weightGrams: _____, volumeMm3: ______, ...drafted } = wanted;
      const { ruleId, basisPoints, minor, taxMinor } = commissionOn(line);
      return {
        ...drafted,
        promisedOn: rate?.arrivesUntil ?? null,
        commissionRuleId: ruleId,
        commissionBasisPoints: basisPoints,
        commissionMinor: minor,
        commissionTaxMinor: taxMinor,
      };
    }),
    shippingMinor,
    shippingDiscountMinor,
    sellerShippingDiscountMinor,
    shippingChoice: rate && toChoice(rate),
    readyAt: readyAtOf(parcel),
    taxMinor: parcel.taxMinor,
    totalMinor: parcel.totalMinor,
  };
}

/** When all that was sold ahead is promised to be there; a parcel of what is there waits for nothing. */
function readyAtOf({ lines }: Parcel): number | null {
  const promised = lines.flatMap(({ promisedAt }) => promisedAt ?? []);
  return promised.length > 0 ? Math.max(...promised) : null;
}

const toChoice = ({ priceMinor, cash: _, insuranceMinor: __, source: ___, ...rate }: Rate) => ({
  ...rate,
  priceMinor: priceMinor.toString(),
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
async function pay(ctx: Ctx, checkout: Checkout, cardToken?: string): Promise<PaymentAction> {
  const { paymentId, method, orders } = checkout;
  if (method === "cod" || paymentId === null) return { kind: "cash" };
  if (orders?.every(({ totalMinor }) => totalMinor === "0")) return { kind: "none" };
  return startPayment(ctx, paymentId, { cardToken });
}
