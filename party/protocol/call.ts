import * as z from "zod";
import type { Call, Media, Outcome, Subject } from "#services/communication/videocall/domain/line";
import { zCid, zHello } from "./room.ts";
import type { Ack, ErrorFrame } from "./wire.ts";

const zCallId = z.string().regex(/^cal_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
/** A tab's own name, kept while it is open. */
const zDevice = z.string().regex(/^[\w-]{8,64}$/);
/** A session description of a browser with all its codecs is some 8,000 characters. */
const SDP_CHARS_MAX = 32_000;
const zMedia = z.object({ mic: z.boolean(), camera: z.boolean(), screen: z.boolean() });

const zSignal = z.union([
  z.object({
    kind: z.enum(["offer", "answer", "pranswer", "rollback"]),
    sdp: z.string().max(SDP_CHARS_MAX),
  }),
  z.object({
    kind: z.literal("candidate"),
    candidate: z.string().max(1_000),
    sdpMid: z.string().max(64).nullable(),
    sdpMLineIndex: z.int().min(0).max(255).nullable(),
    usernameFragment: z.string().max(256).nullable().default(null),
  }),
]);
export type Signal = z.output<typeof zSignal>;

const about = { callId: zCallId };
/** What a person's device sends to that person's line. */
export const zCallFrame = z.discriminatedUnion("t", [
  zHello,
  /** This tab is here: with the call that it was in, it takes it up again. */
  z.object({ t: z.literal("device"), device: zDevice, callId: zCallId.optional() }),
  /** `callId` is the caller's own choice, so that dialling twice is dialling once. */
  z.object({ t: z.literal("dial"), cid: zCid, ...about, grant: z.string().max(1_024), device: zDevice }),
  z.object({ t: z.literal("accept"), cid: zCid, ...about, device: zDevice }),
  z.object({ t: z.literal("hangup"), cid: zCid, ...about }),
  z.object({ t: z.literal("signal"), cid: zCid, ...about, signal: zSignal }),
  z.object({ t: z.literal("connected"), cid: zCid, ...about }),
  z.object({ t: z.literal("media"), cid: zCid, ...about, media: zMedia }),
  /** The page of the shop that both look at. */
  z.object({ t: z.literal("page"), cid: zCid, ...about, path: z.string().startsWith("/").max(500) }),
  z.object({
    t: z.literal("stats"),
    ...about,
    rttMs: z.number().min(0).max(60_000),
    lossPercent: z.number().min(0).max(100),
    kbps: z.number().min(0).max(1_000_000),
  }),
]);
export type CallFrame = z.output<typeof zCallFrame>;

type About = { readonly callId: string };
/** A call as a device needs it to show it, or to take it up again. */
export type CallNow = Pick<Call, "callId" | "side" | "peerId" | "phase" | "startedAt" | "page"> & {
  readonly subject: Subject;
  readonly media: Media;
  readonly peerMedia: Media;
  readonly isMine: boolean;
};
export type CallEvent =
  | { readonly t: "welcome"; readonly seq: number; readonly call: CallNow | null }
  | { readonly t: "call"; readonly call: CallNow }
  | ({ readonly t: "ended"; readonly outcome: Outcome } & About)
  | ({ readonly t: "signal"; readonly signal: Signal } & About)
  | ({ readonly t: "peer"; readonly media: Media } & About)
  | ({ readonly t: "page"; readonly path: string } & About)
  /** The other side's connection to us is gone, or there again: then whoever sees it restarts ICE. */
  | ({ readonly t: "peer_lost" | "peer_back" } & About)
  | Ack
  | ErrorFrame;
