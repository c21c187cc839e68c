import { connect, type Socket } from "node:net";
import { type Command, RedisError, type Reply } from "./reply.ts";

const LINE_END = Buffer.from("\r\n");
const INCOMPLETE = Symbol("incomplete");
const STRING = 0x2b;
const ERROR = 0x2d;
const INTEGER = 0x3a;
const BULK = 0x24;

/** Reads version 2 of Redis's protocol from pieces of any size. */
class ReplyReader {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  feed(chunk: Buffer): Reply[] {
    this.#buffer = this.#buffer.length > 0 ? Buffer.concat([this.#buffer, chunk]) : chunk;
    this.#at = 0;
    const replies: Reply[] = [];
    for (;;) {
      const start = this.#at;
      const reply = this.#read();
      if (reply === INCOMPLETE) {
        this.#buffer = this.#buffer.subarray(start);
        return replies;
      }
      replies.push(reply);
    }
  }

  #read(): Reply | typeof INCOMPLETE {
    const end = this.#buffer.indexOf(LINE_END, this.#at);
    if (end < 0) return INCOMPLETE;
    const type = this.#buffer[this.#at];
    const line = this.#buffer.toString("utf8", this.#at + 1, end);
    this.#at = end + LINE_END.length;
    if (type === STRING) return line;
    if (type === ERROR) return new RedisError(line);
    if (type === INTEGER) return Number(line);
    const length = Number(line);
    if (length < 0) return null;
    return type === BULK ? this.#readBulk(length) : this.#readArray(length);
  }

  #readBulk(length: number): Buffer | typeof INCOMPLETE {
    const start = this.#at;
    const end = start + length;
    if (this.#buffer.length < end + LINE_END.length) return INCOMPLETE;
    this.#at = end + LINE_END.length;
    return this.#buffer.subarray(start, end);
  }

  #readArray(length: number): Reply[] | typeof INCOMPLETE {
    const items: Reply[] = [];
    for (let index = 0; index < length; index += 1) {
      const item = this.#read();
      if (item === INCOMPLETE) return INCOMPLETE;
      items.push(item);
    }
    return items;
  }
}

type Waiting = { replies: Reply[]; left: number; resolve: (r: Reply[]) => void; reject: (e: Error) => void };

/** One connection to a Redis server; what is sent together is answered together and not interleaved. */
export class RespConnection {
  closed = false;
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  readonly #waiting: Waiting[] = [];

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#lost());
  }

  send(commands: readonly Command[]): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new Error("the connection to Redis is closed"));
        return;
      }
      this.#waiting.push({ replies: [], left: commands.length, resolve, reject });
      this.#socket.write(commands.map(encode).join(""));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(chunk: Buffer): void {
    for (const reply of this.#reader.feed(chunk)) {
      const [first] = this.#waiting;
      if (!first) continue;
      first.replies.push(reply);
      first.left -= 1;
      if (first.left > 0) continue;
      this.#waiting.shift();
      first.resolve(first.replies);
    }
  }

  #lost(): void {
    this.closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error("the connection to Redis was lost"));
  }
}

function encode(command: Command): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join("")}`;
}
