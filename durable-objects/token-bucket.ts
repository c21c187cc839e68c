import { DurableObject } from "cloudflare:workers";
import { type Clock, systemClock } from "#kernel/clock";
import { migrate } from "./migrate.ts";

const STEPS = [
  `CREATE TABLE bucket (
     one INTEGER PRIMARY KEY CHECK (one = 1), tokens REAL NOT NULL CHECK (tokens >= 0),
     filled_at INTEGER NOT NULL) STRICT`,
];

/** `capacity` at once, then one each `refillMs`. */
export type BucketTerms = { readonly capacity: number; readonly refillMs: number };
export type Taken = { readonly ok: boolean; readonly retryAfterSeconds: number };

/**
 * An exact limit, named `<cell>:bucket:<what>/<whom>`; a few calls a minute each. It forgets itself by an
 * alarm once it is full again, so that a guessed address leaves nothing behind.
 */
export class TokenBucketDO extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, STEPS);
  }

  /** Takes tokens, or says when there are as many again. A repeated call takes others, on the strict side. */
  take({ capacity, refillMs }: BucketTerms, wanted = 1): Taken {
    const now = this.clock.now();
    const [row] = this.#sql.exec<{ tokens: number; at: number }>(
      "SELECT tokens, filled_at AS at FROM bucket",
    );
    const tokens = row ? Math.min(capacity, row.tokens + Math.max(0, now - row.at) / refillMs) : capacity;
    if (tokens < wanted) {
      return { ok: false, retryAfterSeconds: Math.ceil(((wanted - tokens) * refillMs) / 1_000) };
    }
    this.#sql.exec(
      "INSERT OR REPLACE INTO bucket (one, tokens, filled_at) VALUES (1, ?, ?)",
      tokens - wanted,
      now,
    );
    void this.ctx.storage.setAlarm(now + (capacity - tokens + wanted) * refillMs);
    return { ok: true, retryAfterSeconds: 0 };
  }

  /** Gives back what was taken for a guess that turned out to be none; what is lost on the way refills. */
  give({ capacity }: BucketTerms, returned: number): void {
    this.#sql.exec("UPDATE bucket SET tokens = min(?, tokens + ?)", capacity, returned);
  }

  /** Gives everything back: a right password after some wrong ones. */
  clear(): void {
    this.#sql.exec("DELETE FROM bucket");
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
    migrate(this.ctx.storage, STEPS);
  }
}
