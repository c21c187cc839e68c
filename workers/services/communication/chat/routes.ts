import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, open, operator, seller } from "#kernel/policy";
import { zTicketAnswer } from "#kernel/ticket";
import {
  assignConversation,
  blockConversation,
  decideOnReport,
  readUpTo,
  reportMessage,
  saveShopSettings,
  slowDown,
} from "./commands/govern.ts";
import { enterConversation, openConversation } from "./commands/open.ts";
import { blockPerson, dropPerson, leaveGroup, putPerson } from "./commands/people.ts";
import { sayMessage } from "./commands/say.ts";
import { receiveUpload, startUpload } from "./commands/upload.ts";
import { FILE_BYTES_MAX, FILE_TYPES } from "./domain/files.ts";
import {
  getAnswerTimes,
  getConversation,
  getShopSettings,
  listBlocks,
  listConversations,
  listMessages,
  listReports,
  searchAll,
  searchConversation,
} from "./queries/conversations.ts";
import { openFile } from "./queries/files.ts";
import * as shapes from "./schemas.ts";

const ref = { conversationId: "cnv_01jd8zt4w8h5vc6q1m9a2r7sxy" };
const USER_ID = "usr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const SELLER_ID = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const file = { ...ref, attachmentId: "att_01jd8zt4w8h5vc6q1m9a2r7sxy" };
const LINK = { by: USER_ID, type: "image/png", until: "1800000000000", signature: "c2lnbmVk" };
const CID = "0b9f6f5e-3a51-4b5e-9a53-0d3f2c1b7a90";
const shop = seller("chat:write");
const moderator = operator("chat:moderate");
/** Settings are fifty replies at most, each of a message's length. */
const SETTINGS_BYTES_MAX = 512 * 1024;

