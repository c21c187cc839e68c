import type { Ctx } from "#kernel/ctx";
import { fail } from "../errors.ts";

/** A key names one picture for good: a change of the picture is another key. */
export const FOREVER = "public, max-age=31536000, immutable";

type Asked = {
  readonly key: string;
  readonly ifNoneMatch?: string | undefined;
  readonly range?: string | undefined;
};
export type Served = {
  readonly body: ReadableStream | Uint8Array | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** The bytes of a picture or video; a part of them when a player asks for one. */
export async function openMedia(ctx: Ctx, { key, ifNoneMatch, range }: Asked): Promise<Served> {
  const asked = new Headers();
  if (range !== undefined && /^bytes=\d*-\d*$/.test(range)) asked.set("range", range);
  const known = ifNoneMatch?.replaceAll('"', "");
  const found = await ctx.buckets.MEDIA.get(key, {
    ...(asked.has("range") ? { range: asked } : {}),
    ...(known ? { onlyIf: { etagDoesNotMatch: known } } : {}),
  });
  if (!found) throw fail("media.not_found");
  const headers = {
    etag: found.httpEtag,
    "cache-control": FOREVER,
    "content-type": found.httpMetadata?.contentType ?? "application/octet-stream",
    "accept-ranges": "bytes",
    // Pictures are shown by pages of every market's origin.
    "content-security-policy": "default-src 'none'; sandbox",
  };
  // The bucket leaves the bytes out when the caller has them.
  if (!("body" in found)) return { body: null, status: 304, headers };
  const part = found.range;
  if (!asked.has("range") || !part) return { body: found.body, status: 200, headers };
  const { from, length } = span(part, found.size);
  const partial = { ...headers, "content-range": `bytes ${from}-${from + length - 1}/${found.size}` };
  return { body: found.body, status: 206, headers: partial };
}

function span(part: R2Range, size: number): { readonly from: number; readonly length: number } {
  const { offset, length, suffix } = part as { offset?: number; length?: number; suffix?: number };
  if (suffix !== undefined) return { from: size - suffix, length: suffix };
  const from = offset ?? 0;
  return { from, length: length ?? size - from };
}
