import type { Ctx } from "#kernel/ctx";
import { fail } from "../errors.ts";

/** A key names one picture for good: a change of the picture is another key. */
const FOREVER = "public, max-age=31536000, immutable";

type Asked = {
  readonly key: string;
  readonly ifNoneMatch?: string | undefined;
  readonly range?: string | undefined;
};
type Served = {
  readonly body: ReadableStream | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** The bytes of a picture or video; a part of them when a player asks for one. */
export async function openMedia(ctx: Ctx, { key, ifNoneMatch, range }: Asked): Promise<Served> {
  const asked = new Headers();
  if (range !== undefined && /^bytes=\d*-\d*$/.test(range)) asked.set("range", range);
  const found = await ctx.buckets.MEDIA.get(key, asked.has("range") ? { range: asked } : {});
  if (!found) throw fail("media.not_found");
  const headers = {
    etag: found.httpEtag,
    "cache-control": FOREVER,
    "content-type": found.httpMetadata?.contentType ?? "application/octet-stream",
    "accept-ranges": "bytes",
    // Pictures are shown by pages of every market's origin.
    "content-security-policy": "default-src 'none'; sandbox",
  };
  if (ifNoneMatch === found.httpEtag) {
    await found.body.cancel();
    return { body: null, status: 304, headers };
  }
  const part = found.range;
  if (!asked.has("range") || !part) return { body: found.body, status: 200, headers };
  const { from, length } = span(part, found.size);
  const partial = { ...headers, "content-range": `bytes ${from}-${from + length - 1}/${found.size}` };
  return { body: found.body, status: 206, headers: partial };
}

function span(part: R2Range, size: number): { readonly from: number; readonly length: number } {
  if ("suffix" in part) return { from: size - part.suffix, length: part.suffix };
  const from = part.offset ?? 0;
  return { from, length: part.length ?? size - from };
}
