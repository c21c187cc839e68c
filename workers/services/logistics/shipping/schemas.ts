import * as z from "zod";
import { zId } from "#kernel/ids";
import { zShippingTable } from "#kernel/market-sections";
import { zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { AUDIT_REASONS } from "./domain/audit.ts";
import { LABEL_KINDS, LABEL_STATES } from "./domain/label.ts";
import { PROVIDERS } from "./domain/rate.ts";

/** As much as a line of a label holds. */
const NAME_CHARS_MAX = 100;
const LINE_CHARS_MAX = 200;
const CLOSED_DAYS_MAX = 366;
/** A carrier does not take more than a van full. */
const GRAMS_MAX = 2_000_000;
const QUOTE_LINES_MAX = 100;
const PARCEL_LINES_MAX = 500;
const BILLS_MAX = 500;
const PICKUP_LABELS_MAX = 100;

const zName = z.string().trim().min(1).max(NAME_CHARS_MAX);
const zLine = z.string().trim().min(1).max(LINE_CHARS_MAX);
const zMinor = z.string().regex(/^\d{1,15}$/);
const zTime = z.iso.datetime();
const zInstant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const zParty = z.object({
  name: zName,
  phone: z.e164(),
  country: z.string().regex(/^[A-Z]{2}$/),
  region: zName.nullable().default(null),
  city: zName,
  district: zName.nullable().default(null),
  village: zName.nullable().default(null),
  postalCode: z.string().trim().toUpperCase().min(3).max(10),
  line1: zLine,
  line2: zLine.nullable().default(null),
  latitude: z.number().min(-90).max(90).nullable().default(null),
  longitude: z.number().min(-180).max(180).nullable().default(null),
});

const ORIGIN = {
  address: zParty,
  cutOffHour: z.int().min(0).max(24).nullable().default(null),
  closedWeekdays: z.array(z.int().min(0).max(6)).max(6).default([0]),
  holidays: z.array(z.iso.date()).max(CLOSED_DAYS_MAX).default([]),
  couriers: z
    .array(z.string().regex(/^[a-z0-9_-]{1,30}$/))
    .min(1)
    .max(30)
    .nullable()
    .default(null),
};
export const zPutOrigin = z.object(ORIGIN);
export type PutOrigin = z.output<typeof zPutOrigin>;
export const zOrigin = z.object(ORIGIN).extend({ version: z.int(), updatedAt: zTime });

export const zTableRef = z.object({ tableId: zId("rateTable") });
/** Checked whole and kept as it was written, amounts as strings. */
const zPrices = z.unknown().superRefine((value, context) => {
  const { error } = zShippingTable().safeParse(value);
  for (const issue of error?.issues ?? []) {
    context.addIssue({ code: "custom", path: issue.path, message: issue.message });
  }
});
export const zPutTable = z.object({ isActive: z.boolean().default(true), prices: zPrices });
export type PutTable = z.output<typeof zPutTable>;
export const zTable = z.object({
  id: zId("rateTable"),
  service: z.string(),
  isActive: z.boolean(),
  prices: z.any(),
  version: z.int(),
  updatedAt: zTime,
});
export const zTables = z.object({ items: z.array(zTable) });

export const zAskQuote = z.object({
  country: z.string().regex(/^[A-Z]{2}$/),
  region: zName.optional(),
  city: zName.default(""),
  postalCode: z.string().trim().toUpperCase().min(3).max(10),
  cash: z.boolean().default(false),
  lines: z
    .array(z.object({ offerId: zId("offer"), quantity: z.int().min(1).max(100_000) }))
    .min(1)
    .max(QUOTE_LINES_MAX),
});
export type AskQuote = z.output<typeof zAskQuote>;
const zRate = z.object({
  rateId: z.string(),
  provider: z.enum(PROVIDERS),
  carrier: z.string(),
  service: z.string(),
  name: z.string(),
  price: zMoney,
  minDays: z.int(),
  maxDays: z.int(),
  arrivesFrom: z.iso.date(),
  arrivesUntil: z.iso.date(),
  cash: z.boolean(),
  insurance: zMoney.nullable(),
  chargeableGrams: z.int(),
  source: z.enum(["table", "live", "cached"]),
});
export const zQuotes = z.object({
  parcels: z.array(z.object({ sellerId: zId("seller"), rates: z.array(zRate) })),
});

export const zLabelRef = z.object({ labelId: zId("label") });
const zParcelLines = z
  .array(z.object({ lineId: zId("line"), quantity: z.int().min(1).max(1_000_000) }))
  .min(1)
  .max(PARCEL_LINES_MAX);
const zWanted = z.object({
  weightGrams: z.int().min(1).max(GRAMS_MAX).optional(),
  /** Bought up to this price, whatever was quoted. */
  acceptMinor: zMinor.optional(),
});
export const zBuyLabel = zWanted.extend({
  orderId: zId("order"),
  /** What is in this parcel; without it everything that is left. */
  lines: zParcelLines.optional(),
  insured: z.boolean().default(false),
  /** Of a shop that hands over to a carrier of its own; only where no carrier's rate was chosen. */
  carrier: z.string().trim().min(1).max(60).optional(),
  trackingNumber: z
    .string()
    .regex(/^[A-Za-z0-9-]{4,40}$/)
    .optional(),
});
export type BuyLabel = z.output<typeof zBuyLabel>;
export const zBuyReturn = zWanted;
export type BuyReturn = z.output<typeof zLabelRef> & z.output<typeof zBuyReturn>;

export const zLabel = z.object({
  id: zId("label"),
  orderId: zId("order"),
  sellerId: zId("seller"),
  kind: z.enum(LABEL_KINDS),
  state: z.enum(LABEL_STATES),
  provider: z.enum(PROVIDERS),
  carrier: z.string(),
  service: z.string(),
  name: z.string(),
  trackingNumber: z.string().nullable(),
  shipmentId: zId("shipment").nullable(),
  parcelGrams: z.int(),
  quoted: zMoney,
  /** Null where the shop has an agreement of its own. */
  cost: zMoney.nullable(),
  cash: zMoney.nullable(),
  insured: z.boolean(),
  /** Where its documents are, for the shop; null until it is bought. */
  pdfUrl: z.string().nullable(),
  zplUrl: z.string().nullable(),
  refusal: z.string().nullable(),
  createdAt: zTime,
  boughtAt: zTime.nullable(),
  voidedAt: zTime.nullable(),
});
export const zLabelQuery = zPageQuery.extend({ orderId: zId("order").optional() });
export type LabelQuery = z.output<typeof zLabelQuery>;
export const zLabels = zPage(zLabel);
export const zDocumentQuery = z.object({ format: z.enum(["pdf", "zpl"]).default("pdf") });

export const zAskPickup = z.object({
  labelIds: z.array(zId("label")).min(1).max(PICKUP_LABELS_MAX),
  from: zInstant,
  until: zInstant,
});
export type AskPickup = z.output<typeof zAskPickup>;
export const zPickup = z.object({
  id: zId("pickup"),
  provider: z.enum(PROVIDERS),
  labelIds: z.array(zId("label")),
  from: zTime,
  until: zTime,
  confirmation: z.string(),
});

export const zManifestQuery = z.object({ date: z.iso.date(), format: z.enum(["csv", "pdf"]).default("csv") });
export type ManifestQuery = z.output<typeof zManifestQuery>;

export const zAuditQuery = zPageQuery.extend({ as: z.enum(["seller", "operator"]).optional() });
export type AuditQuery = z.output<typeof zAuditQuery>;
export const zAudits = zPage(
  z.object({
    labelId: zId("label"),
    orderId: zId("order"),
    sellerId: zId("seller"),
    provider: z.enum(PROVIDERS),
    carrier: z.string(),
    service: z.string(),
    trackingNumber: z.string().nullable(),
    quoted: zMoney,
    expected: zMoney,
    billed: zMoney,
    /** Billed less expected; below nought in our favour. */
    difference: zMoney,
    quotedGrams: z.int(),
    billedGrams: z.int().nullable(),
    reason: z.enum(AUDIT_REASONS),
    billedAt: zTime,
  }),
);

export const zImportBills = z.object({
  provider: z.enum(PROVIDERS),
  /** Names the file, so that a row of it counts once however often it is sent. */
  source: z.string().regex(/^[\w.-]{1,60}$/),
  rows: z
    .array(
      z.object({
        trackingNumber: z.string().min(1).max(60),
        billedMinor: zMinor,
        billedGrams: z.int().min(0).max(100_000_000).optional(),
        billedAt: zInstant,
      }),
    )
    .min(1)
    .max(BILLS_MAX),
});
export type ImportBills = z.output<typeof zImportBills>;
export const zImported = z.object({ matched: z.int(), unknown: z.array(z.string()) });
