import { WebSocket } from "ws";
import { type Load, percentiles } from "./client.ts";

/** First letter of an answer's type: an `ack` was accepted, an `error` was refused. */
const TYPE_AT = '{"t":"'.length;
const ACCEPTED = "a".charCodeAt(0);
const OPENED_TOGETHER = 50;

type SocketLoad = {
  readonly sockets: readonly WebSocket[];
  /** Frames that each socket has on their way at a time. */
  readonly inFlight: number;
  readonly seconds: number;
  /** The next frame of a socket. */
  readonly next: (socket: number) => string;
  /** Whether every frame back counts; else only what was accepted does. */
  readonly isEcho?: boolean;
};

export async function openSockets(count: number, urlOf: () => Promise<string>): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) {
    const some = Math.min(OPENED_TOGETHER, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, async () => open(await urlOf())))));
  }
  return sockets;
}

function open(url: string): Promise<WebSocket> {
  const protocols = url.includes("ticket=") ? ["titan.v1"] : [];
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
    socket.once("unexpected-response", (_, { statusCode }) => reject(new Error(`no socket: ${statusCode}`)));
  });
}

/** Keeps every socket busy; each answer makes room for the next frame. Answers come in order. */
export async function runSockets(load: SocketLoad): Promise<Load> {
  const { sockets, inFlight, seconds, next, isEcho = false } = load;
  const times: number[] = [];
  let done = 0;
  let failed = 0;
  const startsAt = performance.now() + 1_000;
  const endsAt = startsAt + seconds * 1_000;
  await Promise.all(
    sockets.map(
      (socket, n) =>
        new Promise<void>((resolve) => {
          const sentAt: number[] = [];
          const send = () => {
            socket.send(next(n));
            sentAt.push(performance.now());
          };
          const hear = (data: Buffer) => {
            const now = performance.now();
            const from = sentAt.shift() ?? now;
            if (now >= startsAt && now <= endsAt) {
              if (isEcho || data[TYPE_AT] === ACCEPTED) {
                done += 1;
                // Every answer is counted; one in sixteen is timed, or sorting would be most of the work.
                if (done % 16 === 0) times.push(now - from);
              } else failed += 1;
            }
            if (now < endsAt) send();
            else if (sentAt.length === 0) {
              socket.off("message", hear);
              resolve();
            }
          };
          socket.on("message", hear);
          for (let i = 0; i < inFlight; i += 1) send();
        }),
    ),
  );
  return { perSecond: done / seconds, done, failed, ...percentiles(times) };
}
