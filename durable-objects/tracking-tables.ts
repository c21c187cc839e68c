import { type Scan, type Status, toJourney } from "#services/logistics/tracking/domain/journey";
import type { Fix, Ping } from "#services/logistics/tracking/domain/ping";
import type { Proof } from "#services/logistics/tracking/domain/proof";
import type { Session } from "#services/logistics/tracking/domain/session";
import { OUTBOX_STEP } from "./outbox.ts";
import { ARCHIVE_STEP } from "./tracking-archive.ts";

/** A group of pings writes one table without a second index: the cid stands in the last row of its batch. */
export const TRACKING_STEPS = [
  `CREATE TABLE shipment (
     one INTEGER PRIMARY KEY CHECK (one = 1), session TEXT NOT NULL, status TEXT NOT NULL,
     version INTEGER NOT NULL, arrived_at INTEGER, proof TEXT, code_tries INTEGER NOT NULL,
     is_delivery_told INTEGER NOT NULL) STRICT;
   CREATE TABLE scan (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL,
     source TEXT NOT NULL, received_at INTEGER NOT NULL) STRICT;
   CREATE TABLE ping (
     seq INTEGER PRIMARY KEY, cid TEXT, taken INTEGER, at INTEGER NOT NULL,
     latitude REAL NOT NULL, longitude REAL NOT NULL, accuracy REAL NOT NULL, speed REAL, heading REAL,
     received_at INTEGER NOT NULL) STRICT`,
  OUTBOX_STEP,
  ARCHIVE_STEP,
];

/** What is written of a shipment besides its series. */
export type Head = {
  readonly session: Session;
  readonly status: Status;
  readonly version: number;
  readonly arrivedAt: number | null;
  readonly proof: Proof | null;
  readonly codeTries: number;
  readonly isDeliveryTold: boolean;
};
export type PingRow = Ping & { readonly cid: string | null; readonly taken: number | null };

/** What a room shows of the way that was come. */
const TRAIL_MAX = 120;

const SELECT_PING = `SELECT seq, at, latitude, longitude, accuracy AS accuracyMeters, speed AS speedKmh,
  heading AS headingDegrees FROM ping`;

/** The rows of one shipment, read and written as values. */
export class TrackingTables {
  readonly #sql: SqlStorage;
  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  head(): Head | undefined {
    type Row = Record<"session" | "status", string> & { version: number; arrived_at: number | null } & {
      proof: string | null;
      code_tries: number;
      is_delivery_told: number;
    };
    const [row] = this.#sql.exec<Row>("SELECT * FROM shipment").toArray();
    if (!row) return undefined;
    return {
      session: JSON.parse(row.session) as Session,
      status: row.status as Status,
      version: row.version,
      arrivedAt: row.arrived_at,
      proof: row.proof === null ? null : (JSON.parse(row.proof) as Proof),
      codeTries: row.code_tries,
      isDeliveryTold: row.is_delivery_told === 1,
    };
  }

  saveHead(head: Head): void {
    const proof = head.proof === null ? null : JSON.stringify(head.proof);
    this.#sql.exec(
      `INSERT OR REPLACE INTO shipment
         (one, session, status, version, arrived_at, proof, code_tries, is_delivery_told)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
      ...[JSON.stringify(head.session), head.status, head.version, head.arrivedAt, proof],
      ...[head.codeTries, head.isDeliveryTold ? 1 : 0],
    );
  }

  scans(): readonly Scan[] {
    const query = "SELECT at, status, note, source FROM scan ORDER BY seq";
    return this.#sql.exec<Scan & Record<string, SqlStorageValue>>(query).toArray();
  }

  journey() {
    return toJourney(this.scans());
  }

  addScans(scans: readonly Scan[], receivedAt: number): void {
    this.#sql.exec(
      `INSERT INTO scan (at, status, note, source, received_at)
       SELECT value ->> 'at', value ->> 'status', value ->> 'note', value ->> 'source', ?
       FROM json_each(?)`,
      ...[receivedAt, JSON.stringify(scans)],
    );
  }

  /** In the order given, numbered from `first`. */
  addPings(first: number, rows: readonly PingRow[], receivedAt: number): void {
    this.#sql.exec(
      `INSERT INTO ping (seq, cid, taken, at, latitude, longitude, accuracy, speed, heading, received_at)
       SELECT ? + key, value ->> 'cid', value ->> 'taken', value ->> 'at', value ->> 'latitude',
         value ->> 'longitude', value ->> 'accuracyMeters', value ->> 'speedKmh',
         value ->> 'headingDegrees', ? FROM json_each(?)`,
      ...[first, receivedAt, JSON.stringify(rows)],
    );
  }

  lastPings(): readonly Fix[] {
    type Row = Fix & Record<string, SqlStorageValue>;
    const query = `${SELECT_PING} ORDER BY seq DESC LIMIT ?`;
    return this.#sql.exec<Row>(query, TRAIL_MAX).toArray().reverse();
  }

  lastSeq(): number {
    return this.#sql.exec<{ seq: number | null }>("SELECT max(seq) AS seq FROM ping").one().seq ?? 0;
  }

  takenBatches(): readonly { readonly cid: string; readonly seq: number; readonly taken: number }[] {
    const query = "SELECT cid, seq, taken FROM ping WHERE cid IS NOT NULL";
    return this.#sql.exec<{ cid: string; seq: number; taken: number }>(query).toArray();
  }

  /** Old pings go once they are archived; the last stays, for the number that comes next. */
  dropPings(before: number, archivedUpTo: number): void {
    const query = "DELETE FROM ping WHERE received_at < ? AND seq <= ? AND seq < (SELECT max(seq) FROM ping)";
    this.#sql.exec(query, before, archivedUpTo);
  }

  oldestPingAt(): number | undefined {
    const query = "SELECT received_at AS at FROM ping ORDER BY seq LIMIT 1";
    return this.#sql.exec<{ at: number }>(query).toArray()[0]?.at;
  }
}

export { TRAIL_MAX };
