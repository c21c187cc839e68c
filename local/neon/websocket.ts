import type { RawData, WebSocket } from "ws";
import { type Backend, cancel } from "./backend.ts";
import type { SessionPool } from "./pool.ts";
import { CANCEL_REQUEST, Framer, message, PostgresError, SSL_REQUEST, TERMINATE } from "./wire.ts";

const AUTHENTICATED = message("R", 0);
const READY = message("Z", Buffer.from("I"));
const NO_TLS = Buffer.from("N");
const STARTUP_BYTES_MAX = 10_000;
const QUERY = 0x51;
const SYNC = 0x53;
const FUNCTION_CALL = 0x46;

/**
 * Neon's WebSocket endpoint. The adapter ends the startup itself and lends a warm session: a new backend for
 * each socket costs Postgres more than most queries do.
 */
export function serveSocket(socket: WebSocket, pool: SessionPool, port: number): void {
  const session = new SocketSession(socket, pool, port);
  socket.on("message", (data) => session.hear(toBuffer(data)));
  socket.on("close", () => session.end());
  socket.on("error", () => session.end());
}

class SocketSession {
  readonly #socket: WebSocket;
  readonly #pool: SessionPool;
  readonly #port: number;
  readonly #framer = new Framer((type) => this.#count(type));
  #backend: Backend | undefined;
  #startup: Buffer | undefined = Buffer.alloc(0);
  /** What came while the session was being borrowed. */
  #held: Buffer[] = [];
  #answers = 0;
  #terminated = false;
  #ended = false;

  constructor(socket: WebSocket, pool: SessionPool, port: number) {
    this.#socket = socket;
    this.#pool = pool;
    this.#port = port;
  }

  hear(bytes: Buffer): void {
    if (!this.#startup) {
      this.#forward(bytes);
      return;
    }
    const whole: Buffer = Buffer.concat([this.#startup, bytes]);
    this.#startup = whole;
    if (whole.length < 8) return;
    const length = whole.readInt32BE(0);
    if (length < 8 || length > STARTUP_BYTES_MAX) {
      this.#socket.terminate();
      return;
    }
    if (whole.length < length) return;
    const code = whole.readInt32BE(4);
    const rest = whole.subarray(length);
    this.#startup = Buffer.alloc(0);
    if (code === SSL_REQUEST) {
      this.#send(NO_TLS);
      if (rest.length > 0) this.hear(rest);
      return;
    }
    if (code === CANCEL_REQUEST) {
      cancel(this.#port, whole.subarray(0, length));
      this.#socket.close();
      return;
    }
    this.#startup = undefined;
    this.#start(readParameters(whole.subarray(8, length)));
    if (rest.length > 0) this.#forward(rest);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const backend = this.#backend;
    this.#backend = undefined;
    if (backend) void this.#pool.takeBack(backend);
  }

  #start(parameters: Map<string, string>): void {
    const user = parameters.get("user") ?? "postgres";
    this.#pool.borrow(user, parameters.get("database") ?? user).then(
      (backend) => this.#begin(backend),
      (error: unknown) => this.#refuse(error),
    );
  }

  #begin(backend: Backend): void {
    if (this.#ended) {
      this.#pool.giveBack(backend);
      return;
    }
    this.#backend = backend;
    backend.lend({
      onBytes: (bytes) => this.#send(bytes),
      onClose: () => {
        this.#backend = undefined;
        this.#socket.close();
      },
    });
    this.#send(Buffer.concat([AUTHENTICATED, backend.greeting, READY]));
    for (const bytes of this.#held.splice(0)) this.#forward(bytes);
  }

  #forward(bytes: Buffer): void {
    const backend = this.#backend;
    if (!backend) {
      if (!this.#ended) this.#held.push(bytes);
      return;
    }
    this.#answers = 0;
    this.#framer.feed(bytes);
    if (!this.#terminated) {
      backend.pass(bytes, this.#answers);
      return;
    }
    // The session outlives its borrower, so the good-bye itself is not passed on.
    this.end();
    this.#socket.close();
  }

  #count(type: number): void {
    if (type === QUERY || type === SYNC || type === FUNCTION_CALL) this.#answers += 1;
    if (type === TERMINATE) this.#terminated = true;
  }

  #refuse(error: unknown): void {
    const { code = "08006", message: text = "no session" } =
      error instanceof PostgresError ? error.fields : { message: String(error) };
    this.#send(message("E", "SFATAL", "VFATAL", `C${code}`, `M${text}`, Buffer.alloc(1)));
    this.#socket.close();
  }

  #send(bytes: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes);
  }
}

function readParameters(bytes: Buffer): Map<string, string> {
  const parts = bytes.toString("utf8").split("\0");
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) parameters.set(parts[at] ?? "", parts[at + 1] ?? "");
  return parameters;
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
