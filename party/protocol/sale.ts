import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCid, zHello } from "./room.ts";
import type { ErrorFrame } from "./wire.ts";

/** Above any limit per buyer that a sale may set. */
const CLAIM_UNITS_MAX = 10;

const zQuantity = z.int().min(1).max(CLAIM_UNITS_MAX);
const zClaim = z.object({
  t: z.literal("claim"),
  cid: zCid,
  quantity: zQuantity,
  /** Only a service's ticket speaks for others; on a buyer's socket it is refused. */
  buyerId: zId("user").optional(),
});

/** What a client of the sale socket sends. The cid of a claim is its key: again it is the same hold. */
export const zSaleFrame = z.discriminatedUnion("t", [
  zHello,
  zClaim,
  z.object({ t: z.literal("wait"), cid: zCid, quantity: zQuantity }),
  z.object({ t: z.literal("release"), cid: zCid, holdId: zId("hold") }),
]);
export type SaleFrame = z.output<typeof zSaleFrame>;
export type ClaimFrame = z.output<typeof zClaim>;

export type SaleHold = {
  readonly id: string;
  readonly quantity: number;
  readonly state: string;
  readonly expiresAt: number;
};
export type SaleEvent =
  | {
      readonly t: "welcome";
      readonly seq: number;
      /** The server's clock, so that a page counts down to the same instant as everybody else. */
      readonly now: number;
      readonly startsAt: number | null;
      readonly endsAt: number | null;
      readonly band: string;
      readonly holds: readonly SaleHold[];
    }
  /** The change is on disk. */
  | { readonly t: "ack"; readonly cid: string; readonly seq: number; readonly hold?: SaleHold }
  | { readonly t: "band"; readonly band: string; readonly now: number }
  /** Who stood in line has a hold now. */
  | { readonly t: "turn"; readonly seq: number; readonly hold: SaleHold }
  | ErrorFrame;

/** Parses the frame that comes ten thousand times a second by hand, and the rest by schema. */
export const saleFrames = {
  safeParse(value: unknown) {
    const frame = value as Partial<ClaimFrame> | null;
    if (frame !== null && typeof frame === "object" && frame.t === "claim" && isClaim(frame)) {
      return { success: true as const, data: frame };
    }
    return zSaleFrame.safeParse(value);
  },
};

const CID = /^[\w-]{8,64}$/;
const USER = /^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const FIELDS_MAX = 4;

/** Whether it is a claim exactly as `zClaim` would have it; when in doubt the schema decides. */
function isClaim(frame: Partial<ClaimFrame>): frame is ClaimFrame {
  const { cid, quantity, buyerId } = frame;
  if (typeof cid !== "string" || !CID.test(cid)) return false;
  if (typeof quantity !== "number" || !Number.isInteger(quantity)) return false;
  if (quantity < 1 || quantity > CLAIM_UNITS_MAX) return false;
  if (buyerId !== undefined && !(typeof buyerId === "string" && USER.test(buyerId))) return false;
  return Object.keys(frame).length <= FIELDS_MAX;
}
