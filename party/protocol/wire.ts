// What clients and rooms know of one another without a schema, so that pages need none to speak.

export type Frame = { readonly t: string };

/** The change is on disk at this place of the order. */
export type Ack = { readonly t: "ack"; readonly cid: string; readonly seq: number };

/** A refusal; `re` is the cid of the frame that it is about. */
export type ErrorFrame = {
  readonly t: "error";
  readonly code: string;
  readonly detail?: string | undefined;
  readonly re?: string | undefined;
};

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
  | "room.ticket_used"
  | "room.session_over"
  | "room.internal";
