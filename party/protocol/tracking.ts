import * as z from "zod";
import { zCid, zHello } from "./room.ts";
import type { ErrorFrame } from "./wire.ts";

/** A device that was without a net for a while sends what it kept in frames of this size. */
const FIXES_MAX = 100;

const zDegrees = (limit: number) => z.number().min(-limit).max(limit);
/** Where a driver's device was, and when; metres and km/h as its receiver says them. */
const zFix = z.object({
  at: z.int().min(0),
  latitude: zDegrees(90),
  longitude: zDegrees(180),
  accuracyMeters: z.number().min(0).max(100_000).default(20),
  speedKmh: z.number().min(0).max(1_000).nullable().default(null),
  headingDegrees: z.number().min(0).max(360).nullable().default(null),
});

/** The fixes of a frame are kept together or not at all; sent again under the same cid they are kept once. */
export const zPings = z.object({
  t: z.literal("pings"),
  cid: zCid,
  fixes: z.array(zFix).min(1).max(FIXES_MAX),
});

export const zTrackingFrame = z.discriminatedUnion("t", [zHello, zPings]);
export type TrackingFrame = z.output<typeof zTrackingFrame>;
export type Pings = z.output<typeof zPings>;

type Seen = {
  readonly seq: number;
  readonly at: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly headingDegrees: number | null;
};
type Eta = { readonly at: number; readonly from: number; readonly until: number };

/** The parcel as it is now, and the way that the driver has come since what was seen. */
export type TrackingWelcome = {
  readonly t: "welcome";
  readonly seq: number;
  readonly status: string;
  readonly since: number | null;
  readonly arrivedAt: number | null;
  readonly eta: Eta | null;
  readonly trail: readonly Seen[];
};
export type TrackingEvent =
  | TrackingWelcome
  | ({ readonly t: "position"; readonly eta: Eta | null } & Seen)
  | { readonly t: "status"; readonly status: string; readonly since: number; readonly eta: Eta | null }
  | { readonly t: "arrived"; readonly at: number }
  /** `taken` of the fixes were of use; `seq` is the last one's. */
  | { readonly t: "ack"; readonly cid: string; readonly seq: number; readonly taken: number }
  | ErrorFrame;
