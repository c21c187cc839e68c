import { sql } from "drizzle-orm";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { due, schedule } from "#kernel/due";
import { authActing, authEvent, authRefresh, authSession, authTicket } from "#schema/social/auth";
import { FORGET } from "../facts.ts";

/** Long enough for whoever asks what happened to an account. */
const EVENTS_KEPT_MS = 400 * DAY_MS;
/** One row for the whole market. */
const SUBJECT = "daily";

const at = (ms: number) => new Date(ms).toISOString();

/** What is over and would only fill the tables. A session's tokens go with it. */
export const forgetDead = (now: number): Statement[] => [
  { sql: sql`DELETE FROM ${authTicket} WHERE expires_at < ${at(now)}` },
  { sql: sql`DELETE FROM ${authRefresh} WHERE expires_at < ${at(now)}` },
  { sql: sql`DELETE FROM ${authSession} WHERE expires_at < ${at(now)}` },
  { sql: sql`DELETE FROM ${authEvent} WHERE at < ${at(now - EVENTS_KEPT_MS)}` },
  { sql: sql`DELETE FROM ${authActing} WHERE started_at < ${at(now - EVENTS_KEPT_MS)}` },
];

export const forgetTomorrow = (ctx: Ctx): Statement =>
  schedule(ctx, FORGET, { subject: SUBJECT, payload: {}, dueAt: ctx.clock.now() + DAY_MS });

/** Begins the daily round with the market's first account; later ones find it running and do not wait. */
export function keepForgetting(ctx: Ctx): Statement {
  const now = ctx.clock.now();
  return {
    sql: sql`INSERT INTO ${due} (id, kind, subject, payload, due_at, attempts, created_at)
      VALUES (${ctx.ids.next("due")}, ${FORGET.kind}, ${SUBJECT}, '{}', ${at(now + DAY_MS)}, 0, ${at(now)})
      ON CONFLICT (kind, subject) DO NOTHING`,
  };
}
