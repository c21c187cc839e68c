import type { Id } from "#kernel/ids";
import type { AmountLine, Amounts } from "./amounts.ts";

export type EventDetail = { readonly [field: string]: string | number };

type Text<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] };
/** Amounts as JSON has them: it knows no integers beyond 2^53. */
export type StoredAmounts = Omit<Text<Amounts>, "lines"> & { readonly lines: readonly Text<AmountLine>[] };

const toText = <T extends object>(plain: T): Text<T> =>
  Object.fromEntries(
    Object.entries(plain).map(([field, value]) => [
      field,
      typeof value === "bigint" ? value.toString() : value,
    ]),
  ) as Text<T>;

export const storeAmounts = ({ lines, ...rest }: Amounts): StoredAmounts => ({
  ...toText(rest),
  lines: lines.map(toText),
});

export const readAmounts = (stored: StoredAmounts): Amounts => ({
  shippingMinor: BigInt(stored.shippingMinor),
  withheldMinor: BigInt(stored.withheldMinor),
  taxMinor: BigInt(stored.taxMinor),
  toBuyerMinor: BigInt(stored.toBuyerMinor),
  fromSellerMinor: BigInt(stored.fromSellerMinor),
  fromPlatformMinor: BigInt(stored.fromPlatformMinor),
  commissionBackMinor: BigInt(stored.commissionBackMinor),
  commissionTaxBackMinor: BigInt(stored.commissionTaxBackMinor),
  isWhole: stored.isWhole,
  lines: stored.lines.map((line) => ({
    lineId: line.lineId as Id<"line">,
    quantity: line.quantity,
    goodsMinor: BigInt(line.goodsMinor),
    discountMinor: BigInt(line.discountMinor),
    sellerDiscountMinor: BigInt(line.sellerDiscountMinor),
    taxMinor: BigInt(line.taxMinor),
    commissionMinor: BigInt(line.commissionMinor),
    commissionTaxMinor: BigInt(line.commissionTaxMinor),
    grossMinor: BigInt(line.grossMinor),
  })),
});
