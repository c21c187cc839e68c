import * as z from "zod";
import type { Snapshot } from "#services/communication/livestream/domain/public";
import { zCid, zHello, zSeq } from "./room.ts";
import type { Ack, ErrorFrame } from "./wire.ts";

const TEXT_CHARS_MAX = 300;
/** A finger taps some ten times a second; a client sends what it counted. */
const HEARTS_MAX = 50;

/** What somebody in the audience does once for its cid. */
export const zAct = z.discriminatedUnion("t", [
  z.object({ t: z.literal("say"), cid: zCid, text: z.string().trim().min(1).max(TEXT_CHARS_MAX) }),
  z.object({ t: z.literal("vote"), cid: zCid, pollId: zSeq, choice: z.int().min(0).max(19) }),
  z.object({ t: z.literal("enter"), cid: zCid, giveawayId: zSeq }),
  z.object({
    t: z.literal("bid"),
    cid: zCid,
    auctionId: zSeq,
    maxMinor: z.string().regex(/^[1-9]\d{0,14}$/),
    /** The EXT-X-PROGRAM-DATE-TIME of the picture that the bidder sees. */
    seenAt: z.int().optional(),
  }),
]);
export type ActFrame = z.output<typeof zAct>;

export const zLiveFrame = z.discriminatedUnion("t", [
  zHello,
  ...zAct.options,
  /** Counted and forgotten: lost with the connection. */
  z.object({ t: z.literal("heart"), count: z.int().min(1).max(HEARTS_MAX) }),
]);
export type LiveFrame = z.output<typeof zLiveFrame>;

type PublicEvent = { readonly t: string; readonly seq: number; readonly at: number };

/** Several times a second, one frame for all that happened meanwhile. */
export type Batch = {
  readonly t: "batch";
  /** Left out where only counts have changed. */
  readonly seq?: number;
  readonly events: readonly (PublicEvent & { readonly [field: string]: unknown })[];
  readonly hearts: number;
  readonly viewers: number;
  readonly polls: readonly { readonly id: number; readonly counts: readonly number[] }[];
  readonly giveaways: readonly { readonly id: number; readonly entries: number }[];
  /** The server's clock: countdowns run by it. */
  readonly now: number;
};
export type LiveSnapshot = {
  readonly t: "snapshot";
  readonly seq: number;
  readonly room: Snapshot;
  readonly hearts: number;
  readonly viewers: number;
  readonly now: number;
  /** How others see the person behind this socket. */
  readonly you: string;
};
export type LiveAnswer = LiveSnapshot | Batch | Ack | ErrorFrame;
