import * as z from "zod";
import { type Id, zId } from "#kernel/ids";
import { type Currency, fromMoneyDto, toMoneyDto, zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { zTexts } from "#kernel/texts";
import { type Need, REASONS } from "./domain/eligibility.ts";
import type { Quoted } from "./domain/quote.ts";
import {
  type Benefit,
  BXGY,
  CASHBACK,
  CATEGORIES,
  CONDITIONS,
  TARGETS,
  type Voucher,
  zDiscounted,
  zMethod,
  zShare,
} from "./domain/terms.ts";
import type { Report } from "./domain/usage.ts";

const TITLE_CHARS_MAX = 80;
const COUNT_MAX = 1_000_000_000;
const CODES_MAX = 20;
const CODE_CHARS_MAX = 32;
const LINES_MAX = 100;
const QUANTITY_MAX = 100_000;

/** Nothing that is hard to tell apart on paper is asked of a maker of codes; he may write what he likes. */
const zCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{2,31}$/);
/** A code as a buyer types it: whatever it is, it is looked up and answered like any other. */
const zTyped = z.string().trim().min(1).max(CODE_CHARS_MAX);
const zPositive = zMoney.refine(({ minor }) => BigInt(minor) > 0n, "It must be above nothing.");
const zCount = z.int().min(1).max(COUNT_MAX).nullable();
const zCap = zPositive.nullable().default(null);

const zBenefit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), target: zDiscounted.default("goods"), amount: zPositive }),
  z.object({
    kind: z.literal("percent"),
    target: zDiscounted.default("goods"),
    basisPoints: zShare,
    cap: zCap,
  }),
  z.object({ kind: z.literal("free_shipping"), cap: zCap }),
  z.object({ ...BXGY, cap: zCap }),
  z.object({ ...CASHBACK, cap: zCap }),
]);
const zConditions = z.object({ ...CONDITIONS, minSpend: zPositive.nullable().default(null) });

const TERMS = {
  titles: zTexts(TITLE_CHARS_MAX),
  benefit: zBenefit,
  conditions: zConditions.prefault({}),
  firstOrder: z.boolean().default(false),
  mustCollect: z.boolean().default(false),
  isAutomatic: z.boolean().default(false),
  isListed: z.boolean().default(false),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  quota: zCount.default(null),
  perDay: zCount.default(null),
  perBuyer: zCount.default(null),
  perBuyerDay: zCount.default(null),
  budget: zPositive.nullable().default(null),
};

export const zFunder = z.enum(["platform", "seller"]);
export const zVoucherRef = z.object({ voucherId: zId("voucher") });
/** Whose vouchers: an operator's are the platform's, a member's are his shop's, unless he says which. */
export const zAs = z.object({ fundedBy: zFunder.optional() });
export const zOwnRef = zVoucherRef.extend(zAs.shape);
export const zNew = z.object({
  ...zAs.shape,
  ...TERMS,
  /** Made up when there is none. */
  code: zCode.optional(),
  /** Stands alone, but for the kinds that the market lets stand beside anything. */
  isExclusive: z.boolean().default(false),
});
/** What is left out stays as it is; whose it is, its code and its kind never change. */
export const zChange = z
  .object({
    titles: TERMS.titles,
    benefit: zBenefit,
    conditions: zConditions,
    firstOrder: z.boolean(),
    mustCollect: z.boolean(),
    isAutomatic: z.boolean(),
    isListed: z.boolean(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    quota: zCount,
    perDay: zCount,
    perBuyer: zCount,
    perBuyerDay: zCount,
    budget: zPositive.nullable(),
  })
  .partial()
  .extend(zAs.shape);

const zState = z.enum(["active", "paused", "ended"]);
export const zListQuery = zPageQuery.extend({ ...zAs.shape, state: zState.optional() });
export const zVoucher = z.object({
  ...TERMS,
  id: zId("voucher"),
  code: z.string(),
  fundedBy: zFunder,
  sellerId: zId("seller").nullable(),
  category: z.enum(CATEGORIES),
  state: zState,
  createdAt: z.iso.datetime(),
  version: z.int(),
});
export const zVouchers = zPage(zVoucher);

/** What a buyer sees of a voucher. */
export const zOffered = z.object({
  id: zId("voucher"),
  code: z.string(),
  titles: TERMS.titles,
  fundedBy: zFunder,
  sellerId: zId("seller").nullable(),
  benefit: zBenefit,
  conditions: zConditions,
  firstOrder: z.boolean(),
  mustCollect: z.boolean(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
});
export const zOfferedPage = zPage(zOffered);
export const zOfferedQuery = zPageQuery.extend({ sellerId: zId("seller").optional() });

const zNeed = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("spend_more"), amount: zMoney }),
  z.object({ kind: z.literal("use_method"), methods: z.array(zMethod) }),
  z.object({ kind: z.literal("wait_until"), at: z.iso.datetime() }),
  z.object({ kind: z.enum(["collect", "sign_in", "add_goods"]) }),
  z.object({ kind: z.literal("without"), codes: z.array(z.string()) }),
]);
const zWhyNot = z.object({
  reason: z.enum(REASONS),
  /** Every reason, the first one included. */
  reasons: z.array(z.enum(REASONS)),
  /** What would make it apply. */
  needs: z.array(zNeed),
  /** The same in words. */
  detail: z.string(),
});
export const zMine = z.object({ ...zOffered.shape, whyNot: zWhyNot.nullable() });
export const zMinePage = zPage(zMine);
export const zMineQuery = zPageQuery;

