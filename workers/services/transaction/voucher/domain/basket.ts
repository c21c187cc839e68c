import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type { PaymentMethod, Scope, Terms } from "./terms.ts";

export type BasketLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  /** Null where the goods are in no category. */
  readonly categoryId: Id<"category"> | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
};
export type BasketParcel = {
  readonly sellerId: Id<"seller">;
  readonly shippingMinor: bigint;
  readonly lines: readonly BasketLine[];
};
export type Basket = {
  readonly currency: Currency;
  readonly method: PaymentMethod | null;
  readonly parcels: readonly BasketParcel[];
};

/** One line or one parcel's shipping, with what is left of its price once discounts are taken off. */
export type Slot = {
  readonly sellerId: Id<"seller">;
  /** Null: a parcel's shipping. */
  readonly line: BasketLine | null;
  readonly fullMinor: bigint;
};

/**
 * Lines and parcels in the order of their offers, so that no answer depends on the order in which they were
 * told.
 */
export function slotsOf({ parcels }: Pick<Basket, "parcels">): readonly Slot[] {
  const slots = parcels.flatMap(({ sellerId, shippingMinor, lines }) => [
    ...lines.map((line): Slot => {
      return { sellerId, line, fullMinor: line.unitPriceMinor * BigInt(line.quantity) };
    }),
    { sellerId, line: null, fullMinor: shippingMinor },
  ]);
  return slots.toSorted((a, b) => compare(a.sellerId, b.sellerId) || compare(nameOf(a), nameOf(b)));
}

// By the offer, which a checkout's line and the order's line that it becomes have in common.
const nameOf = ({ line }: Slot): string => (line ? `${line.offerId} ${line.lineId}` : "");
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const includes = (scope: Scope, { sellerId, line }: Slot, whenEmpty: boolean): boolean => {
  if (line === null) return false;
  const { productIds, categoryIds, sellerIds } = scope;
  if (productIds.length + categoryIds.length + sellerIds.length === 0) return whenEmpty;
  return (
    productIds.includes(line.productId) ||
    (line.categoryId !== null && categoryIds.includes(line.categoryId)) ||
    sellerIds.includes(sellerId)
  );
};

const isFor = ({ sellerId }: Pick<Terms, "sellerId">, slot: Slot): boolean =>
  sellerId === null || sellerId === slot.sellerId;

/** The lines that a voucher is about, by their place; categories are expanded already. */
export function eligibleLines(
  { sellerId, conditions: { include, exclude } }: Pick<Terms, "sellerId" | "conditions">,
  slots: readonly Slot[],
): readonly number[] {
  return slots.flatMap((slot, at) =>
    isFor({ sellerId }, slot) && includes(include, slot, true) && !includes(exclude, slot, false) ? [at] : [],
  );
}

export const linesWithin = (
  scope: Scope,
  slots: readonly Slot[],
  among: readonly number[],
): readonly number[] =>
  among.filter((at) => {
    const slot = slots[at];
    return slot !== undefined && includes(scope, slot, true);
  });

/** The parcels that hold something that the voucher is about. */
export function eligibleParcels(slots: readonly Slot[], lines: readonly number[]): readonly number[] {
  const sellers = new Set(lines.map((at) => slots[at]?.sellerId));
  return slots.flatMap(({ line, sellerId }, at) => (line === null && sellers.has(sellerId) ? [at] : []));
}
