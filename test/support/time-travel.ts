import { Client } from "pg";
import { until } from "./http-client.ts";
import type { RunningPlatform } from "./running-platform.ts";

type Databases = Pick<RunningPlatform, "databases">;

/** One look or change behind the API, by plain SQL. */
async function inDatabase<T extends object>(
  { databases }: Databases,
  market: string,
  [sql, ...values]: readonly [sql: string, ...values: unknown[]],
): Promise<readonly T[]> {
  const client = new Client({ connectionString: databases[market] });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}

type Job = { readonly kind: string; readonly subject: string; readonly market?: string };

/** Lets the hour of a planned job come now; the sweep does the rest, as it would have then. */
export async function bringForward(platform: Databases, { kind, subject, market = "id" }: Job) {
  const write = `UPDATE due SET due_at = now() - interval '1 second'
    WHERE kind = $1 AND subject = $2 RETURNING id`;
  await until(`a job ${kind} of ${subject}`, async () => {
    const rows = await inDatabase(platform, market, [write, kind, subject]);
    return rows.length === 1;
  });
}

/** Somebody signed in long ago: what is worth a proof asks him for one. */
export async function ageSessions(platform: Databases, userId: string, market = "id"): Promise<void> {
  const write = `UPDATE auth_session SET authenticated_at = authenticated_at - interval '1 day'
    WHERE user_id = $1 RETURNING id`;
  const rows = await inDatabase(platform, market, [write, userId]);
  if (rows.length === 0) throw new Error("nobody of this id is signed in");
}
