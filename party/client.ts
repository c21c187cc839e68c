import ReconnectingWebSocket, { type CloseEvent } from "partysocket/ws";
import { type Ack, CLOSE, type ErrorFrame, type Frame, PING, SUBPROTOCOL } from "./protocol/wire.ts";

const HEARTBEAT_MS = 25_000;
/** Nothing heard for so long, not even a pong: the line is dead though no one closed it. */
const SILENCE_MS = 60_000;
/** When a frame that came too fast goes again. */
const AGAIN_MS = 1_000;
const RECONNECT_MIN_MS = 300;
const RECONNECT_MAX_MS = 10_000;
/** Coming back would only be refused or put out again. */
const FINAL: readonly number[] = [CLOSE.replaced, CLOSE.removed, CLOSE.badMessage, CLOSE.tooLarge];

/** The room refused a frame, or the client was closed before the room answered. */
class RoomError extends Error {
  override readonly name = "RoomError";
  readonly code: string;
  constructor({ code, detail }: Pick<ErrorFrame, "code" | "detail">) {
    super(detail ?? code);
    this.code = code;
  }
}

type Sent = Frame & { readonly cid?: string };
/** A frame without its cid, which the client gives it. */
type Change<In> = In extends { readonly cid: string } ? Omit<In, "cid"> : never;
/** A frame that changes nothing: lost with the connection, sent by nobody again. */
type Passing<In> = In extends { readonly cid: string } | { readonly t: "hello" } ? never : In;

export type RoomOptions<Out> = {
  /** The API's address, as `https://id.example`. */
  readonly base: string;
  /** Asked again at each connection: `POST /v1/<service>/{id}/tickets`. */
  readonly ticket: () => Promise<{ readonly url: string; readonly ticket: string }>;
  /** Each frame once and in order, whatever the connection did. */
  readonly onFrame: (frame: Out) => void;
  /** `closed` is final: the room put this client out, or it closed itself. */
  readonly onState?: (state: "open" | "waiting" | "closed", code?: number) => void;
  /** The last place of the order that was seen before, kept by the page. */
  readonly since?: number;
};

export type RoomClient<In> = {
  /** Resolves when it is on disk; sent again with the same cid until it is answered. */
  change(frame: Change<In>, cid?: string): Promise<Ack>;
  pass(frame: Passing<In>): void;
  lastSeq(): number;
  close(): void;
};

type Pending = {
  readonly text: string;
  resolve(ack: Ack): void;
  reject(error: RoomError): void;
};

/**
 * A room as pages and Node see it: it reconnects with a new ticket, says hello with the last place it saw,
 * and sends again what was not answered. A frame with `seq` is shown once; a `snapshot` sets the place, a
 * `welcome` and an `ack` do not, as what stands before them may still be on its way.
 */
export function connectRoom<In extends Sent, Out extends Frame>(options: RoomOptions<Out>): RoomClient<In> {
  const pending = new Map<string, Pending>();
  let seen = options.since ?? 0;
  let heardAt = Date.now();
  const socket = openSocket(options);
  const transmit = (text: string) => {
    if (socket.readyState === ReconnectingWebSocket.OPEN) socket.send(text);
  };
  let ended: string | undefined;
  const finish = (code: string) => {
    ended ??= code;
    clearInterval(heartbeat);
    for (const { reject } of pending.values()) reject(new RoomError({ code }));
    pending.clear();
  };
  const heartbeat = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_MS) socket.reconnect();
    else transmit(PING);
  }, HEARTBEAT_MS);
  socket.onopen = () => {
    heardAt = Date.now();
    transmit(JSON.stringify({ t: "hello", since: seen }));
    for (const { text } of pending.values()) transmit(text);
    options.onState?.("open");
  };
  socket.onclose = ({ code, reason }: CloseEvent) => {
    const isFinal = FINAL.includes(code);
    if (isFinal) finish(reason);
    options.onState?.(isFinal ? "closed" : "waiting", code);
  };
  socket.onmessage = ({ data }: MessageEvent) => {
    heardAt = Date.now();
    const frame = JSON.parse(String(data)) as Frame & { readonly seq?: number };
    if (frame.t === "pong") return;
    if (frame.t === "ack" || frame.t === "error") settle(pending, frame as Ack | ErrorFrame, transmit);
    else if (frame.seq !== undefined && frame.t !== "welcome") {
      if (frame.t !== "snapshot" && frame.seq <= seen) return;
      seen = frame.seq;
    }
    options.onFrame(frame as unknown as Out);
  };
  return {
    change(frame, cid = crypto.randomUUID()) {
      if (ended !== undefined) return Promise.reject(new RoomError({ code: ended }));
      const { promise, resolve, reject } = Promise.withResolvers<Ack>();
      const text = JSON.stringify({ ...(frame as object), cid });
      pending.set(cid, { text, resolve, reject });
      transmit(text);
      return promise;
    },
    pass: (frame) => transmit(JSON.stringify(frame)),
    lastSeq: () => seen,
    close() {
      finish("room.closed");
      socket.close();
      options.onState?.("closed");
    },
  };
}

function openSocket<Out>({ base, ticket }: RoomOptions<Out>): ReconnectingWebSocket {
  let given: ReturnType<typeof ticket>;
  const url = async () => {
    given = ticket();
    const { url } = await given;
    return new URL(url, base).href.replace(/^http/, "ws");
  };
  const protocols = async () => [SUBPROTOCOL, `ticket.${(await given).ticket}`];
  return new ReconnectingWebSocket(url, protocols, {
    minReconnectionDelay: RECONNECT_MIN_MS * (1 + Math.random()),
    maxReconnectionDelay: RECONNECT_MAX_MS,
    // What waits is kept by the client, since it must be sent after hello and until it is answered.
    maxEnqueuedMessages: 0,
    shouldReconnectOnClose: ({ code }: CloseEvent) => !FINAL.includes(code),
  });
}

function settle(
  pending: Map<string, Pending>,
  frame: Ack | ErrorFrame,
  transmit: (text: string) => void,
): void {
  const cid = frame.t === "ack" ? frame.cid : frame.re;
  const waiting = cid === undefined ? undefined : pending.get(cid);
  if (cid === undefined || !waiting) return;
  // Too fast is not refused for good, and the person has no part in it.
  if (frame.t === "error" && frame.code === "room.limited") {
    setTimeout(() => {
      if (pending.has(cid)) transmit(waiting.text);
    }, AGAIN_MS);
    return;
  }
  pending.delete(cid);
  if (frame.t === "ack") waiting.resolve(frame);
  else waiting.reject(new RoomError(frame));
}