export const zCollectCode = z.object({ code: zTyped });

export const zQuote = z.object({
  codes: z.array(zTyped).max(CODES_MAX).default([]),
  /** Also what needs no code: automatic vouchers, and those that the buyer has collected. */
  auto: z.boolean().default(true),
  method: zMethod.optional(),
  lines: z
    .array(z.object({ offerId: zId("offer"), quantity: z.int().min(1).max(QUANTITY_MAX) }))
    .min(1)
    .max(LINES_MAX),
});
const zShareOf = z.object({
  sellerId: zId("seller"),
  /** The offer of the line; null: the parcel's shipping. */
  offerId: zId("offer").nullable(),
  amount: zMoney,
});
export const zQuoted = z.object({
  applied: z.array(
    z.object({
      voucherId: zId("voucher"),
      code: z.string(),
      fundedBy: zFunder,
      target: z.enum(TARGETS),
      amount: zMoney,
      shares: z.array(zShareOf),
    }),
  ),
  rejected: z.array(z.object({ code: z.string(), ...zWhyNot.shape })),
  discount: zMoney,
  cashback: zMoney,
});

export const zReport = z.object({
  redeemed: z.int(),
  released: z.int(),
  buyers: z.int(),
  collectors: z.int(),
  amount: zMoney,
  quotaLeft: z.int().nullable(),
  budgetLeft: zMoney.nullable(),
  days: z.array(z.object({ day: z.string(), redeemed: z.int(), amount: zMoney })),
});

export type Funder = z.output<typeof zFunder>;
export type As = z.output<typeof zAs>;
export type VoucherRef = z.output<typeof zVoucherRef>;
export type OwnRef = z.output<typeof zOwnRef>;
export type NewVoucher = z.output<typeof zNew>;
export type ChangeVoucher = VoucherRef & z.output<typeof zChange> & { readonly ifMatch: number };
export type ListVouchers = z.output<typeof zListQuery>;
export type ListOffered = z.output<typeof zOfferedQuery>;
export type ListMine = z.output<typeof zMineQuery>;
export type CollectCode = z.output<typeof zCollectCode>;
export type AskQuote = z.output<typeof zQuote>;
type WireBenefit = z.output<typeof zBenefit>;
type WireConditions = z.output<typeof zConditions>;

type MoneyDto = z.output<typeof zMoney>;
const minorOf = (money: MoneyDto): bigint => fromMoneyDto(money).minor;
export const minorOrNull = (money: MoneyDto | null): bigint | null => money && minorOf(money);

export function fromBenefit(benefit: WireBenefit): Benefit {
  if (benefit.kind === "fixed") {
    const { amount, ...rest } = benefit;
    return { ...rest, amountMinor: minorOf(amount) };
  }
  const { cap, ...rest } = benefit;
  return { ...rest, capMinor: minorOrNull(cap) };
}

export const fromConditions = ({ minSpend, ...rest }: WireConditions): Voucher["conditions"] => ({
  ...rest,
  minSpendMinor: minorOrNull(minSpend),
});

/** Every amount that a maker named, by its place in the request. */
export function* amountsIn(input: Pick<z.output<typeof zChange>, "benefit" | "conditions" | "budget">) {
  const { benefit, conditions, budget } = input;
  if (benefit?.kind === "fixed") yield ["benefit.amount", benefit.amount] as const;
  else if (benefit?.cap) yield ["benefit.cap", benefit.cap] as const;
  if (conditions?.minSpend) yield ["conditions.minSpend", conditions.minSpend] as const;
  if (budget) yield ["budget", budget] as const;
}

