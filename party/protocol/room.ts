import * as z from "zod";

// What every room's protocol is made of. Frames are JSON objects told apart by `t`.

export type Frame = { readonly t: string };

/** Chosen by the client, one a thing it does: sent again it changes nothing and has the same answer. */
export const zCid = z.string().regex(/^[\w-]{8,64}$/);
/** Place in the room's total order; counts up from 1. */
export const zSeq = z.int().min(0);

/** First frame of a client: what it has seen up to. Answered with what it missed, then what happens. */
export const zHello = z.object({ t: z.literal("hello"), since: zSeq.default(0) });

/** The change is on disk at this place of the order. */
export const zAck = z.object({ t: z.literal("ack"), cid: zCid, seq: zSeq });
export type Ack = z.output<typeof zAck>;

/** A refusal; `re` is the cid of the frame that it is about. */
export const zErrorFrame = z.object({
  t: z.literal("error"),
  code: z.string(),
  detail: z.string().optional(),
  re: z.string().optional(),
});
export type ErrorFrame = z.output<typeof zErrorFrame>;

/** Answered by the runtime without waking the room. */
export const PING = '{"t":"ping"}';
export const PONG = '{"t":"pong"}';

/** The subprotocol that a client offers, beside `ticket.<its ticket>`. */
export const SUBPROTOCOL = "titan.v1";

/** Why a room closed a socket. */
export const CLOSE = {
  badMessage: 4400,
  ticket: 4401,
  /** Put out by a moderator, a block or an erasure: do not come back. */
  removed: 4403,
  tooSlow: 4408,
  /** The same person opened the room once too often; the oldest socket goes. */
  replaced: 4409,
  tooLarge: 4413,
  tooMany: 4429,
  /** The room is full or moving: come back later. */
  away: 1013,
} as const;

/** Codes of error frames that any room may send; a room adds its own. */
export type RoomErrorCode =
  | "room.bad_message"
  | "room.too_large"
  | "room.limited"
  | "room.full"
  | "room.replaced"
  | "room.removed"
  | "room.session_over"
  | "room.internal";
