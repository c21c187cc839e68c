import { and, asc, count, desc, eq, gte, isNull, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  chatAnswer,
  chatBlock,
  chatConversation,
  chatInbox,
  chatReport,
  chatShopSettings,
} from "#schema/communication/chat";
import { GROUP_MAX, type PartyId, type PartyRole } from "./domain/message.ts";

type ConversationId = Id<"conversation">;
export type Conversation = typeof chatConversation.$inferSelect;
export type InboxRow = typeof chatInbox.$inferSelect;
export type ShopSettings = typeof chatShopSettings.$inferSelect;
export type Report = typeof chatReport.$inferSelect;
/** A person's export names so many. */
const EXPORTED_MAX = 1_000;

export type Side = { readonly partyId: PartyId; readonly role: PartyRole };

/** The first to open a conversation with a shop makes it; who comes second finds the first one's. */
export function openOnce(row: Conversation): Statement {
  const insert = insertMany(chatConversation, [row]);
  return { sql: sql`${insert.sql} ON CONFLICT (buyer_id, seller_id) DO NOTHING` };
}

/** Only beside a conversation that is there: the loser of a race adds nothing. */
export function addSides(conversationId: ConversationId, sides: readonly Side[], now: number): Statement {
  const rows = JSON.stringify(sides);
  return {
    sql: sql`INSERT INTO ${chatInbox}
      (party_id, conversation_id, role, last_seq, last_at, preview, unread, version)
      SELECT w ->> 'partyId', ${conversationId}, w ->> 'role', 0, ${new Date(now).toISOString()}, '', 0, 0
      FROM jsonb_array_elements(${rows}::jsonb) AS w
      WHERE EXISTS (SELECT 1 FROM ${chatConversation} WHERE id = ${conversationId})
      ON CONFLICT (party_id, conversation_id) DO NOTHING`,
  };
}

type PeopleRefusal = "chat.only_in_groups" | "chat.not_yours_to_set" | "chat.kept_apart" | "chat.group_full";
type Adding = {
  readonly conversationId: ConversationId;
  readonly by: Id<"user">;
  readonly userIds: readonly Id<"user">[];
};

/** By whoever may; nobody who is kept apart from somebody of the group. Who is there gets the role. */
export const addPeople = (
  { conversationId, by, userIds }: Adding,
  role: "member" | "admin",
  now: number,
): Statement<PeopleRefusal> => ({
  sql: sql`SELECT chat_add_people(${conversationId}, ${by},
    ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)), ${role}, ${GROUP_MAX},
    ${new Date(now).toISOString()}::timestamptz)`,
});

type Removing = {
  readonly conversationId: ConversationId;
  readonly by: Id<"user">;
  readonly userId: Id<"user">;
};
export const removePerson = ({ conversationId, by, userId }: Removing): Statement<PeopleRefusal> => ({
  sql: sql`SELECT chat_remove_person(${conversationId}, ${by}, ${userId})`,
});

type Pair = { readonly blockerId: Id<"user">; readonly blockedId: Id<"user"> };

export function setBlock(
  { blockerId, blockedId }: Pair,
  isBlocked: boolean,
  now: number,
): readonly Statement[] {
  const both = JSON.stringify([blockerId, blockedId]);
  return [
    { sql: sql`SELECT chat_lock_people(ARRAY(SELECT jsonb_array_elements_text(${both}::jsonb)))` },
    isBlocked
      ? {
          sql: sql`${insertMany(chatBlock, [{ blockerId, blockedId, createdAt: now }]).sql}
            ON CONFLICT (blocker_id, blocked_id) DO NOTHING`,
        }
      : { sql: sql`DELETE FROM ${chatBlock} WHERE blocker_id = ${blockerId} AND blocked_id = ${blockedId}` },
  ];
}

