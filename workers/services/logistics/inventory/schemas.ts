import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";

/** One statement writes them all; a larger file comes in several calls. */
const BULK_ROWS_MAX = 500;
const ADJUST_ROWS_MAX = 100;
/** Far above any warehouse, far below what the sum of a shop's rows could overflow. */
const UNITS_MAX = 10_000_000;
const NAME_CHARS_MAX = 80;
const REASON_CHARS_MAX = 200;
const PRIORITY_MAX = 1_000;

const zUnits = z.int().min(0).max(UNITS_MAX);
const zPlace = z.object({
  offerId: zId("offer"),
  /** The shop's first location when absent. */
  locationId: zId("location").optional(),
});
const zCounts = z.object({
  onHand: zUnits.optional(),
  safety: zUnits.optional(),
  incoming: zUnits.optional(),
  backorderMax: zUnits.optional(),
});
const isOncePlaced = (rows: readonly z.output<typeof zPlace>[]) =>
  new Set(rows.map((row) => `${row.offerId} ${row.locationId ?? ""}`)).size === rows.length;
const ONCE = { message: "An offer is named twice for one location." };

/** What a page shows at once; ids separated by commas. */
export const AVAILABILITY_MAX = 100;
export const zAvailabilityQuery = z.object({
  offerIds: z
    .string()
    .max(AVAILABILITY_MAX * 32)
    .transform((text) => text.split(","))
    .pipe(z.array(zId("offer")).min(1).max(AVAILABILITY_MAX)),
});
export const zAvailability = z.object({
  items: z.array(z.object({ offerId: zId("offer"), available: z.int() })),
});

export const zOfferRef = z.object({ offerId: zId("offer") });
export const zPutLevel = zCounts.extend({ locationId: zId("location").optional() });
export const zSetLevels = z.object({
  rows: z.array(zPlace.extend(zCounts.shape)).min(1).max(BULK_ROWS_MAX).refine(isOncePlaced, ONCE),
});
/** `receive`, `return`: more is there; `expect`: more is on its way; `adjust`: found, lost or broken. */
export const zAdjust = z.object({
  kind: z.enum(["receive", "return", "adjust", "expect"]),
  reason: z.string().trim().min(1).max(REASON_CHARS_MAX),
  rows: z
    .array(
      zPlace.extend({
        quantity: z
          .int()
          .min(-UNITS_MAX)
          .max(UNITS_MAX)
          .refine((n) => n !== 0, { message: "Nothing changes." }),
      }),
    )
    .min(1)
    .max(ADJUST_ROWS_MAX)
    .refine(isOncePlaced, ONCE),
});
export const zShareStock = z.object({ sharesStockOf: zId("offer") });

export const zLocationRef = z.object({ locationId: zId("location") });
export const zNewLocation = z.object({
  name: z.string().trim().min(1).max(NAME_CHARS_MAX),
  priority: z.int().min(0).max(PRIORITY_MAX).default(0),
});
export const zPatchLocation = z.object({
  name: z.string().trim().min(1).max(NAME_CHARS_MAX).optional(),
  priority: z.int().min(0).max(PRIORITY_MAX).optional(),
});
export const zLocation = z.object({
  id: zId("location"),
  name: z.string(),
  priority: z.int(),
  version: z.int(),
});
export const zLocations = z.object({ items: z.array(zLocation) });

export const zLevel = z.object({
  offerId: zId("offer"),
  itemId: zId("stockItem"),
  locationId: zId("location"),
  onHand: z.int(),
  reserved: z.int(),
  allocated: z.int(),
  safety: z.int(),
  incoming: z.int(),
  backorderMax: z.int(),
  /** Units that can be sold from here now, backorder included. */
  available: z.int(),
  updatedAt: z.iso.datetime(),
});
export const zLevels = z.object({ items: z.array(zLevel) });
export const zLevelQuery = zPageQuery.extend({ locationId: zId("location").optional() });
export const zLevelPage = zPage(zLevel);
export const zDone = z.object({ rows: z.int() });
export const zNothing = z.null();

export const zMovementQuery = zPageQuery.extend({ offerId: zId("offer").optional() });
export const zMovement = z.object({
  seq: z.int(),
  kind: z.string(),
  itemId: zId("stockItem"),
  locationId: zId("location"),
  onHand: z.int(),
  reserved: z.int(),
  allocated: z.int(),
  incoming: z.int(),
  reservationId: zId("reservation").nullable(),
  reason: z.string().nullable(),
  actor: z.string().nullable(),
  at: z.iso.datetime(),
});
export const zMovementPage = zPage(zMovement);

export const zLowStock = z.object({
  itemId: zId("stockItem"),
  offerIds: z.array(zId("offer")),
  available: z.int(),
  lowStockAt: z.int(),
});
export const zLowStockPage = zPage(zLowStock);

export type PutLevel = z.output<typeof zPutLevel> & z.output<typeof zOfferRef>;
export type SetLevels = z.output<typeof zSetLevels>;
export type Adjust = z.output<typeof zAdjust> & { readonly idempotencyKey: string };
export type ShareStock = z.output<typeof zShareStock> & z.output<typeof zOfferRef>;
export type NewLocation = z.output<typeof zNewLocation>;
export type PatchLocation = z.output<typeof zPatchLocation> &
  z.output<typeof zLocationRef> & { readonly ifMatch: number };
export type LocationRef = z.output<typeof zLocationRef>;
export type LevelList = z.output<typeof zLevelQuery>;
export type MovementList = z.output<typeof zMovementQuery>;
export type Level = z.output<typeof zLevel>;
export type Location = z.output<typeof zLocation>;
export type Movement = z.output<typeof zMovement>;
export type LowStock = z.output<typeof zLowStock>;
