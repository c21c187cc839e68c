import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";

export interface Attachment {
  filename: string;
  contentType: string;
  size: number;
  sha256: string;
}

/** A message as the API answers it. */
export interface Message {
  id: string;
  receivedAt: string;
  messageId: string;
  /** How many messages with this Message-ID have arrived up to this one: 2 or more is a repeat. */
  copy: number;
  envelope: { from: string; to: string[] };
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string | string[]>;
  attachments: Attachment[];
  size: number;
}

export interface MessageFilter {
  to?: string | undefined;
  subject?: string | undefined;
  messageId?: string | undefined;
  /** Epoch milliseconds; messages received at or after it. */
  since?: number | undefined;
  limit: number;
}

/** What is kept in memory of every message; the rest is read from its file when asked for. */
interface Entry {
  id: string;
  receivedAt: string;
  messageId: string;
  recipients: string;
  subject: string;
}

/** Enough for a demo and a test run; older messages are deleted, so that a long-lived catcher stays small. */
export const MESSAGES_MAX = 2_000;

/** The messages that arrived, newest last; one JSON file and one raw file each under `dataDir`. */
export class Mailbox {
  readonly #dir: string;
  readonly #max: number;
  #entries: Entry[] = [];
  #sequence = 0;

  constructor(dataDir: string, max: number = MESSAGES_MAX) {
    this.#dir = join(dataDir, "messages");
    this.#max = max;
    mkdirSync(this.#dir, { recursive: true });
    this.#load();
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Stores a raw message; when it returns, the message survives a kill of this process. */
  async receive(raw: Buffer, envelope: Message["envelope"], now: number): Promise<Message> {
    const parsed = await simpleParser(raw);
    const id = this.#nextId(now);
    const messageId = parsed.messageId ?? "";
    const message: Message = {
      id,
      receivedAt: new Date(now).toISOString(),
      messageId,
      copy: 1 + this.#entries.filter((entry) => messageId !== "" && entry.messageId === messageId).length,
      envelope,
      from: parsed.from?.text ?? envelope.from,
      to: addressesOf(parsed.to, envelope.to),
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      html: parsed.html === false ? "" : (parsed.html ?? ""),
      headers: headersOf(parsed.headerLines),
      attachments: parsed.attachments.map((attachment, index) => ({
        filename: attachment.filename ?? `attachment-${index + 1}`,
        contentType: attachment.contentType,
        size: attachment.size,
        sha256: createHash("sha256").update(attachment.content).digest("hex"),
      })),
      size: raw.length,
    };
    writeFileSync(this.#path(id, "eml"), raw);
    // The rename makes the message exist: a kill before it leaves only a raw file, deleted at the next start.
    writeFileSync(this.#path(id, "tmp"), JSON.stringify(message));
    renameSync(this.#path(id, "tmp"), this.#path(id, "json"));
    this.#entries.push(entryOf(message));
    this.#prune();
    return message;
  }

  /** Newest first. */
  list(filter: MessageFilter): Message[] {
    return this.#matching(filter)
      .slice(0, filter.limit)
      .map((entry) => this.#read(entry.id));
  }

  count(filter: Omit<MessageFilter, "limit">): number {
    return this.#matching(filter).length;
  }

  find(id: string): Message | undefined {
    return this.#entries.some((entry) => entry.id === id) ? this.#read(id) : undefined;
  }

  raw(id: string): Buffer {
    return readFileSync(this.#path(id, "eml"));
  }

  async attachment(id: string, index: number): Promise<{ meta: Attachment; content: Buffer } | undefined> {
    const meta = this.find(id)?.attachments[index];
    if (!meta) return undefined;
    const parsed = await simpleParser(this.raw(id));
    const content = parsed.attachments[index]?.content;
    return content ? { meta, content } : undefined;
  }

  clear(): number {
    const removed = this.#entries.length;
    for (const { id } of this.#entries) this.#remove(id);
    this.#entries = [];
    return removed;
  }

  #matching(filter: Omit<MessageFilter, "limit">): Entry[] {
    const to = filter.to?.toLowerCase();
    const subject = filter.subject?.toLowerCase();
    const since = filter.since === undefined ? undefined : new Date(filter.since).toISOString();
    return this.#entries
      .filter(
        (entry) =>
          (to === undefined || entry.recipients.includes(to)) &&
          (subject === undefined || entry.subject.toLowerCase().includes(subject)) &&
          (filter.messageId === undefined || entry.messageId === filter.messageId) &&
          (since === undefined || entry.receivedAt >= since),
      )
      .reverse();
  }

  #load(): void {
    const files = readdirSync(this.#dir);
    const complete = new Set(files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5)));
    for (const file of files) {
      if (!complete.has(file.slice(0, file.lastIndexOf(".")))) rmSync(join(this.#dir, file), { force: true });
    }
    this.#entries = [...complete].sort().map((id) => entryOf(this.#read(id)));
    this.#prune();
  }

  #read(id: string): Message {
    // Only this class writes these files, and it writes them whole.
    return JSON.parse(readFileSync(this.#path(id, "json"), "utf8")) as Message;
  }

  #prune(): void {
    while (this.#entries.length > this.#max) {
      const oldest = this.#entries.shift();
      if (oldest) this.#remove(oldest.id);
    }
  }

  #remove(id: string): void {
    rmSync(this.#path(id, "json"), { force: true });
    rmSync(this.#path(id, "eml"), { force: true });
  }

  #path(id: string, extension: string): string {
    return join(this.#dir, `${id}.${extension}`);
  }

  /** Sorts by arrival as text, also within one millisecond and across restarts. */
  #nextId(now: number): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000;
    const order = `${now.toString(36).padStart(9, "0")}${this.#sequence.toString(36).padStart(4, "0")}`;
    return `msg_${order}${randomBytes(4).toString("hex")}`;
  }
}

function entryOf(message: Message): Entry {
  const recipients = [...message.to, ...message.envelope.to].join(" ").toLowerCase();
  const { id, receivedAt, messageId, subject } = message;
  return { id, receivedAt, messageId, recipients, subject };
}

interface ParsedAddresses {
  value: { address?: string | undefined }[];
}

function addressesOf(parsed: ParsedAddresses | ParsedAddresses[] | undefined, fallback: string[]): string[] {
  const groups = parsed === undefined ? [] : Array.isArray(parsed) ? parsed : [parsed];
  const found = groups.flatMap((group) => group.value.map((one) => one.address ?? "")).filter(Boolean);
  return found.length > 0 ? found : fallback;
}

function headersOf(lines: readonly { key: string; line: string }[]): Message["headers"] {
  const headers: Message["headers"] = {};
  for (const { key, line } of lines) {
    const value = line
      .slice(line.indexOf(":") + 1)
      .replace(/\r?\n[ \t]+/g, " ")
      .trim();
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
