import * as z from "zod";
import { LOCALES } from "#kernel/errors";
import { zId } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { toMoneyDto, zMoney } from "#kernel/money";
import { PAYMENT_METHODS } from "#kernel/payment-method";
import { zAddress } from "#services/social/user/schemas";
import {
  toMethodLimits,
  zBank,
  zMethodLimit,
  zPaymentAction,
  zPayStore,
} from "#services/transaction/payment/schemas";
import { CHECKOUT_STATES, type Checkout, missingFields } from "./domain/checkout.ts";
import type { Parcel, PricedLine, Rate, Totals } from "./domain/pricing.ts";

/** As many lines as the largest cart of any market. */
const LINES_MAX = 1_000;
const EMAIL_CHARS_MAX = 254;
/** More codes than stacking rules ever let apply together. */
const CODES_MAX = 10;
const CODE_CHARS_MAX = 40;
const RATE_CHARS_MAX = 120;
/** A cart has at most as many sellers as lines. */
const PARCELS_MAX = LINES_MAX;

const zMethod = z.enum(PAYMENT_METHODS);
const zChange = z.object({
  email: z.email().max(EMAIL_CHARS_MAX).toLowerCase().optional(),
  addressId: zId("address").optional(),
  address: zAddress.optional(),
  paymentMethod: zMethod.optional(),
  /** Codes that the buyer has entered; those that take nothing off are listed with a reason. */
  voucherCodes: z.array(z.string().trim().min(1).max(CODE_CHARS_MAX).toUpperCase()).max(CODES_MAX).optional(),
  /** Looks for what he may use without entering it, too. */
  bestVouchers: z.boolean().optional(),
  /** Which of a parcel's quoted rates it is sent by; the cheapest unless it is said. */
  rates: z
    .array(z.object({ sellerId: zId("seller"), rateId: z.string().min(1).max(RATE_CHARS_MAX) }))
    .min(1)
    .max(PARCELS_MAX)
    .optional(),
});

export const zCheckoutRef = z.object({ checkoutId: zId("checkout") });
/** Without `lineIds` the cart's selected lines are checked out; a sale's hold is bought alone. */
export const zStart = zChange.extend({
  lineIds: z.array(zId("line")).min(1).max(LINES_MAX).optional(),
  saleHold: z.object({ saleId: zId("sale"), holdId: zId("hold") }).optional(),
});
export const zPatch = zChange;
/** `cardToken` is what the provider's script made of the card; card numbers never come here. */
export const zComplete = z.object({
  cardToken: z.string().min(1).max(200).optional(),
  /** Whose virtual account the buyer pays to. */
  bank: zBank.optional(),
  /** At whose tills the buyer pays. */
  store: zPayStore.optional(),
  /** What of the total the buyer's wallet pays; the method `wallet` pays all of it. */
  wallet: zMoney.optional(),
});

const zLine = z.object({
  lineId: zId("line"),
  offerId: zId("offer"),
  productId: zId("product"),
  sku: z.string(),
  title: z.string(),
  variantLabel: z.string(),
  quantity: z.int(),
  /** Sold before it is there: when its seller promises that it will be. */
  promisedAt: z.iso.datetime().nullable(),
  taxRateBasisPoints: z.int(),
  unitPrice: zMoney,
  goods: zMoney,
  discount: zMoney,
  tax: zMoney,
});
/** Goods and shipping before what vouchers take off, and what is to be paid. */
const zTotals = z.object({
  goods: zMoney,
  discount: zMoney,
  tax: zMoney,
  shipping: zMoney,
  shippingDiscount: zMoney,
  total: zMoney,
});
const zRate = z.object({
  id: z.string(),
  provider: z.enum(["table", "biteship", "easypost", "own"]),
  carrier: z.string(),
  service: z.string(),
  name: z.string(),
  price: zMoney,
  minDays: z.int(),
  maxDays: z.int(),
  /** Promised days by the market's calendar, after cut-off and closed days. */
  arrivesFrom: z.string(),
  arrivesUntil: z.string(),
  /** Whether it takes cash at the door. */
  cash: z.boolean(),
});
const zVouchers = z.object({
  codes: z.array(z.string()),
  best: z.boolean(),
  applied: z.array(
    z.object({
      code: z.string(),
      target: z.enum(["goods", "shipping", "cashback"]),
      fundedBy: z.enum(["platform", "seller"]),
      amount: zMoney,
    }),
  ),
  rejected: z.array(z.object({ code: z.string(), reason: z.string(), detail: z.string().optional() })),
  /** Credited to the wallet once the orders are complete. */
  cashback: zMoney,
});
export const zCheckout = z.object({
  id: zId("checkout"),
  state: z.enum(CHECKOUT_STATES),
  missing: z.array(z.enum(["email", "address", "paymentMethod"])),
  email: z.string().nullable(),
  address: zAddress.nullable(),
  paymentMethod: zMethod.nullable(),
  paymentMethods: z.array(zMethod),
  /** What a method collects at once, beside what the buyer's wallet pays. */
  paymentLimits: z.array(zMethodLimit),
  tax: z.object({ name: z.string(), inclusive: z.boolean() }),
  parcels: z.array(
    z.object({
      sellerId: zId("seller"),
      lines: z.array(zLine),
      totals: zTotals,
      /** None before it is known where the parcel goes. */
      rates: z.array(zRate),
      rateId: z.string().nullable(),
    }),
  ),
  vouchers: zVouchers,
  totals: zTotals,
  locale: z.enum(LOCALES),
  expiresAt: z.iso.datetime(),
  orderGroupId: zId("orderGroup").nullable(),
  version: z.int(),
});
export const zCompleted = zCheckout.extend({
  orders: z.array(z.object({ id: zId("order"), sellerId: zId("seller"), total: zMoney })),
  payment: z.object({ id: zId("payment"), action: zPaymentAction }),
});

