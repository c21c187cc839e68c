import { sql } from "drizzle-orm";
import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { actorKey } from "./actor.ts";
import { describeError } from "./away.ts";
import { instant } from "./columns.ts";
import type { Ctx } from "./ctx.ts";
import { fail } from "./errors.ts";

/** Longer than any command may take: after it a first request that died is given up and may run again. */
const LEASE_MS = 30_000;
/** A twin that comes while the first is finishing waits a little before it is told to come back. */
const WAITS_MS = [20, 40, 80];
const RETRY_AFTER_SECONDS = 1;

/**
 * Answers already given, by (actor, route, key); kept 48 hours by the sweep. A row without a status is a
 * lease: somebody is working on it until `leaseUntil`.
 */
export const idempotency = pgTable(
  "idempotency",
  {
    actor: text().notNull(),
    route: text().notNull(),
    key: text().notNull(),
    hash: text().notNull(),
    holder: text().notNull(),
    leaseUntil: instant().notNull(),
    status: integer(),
    body: text(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.actor, t.route, t.key] }), index("idempotency_by_age").on(t.createdAt)],
);

type Row = {
  readonly hash: string;
  readonly holder: string;
  readonly status: number | null;
  readonly body: string | null;
};
type Request = { readonly route: string; readonly key: string; readonly input: unknown };
/** `status` and the JSON text that the first request was answered with. */
type Answer = {
  readonly status: number;
  readonly body: string;
  /** When to come back, of a refusal that passes; not kept, since such an answer is not. */
  readonly retryAfter?: string | null;
};

/**
 * Runs `work` once for a key: a retry has the first answer, the same key with another input is refused (422),
 * and a twin in flight is told to wait (409). A refusal that passes and an answer of 500 and above are not
 * kept. Effects do not rest on this: each is guarded by a uniqueness of its own, since a crash may lose the
 * stored answer.
 */
export async function once(
  ctx: Ctx,
  request: Request,
  work: () => Promise<Answer>,
): Promise<Answer & { readonly replayed: boolean }> {
  // With a key of ours: what was sent may hold a PIN, and a plain hash tells it to whoever tries all of them.
  const hash = ctx.keys.sign("answer", canonical(request.input));
  for (const wait of [...WAITS_MS, undefined]) {
    const row = await lease(ctx, request, hash);
    if (row.hash !== hash) throw fail("request.key_reused");
    if (row.status !== null) return { status: row.status, body: row.body ?? "", replayed: true };
    if (row.holder === ctx.requestId) break;
    if (wait === undefined) throw fail("request.in_flight", { retryAfter: RETRY_AFTER_SECONDS });
    await scheduler.wait(wait);
  }
  const answer = await work().catch(async (error) => {
    await settle(ctx, request, undefined).catch(() => undefined);
    throw error;
  });
  // An answer that could not be kept is worked out anew once the lease has run out.
  const kept = settle(ctx, request, isFinal(answer) ? answer : undefined);
  ctx.defer(kept.catch((error) => ctx.log.warn("idempotency.unkept", { reason: describeError(error) })));
  return { ...answer, replayed: false };
}

/** Who asks may prove more, and who is told to wait may come back: both repeat what they asked for. */
const PASSING = [401, 403, 429];
const isFinal = ({ status }: Answer): boolean => status < 500 && !PASSING.includes(status);

async function lease(ctx: Ctx, { route, key }: Request, hash: string): Promise<Row> {
  const now = new Date(ctx.clock.now()).toISOString();
  const until = new Date(ctx.clock.now() + LEASE_MS).toISOString();
  const free = sql`idempotency.status IS NULL AND idempotency.lease_until < ${now}
    AND idempotency.hash = excluded.hash`;
  const result = await ctx.db.read.execute<Row>(sql`INSERT INTO ${idempotency}
    (actor, route, key, hash, holder, lease_until, created_at)
    VALUES (${actorKey(ctx.actor)}, ${route}, ${key}, ${hash}, ${ctx.requestId}, ${until}, ${now})
    ON CONFLICT (actor, route, key) DO UPDATE SET
      holder = CASE WHEN ${free} THEN excluded.holder ELSE idempotency.holder END,
      lease_until = CASE WHEN ${free} THEN excluded.lease_until ELSE idempotency.lease_until END
    RETURNING hash, holder, status, body`);
  const [row] = result.rows;
  if (!row) throw new Error("an upsert returns its row");
  return row;
}

/** Stores the answer, or gives the key back when there is none to keep. */
async function settle(ctx: Ctx, { route, key }: Request, answer: Answer | undefined): Promise<void> {
  const mine = sql`actor = ${actorKey(ctx.actor)} AND route = ${route} AND key = ${key}
    AND holder = ${ctx.requestId}`;
  await ctx.db.read.execute(
    answer
      ? sql`UPDATE ${idempotency} SET status = ${answer.status}, body = ${answer.body} WHERE ${mine}`
      : sql`DELETE FROM ${idempotency} WHERE ${mine}`,
  );
}

/** JSON with sorted keys: the same request in another spelling has the same hash. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return part.toString();
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