export const blocksQuery = (
  blockerId: Id<"user">,
  after: string | undefined,
  limit: number,
): Query<readonly (typeof chatBlock.$inferSelect)[]> =>
  query(
    (read) =>
      read
        .select()
        .from(chatBlock)
        .where(
          and(
            eq(chatBlock.blockerId, blockerId),
            after === undefined ? undefined : sql`${chatBlock.blockedId} > ${after}`,
          ),
        )
        .orderBy(asc(chatBlock.blockedId))
        .limit(limit),
    (rows) => rows,
  );

/** Groups that two people are both in, and whose they are. */
export const sharedGroupsQuery = ({ blockerId, blockedId }: Pair): Query<readonly Conversation[]> =>
  query(
    (read) =>
      read
        .select()
        .from(chatConversation)
        .where(
          and(
            eq(chatConversation.kind, "group"),
            ...[blockerId, blockedId].map(
              (person) => sql`EXISTS (SELECT 1 FROM chat_inbox AS i
                WHERE i.conversation_id = ${chatConversation.id} AND i.party_id = ${person})`,
            ),
          ),
        )
        .orderBy(asc(chatConversation.id)),
    (rows) => rows,
  );

export const conversationOfQuery = (
  buyerId: Id<"user">,
  sellerId: Id<"seller">,
): Query<Conversation | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(chatConversation)
        .where(and(eq(chatConversation.buyerId, buyerId), eq(chatConversation.sellerId, sellerId))),
    ([row]) => row,
  );

export const conversationQuery = (id: ConversationId): Query<Conversation | undefined> =>
  query(
    (read) => read.select().from(chatConversation).where(eq(chatConversation.id, id)),
    ([row]) => row,
  );

export const sidesQuery = (id: ConversationId): Query<readonly InboxRow[]> =>
  query(
    (read) =>
      read.select().from(chatInbox).where(eq(chatInbox.conversationId, id)).orderBy(asc(chatInbox.partyId)),
    (rows) => rows,
  );

type Walk = {
  readonly limit: number;
  readonly after: { readonly at: number; readonly id: string } | undefined;
  readonly assigneeId: string | undefined;
};
export type Listed = { readonly row: InboxRow; readonly conversation: Conversation };

/** The newest first. */
export const inboxQuery = (partyId: PartyId, { limit, after, assigneeId }: Walk): Query<readonly Listed[]> =>
  query(
    (read) =>
      read
        .select({ row: chatInbox, conversation: chatConversation })
        .from(chatInbox)
        .innerJoin(chatConversation, eq(chatConversation.id, chatInbox.conversationId))
        .where(
          and(
            eq(chatInbox.partyId, partyId),
            assigneeId === undefined ? undefined : eq(chatInbox.assigneeId, assigneeId as Id<"user">),
            after &&
              sql`(${chatInbox.lastAt}, ${chatInbox.conversationId})
                < (${new Date(after.at).toISOString()}::timestamptz, ${after.id})`,
          ),
        )
        .orderBy(desc(chatInbox.lastAt), desc(chatInbox.conversationId))
        .limit(limit),
    (rows) => rows,
  );

export const unreadQuery = (
  partyId: PartyId,
): Query<{ readonly conversations: number; readonly messages: number }> =>
  query(
    (read) =>
      read
        .select({ conversations: count(), messages: sql<number>`coalesce(sum(${chatInbox.unread}), 0)::int` })
        .from(chatInbox)
        .where(and(eq(chatInbox.partyId, partyId), sql`${chatInbox.unread} > 0`)),
    ([row]) => row ?? { conversations: 0, messages: 0 },
  );

type Told = Pick<
  InboxRow,
  "conversationId" | "lastSeq" | "lastAt" | "lastPartyId" | "preview" | "assigneeId"
> & {
  readonly version: number;
  readonly parties: readonly {
    readonly partyId: PartyId;
    readonly unread: number;
    readonly isNewcomer?: boolean | undefined;
  }[];
};

