import { err, ok, type Result } from "#kernel/result";
import {
  advance,
  type Message,
  type Party,
  type PartyId,
  type PartyRole,
} from "#services/communication/chat/domain/message";
import { isFor } from "#services/communication/chat/domain/people";
import { NOT_WAITING, type Waiting } from "#services/communication/chat/domain/shop";
import { OUTBOX_STEP } from "./outbox.ts";

/**
 * A message's row is its present state, and `seq` the place of its last change: who was away reads the rows
 * that changed since, and an erasure has one place to look. `done` remembers what each cid came to.
 * The words are indexed beside the rows, in the same transaction, and are kept nowhere else.
 */
export const CHAT_STEPS = [
  `CREATE TABLE message (
     id INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, cid TEXT NOT NULL, author_id TEXT,
     party_id TEXT NOT NULL, text TEXT, card TEXT, reply_to INTEGER, is_auto INTEGER NOT NULL,
     findings TEXT NOT NULL, reactions TEXT NOT NULL, at INTEGER NOT NULL, edited_at INTEGER,
     deleted_at INTEGER) STRICT;
   CREATE TABLE done (
     author_id TEXT NOT NULL, cid TEXT NOT NULL, message_id INTEGER NOT NULL, seq INTEGER NOT NULL,
     at INTEGER NOT NULL, PRIMARY KEY (author_id, cid)) STRICT, WITHOUT ROWID;
   CREATE TABLE party (
     party_id TEXT PRIMARY KEY, role TEXT NOT NULL, delivered_seq INTEGER NOT NULL, read_seq INTEGER NOT NULL,
     blocked_at INTEGER, missed_seq INTEGER NOT NULL, last_post_at INTEGER, last_seen_at INTEGER) STRICT;
   CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL) STRICT;
   CREATE VIRTUAL TABLE message_text USING fts5(
     text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')`,
  OUTBOX_STEP,
  "ALTER TABLE party ADD COLUMN since_seq INTEGER NOT NULL DEFAULT 0",
];

/** After rows came back from a backup. */
export const CHAT_WORDS =
  "INSERT INTO message_text (rowid, text) SELECT id, text FROM message WHERE text IS NOT NULL";

/** What is true of the conversation as a whole. */
export type State = {
  readonly lastSeq: number;
  /** Counts every change that a list of conversations shows; `toldVersion` is what Postgres has. */
  readonly version: number;
  readonly toldVersion: number;
  readonly slowModeMs: number;
  readonly assigneeId: string | null;
  readonly autoReply: string | null;
  /** Which list of the sides this is: an older one changes nothing. */
  readonly peopleVersion: number;
  readonly waiting: Waiting;
};

const NEW_STATE: State = {
  lastSeq: 0,
  version: 0,
  toldVersion: 0,
  slowModeMs: 0,
  assigneeId: null,
  autoReply: null,
  peopleVersion: 0,
  waiting: NOT_WAITING,
};

type Row = Omit<Message, "card" | "findings" | "reactions" | "isAuto"> & {
  readonly card: string | null;
  readonly findings: string;
  readonly reactions: string;
  readonly isAuto: number;
};
const COLUMNS = `id, seq, cid, author_id AS authorId, party_id AS partyId, text, card, reply_to AS replyTo,
  is_auto AS isAuto, findings, reactions, at, edited_at AS editedAt, deleted_at AS deletedAt`;

const toMessage = ({ card, findings, reactions, isAuto, ...row }: Row): Message => ({
  ...row,
  card: card === null ? null : JSON.parse(card),
  findings: JSON.parse(findings),
  reactions: JSON.parse(reactions),
  isAuto: isAuto === 1,
});

/** Nobody reads an exact number beyond this. */
const UNREAD_MAX = 999;

