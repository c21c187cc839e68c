import * as z from "zod";
import { type Id, zId } from "#kernel/ids";
import { type Market, zMarket } from "#kernel/market";
import type { Texts } from "#kernel/texts";

export const zMethod = zMarket().shape.payment.shape.methods.element;
export type PaymentMethod = Market["payment"]["methods"][number];

/** What kind of voucher it is when it meets others: the market says how many of each go together. */
export const CATEGORIES = ["platform", "seller", "shipping", "payment", "cashback", "exclusive"] as const;
export type Category = (typeof CATEGORIES)[number];
export const TARGETS = ["goods", "shipping", "cashback"] as const;
export type Target = (typeof TARGETS)[number];

const NAMES_MAX = 200;
const QUANTITY_MAX = 1_000;
const HOURS_MAX = 14;
const CASHBACK_DAYS_MAX = 365;
const METHODS_MAX = 10;
export const BASIS_POINTS = 10_000;

/** JSON has no bigint, so that in storage amounts are strings of minor units. */
const zMinor = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);

/** Goods by product, category (with everything below it) and shop; an empty list names everything. */
export const zScope = z.object({
  productIds: z.array(zId("product")).max(NAMES_MAX).default([]),
  categoryIds: z.array(zId("category")).max(NAMES_MAX).default([]),
  sellerIds: z.array(zId("seller")).max(NAMES_MAX).default([]),
});
export type Scope = z.output<typeof zScope>;

export const zDiscounted = z.enum(["goods", "shipping"]);
export const zShare = z.int().min(1).max(BASIS_POINTS);
/** Of every `buyQuantity` + `getQuantity` units the cheapest are let off; with `get`, units of that scope. */
export const BXGY = {
  kind: z.literal("bxgy"),
  buyQuantity: z.int().min(1).max(QUANTITY_MAX),
  getQuantity: z.int().min(1).max(QUANTITY_MAX),
  basisPoints: zShare.default(BASIS_POINTS),
  get: zScope.nullable().default(null),
};
/** A fixed sum back is all of the goods (10,000 basis points) with a cap. */
export const CASHBACK = {
  kind: z.literal("cashback"),
  basisPoints: zShare,
  validForDays: z.int().min(1).max(CASHBACK_DAYS_MAX),
};

export const zBenefit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), target: zDiscounted, amountMinor: zMinor }),
  z.object({
    kind: z.literal("percent"),
    target: zDiscounted,
    basisPoints: zShare,
    capMinor: zMinor.nullable(),
  }),
  z.object({ kind: z.literal("free_shipping"), capMinor: zMinor.nullable() }),
  z.object({ ...BXGY, capMinor: zMinor.nullable() }),
  z.object({ ...CASHBACK, capMinor: zMinor.nullable() }),
]);
export type Benefit = z.output<typeof zBenefit>;
export type StoredBenefit = z.input<typeof zBenefit>;

const zClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/**
 * Of the market's clock; `until` before `from` goes past midnight and belongs to the day that it began on.
 */
const zHours = z.object({
  days: z.array(z.int().min(0).max(6)).max(7).default([]),
  from: zClockTime,
  until: zClockTime,
});
export type Hours = z.output<typeof zHours>;

export const CONDITIONS = {
  include: zScope.prefault({}),
  exclude: zScope.prefault({}),
  methods: z.array(zMethod).max(METHODS_MAX).default([]),
  hours: z.array(zHours).max(HOURS_MAX).default([]),
};
export const zConditions = z.object({ ...CONDITIONS, minSpendMinor: zMinor.nullable() });
export type Conditions = z.output<typeof zConditions>;
export type StoredConditions = z.input<typeof zConditions>;

/** What is worked out of a voucher for a basket; the rest of it says who may use it. */
export type Terms = {
  readonly voucherId: Id<"voucher">;
  readonly code: string;
  readonly version: number;
  /** Null: the platform pays, and it is good in every shop. */
  readonly sellerId: Id<"seller"> | null;
  readonly category: Category;
  readonly benefit: Benefit;
  readonly conditions: Conditions;
};

export type Limits = {
  readonly quota: number | null;
  readonly perDay: number | null;
  readonly perBuyer: number | null;
  readonly perBuyerDay: number | null;
  readonly budgetMinor: bigint | null;
};

export type Voucher = Terms &
  Limits & {
    readonly titles: Texts;
    readonly firstOrder: boolean;
    readonly mustCollect: boolean;
    readonly isAutomatic: boolean;
    readonly isListed: boolean;
    readonly startsAt: number;
    readonly endsAt: number;
    readonly state: "active" | "paused" | "ended";
    readonly currency: Market["currency"];
    readonly createdBy: string;
    readonly createdAt: number;
  };

export function targetOf(benefit: Benefit): Target {
  if (benefit.kind === "cashback") return "cashback";
  if (benefit.kind === "free_shipping") return "shipping";
  return benefit.kind === "bxgy" ? "goods" : benefit.target;
}

/** What its maker did not say: who pays and what it takes off. */
export function categoryOf(
  { sellerId, benefit, conditions }: Pick<Terms, "sellerId" | "benefit" | "conditions">,
  asked: Category | undefined,
): Category {
  if (asked === "exclusive") return asked;
  const target = targetOf(benefit);
  if (target !== "goods") return target;
  if (sellerId !== null) return "seller";
  return conditions.methods.length > 0 ? "payment" : "platform";
}

/** Codes are compared in capital letters without what people put between them. */
export const normalCode = (code: string): string => code.trim().toUpperCase();
