import type { Book } from "#services/marketing/flash-sale/domain/book";
import {
  type Entry,
  FIRST_HASH,
  fromBody,
  type Group,
  hashOfGroup,
  toBody,
} from "#services/marketing/flash-sale/domain/entry";

/** A row is what a group did. Its text is never changed: the next hash covers it. */
export const LOG_STEP = `CREATE TABLE log (
  seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL) STRICT`;

/** The log of a shard: one row a group, each behind the hash of the one before. */
export class SaleLog {
  readonly #sql: SqlStorage;
  seq = 0;
  hash = FIRST_HASH;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Folds all rows into a book, and finds the end of the chain. */
  replay(book: Book): void {
    this.seq = 0;
    this.hash = FIRST_HASH;
    for (const row of this.#sql.exec<Group>("SELECT seq, body, hash FROM log ORDER BY seq")) {
      const [at, entries] = fromBody(row.body);
      for (const entry of entries) book.apply(entry, at);
      this.seq = row.seq;
      this.hash = row.hash;
    }
  }

  append(at: number, entries: readonly Entry[]): void {
    const body = toBody(at, entries);
    const hash = hashOfGroup(this.hash, body);
    this.#sql.exec("INSERT INTO log (seq, body, hash) VALUES (?, ?, ?)", this.seq + 1, body, hash);
    this.seq += 1;
    this.hash = hash;
  }

  read(after: number, limit: number): readonly Group[] {
    const query = "SELECT seq, body, hash FROM log WHERE seq > ? ORDER BY seq LIMIT ?";
    return this.#sql.exec<Group>(query, after, limit).toArray();
  }
}