/** The tables of one conversation. Its fields are a cache of two of them; `rebuild` reads them anew. */
export class ChatStore {
  readonly #sql: SqlStorage;
  state: State = NEW_STATE;
  parties: readonly Party[] = [];

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  rebuild(): void {
    const [row] = this.#sql.exec<{ state: string }>("SELECT state FROM state");
    this.state = row ? { ...NEW_STATE, ...(JSON.parse(row.state) as State) } : NEW_STATE;
    const parties = `SELECT party_id AS partyId, role, delivered_seq AS deliveredSeq, read_seq AS readSeq,
      blocked_at AS blockedAt, missed_seq AS missedSeq, last_post_at AS lastPostAt,
      since_seq AS sinceSeq, last_seen_at AS lastSeenAt FROM party ORDER BY party_id`;
    this.parties = this.#sql.exec<Party>(parties).toArray();
  }

  patch(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.#sql.exec("INSERT OR REPLACE INTO state (one, state) VALUES (1, ?)", JSON.stringify(this.state));
  }

  /** A change that lists show. */
  touch(change: Partial<State> = {}): void {
    this.patch({ ...change, version: this.state.version + 1 });
  }

  party(partyId: PartyId): Party | undefined {
    return this.parties.find((one) => one.partyId === partyId);
  }

  partyOfRole(role: PartyRole): Party | undefined {
    return this.parties.find((one) => one.role === role);
  }