export type Change = z.output<typeof zChange>;
export type StartCheckout = z.output<typeof zStart>;
export type CheckoutRef = z.output<typeof zCheckoutRef>;
export type ChangeCheckout = CheckoutRef & Change;
export type CompleteCheckout = CheckoutRef & z.output<typeof zComplete> & { readonly idempotencyKey: string };

type Shown = {
  readonly checkout: Checkout;
  readonly parcels: readonly Parcel[];
  readonly totals: Totals;
  readonly market: Pick<Market, "tax" | "payment" | "currency">;
};

const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

export function toCheckoutDto({ checkout, parcels, totals, market }: Shown): z.input<typeof zCheckout> {
  const money = (minor: bigint) => toMoneyDto({ minor, currency: checkout.currency });
  const amounts = (of: Totals) => ({
    goods: money(of.goodsMinor),
    discount: money(of.discountMinor),
    tax: money(of.taxMinor),
    shipping: money(of.shippingMinor),
    shippingDiscount: money(of.shippingDiscountMinor),
    total: money(of.totalMinor),
  });
  const line = ({ unitPriceMinor, goodsMinor, discountMinor, taxMinor, ...rest }: PricedLine) => ({
    lineId: rest.lineId,
    offerId: rest.offerId,
    productId: rest.productId,
    sku: rest.sku,
    title: rest.title,
    variantLabel: rest.variantLabel,
    quantity: rest.quantity,
    promisedAt: iso(rest.promisedAt),
    taxRateBasisPoints: rest.taxRateBasisPoints,
    unitPrice: money(unitPriceMinor),
    goods: money(goodsMinor),
    discount: money(discountMinor),
    tax: money(taxMinor),
  });
  const rate = (quoted: Rate) => {
    const { rateId, priceMinor, insuranceMinor: _, chargeableGrams: __, source: ___, ...rest } = quoted;
    return { ...rest, id: rateId, price: money(priceMinor) };
  };
  return {
    id: checkout.id,
    state: checkout.state,
    missing: missingFields(checkout),
    email: checkout.email,
    address: checkout.address,
    paymentMethod: checkout.method,
    paymentMethods: market.payment.methods,
    paymentLimits: toMethodLimits(market),
    tax: { name: market.tax.name, inclusive: market.tax.inclusive },
    parcels: parcels.map((parcel) => ({
      sellerId: parcel.sellerId,
      lines: parcel.lines.map(line),
      totals: amounts(parcel),
      rates: parcel.rates.map(rate),
      rateId: parcel.rate?.rateId ?? null,
    })),
    vouchers: toVouchersDto(checkout),
    totals: amounts(totals),
    locale: checkout.locale,
    expiresAt: new Date(checkout.expiresAt).toISOString(),
    orderGroupId: checkout.orderGroupId,
    version: checkout.version,
  };
}

function toVouchersDto({ voucherCodes, bestVouchers, quote, currency }: Checkout): z.input<typeof zVouchers> {
  const { discounts, rejected, cashbackMinor } = quote;
  return {
    codes: [...voucherCodes],
    best: bestVouchers,
    applied: discounts.map(({ code, target, fundedBy, amountMinor }) => {
      return { code, target, fundedBy, amount: toMoneyDto({ minor: amountMinor, currency }) };
    }),
    rejected: [...rejected],
    cashback: toMoneyDto({ minor: cashbackMinor, currency }),
  };
}
