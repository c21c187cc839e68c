import { eq, sql } from "drizzle-orm";
import { insertMany, type Query, query, type Statement } from "#kernel/db";
import { trackingSession } from "#schema/logistics/tracking";

type Row = typeof trackingSession.$inferSelect;

/** A shipment is followed once, however often it is told of. */
export const insertSessions = (rows: readonly Row[]): Statement => ({
  sql: sql`${insertMany(trackingSession, rows).sql} ON CONFLICT DO NOTHING`,
});

/** Carriers use numbers again after years: the newest of them is meant. */
export const byNumberQuery = (trackingNumber: string): Query<readonly Row[]> =>
  query(
    (read) => read.select().from(trackingSession).where(eq(trackingSession.trackingNumber, trackingNumber)),
    (rows) => rows.toSorted((a, b) => b.openedAt - a.openedAt),
  );
