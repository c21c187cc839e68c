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

/** Some times what `npm run restore` sends at once. */
export const PAGE_BYTES_MAX = 6 * 1024 * 1024;
export const zImportPage = z.object({
  exportId: z.string().regex(/^[0-9a-f]{64}$/),
  page: z.int().min(0),
  isLast: z.boolean(),
  rows: z.array(z.string()).max(1_000),
});
export const zTaken = z.object({ state: z.enum(["taken", "there"]) });

export const zFileList = zPageQuery.pick({ cursor: true }).extend({ bucket: z.enum(BUCKETS) });
export const zFiles = z.object({
  items: z.array(
    z.object({
      bucket: z.enum(BUCKETS),
      key: z.string(),
      size: z.int(),
      etag: z.string(),
      md5: z.string().nullable(),
      contentType: z.string().nullable(),
      metadata: z.record(z.string(), z.string()),
      uploadedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export const zFileRef = z.object({ bucket: z.enum(BUCKETS), key: z.string().max(1_024) });
/** The largest that anybody may upload is a video. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
export const zFileAbout = z.object({
  contentType: z.string().max(200).optional(),
  /** A JSON object of texts, as the list of files has it. */
  metadata: z
    .string()
    .max(4_000)
    .default("{}")
    .transform((text, context) => {
      const parsed = z.record(z.string(), z.string()).safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: "custom", message: "not a JSON object of texts" });
      return z.NEVER;
    }),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
export const zStarted = z.object({ stamp: z.string() });
