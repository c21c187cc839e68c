import { connect, type Socket } from "node:net";

export type Wire = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
};
type Waiting = { resolve(wire: Wire): void; reject(error: Error): void };

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * One keep-alive connection. Node's own fetch costs more than the Worker that answers it, and the load
 * shares the machine with what it measures; so requests are written whole and answers cut by their length.
 */
export class Connection {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("connection closed")));
  }

  request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: unknown,
  ): Promise<Wire> {
    const text = body === undefined ? "" : JSON.stringify(body);
    let head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (body !== undefined) {
      head += `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`;
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${head}\r\n${text}`);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const wire = cut(this.#buffer);
    if (!wire) return;
    this.#buffer = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(wire);
  }
}

/** A whole answer, or undefined while some of it is still on its way. Requests are not pipelined. */
function cut(buffer: Buffer): Wire | undefined {
  const end = buffer.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const [first = "", ...lines] = buffer.toString("latin1", 0, end).split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number(first.slice(9, 12));
  const rest = buffer.subarray(end + HEAD_END.length);
  if (status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  const length = headers.get("content-length");
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : { status, headers, body: rest };
  }
  const body = unchunk(rest);
  return body && { status, headers, body };
}

function unchunk(buffer: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = buffer.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(buffer.toString("latin1", at, line), 16);
    const from = line + 2;
    if (buffer.length < from + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(buffer.subarray(from, from + size));
    at = from + size + 2;
  }
}

export type Load = {
  /** Done a second, of those that succeeded. */
  readonly perSecond: number;
  readonly done: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

type LoadOptions = {
  readonly url: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly warmupSeconds?: number;
};

/** Runs `work` over and over on each connection; it answers whether it succeeded. */
export async function runLoad(
  { url, concurrency, seconds, warmupSeconds = 1 }: LoadOptions,
  work: (connection: Connection, turn: number) => Promise<boolean>,
): Promise<Load> {
  const connections = Array.from({ length: concurrency }, () => new Connection(url));
  const times: number[] = [];
  let failed = 0;
  let turn = 0;
  const startsAt = performance.now() + warmupSeconds * 1_000;
  const endsAt = startsAt + seconds * 1_000;
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const from = performance.now();
        if (from >= endsAt) return;
        const succeeded = await work(connection, turn++);
        const to = performance.now();
        // Counted by its end, so that work that is long against the window counts as it should.
        if (to < startsAt || to > endsAt) continue;
        if (succeeded) times.push(to - from);
        else failed += 1;
      }
    }),
  );
  for (const connection of connections) connection.close();
  return { perSecond: times.length / seconds, done: times.length, failed, ...percentiles(times) };
}

export function percentiles(times: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
