import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { id, instant } from "#kernel/columns";
import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import type {
  CheckoutState,
  PaymentMethod,
  PlacedOrder,
  Quote,
  ShippingAddress,
} from "#services/transaction/checkout/domain/checkout";
import type { Delivery, Discount, QuotedLine, Rate } from "#services/transaction/checkout/domain/pricing";

/** Amounts are strings in JSON: a number would lose the last digits of a large rupiah price. */
export type StoredLine = Omit<QuotedLine, "unitPriceMinor"> & { readonly unitPriceMinor: string };

type StoredRate = Omit<Rate, "priceMinor" | "insuranceMinor"> & {
  readonly priceMinor: string;
  readonly insuranceMinor: string | null;
};
type StoredShare = Omit<Discount["shares"][number], "minor"> & { readonly minor: string };
export type StoredQuote = Pick<Quote, "rejected"> & {
  readonly deliveries:
    | readonly (Omit<Delivery, "rates"> & { readonly rates: readonly StoredRate[] })[]
    | null;
  readonly discounts: readonly (Omit<Discount, "amountMinor" | "shares"> & {
    readonly amountMinor: string;
    readonly shares: readonly StoredShare[];
  })[];
  readonly cashbackMinor: string;
};

export const checkout = pgTable(
  "checkout",
  {
    id: id("checkout").primaryKey(),
    buyerId: text().$type<BuyerId>().notNull(),
    cartId: id("cart").notNull(),
    state: text().$type<CheckoutState>().notNull(),
    locale: text().$type<Locale>().notNull(),
    currency: text().$type<Currency>().notNull(),
    email: text(),
    address: jsonb().$type<ShippingAddress>(),
    method: text().$type<PaymentMethod>(),
    lines: jsonb().$type<readonly StoredLine[]>().notNull(),
    voucherCodes: jsonb().$type<readonly string[]>().notNull(),
    bestVouchers: boolean().notNull(),
    quote: jsonb().$type<StoredQuote>().notNull(),
    orderGroupId: id("orderGroup"),
    paymentId: id("payment"),
    orders: jsonb().$type<readonly PlacedOrder[]>(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index().on(t.buyerId, t.id.desc()),
    uniqueIndex("checkout_order_group").on(t.orderGroupId),
    check("checkout_completed_has_orders", sql`(${t.state} = 'completed') = (${t.orderGroupId} IS NOT NULL)`),
  ],
);