  saveParty(party: Party): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO party (party_id, role, delivered_seq, read_seq, blocked_at, missed_seq,
         last_post_at, last_seen_at, since_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[party.partyId, party.role, party.deliveredSeq, party.readSeq],
      ...[party.blockedAt, party.missedSeq, party.lastPostAt, party.lastSeenAt, party.sinceSeq],
    );
    this.parties = [...this.parties.filter(({ partyId }) => partyId !== party.partyId), party];
  }

  removeParty(partyId: PartyId): void {
    this.#sql.exec("DELETE FROM party WHERE party_id = ?", partyId);
    this.parties = this.parties.filter((party) => party.partyId !== partyId);
    this.touch();
  }

  /** What a cid came to, when it came before. */
  findDone(authorId: string, cid: string): { readonly message: Message; readonly seq: number } | undefined {
    const query = "SELECT message_id AS id, seq FROM done WHERE author_id = ? AND cid = ?";
    const [done] = this.#sql.exec<{ id: number; seq: number }>(query, authorId, cid);
    if (!done) return undefined;
    const message = this.find(done.id);
    return message && { message, seq: done.seq };
  }

  recordDone(authorId: string, cid: string, { id, seq }: Message, at: number): void {
    const insert = "INSERT INTO done (author_id, cid, message_id, seq, at) VALUES (?, ?, ?, ?, ?)";
    this.#sql.exec(insert, authorId, cid, id, seq, at);
  }

  find(id: number): Message | undefined {
    return this.#read("WHERE id = ?", id)[0];
  }

  /** Gives the message the next place of the order; a new one is named by it. */
  place(message: Omit<Message, "seq" | "id"> & { readonly id: number | undefined }): Message {
    const seq = this.state.lastSeq + 1;
    const placed: Message = { ...message, id: message.id ?? seq, seq };
    const { id, text } = placed;
    this.#sql.exec(
      `INSERT OR REPLACE INTO message (id, seq, cid, author_id, party_id, text, card, reply_to, is_auto,
         findings, reactions, at, edited_at, deleted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, seq, placed.cid, placed.authorId, placed.partyId, text],
      ...[placed.card && JSON.stringify(placed.card), placed.replyTo, Number(placed.isAuto)],
      ...[JSON.stringify(placed.findings), JSON.stringify(placed.reactions)],
      ...[placed.at, placed.editedAt, placed.deletedAt],
    );
    if (message.id !== undefined) this.#sql.exec("DELETE FROM message_text WHERE rowid = ?", id);
    if (text !== null) this.#sql.exec("INSERT INTO message_text (rowid, text) VALUES (?, ?)", id, text);
    this.state = { ...this.state, lastSeq: seq, version: this.state.version + 1 };
    return placed;
  }

  /** What is for this side. Of nobody that is one, nothing is. */
  findFor(partyId: PartyId, id: number): Message | undefined {
    const party = this.party(partyId);
    return party && isFor(party, { id }) ? this.find(id) : undefined;
  }

  /** What changed since, in the order of the changes; undefined when it is more than `limit`. */
  since({ sinceSeq }: Party, seq: number, limit: number): readonly Message[] | undefined {
    const rows = this.#read("WHERE seq > ? AND id > ? ORDER BY seq LIMIT ?", seq, sinceSeq, limit + 1);
    return rows.length > limit ? undefined : rows;
  }

  /** The newest first. */
  before({ sinceSeq }: Pick<Party, "sinceSeq">, id: number, limit: number): readonly Message[] {
    return this.#read("WHERE id < ? AND id > ? ORDER BY id DESC LIMIT ?", id, sinceSeq, limit);
  }

  newest(): Message | undefined {
    return this.before({ sinceSeq: 0 }, Number.MAX_SAFE_INTEGER, 1)[0];
  }

  oldest(): Message | undefined {
    return this.#read("ORDER BY id LIMIT 1")[0];
  }

  by(authorId: string, limit: number): readonly Message[] {
    return this.#read("WHERE author_id = ? AND deleted_at IS NULL LIMIT ?", authorId, limit);
  }

  reactedBy(partyId: PartyId, limit: number): readonly Message[] {
    return this.#read("WHERE instr(reactions, ?) > 0 LIMIT ?", partyId, limit);
  }

  /** Words of any order, the last one as it is being typed. */
  search({ sinceSeq }: Party, words: readonly string[], limit: number): readonly Message[] {
    const match = words.map((word, i) => `"${word}"${i === words.length - 1 ? "*" : ""}`).join(" ");
    const found = `SELECT rowid FROM message_text WHERE message_text MATCH ? AND rowid > ?
      ORDER BY rowid DESC LIMIT ?`;
    return this.#read(`WHERE id IN (${found}) ORDER BY id DESC`, match, sinceSeq, limit);
  }

  unreadOf({ partyId, readSeq }: Party): number {
    const query = `SELECT count(*) AS n FROM (SELECT 1 FROM message
      WHERE id > ? AND party_id <> ? AND deleted_at IS NULL LIMIT ?)`;
    return this.#sql.exec<{ n: number }>(query, readSeq, partyId, UNREAD_MAX).one().n;
  }

  /** The oldest message that this side has not read. */
  firstUnread({ partyId, readSeq }: Party): Message | undefined {
    const where = "WHERE id > ? AND party_id <> ? AND deleted_at IS NULL ORDER BY id LIMIT 1";
    return this.#read(where, readSeq, partyId)[0];
  }

  /** Receipts that climbed; the same ones again are no change. */
  receive(
    partyId: PartyId,
    seen: Parameters<typeof advance>[1],
  ): Result<Party | undefined, "chat.not_a_party"> {
    const before = this.party(partyId);
    if (!before) return err("chat.not_a_party");
    const after = advance(before, seen, this.state.lastSeq);
    if (after.readSeq === before.readSeq && after.deliveredSeq === before.deliveredSeq) return ok(undefined);
    this.saveParty(after);
    if (after.readSeq !== before.readSeq) this.touch();
    return ok(after);
  }

  /** What is as old or older; nothing is looked through when the oldest is younger. */
  upTo(at: number): readonly Message[] {
    const oldest = this.oldest();
    return oldest === undefined || oldest.at > at ? [] : this.#read("WHERE at <= ?", at);
  }

  forgetUpTo(at: number): void {
    const old = this.upTo(at);
    if (old.length === 0) return;
    for (const { id } of old) this.#sql.exec("DELETE FROM message_text WHERE rowid = ?", id);
    this.#sql.exec("DELETE FROM message WHERE at <= ?", at);
    this.#sql.exec("DELETE FROM done WHERE at <= ?", at);
  }

  #read(where: string, ...values: readonly (string | number)[]): readonly Message[] {
    const query = `SELECT ${COLUMNS} FROM message ${where}`;
    return this.#sql
      .exec<Row>(query, ...values)
      .toArray()
      .map(toMessage);
  }
}

export const filesOf = (messages: readonly Message[]): readonly string[] =>
  messages.flatMap(({ card }) => (card?.kind === "file" ? [card.attachmentId] : []));
