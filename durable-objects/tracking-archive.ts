import type { Ctx } from "#kernel/ctx";
import type { Session } from "#services/logistics/tracking/domain/session";

/** One insert carries them; ClickHouse likes large ones, and an object's memory small ones. */
const ROWS_MAX = 2_000;
const BACKOFF_MS = 5_000;
const BACKOFF_MAX_MS = 600_000;

export const ARCHIVE_STEP = `CREATE TABLE archived (
  source TEXT PRIMARY KEY, upto INTEGER NOT NULL) STRICT, WITHOUT ROWID`;

type Source = { readonly table: string; readonly query: string };

/** Rows have a place of their own in the archive, so one that is sent twice is there once. */
const SOURCES: { readonly [source in "ping" | "scan"]: Source } = {
  ping: {
    table: "tracking_ping",
    query: `SELECT seq, at, latitude, longitude, accuracy AS accuracy_meters, speed AS speed_kmh,
      heading AS heading_degrees, received_at FROM ping WHERE seq > ? ORDER BY seq LIMIT ?`,
  },
  scan: {
    table: "tracking_scan",
    query: `SELECT seq, at, status, note, source, received_at FROM scan WHERE seq > ? ORDER BY seq LIMIT ?`,
  },
};

/** DateTime64(3) takes seconds with a fraction. */
const instant = (ms: unknown) => (Number(ms) / 1_000).toFixed(3);

/**
 * How a shipment's time series reach ClickHouse: the object's alarm sends what is beyond the mark, and moves
 * the mark when it was taken. An insert whose answer was lost is made again, with the same rows.
 */
export class TrackingArchive {
  readonly #sql: SqlStorage;
  #failures = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  archivedUpTo(source: keyof typeof SOURCES): number {
    const query = "SELECT upto FROM archived WHERE source = ?";
    return this.#sql.exec<{ upto: number }>(query, source).toArray()[0]?.upto ?? 0;
  }

  /** Sends a batch of each; answers when to come again, or undefined when nothing is left. Never throws. */
  async post(ctx: Ctx, session: Session): Promise<number | undefined> {
    try {
      const [pings, scans] = [await this.#send(ctx, session, "ping"), await this.#send(ctx, session, "scan")];
      this.#failures = 0;
      return pings || scans ? ctx.clock.now() : undefined;
    } catch (error) {
      this.#failures += 1;
      ctx.log.warn("tracking_archive.failed", { reason: String(error), shipmentId: session.shipmentId });
      return ctx.clock.now() + Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (this.#failures - 1));
    }
  }

  /** Whether more is waiting. */
  async #send(ctx: Ctx, { shipmentId, sellerId }: Session, source: keyof typeof SOURCES): Promise<boolean> {
    const { table, query } = SOURCES[source];
    const rows = this.#sql.exec(query, this.archivedUpTo(source), ROWS_MAX).toArray();
    const last = rows.at(-1);
    if (!last) return false;
    const values = rows.map(({ at, received_at: receivedAt, ...row }) => ({
      ...row,
      shipment_id: shipmentId,
      seller_id: sellerId,
      at: instant(at),
      received_at: instant(receivedAt),
    }));
    await ctx.clickhouse.insert({ table, values, format: "JSONEachRow" });
    this.#sql.exec("INSERT OR REPLACE INTO archived (source, upto) VALUES (?, ?)", source, Number(last.seq));
    return rows.length === ROWS_MAX;
  }
}
