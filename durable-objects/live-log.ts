import { sha256 } from "#kernel/digest";
import type { Change, LiveEvent } from "#services/communication/livestream/domain/event";
import { RECENT_MAX } from "#services/communication/livestream/domain/state";

export const LIVE_STEPS = [
  `CREATE TABLE event (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, t TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
     person_id TEXT, cid TEXT) STRICT;
   CREATE UNIQUE INDEX event_once ON event (person_id, cid) WHERE cid IS NOT NULL;
   CREATE TABLE relay (id TEXT PRIMARY KEY, viewers INTEGER NOT NULL, seen_at INTEGER NOT NULL) STRICT;
   CREATE TABLE tally (one INTEGER PRIMARY KEY CHECK (one = 1), hearts INTEGER NOT NULL) STRICT`,
];

type Row = { readonly seq: number; readonly at: number; readonly body: string; readonly hash: string };
export type Source = { readonly personId: string; readonly cid: string };
export type Logged = { readonly event: LiveEvent; readonly hash: string };

/** Before the first event. */
const GENESIS = "0".repeat(64);

/** Each event's hash covers the one before it: a line that was changed or taken out is noticed. */
export const hashOf = (before: string, { seq, at, ...change }: LiveEvent): string =>
  sha256(`${before} ${seq} ${at} ${JSON.stringify(change)}`);

/** A room's events on its disk, in one order and chained. */
export class LiveLog {
  readonly #sql: SqlStorage;
  #last: { seq: number; hash: string } = { seq: 0, hash: GENESIS };

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Reads the chain's end anew: after a start, and after a transaction that was rolled back. */
  reload(): void {
    const query = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";
    const [last] = this.#sql.exec<{ seq: number; hash: string }>(query);
    this.#last = last ?? { seq: 0, hash: GENESIS };
  }

  append(change: Change, at: number, source?: Source): LiveEvent {
    const event: LiveEvent = { ...change, seq: this.#last.seq + 1, at };
    const hash = hashOf(this.#last.hash, event);
    const insert = "INSERT INTO event (seq, at, t, body, hash, person_id, cid) VALUES (?, ?, ?, ?, ?, ?, ?)";
    const { personId = null, cid = null } = source ?? {};
    this.#sql.exec(insert, event.seq, at, event.t, JSON.stringify(change), hash, personId, cid);
    this.#last = { seq: event.seq, hash };
    return event;
  }

  /** Where this was written before. */
  findPrior({ personId, cid }: Source): number | undefined {
    const query = "SELECT seq FROM event WHERE person_id = ? AND cid = ?";
    return this.#sql.exec<{ seq: number }>(query, personId, cid).toArray()[0]?.seq;
  }

  find(seq: number): LiveEvent | undefined {
    const [row] = this.#sql.exec<Row>("SELECT seq, at, body, hash FROM event WHERE seq = ?", seq);
    return row && toEvent(row);
  }

  /** What memory is made of: everything but chat, and of chat what is still shown or still slows. */
  *replay(spokenSince: number): Generator<LiveEvent> {
    const rows = this.#sql.exec<Row>(
      `SELECT seq, at, body, hash FROM event
       WHERE t <> 'message' OR at >= ?
         OR seq IN (SELECT seq FROM event WHERE t = 'message' ORDER BY seq DESC LIMIT ?)
       ORDER BY seq`,
      ...[spokenSince, RECENT_MAX],
    );
    for (const row of rows) yield toEvent(row);
  }

  read(since: number, limit: number): readonly Logged[] {
    const query = "SELECT seq, at, body, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?";
    const rows = this.#sql.exec<Row>(query, since, limit).toArray();
    return rows.map((row) => ({ event: toEvent(row), hash: row.hash }));
  }
}

// The object wrote the body itself.
const toEvent = ({ seq, at, body }: Row): LiveEvent => ({ ...(JSON.parse(body) as Change), seq, at });
