import { and, eq, sql } from "drizzle-orm";
import { build, type Db, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { authTicket } from "#schema/social/auth";
import { CODE_ATTEMPTS_MAX, TICKET_MS, type TicketPayload, type TicketPurpose } from "../domain.ts";

type NewTicket = {
  readonly hash: string;
  readonly purpose: TicketPurpose;
  readonly userId: Id<"user"> | null;
  readonly payload?: TicketPayload;
};

export function insertTicket({ payload = {}, ...ticket }: NewTicket, now: number): Statement {
  const row = { ...ticket, payload, attempts: 0, expiresAt: now + TICKET_MS[ticket.purpose] };
  return statement(build.insert(authTicket).values(row));
}

export type Ticket = { readonly userId: Id<"user"> | null; readonly payload: TicketPayload };

const livingOf = (hash: string, purpose: TicketPurpose, now: number) =>
  and(
    eq(authTicket.hash, hash),
    eq(authTicket.purpose, purpose),
    sql`${authTicket.expiresAt} > ${new Date(now).toISOString()}`,
  );

export const ticketQuery = (hash: string, purpose: TicketPurpose, now: number): Query<Ticket | undefined> =>
  query(
    (read) =>
      read
        .select({ userId: authTicket.userId, payload: authTicket.payload })
        .from(authTicket)
        .where(livingOf(hash, purpose, now)),
    (rows) => rows[0],
  );

/** In the commit of what it allows: of two who show the same ticket, one finds it gone. */
export const consumeTicket = (
  hash: string,
  purpose: TicketPurpose,
  now: number,
): Statement<"auth.ticket_dead"> =>
  guarded(build.delete(authTicket).where(livingOf(hash, purpose, now)), 1, "auth.ticket_dead");

/** Counts the guess before anybody looks at it; undefined when there are none left. */
export async function tryCode({ read }: Db, hash: string, now: number): Promise<Ticket | undefined> {
  const result = await read.execute<{ userId: Id<"user">; payload: TicketPayload }>(sql`UPDATE ${authTicket}
      SET attempts = attempts + 1
      WHERE hash = ${hash} AND purpose = 'email_otp' AND attempts < ${CODE_ATTEMPTS_MAX}
        AND expires_at > ${new Date(now).toISOString()}
      RETURNING user_id AS "userId", payload`);
  return result.rows[0];
}