const iso = (ms: number) => new Date(ms).toISOString();
const moneyIn = (currency: Currency) => (minor: bigint) => toMoneyDto({ minor, currency });
const orNull = (minor: bigint | null, money: (minor: bigint) => MoneyDto) =>
  minor === null ? null : money(minor);

function toTermsDto({ benefit, conditions, currency, ...voucher }: Voucher) {
  const money = moneyIn(currency);
  const { minSpendMinor, ...rest } = conditions;
  return {
    id: voucher.voucherId,
    code: voucher.code,
    titles: voucher.titles,
    fundedBy: voucher.sellerId === null ? ("platform" as const) : ("seller" as const),
    sellerId: voucher.sellerId,
    benefit: toBenefitDto(benefit, money),
    conditions: { ...rest, minSpend: orNull(minSpendMinor, money) },
    firstOrder: voucher.firstOrder,
    mustCollect: voucher.mustCollect,
    startsAt: iso(voucher.startsAt),
    endsAt: iso(voucher.endsAt),
  };
}

function toBenefitDto(benefit: Benefit, money: (minor: bigint) => MoneyDto): WireBenefit {
  if (benefit.kind === "fixed") {
    const { amountMinor, ...rest } = benefit;
    return { ...rest, amount: money(amountMinor) };
  }
  const { capMinor, ...rest } = benefit;
  return { ...rest, cap: orNull(capMinor, money) };
}

export const toOfferedDto = (voucher: Voucher): z.input<typeof zOffered> => toTermsDto(voucher);

export function toVoucherDto(voucher: Voucher): z.input<typeof zVoucher> {
  const { isAutomatic, isListed, quota, perDay, perBuyer, perBuyerDay, category, state, version } = voucher;
  return {
    ...toTermsDto(voucher),
    ...{ isAutomatic, isListed, quota, perDay, perBuyer, perBuyerDay, category, state, version },
    budget: orNull(voucher.budgetMinor, moneyIn(voucher.currency)),
    createdAt: iso(voucher.createdAt),
  };
}

export function toNeedDto(need: Need, currency: Currency): z.input<typeof zNeed> {
  if (need.kind === "spend_more") return { kind: need.kind, amount: moneyIn(currency)(need.minor) };
  if (need.kind === "wait_until") return { kind: need.kind, at: iso(need.at) };
  if (need.kind === "use_method") return { kind: need.kind, methods: [...need.methods] };
  return need.kind === "without" ? { kind: need.kind, codes: [...need.codes] } : { kind: need.kind };
}

type Explained = Omit<Quoted, "rejected"> & {
  readonly rejected: readonly (Quoted["rejected"][number] & { readonly detail: string })[];
};

/** Lines go by their offer here: the basket of a quote has no lines of its own. */
export function toQuotedDto(
  { applied, rejected, cashbackMinor }: Explained,
  offerOf: (lineId: Id<"line">) => Id<"offer"> | null,
  currency: Currency,
): z.input<typeof zQuoted> {
  const money = moneyIn(currency);
  const off = applied.filter(({ target }) => target !== "cashback");
  return {
    applied: applied.map(({ voucherId, code, fundedBy, target, amountMinor, shares }) => ({
      ...{ voucherId, code, fundedBy, target, amount: money(amountMinor) },
      shares: shares.map(({ sellerId, lineId, minor }) => ({
        sellerId,
        offerId: lineId === null ? null : offerOf(lineId),
        amount: money(minor),
      })),
    })),
    rejected: rejected.map(({ needs, reasons, ...rest }) => ({
      ...rest,
      reasons: [...reasons],
      needs: needs.map((need) => toNeedDto(need, currency)),
    })),
    discount: money(off.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)),
    cashback: money(cashbackMinor),
  };
}

export function toReportDto(
  voucher: Voucher,
  { used, counted, collectors, days }: Report,
): z.input<typeof zReport> {
  const money = moneyIn(voucher.currency);
  const { quota, budgetMinor } = voucher;
  const { redeemed, released, buyers, amountMinor } = used;
  return {
    ...{ redeemed, released, buyers, collectors },
    amount: money(amountMinor),
    quotaLeft: quota === null ? null : Math.max(0, quota - counted.used),
    budgetLeft: budgetMinor === null ? null : money(budgetMinor - counted.spentMinor),
    days: days.map((one) => ({ day: one.day, redeemed: one.redeemed, amount: money(one.amountMinor) })),
  };
}
