import * as z from "zod";
import { type Id, zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { FILE_BYTES_MAX, FILE_TYPES } from "./domain/files.ts";
import { TEXT_CHARS_MAX } from "./domain/limits.ts";
import type { Message, Party, PartyId } from "./domain/message.ts";

const zConversationId = zId("conversation");
const zPartyId = z.union([zId("user"), zId("seller")]);
const zRole = z.enum(["buyer", "seller", "member", "admin"]);
const zText = z.string().trim().min(1).max(TEXT_CHARS_MAX);
const zInstant = z.iso.datetime();
const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const zChatRef = z.object({ conversationId: zConversationId });
export const zAs = z.object({
  /** A member of a shop sees his own conversations, or the shop's. */
  as: z.enum(["me", "shop"]).default("me"),
  assignee: z.enum(["me"]).optional(),
});
export type AsQuery = z.output<typeof zAs>;

/** With a shop, or a group of people. */
export const zOpenChat = z.union([
  z.strictObject({ sellerId: zId("seller") }),
  z.strictObject({ userIds: z.array(zId("user")).min(1).max(49), title: z.string().trim().min(1).max(80) }),
]);
export type OpenChat = z.output<typeof zOpenChat>;
export const zPersonRef = zChatRef.extend({ userId: zId("user") });
export const zPersonRole = z.strictObject({ role: z.enum(["member", "admin"]).default("member") });
export type PersonRole = z.output<typeof zPersonRole>;
export const zBlockRef = z.object({ userId: zId("user") });
export const zBlocking = z.strictObject({ isBlocked: z.boolean() });
export type Blocking = z.output<typeof zBlockRef> & z.output<typeof zBlocking>;
/** Somebody of a group is called by his account's name; null where there is no such account any more. */
const zPersonName = z.string().nullable();
export const zBlocked = z.object({ userId: zId("user"), name: zPersonName });
export const zOpened = z.object({ id: zConversationId });

export const zHistory = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type HistoryQuery = z.output<typeof zHistory>;
export const zSearch = z.object({ q: z.string().trim().min(2).max(100) });
export type SearchQuery = z.output<typeof zSearch>;

export const zSay = z
  .object({
    /** Chosen by the client; the same again is the same message. */
    cid: z.string().regex(/^[\w-]{8,64}$/),
    text: zText.optional(),
    productId: zId("product").optional(),
    orderId: zId("order").optional(),
    attachmentId: zId("attachment").optional(),
    replyTo: z.int().min(1).optional(),
  })
  .refine(({ text, productId, orderId, attachmentId }) => text ?? productId ?? orderId ?? attachmentId, {
    message: "Say something, or show a product, an order or a file.",
  });
export type SayBody = z.output<typeof zSay>;

const zCard = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("product"),
    productId: zId("product"),
    title: z.string(),
    slug: z.string(),
    coverKey: z.string().nullable(),
    priceMinor: z.string().nullable(),
    currency: zCurrency,
  }),
  z.object({
    kind: z.literal("order"),
    orderId: zId("order"),
    state: z.string(),
    units: z.int(),
    totalMinor: z.string(),
    currency: zCurrency,
  }),
  z.object({
    kind: z.literal("file"),
    attachmentId: zId("attachment"),
    contentType: z.string(),
    bytes: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
  }),
  z.object({ kind: z.literal("call"), callId: zId("call"), outcome: z.string(), seconds: z.int() }),
]);
export const zMessage = z.object({
  id: z.int(),
  seq: z.int(),
  cid: z.string(),
  partyId: zPartyId,
  /** Shown to the author's own side. */
  authorId: zId("user").nullable(),
  text: z.string().nullable(),
  card: zCard.nullable(),
  replyTo: z.int().nullable(),
  isAuto: z.boolean(),
  isMasked: z.boolean(),
  reactions: z.record(z.string(), z.array(zPartyId)),
  at: zInstant,
  editedAt: zInstant.nullable(),
  deletedAt: zInstant.nullable(),
});
export const zMessages = z.object({ items: z.array(zMessage), nextBefore: z.int().nullable() });
export const zFound = z.object({ items: z.array(zMessage) });
export const zFoundAll = z.object({
  items: z.array(z.object({ conversationId: zConversationId, message: zMessage })),
});

