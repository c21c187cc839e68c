import * as z from "zod";
import { zPageQuery } from "#kernel/page";

export const BUCKETS = ["media", "documents"] as const;
const NOUNS = [
  "ad-budget",
  "cart",
  "chat-room",
  "livestream-room",
  "sale",
  "sale-shard",
  "tracking-session",
] as const;

export const zObjectList = z.object({
  cursor: z.string().max(200).optional(),
  /** Asking for a cart makes it, so those of everybody are asked for only when they are wanted. */
  carts: z.enum(["yes", "no"]).default("no"),
});
export const zObjects = z.object({
  items: z.array(z.object({ noun: z.enum(NOUNS), id: z.string() })),
  nextCursor: z.string().nullable(),
});
export const zObjectRef = z.object({
  noun: z.enum(NOUNS),
  id: z.string().regex(/^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}(\.\d{1,3})?$/),
});
export const zAfter = z.object({ after: z.string().max(200).default("") });
export const zObjectPage = z.object({ rows: z.array(z.string()), next: z.string().nullable() });

export const zFileList = zPageQuery.pick({ cursor: true }).extend({ bucket: z.enum(BUCKETS) });
export const zFiles = z.object({
  items: z.array(
    z.object({
      bucket: z.enum(BUCKETS),
      key: z.string(),
      size: z.int(),
      etag: z.string(),
      md5: z.string().nullable(),
      uploadedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export const zFileRef = z.object({ bucket: z.enum(BUCKETS), key: z.string().max(1_024) });
export const zStarted = z.object({ stamp: z.string() });
