import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, open, operator } from "#kernel/policy";
import { readAllNotifications, readNotification } from "./commands/inbox.ts";
import { checkLink, liftAddress, suppressAddress, unsubscribe } from "./commands/unsubscribe.ts";
import { stopPage, stoppedPage } from "./domain/pages.ts";
import { countUnread, listNotifications } from "./queries.ts";
import {
  zAddress,
  zNotification,
  zNotificationRef,
  zReadAll,
  zReportedAddress,
  zUnread,
  zUnsubscribing,
} from "./schemas.ts";

const LINK = {
  subject: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy",
  category: "order_update",
  signature: "x",
};
const NOTIFICATION_ID = "ntf_01jd8zt4w8h5vc6q1m9a2r7sxy";
/** RFC 8058, 3.1: what mail programs post. */
const ONE_CLICK = {
  contentTypes: ["application/x-www-form-urlencoded", "multipart/form-data"],
  bytesMax: 1_024,
};
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
};

const page = (html: string) =>
  new Reply<string>(new TextEncoder().encode(html) as Uint8Array<ArrayBuffer>, { headers: PAGE_HEADERS });

async function askToStop(ctx: Ctx, link: z.output<typeof zUnsubscribing>) {
  checkLink(ctx, link);
  return page(stopPage(ctx.locale));
}

async function stop(ctx: Ctx, link: z.output<typeof zUnsubscribing>) {
  await unsubscribe(ctx, link);
  return page(stoppedPage(ctx.locale));
}

export const app = newApp("/v1/notifications")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Your messages, the newest first.",
      policy: buyer,
      request: { query: zPageQuery },
      responses: { 200: zPage(zNotification) },
      example: { limit: 20 },
    }),
    listNotifications,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/unread",
      summary: "How many messages you have not read, up to 1,000.",
      policy: buyer,
      request: {},
      responses: { 200: zUnread },
      example: {},
    }),
    countUnread,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{notificationId}/read",
      summary: "Mark a message as read.",
      policy: buyer,
      request: { params: zNotificationRef },
      responses: { 204: z.null() },
      example: { notificationId: NOTIFICATION_ID },
    }),
    readNotification,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/read-all",
      summary: "Mark every message as read, up to the newest that you have seen.",
      policy: buyer,
      request: { body: zReadAll },
      responses: { 204: z.null() },
      example: { upTo: NOTIFICATION_ID },
    }),
    readAllNotifications,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/unsubscribe",
      summary: "The page behind a mail's link: it asks once more, since scanners follow links.",
      policy: open,
      request: { query: zUnsubscribing },
      responses: { 200: z.string() },
      example: LINK,
    }),
    askToStop,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/unsubscribe",
      summary: "Stop mail of one category by its signed link (RFC 8058, one click).",
      policy: open,
      request: { query: zUnsubscribing, raw: ONE_CLICK },
      responses: { 200: z.string() },
      example: LINK,
    }),
    stop,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/suppressions",
      summary: "Send no more mail to an address that bounced or complained.",
      policy: operator("user:write"),
      request: { body: zReportedAddress },
      responses: { 204: z.null() },
      example: { email: "gone@example.com", reason: "bounce" },
    }),
    suppressAddress,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/suppressions/lift",
      summary: "Send mail to an address again.",
      policy: operator("user:write"),
      request: { body: zAddress },
      responses: { 204: z.null() },
      example: { email: "back@example.com" },
    }),
    liftAddress,
  );