export function toMessageDto({ findings, authorId, ...message }: Message, me: PartyId) {
  return {
    ...message,
    authorId: message.partyId === me ? authorId : null,
    isMasked: findings.length > 0,
    at: iso(message.at),
    editedAt: isoOrNull(message.editedAt),
    deletedAt: isoOrNull(message.deletedAt),
  };
}

/** How a side is told whom it speaks with; empty where that account is gone. */
const zNamed = {
  /** The shop's name, the buyer's to a shop, a group's title. */
  name: z.string(),
  /** Of the shop's page. */
  slug: z.string().nullable(),
};
export type Named = { readonly name: string; readonly slug: string | null };

const zListed = z.object({
  id: zConversationId,
  kind: z.enum(["shop", "group"]),
  ...zNamed,
  buyerId: zId("user").nullable(),
  sellerId: zId("seller").nullable(),
  title: z.string().nullable(),
  lastSeq: z.int(),
  lastAt: zInstant,
  lastPartyId: zPartyId.nullable(),
  preview: z.string(),
  unread: z.int(),
  assigneeId: zId("user").nullable(),
});
export const zInbox = z.object({
  items: z.array(zListed),
  nextCursor: z.string().nullable(),
  unread: z.object({ conversations: z.int(), messages: z.int() }),
});

type Row = {
  readonly lastSeq: number;
  readonly lastAt: number;
  readonly lastPartyId: PartyId | null;
  readonly preview: string;
  readonly unread: number;
  readonly role: Party["role"];
  readonly assigneeId: Id<"user"> | null;
};
export type Conversation = {
  readonly id: Id<"conversation">;
  readonly kind: "shop" | "group";
  readonly buyerId: Id<"user"> | null;
  readonly sellerId: Id<"seller"> | null;
  readonly title: string | null;
};

type Listed = { readonly row: Row; readonly conversation: Conversation };

export const toListedDto = ({ row, conversation }: Listed, named: Named) => {
  const { id, kind, buyerId, sellerId, title } = conversation;
  const { lastSeq, lastAt, lastPartyId, preview, unread, role, assigneeId } = row;
  const shown = role === "seller" ? assigneeId : null;
  const about = { id, kind, ...named, buyerId, sellerId, title };
  return { ...about, lastSeq, lastAt: iso(lastAt), lastPartyId, preview, unread, assigneeId: shown };
};

export const zSummary = z.object({
  id: zConversationId,
  kind: z.enum(["shop", "group"]),
  ...zNamed,
  sellerId: zId("seller").nullable(),
  title: z.string().nullable(),
  me: zPartyId,
  lastSeq: z.int(),
  slowModeSeconds: z.number(),
  isBlocked: z.boolean(),
  assigneeId: zId("user").nullable(),
  /** Whose group it is. */
  ownerId: zId("user").nullable(),
  parties: z.array(
    z.object({
      partyId: zPartyId,
      role: zRole,
      /** In a group. */
      name: zPersonName,
      readSeq: z.int(),
      deliveredSeq: z.int(),
      unread: z.int(),
      isHere: z.boolean(),
      lastSeenAt: zInstant.nullable(),
    }),
  ),
});
type Summary = {
  readonly lastSeq: number;
  readonly slowModeMs: number;
  readonly isBlocked: boolean;
  readonly assigneeId: string | null;
  readonly parties: readonly (Pick<Party, "partyId" | "role" | "readSeq" | "deliveredSeq" | "lastSeenAt"> & {
    readonly unread: number;
    readonly isHere: boolean;
  })[];
};
type Seen = {
  readonly conversation: Conversation & { readonly openedBy: Id<"user"> };
  readonly named: Named;
  /** What the people of a group are called. */
  readonly people: ReadonlyMap<PartyId, string>;
  readonly me: { readonly partyId: PartyId; readonly role: Party["role"] };
};

