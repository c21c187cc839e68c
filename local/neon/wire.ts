/** The parts of PostgreSQL's protocol, version 3, that the adapter speaks itself. */

const PROTOCOL_3 = 196_608;
const HEADER_BYTES = 5;

export const SSL_REQUEST = 80_877_103;
export const CANCEL_REQUEST = 80_877_102;
export const TERMINATE = 0x58;

/** A message of a backend or a client: its type is a letter, its body lies between the two offsets. */
export type OnMessage = (type: number, buffer: Buffer, start: number, end: number) => void;

/** Cuts a stream of bytes into messages, however the network cut it. */
export class Framer {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #needed = 0;
  readonly #onMessage: OnMessage;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  feed(chunk: Buffer): void {
    let buffer = chunk;
    if (this.#held.length > 0) {
      this.#held.push(chunk);
      this.#heldBytes += chunk.length;
      // A large message arrives in many pieces; they are joined once, when all are there.
      if (this.#heldBytes < this.#needed) return;
      buffer = Buffer.concat(this.#held, this.#heldBytes);
      this.#held = [];
    }
    let at = 0;
    while (buffer.length - at >= HEADER_BYTES) {
      const end = at + 1 + buffer.readInt32BE(at + 1);
      if (end > buffer.length) break;
      this.#onMessage(buffer[at] ?? 0, buffer, at + HEADER_BYTES, end);
      at = end;
    }
    if (at === buffer.length) return;
    const rest = buffer.subarray(at);
    this.#held = [rest];
    this.#heldBytes = rest.length;
    this.#needed = rest.length < HEADER_BYTES ? HEADER_BYTES : 1 + rest.readInt32BE(1);
  }
}

/** Collects messages to a backend, so that a whole batch leaves in one write. */
export class Outbox {
  #buffer = Buffer.allocUnsafe(16_384);
  #at = 0;
  #start = 0;

  startup(parameters: Record<string, string>): this {
    this.#start = this.#at;
    this.#reserve(8);
    this.#at += 4;
    this.#int32(PROTOCOL_3);
    for (const [name, value] of Object.entries(parameters)) this.#text(name).#text(value);
    this.#byte(0);
    this.#buffer.writeInt32BE(this.#at - this.#start, this.#start);
    return this;
  }

  query(sql: string): this {
    return this.#begin("Q").#text(sql).#end();
  }

  /** Types of parameters are left to Postgres, as Neon's HTTP endpoint leaves them. */
  parse(name: string, sql: string): this {
    return this.#begin("P").#text(name).#text(sql).#int16(0).#end();
  }

  describeStatement(name: string): this {
    return this.#begin("D").#byte(0x53).#text(name).#end();
  }

  /** Values go and come as text. */
  bind(statement: string, values: readonly unknown[]): this {
    this.#begin("B").#text("").#text(statement).#int16(0).#int16(values.length);
    for (const value of values) this.#value(value);
    return this.#int16(0).#end();
  }

  execute(): this {
    return this.#begin("E").#text("").#int32(0).#end();
  }

  closeStatement(name: string): this {
    return this.#begin("C").#byte(0x53).#text(name).#end();
  }

  sync(): this {
    return this.#begin("S").#end();
  }

  terminate(): this {
    return this.#begin("X").#end();
  }

  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#at);
    // The socket may still hold what was taken, so the next messages go behind it or to new memory.
    this.#buffer = this.#buffer.length - this.#at > 4_096 ? this.#buffer.subarray(this.#at) : this.#fresh();
    this.#at = 0;
    return taken;
  }

