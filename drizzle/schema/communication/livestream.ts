import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Chapter, Crew, ShowState } from "#services/communication/livestream/domain/show";

/** A show as the platform lists it; what happens in it is in its room's object alone. */
export const livestream = pgTable(
  "livestream",
  {
    id: id("livestream").primaryKey(),
    sellerId: id("seller").notNull(),
    hostId: id("user").notNull(),
    title: text().notNull(),
    state: text().$type<ShowState>().notNull(),
    startsAt: instant().notNull(),
    startedAt: instant(),
    endedAt: instant(),
    /** Until when a publisher who dropped may come back. */
    graceUntil: instant(),
    /** The provider's live input, and the video that it records. */
    inputUid: text(),
    videoUid: text(),
    durationMs: bigint({ mode: "number" }),
    chapters: jsonb().$type<readonly Chapter[]>().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("livestream_by_input").on(t.inputUid),
    index("livestream_by_state").on(t.state, t.startsAt, t.id),
    index("livestream_by_seller").on(t.sellerId, t.id),
    check("livestream_grace", sql`(${t.state} = 'interrupted') = (${t.graceUntil} IS NOT NULL)`),
  ],
);

export const livestreamCrew = pgTable(
  "livestream_crew",
  {
    livestreamId: id("livestream").notNull(),
    userId: id("user").notNull(),
    role: text().$type<Crew>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.livestreamId, t.userId] })],
);

export const livestreamRsvp = pgTable(
  "livestream_rsvp",
  {
    livestreamId: id("livestream").notNull(),
    userId: id("user").notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.livestreamId, t.userId] }), index("livestream_rsvp_by_user").on(t.userId)],
);

/** What an auction's winner has been given to buy: one unit, held for him in a sale of its own. */
export const livestreamAward = pgTable(
  "livestream_award",
  {
    livestreamId: id("livestream").notNull(),
    auctionId: integer().notNull(),
    userId: id("user").notNull(),
    offerId: id("offer").notNull(),
    priceMinor: bigint({ mode: "bigint" }).notNull(),
    saleId: id("sale").notNull(),
    holdId: id("hold").notNull(),
    /** What keeps the unit since he was passed over, until the next one wins it. */
    keptAs: id("reservation"),
    payBy: instant().notNull(),
    state: text({ enum: ["open", "paid", "passed"] }).notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.livestreamId, t.auctionId, t.userId] }),
    index("livestream_award_by_user").on(t.userId),
  ],
);