/** Facts come in any order and more than once: only a later version of a row is written. */
export function recordTold(told: readonly Told[]): Statement {
  const rows = told.flatMap(({ parties, lastAt, ...one }) =>
    parties.map(({ partyId, unread, isNewcomer = false }) => ({
      ...one,
      // The newest words were said before he was there.
      ...(isNewcomer ? { preview: "", lastPartyId: null } : {}),
      lastAt: new Date(lastAt).toISOString(),
      partyId,
      unread,
    })),
  );
  return {
    sql: sql`UPDATE ${chatInbox} SET last_seq = w.last_seq, last_at = w.last_at, unread = w.unread,
        last_party_id = w.last_party_id, preview = w.preview, assignee_id = w.assignee_id, version = w.version
      FROM (SELECT DISTINCT ON (w."partyId", w."conversationId")
          w."partyId" AS party_id, w."conversationId" AS conversation_id, w."lastSeq" AS last_seq,
          w."lastAt" AS last_at, w.unread, w."lastPartyId" AS last_party_id, w.preview,
          w."assigneeId" AS assignee_id, w.version
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w ("partyId" text, "conversationId" text,
          "lastSeq" int, "lastAt" timestamptz, unread int, "lastPartyId" text, preview text,
          "assigneeId" text, version int)
        ORDER BY w."partyId", w."conversationId", w.version DESC) w
      WHERE chat_inbox.party_id = w.party_id AND chat_inbox.conversation_id = w.conversation_id
        AND chat_inbox.version < w.version`,
  };
}

export const settingsQuery = (sellerId: Id<"seller">): Query<ShopSettings | undefined> =>
  query(
    (read) => read.select().from(chatShopSettings).where(eq(chatShopSettings.sellerId, sellerId)),
    ([row]) => row,
  );

/** The settings of the shop that a conversation is with. */
export const settingsOfQuery = (id: ConversationId): Query<ShopSettings | undefined> =>
  query(
    (read) =>
      read
        .select({ settings: chatShopSettings })
        .from(chatShopSettings)
        .innerJoin(chatConversation, eq(chatConversation.sellerId, chatShopSettings.sellerId))
        .where(eq(chatConversation.id, id)),
    ([row]) => row?.settings,
  );

export function saveSettings({ sellerId, ...rest }: ShopSettings): Statement<"chat.settings_stale"> {
  const values = { sellerId, ...rest };
  if (rest.version === 1) {
    const insert = insertMany(chatShopSettings, [values]);
    return { ...insert, constraints: { chat_shop_settings_pkey: "chat.settings_stale" } };
  }
  const before = and(eq(chatShopSettings.sellerId, sellerId), eq(chatShopSettings.version, rest.version - 1));
  return guarded(build.update(chatShopSettings).set(rest).where(before), 1, "chat.settings_stale");
}

type Question = {
  readonly conversationId: ConversationId;
  readonly sellerId: Id<"seller">;
  readonly askedAt: number;
  readonly dueAt: number;
};
type Answered = Question & { readonly answeredAt: number | null; readonly answeredBy: Id<"user"> | null };

/** That it is late may be heard after that it was answered. */
export function recordAnswers(answers: readonly Answered[]): Statement {
  const insert = insertMany(chatAnswer, answers);
  return {
    sql: sql`${insert.sql} ON CONFLICT (conversation_id, asked_at) DO UPDATE SET
      answered_at = coalesce(excluded.answered_at, chat_answer.answered_at),
      answered_by = coalesce(excluded.answered_by, chat_answer.answered_by)`,
  };
}

export type AnswerTimes = {
  readonly questions: number;
  readonly answered: number;
  readonly late: number;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
};