  #fresh(): Buffer<ArrayBuffer> {
    return Buffer.allocUnsafe(16_384);
  }

  #begin(type: string): this {
    this.#reserve(HEADER_BYTES);
    this.#buffer[this.#at] = type.charCodeAt(0);
    this.#start = this.#at + 1;
    this.#at += HEADER_BYTES;
    return this;
  }

  #end(): this {
    this.#buffer.writeInt32BE(this.#at - this.#start, this.#start);
    return this;
  }

  #value(value: unknown): void {
    if (value === null || value === undefined) {
      this.#int32(-1);
      return;
    }
    const text =
      typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : `${value}`;
    this.#reserve(4 + bytesAtMost(text));
    const bytes = this.#buffer.write(text, this.#at + 4, "utf8");
    this.#buffer.writeInt32BE(bytes, this.#at);
    this.#at += 4 + bytes;
  }

  #text(text: string): this {
    this.#reserve(bytesAtMost(text) + 1);
    this.#at += this.#buffer.write(text, this.#at, "utf8");
    this.#buffer[this.#at] = 0;
    this.#at += 1;
    return this;
  }

  #byte(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#at] = value;
    this.#at += 1;
    return this;
  }

  #int16(value: number): this {
    this.#reserve(2);
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
    return this;
  }

  #int32(value: number): this {
    this.#reserve(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
    return this;
  }

  #reserve(bytes: number): void {
    if (this.#buffer.length - this.#at >= bytes) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

/** Counting takes longer than writing does, so it is only done where the guess would be wasteful. */
function bytesAtMost(text: string): number {
  return text.length > 4_096 ? Buffer.byteLength(text) : text.length * 3;
}

/** A message to a client, for the answers that the adapter gives in Postgres's place. */
export function message(type: string, ...parts: (Buffer | string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") return Buffer.from(`${part}\0`);
      if (typeof part !== "number") return part;
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }),
  );
  const head = Buffer.alloc(HEADER_BYTES);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** The letters of an error's fields, under the names that Neon's HTTP endpoint gives them. */
const ERROR_FIELDS: Record<string, keyof PostgresErrorFields> = {
  V: "severity",
  C: "code",
  M: "message",
  D: "detail",
  H: "hint",
  P: "position",
  p: "internalPosition",
  q: "internalQuery",
  W: "where",
  s: "schema",
  t: "table",
  c: "column",
  d: "dataType",
  n: "constraint",
  F: "file",
  L: "line",
  R: "routine",
};

export type PostgresErrorFields = Partial<
  Record<
    | "severity"
    | "code"
    | "message"
    | "detail"
    | "hint"
    | "position"
    | "internalPosition"
    | "internalQuery"
    | "where"
    | "schema"
    | "table"
    | "column"
    | "dataType"
    | "constraint"
    | "file"
    | "line"
    | "routine",
    string
  >
>;

export class PostgresError extends Error {
  override name = "PostgresError";
  readonly fields: PostgresErrorFields;

  constructor(fields: PostgresErrorFields) {
    super(fields.message ?? "PostgreSQL reported an error without a message");
    this.fields = fields;
  }
}

export function readError(buffer: Buffer, start: number, end: number): PostgresError {
  const fields: PostgresErrorFields = {};
  for (const part of buffer.toString("utf8", start, end).split("\0")) {
    const name = ERROR_FIELDS[part[0] ?? ""];
    if (name) fields[name] = part.slice(1);
  }
  return new PostgresError(fields);
}

export type Field = {
  name: string;
  dataTypeID: number;
  tableID: number;
  columnID: number;
  dataTypeSize: number;
  dataTypeModifier: number;
  format: "text";
};

export function readFields(buffer: Buffer, start: number): Field[] {
  const fields: Field[] = [];
  let at = start + 2;
  for (let left = buffer.readUInt16BE(start); left > 0; left -= 1) {
    const nameEnd = buffer.indexOf(0, at);
    fields.push({
      name: buffer.toString("utf8", at, nameEnd),
      tableID: buffer.readUInt32BE(nameEnd + 1),
      columnID: buffer.readInt16BE(nameEnd + 5),
      dataTypeID: buffer.readUInt32BE(nameEnd + 7),
      dataTypeSize: buffer.readInt16BE(nameEnd + 11),
      dataTypeModifier: buffer.readInt32BE(nameEnd + 13),
      format: "text",
    });
    at = nameEnd + 19;
  }
  return fields;
}

export type Row = (string | null)[];

export function readRow(buffer: Buffer, start: number): Row {
  const count = buffer.readUInt16BE(start);
  const row: Row = new Array(count);
  let at = start + 2;
  for (let index = 0; index < count; index += 1) {
    const bytes = buffer.readInt32BE(at);
    at += 4;
    if (bytes < 0) {
      row[index] = null;
      continue;
    }
    row[index] = buffer.toString("utf8", at, at + bytes);
    at += bytes;
  }
  return row;
}