export function toSummaryDto({ conversation, named, people, me }: Seen, summary: Summary) {
  const { id, kind, title, sellerId } = conversation;
  const parties = summary.parties.map(
    ({ partyId, role, readSeq, deliveredSeq, unread, isHere, lastSeenAt }) => {
      const name = people.get(partyId) ?? null;
      const how = { readSeq, deliveredSeq, unread, isHere, lastSeenAt: isoOrNull(lastSeenAt) };
      return { partyId, role, name, ...how };
    },
  );
  const ownerId = kind === "group" ? conversation.openedBy : null;
  const assigneeId = me.role === "seller" ? (summary.assigneeId as Id<"user"> | null) : null;
  const { lastSeq, isBlocked, slowModeMs } = summary;
  const slowModeSeconds = slowModeMs / 1_000;
  const about = { id, kind, ...named, sellerId, title };
  return { ...about, me: me.partyId, lastSeq, slowModeSeconds, isBlocked, assigneeId, ownerId, parties };
}

export const zStartUpload = z.object({
  type: z.enum(FILE_TYPES),
  bytes: z.int().min(1).max(FILE_BYTES_MAX),
});
export const zUploadStarted = z.object({
  attachmentId: zId("attachment"),
  /** PUT the bytes here. */
  url: z.string(),
  bytesMax: z.int(),
  expiresAt: zInstant,
});
export const zFileRef = z.object({ conversationId: zConversationId, attachmentId: zId("attachment") });
export const zUploadLink = z.object({
  by: zId("user"),
  type: z.string().max(64),
  until: z.coerce.number().int(),
  signature: z.string().max(64),
});
export type UploadLink = z.output<typeof zUploadLink>;
export const zUploaded = z.object({
  attachmentId: zId("attachment"),
  contentType: z.string(),
  bytes: z.int(),
});

export const zBlock = z.object({ isBlocked: z.boolean() });
export const zSlow = z.object({ seconds: z.int().min(0).max(3_600) });
export const zRead = z.object({ upTo: z.int().min(0) });
export const zAssign = z.object({ userId: zId("user").nullable() });

const zQuickReply = z.object({ title: z.string().trim().min(1).max(40), text: zText });
export const zSettings = z.object({
  quickReplies: z.array(zQuickReply).max(50),
  autoReply: zText.nullable(),
});
export type SettingsBody = z.output<typeof zSettings>;
export const zSettingsAnswer = z.object({ ...zSettings.shape, version: z.int() });
const NO_SETTINGS: z.output<typeof zSettingsAnswer> = { quickReplies: [], autoReply: null, version: 0 };
type Settings = {
  readonly quickReplies: readonly { readonly title: string; readonly text: string }[];
  readonly autoReply: string | null;
  readonly version: number;
};
export const toSettingsDto = (settings: Settings | undefined) =>
  settings
    ? { quickReplies: settings.quickReplies, autoReply: settings.autoReply, version: settings.version }
    : NO_SETTINGS;

export const zAnswerTimes = z.object({
  questions: z.int(),
  answered: z.int(),
  late: z.int(),
  medianMs: z.int().nullable(),
  p90Ms: z.int().nullable(),
});
type Times = z.output<typeof zAnswerTimes>;
const whole = (ms: number | null) => (ms === null ? null : Math.round(ms));
export const toAnswerTimesDto = ({ questions, answered, late, medianMs, p90Ms }: Times) => ({
  questions,
  answered,
  late,
  medianMs: whole(medianMs),
  p90Ms: whole(p90Ms),
});

export const zReport = z.object({
  messageId: z.int().min(1),
  reason: z.enum(["spam", "fraud", "abuse", "off_platform", "other"]),
  note: z.string().trim().max(500).optional(),
});
export type ReportBody = z.output<typeof zReport>;
export const zReportRef = z.object({ reportId: zId("report") });
export const zDecide = z.object({ decision: z.enum(["dismissed", "removed"]) });
export const zReported = z.object({
  id: zId("report"),
  conversationId: zConversationId,
  messageId: z.int(),
  reporterId: zId("user"),
  reportedPartyId: zPartyId,
  reason: z.string(),
  note: z.string().nullable(),
  text: z.string().nullable(),
  createdAt: zInstant,
});
type Report = Omit<z.output<typeof zReported>, "createdAt"> & { readonly createdAt: number };
export const toReportDto = (report: Report) => ({
  id: report.id,
  conversationId: report.conversationId,
  messageId: report.messageId,
  reporterId: report.reporterId,
  reportedPartyId: report.reportedPartyId,
  reason: report.reason,
  note: report.note,
  text: report.text,
  createdAt: iso(report.createdAt),
});
