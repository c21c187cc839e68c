import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { zTexts } from "#kernel/texts";

/** One statement writes them all; a larger file comes in several calls. */
const BULK_ROWS_MAX = 500;
const ADJUST_ROWS_MAX = 100;
/** Far above any warehouse, far below what the sum of a shop's rows could overflow. */
const UNITS_MAX = 10_000_000;
const NAME_CHARS_MAX = 80;
const REASON_CHARS_MAX = 200;
const PRIORITY_MAX = 1_000;
/** A bundle is packed by hand: more parts than this are a product of their own. */
const COMPONENTS_MAX = 20;
const COMPONENT_UNITS_MAX = 1_000;
/** One transport's list. */
const TRANSFER_LINES_MAX = 100;
/** Longer than any title of a product. */
const TITLE_CHARS_MAX = 1_000;

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
export const AHEAD_KINDS = ["preorder", "backorder"] as const;
export const zAvailability = z.object({
  items: z.array(
    z.object({
      offerId: zId("offer"),
      /** All that can be bought now, what is sold before it is there included. */
      available: z.int(),
      /** What can leave today. */
      onShelf: z.int(),
      /** How what is not there yet is sold, and when it is promised to be there. */
      ahead: z
        .object({
          kind: z.enum(AHEAD_KINDS),
          units: z.int(),
          promisedAt: z.iso.datetime().nullable(),
        })
        .nullable(),
      /** What a bundle is made of; nothing for what is sold alone. */
      contents: z.array(
        z.object({
          offerId: zId("offer"),
          quantity: z.int(),
          title: zTexts(TITLE_CHARS_MAX),
          /** Empty for the only variant. */
          variantLabel: z.object({ en: z.string(), id: z.string().optional() }),
          slug: z.string(),
        }),
      ),
    }),
  ),
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
  /** What a parcel from here costs beside its carriage: among equal locations the cheaper one sends. */
  parcelCost: zMoney.nullable().default(null),
});
export const zPatchLocation = z.object({
  name: z.string().trim().min(1).max(NAME_CHARS_MAX).optional(),
  priority: z.int().min(0).max(PRIORITY_MAX).optional(),
  parcelCost: zMoney.nullable().optional(),
});
export const zLocation = z.object({
  id: zId("location"),
  name: z.string(),
  priority: z.int(),
  parcelCost: zMoney.nullable(),
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

const zComponent = z.object({
  offerId: zId("offer"),
  quantity: z.int().min(1).max(COMPONENT_UNITS_MAX),
});
const isOnceEach = (lines: readonly { readonly offerId: string }[]) =>
  new Set(lines.map(({ offerId }) => offerId)).size === lines.length;
const ONCE_EACH = { message: "An offer is named twice." };
export const zPutBundle = z.object({
  components: z.array(zComponent).min(1).max(COMPONENTS_MAX).refine(isOnceEach, ONCE_EACH),
});
export const zBundle = z.object({
  offerId: zId("offer"),
  components: z.array(z.object({ offerId: zId("offer"), quantity: z.int() })),
  /** As many as the scarcest component gives. */
  available: z.int(),
});
export const zBundlePage = zPage(zBundle);

/** What is left out stays; null takes the shop's own word back. */
export const zPatchTerms = z.object({
  lowStockAt: zUnits.nullable().optional(),
  ahead: z
    .object({
      kind: z.enum(AHEAD_KINDS),
      /** How many may be sold before they are there, over all locations. */
      units: zUnits.min(1),
      promisedAt: z.iso.datetime().nullable().default(null),
      /** Where they will come in; the shop's first location when absent. */
      locationId: zId("location").optional(),
    })
    .refine(({ kind, promisedAt }) => kind === "backorder" || promisedAt !== null, {
      path: ["promisedAt"],
      message: "A preorder says when it comes.",
    })
    .nullable()
    .optional(),
});
export const zTerms = z.object({
  offerId: zId("offer"),
  itemId: zId("stockItem"),
  lowStockAt: z.int().nullable(),
  safety: z.int(),
  ahead: z
    .object({
      kind: z.enum(AHEAD_KINDS),
      units: z.int(),
      /** Of these, how many are sold and not there yet. */
      sold: z.int(),
      promisedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
});

export const zTransferRef = z.object({ transferId: zId("stockTransfer") });
export const TRANSFER_STATES = ["sent", "received", "cancelled"] as const;
const zTransferLines = (unitsMin: number) =>
  z
    .array(z.object({ offerId: zId("offer"), quantity: z.int().min(unitsMin).max(UNITS_MAX) }))
    .min(1)
    .max(TRANSFER_LINES_MAX)
    .refine(isOnceEach, ONCE_EACH);
export const zSendTransfer = z
  .object({
    fromLocationId: zId("location"),
    toLocationId: zId("location"),
    note: z.string().trim().min(1).max(REASON_CHARS_MAX).nullable().default(null),
    lines: zTransferLines(1),
  })
  .refine(({ fromLocationId, toLocationId }) => fromLocationId !== toLocationId, {
    path: ["toLocationId"],
    message: "It is there already.",
  });
/** What was counted in; what is left out is lost. Without lines all of it has come. */
export const zReceiveTransfer = z.object({ lines: zTransferLines(0).optional() });
export const zTransferQuery = zPageQuery.extend({ state: z.enum(TRANSFER_STATES).optional() });
export const zTransfer = z.object({
  id: zId("stockTransfer"),
  fromLocationId: zId("location"),
  toLocationId: zId("location"),
  state: z.enum(TRANSFER_STATES),
  note: z.string().nullable(),
  lines: z.array(z.object({ offerId: zId("offer"), quantity: z.int(), arrived: z.int().nullable() })),
  sentBy: z.string(),
  sentAt: z.iso.datetime(),
  endedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export const zTransferPage = zPage(zTransfer);

export type PutBundle = z.output<typeof zPutBundle> & z.output<typeof zOfferRef>;
export type Bundle = z.output<typeof zBundle>;
export type PatchTerms = z.output<typeof zPatchTerms> & z.output<typeof zOfferRef>;
export type Terms = z.output<typeof zTerms>;
export type TransferRef = z.output<typeof zTransferRef>;
export type SendTransfer = z.output<typeof zSendTransfer> & { readonly idempotencyKey: string };
export type ReceiveTransfer = z.output<typeof zReceiveTransfer> & TransferRef;
export type TransferList = z.output<typeof zTransferQuery>;
export type Transfer = z.output<typeof zTransfer>;
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
