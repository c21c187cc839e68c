import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { ConsultationState } from "#services/communication/videocall/domain/consultation";
import type { Outcome, Quality, Subject } from "#services/communication/videocall/domain/line";

/** Talks that buyers asked shops for. */
export const consultation = pgTable(
  "consultation",
  {
    id: id("consultation").primaryKey(),
    sellerId: id("seller").notNull(),
    buyerId: id("user").notNull(),
    hostId: id("user"),
    productId: id("product"),
    state: text().$type<ConsultationState>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("consultation_by_seller").on(t.sellerId, t.startsAt),
    index("consultation_by_buyer").on(t.buyerId, t.startsAt),
    check("consultation_span", sql`${t.endsAt} > ${t.startsAt}`),
  ],
);

/** Every call once, as its caller's line told it. */
export const callLog = pgTable(
  "call_log",
  {
    id: id("call").primaryKey(),
    callerId: id("user").notNull(),
    calleeId: id("user").notNull(),
    subject: jsonb().$type<Subject>().notNull(),
    outcome: text().$type<Outcome>().notNull(),
    startedAt: instant().notNull(),
    answeredAt: instant(),
    connectedAt: instant(),
    endedAt: instant().notNull(),
    quality: jsonb().$type<Quality>(),
  },
  (t) => [
    index("call_log_by_caller").on(t.callerId, t.startedAt),
    index("call_log_by_callee").on(t.calleeId, t.startedAt),
  ],
);
