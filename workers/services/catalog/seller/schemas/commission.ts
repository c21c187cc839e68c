import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPage } from "#kernel/page";
import type { Commission, CommissionRule } from "../domain/commission.ts";

const NOTE_CHARS_MAX = 500;
/** A line of a wholesaler's order. */
const QUANTITY_MAX = 1_000_000;

const zFee = z.string().regex(/^\d{1,15}$/);
const zNote = z.string().trim().min(3).max(NOTE_CHARS_MAX);
const zBasisPoints = z.int().min(0).max(10_000);

export const zNewRule = z
  .object({
    sellerId: zId("seller").nullable().default(null),
    productId: zId("product").nullable().default(null),
    categoryId: zId("category").nullable().default(null),
    basisPoints: zBasisPoints,
    /** For each unit, in minor units of the market's currency; so are floor and cap. */
    fixedMinor: zFee.default("0"),
    floorMinor: zFee.default("0"),
    capMinor: zFee.nullable().default(null),
    startsAt: z.iso.datetime().optional(),
    endsAt: z.iso.datetime().nullable().default(null),
    note: zNote,
  })
  .refine((rule) => rule.productId === null || rule.categoryId === null, {
    path: ["categoryId"],
    message: "A rule names a product or a category.",
  })
  .refine(({ floorMinor, capMinor }) => capMinor === null || BigInt(capMinor) >= BigInt(floorMinor), {
    path: ["capMinor"],
    message: "The cap is below the floor.",
  });

export const zRuleRef = z.object({ ruleId: zId("commission") });
export const zEndRule = z.object({ reason: zNote, endsAt: z.iso.datetime().optional() });

export const zRule = z.object({
  id: zId("commission"),
  sellerId: zId("seller").nullable(),
  productId: zId("product").nullable(),
  categoryId: zId("category").nullable(),
  basisPoints: z.int(),
  fixedMinor: z.string(),
  floorMinor: z.string(),
  capMinor: z.string().nullable(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  note: z.string(),
  createdBy: zId("user"),
  createdAt: z.iso.datetime(),
  endedBy: zId("user").nullable(),
  endedAt: z.iso.datetime().nullable(),
  endReason: z.string().nullable(),
});
export const zRules = zPage(zRule);

export const zPreviewQuery = z.object({
  sellerId: zId("seller"),
  productId: zId("product"),
  categoryId: zId("category").optional(),
  baseMinor: zFee,
  quantity: z.coerce.number().int().min(1).max(QUANTITY_MAX).default(1),
  at: z.iso.datetime().optional(),
});
export const zPreview = z.object({
  ruleId: zId("commission").nullable(),
  basisPoints: z.int(),
  commission: zMoney,
  tax: zMoney,
});

export type NewRule = z.output<typeof zNewRule>;
export type PreviewQuery = z.output<typeof zPreviewQuery>;

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const toRuleDto = (rule: CommissionRule): z.input<typeof zRule> => ({
  ...rule,
  fixedMinor: rule.fixedMinor.toString(),
  floorMinor: rule.floorMinor.toString(),
  capMinor: rule.capMinor?.toString() ?? null,
  startsAt: iso(rule.startsAt),
  endsAt: isoOrNull(rule.endsAt),
  createdAt: iso(rule.createdAt),
  endedAt: isoOrNull(rule.endedAt),
});

type Currency = z.output<typeof zMoney>["currency"];
export const toPreviewDto = ({ ruleId, basisPoints, minor, taxMinor }: Commission, currency: Currency) => ({
  ruleId,
  basisPoints,
  commission: { minor: minor.toString(), currency },
  tax: { minor: taxMinor.toString(), currency },
});
