import { sql } from "drizzle-orm";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { type ExportedNoun, exportObject } from "#objects/stubs";
import { fail } from "./errors.ts";
import type { BUCKETS } from "./schemas.ts";

export type Bucket = (typeof BUCKETS)[number];
const LISTED_MAX = 500;

/** Who has an object, by the tables that name it: a backup alone reads every service's tables. */
const NAMED = `SELECT 'chat-room' AS noun, id FROM chat_conversation
  UNION ALL SELECT 'ad-budget', id FROM ad_campaign
  UNION ALL SELECT 'livestream-room', id FROM livestream
  UNION ALL SELECT 'sale', id FROM flash_sale
  UNION ALL SELECT 'sale-shard', f.id || '.' || n FROM flash_sale f,
    generate_series(0, (f.terms ->> 'shards')::int - 1) n
  UNION ALL SELECT 'tracking-session', id FROM order_shipment`;
const CARTS = `UNION ALL SELECT 'cart', 'crt_' || substr(user_id, 5) FROM user_profile`;

type Listing = { readonly cursor?: string | undefined; readonly carts: "yes" | "no" };

export async function listObjects(ctx: Ctx, { cursor = "", carts }: Listing) {
  const all = sql.raw(carts === "yes" ? `${NAMED} ${CARTS}` : NAMED);
  const { rows } = await ctx.db.read.execute<{ noun: ExportedNoun; id: string; place: string }>(
    sql`SELECT * FROM (SELECT noun, id, (noun || ' ' || id) COLLATE "C" AS place FROM (${all}) o) p
      WHERE place > ${cursor} ORDER BY place LIMIT ${LISTED_MAX}`,
  );
  const items = rows.map(({ noun, id }) => ({ noun, id }));
  return { items, nextCursor: rows.length === LISTED_MAX ? (rows.at(-1)?.place ?? null) : null };
}

type OfObject = { readonly noun: ExportedNoun; readonly id: string; readonly after: string };

export const readObject = (ctx: Ctx, { noun, id, after }: OfObject) => exportObject(ctx, { noun, id }, after);

export const bucketOf = ({ buckets }: Ctx, bucket: Bucket) =>
  bucket === "media" ? buckets.MEDIA : buckets.DOCUMENTS;

/** Markets share the buckets: a file is of the market that its name begins with. */
const isHere = ({ cell }: Ctx, key: string): boolean =>
  key.startsWith(`${cell}/`) || !/^[a-z]{2}\//.test(key);

export function requireHere(ctx: Ctx, key: string): void {
  if (!isHere(ctx, key)) throw fail("backup.file_not_found");
}

type FileListing = { readonly bucket: Bucket; readonly cursor?: string | undefined };

export async function listFiles(ctx: Ctx, { bucket, cursor }: FileListing) {
  const include: ("httpMetadata" | "customMetadata")[] = ["httpMetadata", "customMetadata"];
  const options = { limit: LISTED_MAX, include, ...(cursor === undefined ? {} : { cursor }) };
  const listed = await bucketOf(ctx, bucket).list(options);
  const here = listed.objects.filter(({ key }) => isHere(ctx, key));
  const items = here.map(({ key, size, etag, checksums, uploaded, ...about }) => ({
    bucket,
    key,
    size,
    etag,
    md5: checksums.md5 ? Buffer.from(checksums.md5).toString("hex") : null,
    contentType: about.httpMetadata?.contentType ?? null,
    metadata: about.customMetadata ?? {},
    uploadedAt: uploaded.toISOString(),
  }));
  return { items, nextCursor: listed.truncated ? listed.cursor : null };
}

export async function readFile(ctx: Ctx, { bucket, key }: { readonly bucket: Bucket; readonly key: string }) {
  requireHere(ctx, key);
  const file = await bucketOf(ctx, bucket).get(key);
  if (!file) throw fail("backup.file_not_found");
  return new Reply<string>(file.body, { headers: { "content-type": "application/octet-stream" } });
}
