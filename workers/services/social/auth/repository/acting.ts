import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { authActing, authEvent, authSession, authUser } from "#schema/social/auth";
import type { Client } from "../domain.ts";

const at = (ms: number) => new Date(ms).toISOString();

export type Acting = {
  readonly id: Id<"session">;
  readonly userId: Id<"user">;
  readonly operatorId: Id<"user">;
  readonly operatorSessionId: Id<"session">;
  readonly reason: string;
  readonly orderId: Id<"order"> | null;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
};

/** One at a time: what the operator had open before ends with it. */
export const startActing = (acting: Acting): Statement<"auth.acting_impossible">[] => {
  const { id, userId, operatorId, operatorSessionId, reason, orderId, startedAt, expiresAt } = acting;
  const insert = sql`INSERT INTO ${authActing}
      (id, user_id, operator_id, operator_session_id, reason, order_id, started_at, expires_at)
    SELECT ${id}, id, ${operatorId}, ${operatorSessionId}, ${reason}, ${orderId},
      ${at(startedAt)}::timestamptz, ${at(expiresAt)}::timestamptz
    FROM ${authUser}
    WHERE id = ${userId} AND id <> ${operatorId} AND operator_role IS NULL AND disabled_at IS NULL FOR SHARE`;
  const open = and(eq(authActing.operatorId, operatorId), sql`${authActing.endedAt} IS NULL`);
  return [
    statement(build.update(authActing).set({ endedAt: startedAt }).where(open)),
    {
      ...guarded(insert, 1, "auth.acting_impossible"),
      constraints: { auth_acting_open: "auth.acting_impossible" },
    },
  ];
};

type Held = { readonly actingId: Id<"session">; readonly userId: Id<"user">; readonly now: number };

/** It lasts no longer than the sign-in it rests on, and than the operator is one and the other is none. */
const live = ({ actingId, userId, now }: Held): SQL => sql`FROM ${authActing} a
  JOIN ${authUser} u ON u.id = a.user_id JOIN ${authUser} o ON o.id = a.operator_id
  JOIN ${authSession} s ON s.id = a.operator_session_id
  WHERE a.id = ${actingId} AND a.user_id = ${userId} AND a.ended_at IS NULL AND a.expires_at > ${at(now)}
    AND s.revoked_at IS NULL AND s.expires_at > ${at(now)}
    AND o.disabled_at IS NULL AND o.operator_role IS NOT NULL
    AND u.disabled_at IS NULL AND u.operator_role IS NULL`;

export async function isActingLive(ctx: Pick<Ctx, "db">, held: Held): Promise<boolean> {
  const { rows } = await ctx.db.read.execute(sql`SELECT 1 ${live(held)}`);
  return rows.length === 1;
}

type Acted = Held & { readonly id: Id<"event">; readonly command: string };

/** Written before the command is run: what cannot be logged is not done. */
export function noteActed({ id, command, now, ...held }: Acted): Statement<"auth.acting_over"> {
  const detail = JSON.stringify({ command });
  const insert = sql`INSERT INTO ${authEvent}
      (id, type, user_id, session_id, device, address_prefix, detail, at)
    SELECT ${id}, 'acted', a.user_id, a.id, ${SUPPORT.device}, ${SUPPORT.addressPrefix}, ${detail}::jsonb,
      ${at(now)}::timestamptz
    ${live({ ...held, now })}`;
  return guarded(insert, 1, "auth.acting_over");
}

/** How it went, once that is known. */
export const noteOutcome = (id: Id<"event">, status: number): Statement => ({
  sql: sql`UPDATE ${authEvent} SET detail = detail || ${JSON.stringify({ status })}::jsonb WHERE id = ${id}`,
});

type Ending = { readonly actingId: Id<"session">; readonly personId: Id<"user">; readonly now: number };

/** By the operator, or by whoever it is about; ending what is over changes nothing. */
export const endActing = ({ actingId, personId, now }: Ending): Statement => {
  const mine = sql`${personId} IN (${authActing.userId}, ${authActing.operatorId})`;
  const open = and(eq(authActing.id, actingId), mine, sql`${authActing.endedAt} IS NULL`);
  return statement(build.update(authActing).set({ endedAt: now }).where(open));
};

export const actingQuery = (actingId: Id<"session">): Query<Acting | undefined> =>
  query(
    (read) => read.select().from(authActing).where(eq(authActing.id, actingId)),
    (rows) => rows[0],
  );

/** The person is gone; what was written about him goes too, and that it happened stays. */
export function forgetReasons(userId: Id<"user">): Statement {
  const update = build.update(authActing).set({ reason: "", orderId: null });
  return statement(update.where(eq(authActing.userId, userId)));
}

/** More than anybody does in a quarter of an hour; the rest is in the person's audit log. */
const COMMANDS_SHOWN_MAX = 100;

type Done = { readonly command: string; readonly status: number | null; readonly at: number };
export type ActingRow = Acting & {
  readonly userEmail: string | null;
  readonly operatorEmail: string | null;
  readonly commands: readonly Done[];
};
type Walk = { readonly limit: number; readonly after: string | undefined; readonly userId?: Id<"user"> };

const emailOf = (column: SQL) => sql<string | null>`(SELECT x.email FROM auth_user x WHERE x.id = ${column})`;

const commandsDone = sql<readonly Done[]>`(SELECT coalesce(jsonb_agg(jsonb_build_object(
    'command', x.detail->>'command', 'status', x.detail->'status',
    'at', floor(extract(epoch FROM x.at) * 1000)) ORDER BY x.id), '[]')
  FROM (SELECT e.id, e.detail, e.at FROM auth_event e
    WHERE e.session_id = auth_acting.id AND e.type = 'acted'
    ORDER BY e.id DESC LIMIT ${COMMANDS_SHOWN_MAX}) x)`;

/** Of one person, or of all; the latest first. */
export const actingsQuery = ({ limit, after, userId }: Walk): Query<readonly ActingRow[]> =>
  query(
    (read) =>
      read
        .select({
          id: authActing.id,
          userId: authActing.userId,
          operatorId: authActing.operatorId,
          operatorSessionId: authActing.operatorSessionId,
          reason: authActing.reason,
          orderId: authActing.orderId,
          startedAt: authActing.startedAt,
          expiresAt: authActing.expiresAt,
          endedAt: authActing.endedAt,
          userEmail: emailOf(sql`auth_acting.user_id`),
          operatorEmail: emailOf(sql`auth_acting.operator_id`),
          commands: commandsDone,
        })
        .from(authActing)
        .where(
          and(
            userId === undefined ? undefined : eq(authActing.userId, userId),
            after === undefined ? undefined : lt(authActing.id, after as Id<"session">),
          ),
        )
        .orderBy(desc(authActing.id))
        .limit(limit),
    (rows) => rows,
  );

/** Where the operator sits, as the person's log shows it: at our desk, and not in his own house. */
export const SUPPORT: Pick<Client, "device" | "addressPrefix"> = { device: "Titan", addressPrefix: "" };
