import { and, desc, eq, lt, or, type SQL, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { callLog, consultation } from "#schema/communication/videocall";
import type { Consultation } from "./domain/consultation.ts";

export const insertConsultation = (one: Consultation): Statement => insertMany(consultation, [one]);

export function saveConsultation(before: Consultation, after: Consultation): Statement<"consultation.stale"> {
  const { state, hostId, version } = after;
  const unchanged = and(eq(consultation.id, before.id), eq(consultation.version, before.version));
  const write = build.update(consultation).set({ state, hostId, version }).where(unchanged);
  return guarded(write, 1, "consultation.stale");
}

/** Whose they are is part of every question. */
export type Scope =
  | { readonly as: "buyer"; readonly buyerId: Id<"user"> }
  | { readonly as: "seller"; readonly sellerId: Id<"seller"> };
const within = (scope: Scope): SQL =>
  scope.as === "buyer" ? eq(consultation.buyerId, scope.buyerId) : eq(consultation.sellerId, scope.sellerId);

export const consultationQuery = (
  consultationId: Id<"consultation">,
  scope?: Scope,
): Query<Consultation | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(consultation)
        .where(and(eq(consultation.id, consultationId), scope && within(scope))),
    ([row]) => row,
  );

export const consultationsQuery = (
  scope: Scope,
  { limit, after }: { readonly limit: number; readonly after: Id<"consultation"> | undefined },
): Query<readonly Consultation[]> =>
  query(
    (read) =>
      read
        .select()
        .from(consultation)
        .where(and(within(scope), after === undefined ? undefined : lt(consultation.id, after)))
        .orderBy(desc(consultation.id))
        .limit(limit),
    (rows) => rows,
  );

export type LoggedCall = typeof callLog.$inferSelect;
/** Told twice, it is kept once. */
export const insertCalls = (rows: readonly LoggedCall[]): Statement => ({
  sql: sql`${insertMany(callLog, rows).sql} ON CONFLICT DO NOTHING`,
});

/** Nothing of a person stays: neither what he asked for nor with whom he spoke. */
export const forgetPerson = (userId: Id<"user">): readonly Statement[] => [
  statement(build.delete(consultation).where(eq(consultation.buyerId, userId))),
  statement(build.delete(callLog).where(or(eq(callLog.callerId, userId), eq(callLog.calleeId, userId)))),
];

export const callsQuery = (
  userId: Id<"user">,
  { limit, after }: { readonly limit: number; readonly after: Id<"call"> | undefined },
): Query<readonly LoggedCall[]> =>
  query(
    (read) =>
      read
        .select()
        .from(callLog)
        .where(
          and(
            or(eq(callLog.callerId, userId), eq(callLog.calleeId, userId)),
            after === undefined ? undefined : lt(callLog.id, after),
          ),
        )
        .orderBy(desc(callLog.id))
        .limit(limit),
    (rows) => rows,
  );
