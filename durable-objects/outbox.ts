import type { Ctx } from "#kernel/ctx";
import type { Fact } from "#kernel/facts";
import { loadEngines } from "./own-ctx.ts";
import { onMetrics } from "./stubs.ts";

/** A step of the object's schema: whoever has an outbox adds it to its own list. */
export const OUTBOX_STEP = `CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, fact TEXT NOT NULL, at INTEGER NOT NULL) STRICT`;

/** One round trip carries them; what is more goes with the next alarm. */
const BATCH_MAX = 100;
/** Doubled with each failure in a row, from a restarting database to one that is away for long. */
const BACKOFF_MS = 5_000;
const BACKOFF_MAX_MS = 300_000;

/** Upper bounds of how long a fact had waited when its object tried to post it. */
const WAIT_BUCKETS_SECONDS = [1, 5, 30, 60, 300, 3_600] as const;

type Row = { readonly seq: number; readonly fact: string };

/**
 * How an object tells Postgres (decision 20): the fact is a row of the change's own transaction, the object's
 * alarm posts it, and the row goes when Postgres has answered. A post whose answer was lost is made again,
 * which the inbox notices by the object's name and the fact's id.
 */
export class ObjectOutbox {
  readonly #sql: SqlStorage;
  #failures = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Call it inside the transaction of what the fact tells of, and arm the alarm. */
  add(fact: Fact): void {
    this.#sql.exec("INSERT INTO outbox (fact, at) VALUES (?, ?)", JSON.stringify(fact), fact.at);
  }

  /** When the oldest fact that Postgres does not know was written. */
  oldestAt(): number | undefined {
    const query = "SELECT min(at) AS at FROM outbox";
    return this.#sql.exec<{ at: number | null }>(query).one().at ?? undefined;
  }

  /** Posts the oldest rows; answers when to come again, or undefined when nothing is left. Never throws. */
  async post(ctx: Ctx, objectName: string): Promise<number | undefined> {
    this.#measure(ctx, objectName);
    const query = "SELECT seq, fact FROM outbox ORDER BY seq LIMIT ?";
    const rows = this.#sql.exec<Row>(query, BATCH_MAX).toArray();
    const last = rows.at(-1);
    if (!last) return undefined;
    const facts = rows.map((row) => JSON.parse(row.fact) as Fact);
    try {
      const { appendOnce } = await loadEngines();
      await ctx.db.commit([appendOnce(objectName, facts, ctx.clock.now())]);
    } catch (error) {
      this.#failures += 1;
      ctx.log.warn("object_outbox.failed", { reason: String(error), rows: rows.length });
      return ctx.clock.now() + Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (this.#failures - 1));
    }
    this.#failures = 0;
    // Rows that came while we waited have higher numbers.
    this.#sql.exec("DELETE FROM outbox WHERE seq <= ?", last.seq);
    return this.oldestAt() === undefined ? undefined : ctx.clock.now();
  }

  /** The age of the oldest row at each try: it climbs while Postgres is away, and an alert looks at it. */
  #measure(ctx: Ctx, objectName: string): void {
    const oldestAt = this.oldestAt();
    if (oldestAt === undefined) return;
    const seconds = Math.max(0, ctx.clock.now() - oldestAt) / 1_000;
    const labels = `cell="${ctx.cell}",object="${objectName.split(":")[1] ?? ""}"`;
    const within = WAIT_BUCKETS_SECONDS.filter((bound) => seconds <= bound);
    const bucket = (le: string) => [`object_outbox_wait_seconds_bucket{${labels},le="${le}"}`, 1] as const;
    const series = [
      [`object_outbox_wait_seconds_sum{${labels}}`, seconds] as const,
      [`object_outbox_wait_seconds_count{${labels}}`, 1] as const,
      ...within.map((bound) => bucket(String(bound))),
      bucket("+Inf"),
    ];
    ctx.defer(onMetrics(ctx, (metrics) => metrics.add(series)).catch(() => undefined));
  }
}
