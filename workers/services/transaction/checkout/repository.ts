import { and, eq } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { checkout, type StoredLine, type StoredQuote } from "#schema/transaction/checkout";
import type { Checkout, Quote } from "./domain/checkout.ts";
import type { QuotedLine } from "./domain/pricing.ts";

/** An export is one answer; older checkouts have become orders or nothing. */
const EXPORT_MAX = 1_000;

type Row = typeof checkout.$inferSelect;

const fromStored = ({ unitPriceMinor, ...line }: StoredLine): QuotedLine => ({
  ...line,
  unitPriceMinor: BigInt(unitPriceMinor),
});
const toStored = ({ unitPriceMinor, ...line }: QuotedLine): StoredLine => ({
  ...line,
  unitPriceMinor: unitPriceMinor.toString(),
});

const storeQuote = ({ deliveries, discounts, rejected, cashbackMinor }: Quote): StoredQuote => ({
  deliveries:
    deliveries?.map(({ rates, ...delivery }) => ({
      ...delivery,
      rates: rates.map(({ priceMinor, insuranceMinor, ...rate }) => ({
        ...rate,
        priceMinor: priceMinor.toString(),
        insuranceMinor: insuranceMinor?.toString() ?? null,
      })),
    })) ?? null,
  discounts: discounts.map(({ amountMinor, shares, ...discount }) => ({
    ...discount,
    amountMinor: amountMinor.toString(),
    shares: shares.map((share) => ({ ...share, minor: share.minor.toString() })),
  })),
  rejected,
  cashbackMinor: cashbackMinor.toString(),
});

const readQuote = ({ deliveries, discounts, rejected, cashbackMinor }: StoredQuote): Quote => ({
  deliveries:
    deliveries?.map(({ rates, ...delivery }) => ({
      ...delivery,
      rates: rates.map(({ priceMinor, insuranceMinor, ...rate }) => ({
        ...rate,
        priceMinor: BigInt(priceMinor),
        insuranceMinor: insuranceMinor === null ? null : BigInt(insuranceMinor),
      })),
    })) ?? null,
  discounts: discounts.map(({ amountMinor, shares, ...discount }) => ({
    ...discount,
    amountMinor: BigInt(amountMinor),
    shares: shares.map((share) => ({ ...share, minor: BigInt(share.minor) })),
  })),
  rejected,
  cashbackMinor: BigInt(cashbackMinor),
});

const fromRow = (row: Row): Checkout => ({
  ...row,
  lines: row.lines.map(fromStored),
  quote: readQuote(row.quote),
});

/** The owner is part of the question: another buyer's checkout is not found. */
type Owned = { readonly buyerId: BuyerId; readonly checkoutId: Id<"checkout"> };

export const checkoutQuery = ({ buyerId, checkoutId }: Owned): Query<Checkout | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(checkout)
        .where(and(eq(checkout.id, checkoutId), eq(checkout.buyerId, buyerId))),
    ([row]) => row && fromRow(row),
  );

export const insert = (opened: Checkout): Statement =>
  statement(
    build
      .insert(checkout)
      .values({ ...opened, lines: opened.lines.map(toStored), quote: storeQuote(opened.quote) }),
  );

/** The lines never change after the start; everything else may, one version at a time. */
export function save(changed: Checkout): Statement<"checkout.stale"> {
  const { id, buyerId, version, state, email, address, method, orderGroupId, paymentId, orders } = changed;
  const { voucherCodes, bestVouchers } = changed;
  const quote = storeQuote(changed.quote);
  const before = and(eq(checkout.id, id), eq(checkout.buyerId, buyerId), eq(checkout.version, version - 1));
  const asked = { email, address, method, voucherCodes, bestVouchers, quote };
  const set = { ...asked, state, orderGroupId, paymentId, orders, version };
  return guarded(build.update(checkout).set(set).where(before), 1, "checkout.stale");
}

/** A checkout is of use until it is an order or has run out; after that nobody needs to know whose it was. */
export const scrub = (buyerId: BuyerId): Statement =>
  statement(build.update(checkout).set({ email: null, address: null }).where(eq(checkout.buyerId, buyerId)));

/** What is kept of a person, for their export. */
export const exportQuery = (buyerId: BuyerId) =>
  query(
    (read) => read.select().from(checkout).where(eq(checkout.buyerId, buyerId)).limit(EXPORT_MAX),
    (rows) =>
      rows.map(({ id, state, email, address, createdAt }) => ({ id, state, email, address, createdAt })),
  );