export const app = newApp("/v1/chats")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Open a conversation with a shop, which exists once, or a group.",
      policy: buyer,
      request: { body: shapes.zOpenChat },
      responses: { 201: shapes.zOpened },
      example: { sellerId: SELLER_ID },
    }),
    async (ctx, input) => ({ id: await openConversation(ctx, input) }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List one's conversations, or one's shop's, the newest first, with what is unread.",
      policy: buyer,
      request: { query: z.object({ ...shapes.zAs.shape, ...zPageQuery.shape }) },
      responses: { 200: shapes.zInbox },
      example: {},
    }),
    (ctx, input) => listConversations(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/search",
      summary: "Search the words of one's newest conversations.",
      policy: buyer,
      request: { query: z.object({ ...shapes.zSearch.shape, ...shapes.zAs.shape }) },
      responses: { 200: shapes.zFoundAll },
      example: { q: "kopi gayo" },
    }),
    (ctx, input) => searchAll(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/blocks",
      summary: "Whom one keeps apart from oneself.",
      policy: buyer,
      request: { query: zPageQuery },
      responses: { 200: zPage(shapes.zBlocked) },
      example: {},
    }),
    (ctx, input) => listBlocks(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/blocks/{userId}",
      summary: "Never be in one group with somebody, or allow it again.",
      policy: buyer,
      request: { params: shapes.zBlockRef, body: shapes.zBlocking },
      responses: { 200: shapes.zBlocking },
      example: { userId: USER_ID, isBlocked: true },
    }),
    (ctx, input) => blockPerson(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/shop-settings",
      summary: "The shop's quick replies and what it says by itself.",
      policy: shop,
      request: {},
      responses: { 200: shapes.zSettingsAnswer },
      example: {},
    }),
    (ctx) => getShopSettings(ctx),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/shop-settings",
      summary: "Set the shop's quick replies and what it says by itself; the first time after version 0.",
      policy: shop,
      request: { body: shapes.zSettings, bytesMax: SETTINGS_BYTES_MAX },
      concurrency: "if-match",
      responses: { 200: shapes.zSettingsAnswer },
      example: { quickReplies: [{ title: "Ready", text: "Yes, it is ready." }], autoReply: null },
    }),
    (ctx, input) => saveShopSettings(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/answer-times",
      summary: "How soon the shop answered its questions of the last thirty days.",
      policy: shop,
      request: {},
      responses: { 200: shapes.zAnswerTimes },
      example: {},
    }),
    (ctx) => getAnswerTimes(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/reports",
      summary: "List reported messages that nobody has decided on, the oldest first.",
      policy: moderator,
      request: { query: zPageQuery },
      responses: { 200: zPage(shapes.zReported) },
      example: {},
    }),
    (ctx, input) => listReports(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/reports/{reportId}/decide",
      summary: "Dismiss a report, or remove the message it is about.",
      policy: moderator,
      request: { params: shapes.zReportRef, body: shapes.zDecide },
      responses: { 204: z.null() },
      example: { reportId: "rpt_01jd8zt4w8h5vc6q1m9a2r7sxy", decision: "removed" },
    }),
    (ctx, input) => decideOnReport(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{conversationId}",
      summary: "How a conversation stands: its sides, receipts, presence and settings.",
      policy: buyer,
      request: { params: shapes.zChatRef },
      responses: { 200: shapes.zSummary },
      example: ref,
    }),
    (ctx, input) => getConversation(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{conversationId}/tickets",
      summary: "A ticket for the conversation's socket (docs/rooms.md).",
      policy: buyer,
      request: { params: shapes.zChatRef },
      responses: { 201: zTicketAnswer },
      example: ref,
    }),
    (ctx, input) => enterConversation(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{conversationId}/messages",
      summary: "Read messages backwards, page by page.",
      policy: buyer,
      request: { params: shapes.zChatRef, query: shapes.zHistory },
      responses: { 200: shapes.zMessages },
      example: ref,
    }),
    (ctx, input) => listMessages(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{conversationId}/messages",
      summary: "Send words, a product, an order of the two sides, or an uploaded file.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zSay },
      responses: { 201: shapes.zMessage },
      example: { ...ref, cid: CID, text: "Is it still there?" },
    }),
    (ctx, input) => sayMessage(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{conversationId}/search",
      summary: "Search a conversation's words.",
      policy: buyer,
      request: { params: shapes.zChatRef, query: shapes.zSearch },
      responses: { 200: shapes.zFound },
      example: { ...ref, q: "kopi gayo" },
    }),
    (ctx, input) => searchConversation(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{conversationId}/attachments",
      summary: "An address that takes one file for ten minutes.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zStartUpload },
      responses: { 201: shapes.zUploadStarted },
      example: { ...ref, type: "image/png", bytes: 2_048 },
    }),
    (ctx, input) => startUpload(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/attachments/{attachmentId}",
      summary: "Upload the bytes to the address that was given.",
      policy: open,
      request: {
        params: shapes.zFileRef,
        query: shapes.zUploadLink,
        raw: { contentTypes: FILE_TYPES, bytesMax: FILE_BYTES_MAX },
      },
      responses: { 200: shapes.zUploaded },
      example: { ...file, ...LINK },
    }),
    (ctx, input) => receiveUpload(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{conversationId}/attachments/{attachmentId}",
      summary: "The bytes of a file, for the sides of the conversation.",
      policy: buyer,
      request: { params: shapes.zFileRef },
      responses: { 200: z.string() },
      example: file,
    }),
    async (ctx, input) => {
      const { body, headers } = await openFile(ctx, input);
      return new Reply<string>(body, { headers });
    },
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/read",
      summary: "Say up to where one has read.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zRead },
      responses: { 204: z.null() },
      example: { ...ref, upTo: 12 },
    }),
    (ctx, input) => readUpTo(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/block",
      summary: "Block the conversation, or open it again.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zBlock },
      responses: { 200: shapes.zBlock },
      example: { ...ref, isBlocked: true },
    }),
    (ctx, input) => blockConversation(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/people/{userId}",
      summary: "Add somebody to a group, by its owner or an admin, or name an admin, by its owner.",
      policy: buyer,
      request: { params: shapes.zPersonRef, body: shapes.zPersonRole },
      responses: { 204: z.null() },
      example: { ...ref, userId: USER_ID, role: "member" },
    }),
    (ctx, input) => putPerson(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{conversationId}/people/{userId}",
      summary: "Take somebody out of a group, by its owner or an admin.",
      policy: buyer,
      request: { params: shapes.zPersonRef },
      responses: { 204: z.null() },
      example: { ...ref, userId: USER_ID },
    }),
    (ctx, input) => dropPerson(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{conversationId}/leave",
      summary: "Leave a group.",
      policy: buyer,
      request: { params: shapes.zChatRef },
      responses: { 204: z.null() },
      example: ref,
    }),
    (ctx, input) => leaveGroup(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/slow-mode",
      summary: "Seconds between two messages of one person in a group; set by who opened it.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zSlow },
      responses: { 200: shapes.zSlow },
      example: { ...ref, seconds: 10 },
    }),
    (ctx, input) => slowDown(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{conversationId}/assignee",
      summary: "Who of the shop takes care of the conversation.",
      policy: shop,
      request: { params: shapes.zChatRef, body: shapes.zAssign },
      responses: { 200: shapes.zAssign },
      example: { ...ref, userId: USER_ID },
    }),
    (ctx, input) => assignConversation(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{conversationId}/reports",
      summary: "Report a message of the other side.",
      policy: buyer,
      request: { params: shapes.zChatRef, body: shapes.zReport },
      responses: { 204: z.null() },
      example: { ...ref, messageId: 3, reason: "fraud" },
    }),
    (ctx, input) => reportMessage(ctx, input),
  );
