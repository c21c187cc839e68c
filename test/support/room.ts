import { listDurableObjectIds } from "cloudflare:test";
import { onTestFinished } from "vitest";
import { type Entry, signTicket } from "#kernel/ticket";
import { type Frame, PING, SUBPROTOCOL } from "#party/protocol/wire";
import { answer } from "../../workers/api.ts";
import type { Harness } from "./harness.ts";

/** A frame must be here within this, or the test fails. */
const FRAME_MS = 3_000;

// biome-ignore lint/suspicious/noExplicitAny: a test reads the frames it knows, field by field.
type AnyFrame = any;

export type Upgrade = {
  readonly path: string;
  readonly ticket?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An upgrade through the real path: edge, ticket, room. The answer is a refusal or holds a socket. */
export async function upgrade(h: Harness, { path, ticket, headers = {} }: Upgrade): Promise<Response> {
  const offered = [SUBPROTOCOL, ...(ticket === undefined ? [] : [`ticket.${ticket}`])].join(", ");
  const request = new Request(`https://api.test${path}`, {
    headers: {
      upgrade: "websocket",
      "sec-websocket-protocol": offered,
      "x-market": h.cell,
      "cf-connecting-ip": `test-${h.ids.next("request")}`,
      ...headers,
    },
  });
  return answer(request, h.env, { waitUntil: () => undefined }, { clock: h.clock });
}

export function ticketFor(h: Harness, about: Entry & { lifetimeMs?: number }): string {
  return signTicket(h.ctx(), about).ticket;
}

/** Enters with a ticket of the test's own making, or with the answer of a route that gives tickets. */
export async function enter(
  h: Harness,
  given: Entry | { readonly url: string; readonly ticket: string },
): Promise<RoomSocket> {
  const at =
    "url" in given
      ? { path: given.url, ticket: given.ticket }
      : { path: `/v1/rooms/${given.noun}/${given.id}`, ticket: ticketFor(h, given) };
  const response = await upgrade(h, at);
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  return collect(response.webSocket);
}

export type RoomSocket = ReturnType<typeof collect>;

/** Keeps every frame in order, and closes the socket when the test is over. */
export function collect(socket: WebSocket) {
  const frames: AnyFrame[] = [];
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  const waiting = new Set<() => void>();
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)));
    for (const wake of waiting) wake();
  });
  socket.addEventListener("close", ({ code, reason }) => closed.resolve({ code, reason }));
  socket.accept();
  onTestFinished(() => {
    try {
      socket.close(1000);
    } catch {
      // The room closed it first.
    }
  });
  const find = async (is: (frame: AnyFrame) => boolean, from: number): Promise<AnyFrame> => {
    const deadline = Date.now() + FRAME_MS;
    for (;;) {
      const found = frames.slice(from).find(is);
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no such frame among ${JSON.stringify(frames)}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        waiting.add(wake);
      });
    }
  };
  return {
    frames,
    closed: closed.promise,
    send: (frame: Frame & Readonly<Record<string, unknown>>) => socket.send(JSON.stringify(frame)),
    /** What no typed client would send. */
    sendRaw: (data: string | ArrayBuffer) => socket.send(data),
    close: () => socket.close(1000),
    /** The first frame like this, from the `from`th on; waits for it. */
    next: (is: string | ((frame: AnyFrame) => boolean), from = 0): Promise<AnyFrame> =>
      find(typeof is === "string" ? (frame) => frame.t === is : is, from),
    /** Sends and waits for the answer with the same cid. */
    ask(frame: Frame & { readonly cid: string } & Readonly<Record<string, unknown>>): Promise<AnyFrame> {
      const from = frames.length;
      socket.send(JSON.stringify(frame));
      return find(({ t, cid, re }) => (t === "ack" && cid === frame.cid) || re === frame.cid, from);
    },
    /** Returns when everything that was sent before has been answered by the runtime's own pong. */
    async settle(): Promise<void> {
      const from = frames.length;
      socket.send(PING);
      await find(({ t }) => t === "pong", from);
    },
  };
}

/** Whether an object of this name has ever been woken. */
export async function wasWoken<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
  name: string,
): Promise<boolean> {
  const ids = await listDurableObjectIds(namespace);
  return ids.some((id) => id.equals(namespace.idFromName(name)));
}
