import type { Id } from "#kernel/ids";
import type { Eta } from "./eta.ts";
import type { Journey } from "./journey.ts";
import type { Fix } from "./ping.ts";
import type { Point } from "./place.ts";
import type { Proof } from "./proof.ts";

/** What is followed. Nobody's name or address: only where the door is, if that is known. */
export type Session = {
  readonly shipmentId: Id<"shipment">;
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly carrier: string;
  readonly courier: string | null;
  readonly trackingNumber: string;
  readonly destination: Point | null;
  readonly shippedAt: number;
};

/** All that an object knows of its parcel, at one moment. */
export type Tracking = {
  readonly session: Session;
  readonly journey: Journey;
  readonly position: Fix | null;
  readonly eta: Eta | null;
  readonly arrivedAt: number | null;
  readonly proof: Proof | null;
  readonly codeTriesLeft: number;
  readonly version: number;
};

/** Hubs and tries of a parcel that goes round the world twice; a carrier that tells more is told no more. */
export const SCANS_MAX = 500;
