import { describeError } from "#kernel/away";
import { type Clock, HOUR_MS } from "#kernel/clock";
import { CLOSE, type ErrorFrame, type Frame, type RoomErrorCode } from "#party/protocol/wire";

/** A zod schema, or a parser of a room's own where each microsecond counts. */
export type FrameSchema<In> = {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: In }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly message: string; readonly path: PropertyKey[] }[];
        };
      };
};

/** What a socket may send. */
export type FrameRules<In> = {
  readonly frames: FrameSchema<In>;
  /** Characters of one frame. */
  readonly charsMax: number;
  /** Frames a second in the long run, and how many at once. */
  readonly perSecond: number;
  readonly burst: number;
};

/**
 * After so long a socket needs a new ticket: who left a shop or signed out everywhere must not listen for
 * ever. Longer than anybody looks at one page without a pause in the connection.
 */
const SESSION_MS = 6 * HOUR_MS;

/** Closes a socket whose session is over; whoever may still come in asks for a ticket and is back at once. */
export function isOver(socket: WebSocket, joinedAt: number, now: number): boolean {
  if (now < joinedAt + SESSION_MS) return false;
  dismiss(socket, "room.session_over", CLOSE.ticket);
  return true;
}

/** Refusals in a row after which a socket is closed: a client that goes on does not listen. */
const STRIKES_MAX = 20;

/** The cid of a frame that is not worth parsing. */
const CID = /"cid":"([\w-]{8,64})"/;

type Allowance = { tokens: number; at: number; strikes: number };

/**
 * Reads what comes over a socket: size, rate, JSON, schema. What is refused is answered with a typed frame,
 * and never reaches the room. Allowances are forgotten when the object leaves memory, which takes seconds
 * without a frame: they are full again by then.
 */
export class FrameGate<In extends Frame> {
  readonly #rules: FrameRules<In>;
  readonly #clock: () => Clock;
  readonly #allowances = new WeakMap<WebSocket, Allowance>();

  constructor(rules: FrameRules<In>, clock: () => Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /** The frame, or undefined when it was refused and the refusal was sent. */
  read(socket: WebSocket, message: string | ArrayBuffer | ArrayBufferView): In | undefined {
    // What was on its way when the socket was closed still comes.
    if (socket.readyState !== WebSocket.OPEN) return undefined;
    const { charsMax, frames } = this.#rules;
    if (typeof message !== "string") return dismiss(socket, "room.bad_message", CLOSE.badMessage);
    if (message.length > charsMax) return dismiss(socket, "room.too_large", CLOSE.tooLarge);
    if (!this.#take(socket, message)) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(message);
    } catch {
      return dismiss(socket, "room.bad_message", CLOSE.badMessage);
    }
    const parsed = frames.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const detail = issue && `${issue.path.map(String).join(".")}: ${issue.message}`.slice(0, 200);
    refuse(socket, "room.bad_message", { re: cidOf(value), detail });
    return undefined;
  }

  #take(socket: WebSocket, message: string): boolean {
    const { perSecond, burst } = this.#rules;
    const now = this.#clock().now();
    const known = this.#allowances.get(socket);
    const allowance = known ?? { tokens: burst, at: now, strikes: 0 };
    if (!known) this.#allowances.set(socket, allowance);
    const gained = (Math.max(0, now - allowance.at) * perSecond) / 1_000;
    allowance.tokens = Math.min(burst, allowance.tokens + gained);
    allowance.at = now;
    if (allowance.tokens >= 1) {
      allowance.tokens -= 1;
      allowance.strikes = 0;
      return true;
    }
    allowance.strikes += 1;
    if (allowance.strikes >= STRIKES_MAX) dismiss(socket, "room.limited", CLOSE.tooMany);
    else refuse(socket, "room.limited", { re: CID.exec(message)?.[1] });
    return false;
  }
}

/**
 * How many sockets a room may have. Listing them costs as much as there are, and a crowd that comes together
 * would pay the square of it: so they are counted after a start and where it looks full, and only added to in
 * between. Who has left is still counted until then, so there are never more than the maximum.
 */
export class Seats {
  readonly #max: number;
  /** Sockets that are there already, without the one that asks. */
  readonly #count: () => number;
  #taken = Number.POSITIVE_INFINITY;

  constructor(max: number, count: () => number) {
    this.#max = max;
    this.#count = count;
  }

  /** Takes a seat, if there is one. */
  take(): boolean {
    if (this.#taken >= this.#max) this.#taken = this.#count();
    if (this.#taken >= this.#max) return false;
    this.#taken += 1;
    return true;
  }
}

/** The cid of a value that is no valid frame, so that its sender can tell what was refused. */
export function cidOf(value: unknown): string | undefined {
  const cid = (value as { readonly cid?: unknown } | null)?.cid;
  return typeof cid === "string" ? cid.slice(0, 64) : undefined;
}

type About = { readonly re?: string | undefined; readonly detail?: string | undefined };

export function refuse(
  socket: WebSocket,
  code: RoomErrorCode | `${string}.${string}`,
  about: About = {},
): void {
  sendText(
    socket,
    JSON.stringify({ t: "error", code, ...about } satisfies { [K in keyof ErrorFrame]: unknown }),
  );
}

/** Says why and closes. */
export function dismiss(
  socket: WebSocket,
  code: RoomErrorCode | `${string}.${string}`,
  closeCode: (typeof CLOSE)[keyof typeof CLOSE],
): undefined {
  refuse(socket, code);
  try {
    socket.close(closeCode, code);
  } catch {
    // It was closed already, which is all that was wanted.
  }
}

/** How a socket is closed that may not come in; with a new ticket, later, or not at all. */
export function closeFor(refusal: `${string}.${string}`): (typeof CLOSE)[keyof typeof CLOSE] {
  if (refusal === "room.ticket_used") return CLOSE.ticket;
  return refusal === "room.full" ? CLOSE.away : CLOSE.removed;
}

/** More than this unsent is a client that does not read; what it misses it gets when it resumes. */
const BUFFERED_BYTES_MAX = 1_048_576;
/**
 * The runtime may not tell what waits; then the platform's own limit closes the socket. It is found out once:
 * looking for a field that is not there costs a broadcast something for each socket.
 */
const TELLS_WAITING = "bufferedAmount" in WebSocket.prototype;

/** A socket that has gone is no error of whoever writes to it. */
export function sendText(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
    if (!TELLS_WAITING) return;
    if (socket.bufferedAmount > BUFFERED_BYTES_MAX) socket.close(CLOSE.tooSlow, "room.too_slow");
  } catch {
    // The close event tells the room.
  }
}

/** For the log of a room: what failed, without what a person typed. */
export function logFailure(room: string | undefined, event: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", event, room, error: describeError(error) }));
}
