import * as z from "zod";
import { zId } from "#kernel/ids";
import { CARRIERS } from "./domain/carrier.ts";
import { SOURCES, STATUSES } from "./domain/journey.ts";

export const zShipmentRef = z.object({ shipmentId: zId("shipment") });
type ShipmentRef = z.output<typeof zShipmentRef>;
/** Given to whoever carries the parcel. */
export const zPassHeader = z.object({ "x-driver-pass": z.string().max(1_024).optional() });

const zInstant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const zRecordScan = z.object({
  status: z.enum(STATUSES).exclude(["unknown"]),
  note: z.string().trim().max(300).optional(),
  at: zInstant.optional(),
});
export type RecordScan = ShipmentRef & z.output<typeof zRecordScan>;

const zCid = z.string().regex(/^[\w-]{8,64}$/);
const zPoint = z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });
/** What a device kept while it had no net. */
const FIXES_MAX = 100;
export const zTakePings = z.object({
  cid: zCid,
  fixes: z
    .array(
      zPoint.extend({
        at: zInstant,
        accuracyMeters: z.number().min(0).max(100_000).default(20),
        speedKmh: z.number().min(0).max(1_000).nullable().default(null),
        headingDegrees: z.number().min(0).max(360).nullable().default(null),
      }),
    )
    .min(1)
    .max(FIXES_MAX),
});
export type TakePings = ShipmentRef & z.output<typeof zTakePings>;
export const zTaken = z.object({ seq: z.int(), taken: z.int() });

export const zPictureRef = zShipmentRef.extend({ kind: z.enum(["photo", "signature"]) });
export const zGiveProof = zPoint.extend({
  cid: zCid,
  recipient: z.string().trim().min(1).max(100).optional(),
  /** The receiver's, as he tells it. */
  code: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
});
export type GiveProof = ShipmentRef & z.output<typeof zGiveProof>;

const zTime = z.iso.datetime();
const zEta = z.object({ at: zTime, from: zTime, until: zTime }).nullable();
const zProof = z.object({
  at: zTime,
  recipient: z.string().nullable(),
  metersAway: z.int().nullable(),
  hasPhoto: z.boolean(),
  hasSignature: z.boolean(),
  hasCode: z.boolean(),
});

export { zProof as zGivenProof };

export const zTracking = z.object({
  shipmentId: zId("shipment"),
  orderId: zId("order"),
  carrier: z.string(),
  courier: z.string().nullable(),
  trackingNumber: z.string(),
  status: z.enum(STATUSES),
  since: zTime.nullable(),
  shippedAt: zTime,
  arrivedAt: zTime.nullable(),
  eta: zEta,
  position: zPoint
    .extend({ at: zTime, accuracyMeters: z.number(), headingDegrees: z.number().nullable() })
    .nullable(),
  scans: z.array(
    z.object({ at: zTime, status: z.enum(STATUSES), note: z.string(), source: z.enum(SOURCES) }),
  ),
  proof: zProof.nullable(),
  publicToken: z.string(),
  /** The buyer's alone, until the parcel is there. */
  deliveryCode: z.string().optional(),
  version: z.int(),
});

export const zPublicRef = z.object({ token: z.string().max(120) });
export const zPublicTracking = z.object({
  carrier: z.string(),
  trackingNumberEnd: z.string(),
  status: z.enum(STATUSES),
  since: zTime.nullable(),
  eta: zEta,
  steps: z.array(z.object({ at: zTime, status: z.enum(STATUSES) })),
});

export const zNumber = z.object({ number: z.string().trim().min(4).max(60) });
export const zRecognised = z.object({
  items: z.array(
    z.object({
      carrier: z.enum(CARRIERS),
      certainty: z.enum(["proved", "likely"]),
      country: z.string().nullable(),
    }),
  ),
});

export const zPass = z.object({ pass: z.string(), expiresAt: zTime });
export const zTrack = z.object({ items: z.array(zPoint.extend({ seq: z.int(), at: zTime })) });