/** A question that waits past its time is late, and so is one that was answered after it. */
export const answerTimesQuery = (sellerId: Id<"seller">, since: number, now: number): Query<AnswerTimes> =>
  query(
    (read) => {
      const waited = sql`extract(epoch FROM ${chatAnswer.answeredAt} - ${chatAnswer.askedAt}) * 1000`;
      const quantile = (share: number) =>
        sql<number | null>`(percentile_disc(${share}) WITHIN GROUP (ORDER BY ${waited}))::float8`;
      const ended = sql`coalesce(${chatAnswer.answeredAt}, ${new Date(now).toISOString()}::timestamptz)`;
      return read
        .select({
          questions: count(),
          answered: count(chatAnswer.answeredAt),
          late: sql<number>`(count(*) FILTER (WHERE ${ended} > ${chatAnswer.dueAt}))::int`,
          medianMs: quantile(0.5),
          p90Ms: quantile(0.9),
        })
        .from(chatAnswer)
        .where(and(eq(chatAnswer.sellerId, sellerId), gte(chatAnswer.askedAt, since)));
    },
    ([row]) => row ?? { questions: 0, answered: 0, late: 0, medianMs: null, p90Ms: null },
  );

/** A person reports a message once. */
export function insertReport(row: Report): Statement {
  const insert = insertMany(chatReport, [row]);
  return { sql: sql`${insert.sql} ON CONFLICT (conversation_id, message_id, reporter_id) DO NOTHING` };
}

export const openReportsQuery = (after: string | undefined, limit: number): Query<readonly Report[]> =>
  query(
    (read) =>
      read
        .select()
        .from(chatReport)
        .where(
          and(
            isNull(chatReport.decidedAt),
            after === undefined ? undefined : sql`${chatReport.id} > ${after}`,
          ),
        )
        .orderBy(asc(chatReport.id))
        .limit(limit),
    (rows) => rows,
  );

export const reportQuery = (id: Id<"report">): Query<Report | undefined> =>
  query(
    (read) => read.select().from(chatReport).where(eq(chatReport.id, id)),
    ([row]) => row,
  );

type Decision = {
  readonly decision: "dismissed" | "removed";
  readonly decidedBy: Id<"user">;
  readonly decidedAt: number;
};

export function decideReport(id: Id<"report">, decision: Decision): Statement<"chat.report_not_found"> {
  const open = and(eq(chatReport.id, id), isNull(chatReport.decidedAt));
  return guarded(build.update(chatReport).set(decision).where(open), 1, "chat.report_not_found");
}

export const conversationsOfQuery = (partyIds: readonly PartyId[]): Query<readonly ConversationId[]> =>
  query(
    (read) =>
      read.select({ id: chatInbox.conversationId }).from(chatInbox).where(among(chatInbox.partyId, partyIds)),
    (rows) => rows.map(({ id }) => id),
  );

/** What lists and reports hold of a person: the list goes, a report stays without his words. */
export const scrub = (userId: Id<"user">): readonly Statement[] => [
  { sql: sql`DELETE FROM ${chatInbox} WHERE party_id = ${userId}` },
  { sql: sql`DELETE FROM ${chatBlock} WHERE blocker_id = ${userId} OR blocked_id = ${userId}` },
  { sql: sql`UPDATE ${chatInbox} SET preview = '' WHERE last_party_id = ${userId}` },
  { sql: sql`UPDATE ${chatReport} SET text = NULL WHERE reported_party_id = ${userId}` },
  { sql: sql`UPDATE ${chatReport} SET note = NULL WHERE reporter_id = ${userId}` },
  { sql: sql`UPDATE ${chatAnswer} SET answered_by = NULL WHERE answered_by = ${userId}` },
];

/** For a person's export: which conversations there are; the words are read in each of them. */
export const exportQuery = (userId: Id<"user">): Query<unknown> =>
  query(
    (read) =>
      read
        .select({
          conversationId: chatInbox.conversationId,
          lastAt: chatInbox.lastAt,
          preview: chatInbox.preview,
          unread: chatInbox.unread,
        })
        .from(chatInbox)
        .where(eq(chatInbox.partyId, userId))
        .orderBy(desc(chatInbox.lastAt))
        .limit(EXPORTED_MAX),
    (rows) => rows,
  );
