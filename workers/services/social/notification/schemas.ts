import * as z from "zod";
import { zId } from "#kernel/ids";
import { type Entry, OPTIONAL } from "./domain/message.ts";

export const zNotificationRef = z.object({ notificationId: zId("notification") });
/** What is newer than `upTo` came after the list was read, and stays unread. */
export const zReadAll = z.object({ upTo: zId("notification").optional() });
export const zUnread = z.object({ count: z.int() });

export const zNotification = z.object({
  id: zId("notification"),
  category: z.string(),
  title: z.string(),
  body: z.string(),
  /** Where it leads, below the storefront's origin. */
  path: z.string().nullable(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
});

export const zUnsubscribing = z.object({
  subject: z.string().max(64),
  category: z.enum(OPTIONAL),
  signature: z.string().max(64),
});
export type Unsubscribing = z.output<typeof zUnsubscribing>;

export const zReportedAddress = z.object({
  email: z.email().max(254),
  reason: z.enum(["bounce", "complaint"]),
});
export const zAddress = z.object({ email: z.email().max(254) });

const iso = (ms: number) => new Date(ms).toISOString();

export const toNotificationDto = ({ id, category, title, body, path, createdAt, readAt }: Entry) => ({
  id,
  category,
  title,
  body,
  path,
  createdAt: iso(createdAt),
  readAt: readAt === null ? null : iso(readAt),
});
