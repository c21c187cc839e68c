import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { copyKey, decideFormat, type PictureFormat, type PictureWidth } from "../domain/media.ts";
import { fail } from "../errors.ts";
import { FOREVER, openMedia, type Served } from "./media.ts";

/** What could not be made smaller is tried again before long. */
const FOR_NOW = "public, max-age=300";

type Sized = {
  readonly key: string;
  readonly width: PictureWidth;
  /** What whoever asks can read, as browsers say it. */
  readonly accept: string;
  readonly ifNoneMatch?: string | undefined;
};

/**
 * A picture no wider than asked for. Each copy is made once and kept in the bucket beside the picture; what
 * the engine cannot read is served as it came.
 */
export async function openCopy(ctx: Ctx, { key, width, accept, ifNoneMatch }: Sized): Promise<Served> {
  const format = orThrow(decideFormat(key, accept), fail);
  if (format === undefined) return varied(await openMedia(ctx, { key, ifNoneMatch }));
  const copy = copyKey(key, width, format);
  const kept = await openMedia(ctx, { key: copy, ifNoneMatch }).catch(() => undefined);
  if (kept) return varied(kept);
  const original = await ctx.buckets.MEDIA.get(key);
  if (!original) throw fail("media.not_found");
  const bytes = await resize(ctx, original.body, { width, format });
  if (!bytes) {
    const served = await openMedia(ctx, { key });
    return varied({ ...served, headers: { ...served.headers, "cache-control": FOR_NOW } });
  }
  const stored = await ctx.buckets.MEDIA.put(copy, bytes, { httpMetadata: { contentType: format } });
  return varied({
    body: bytes,
    status: 200,
    headers: {
      etag: stored.httpEtag,
      "cache-control": FOREVER,
      "content-type": format,
      "content-security-policy": "default-src 'none'; sandbox",
    },
  });
}

/** One address has several answers, by what the browser reads. */
const varied = ({ body, status, headers }: Served): Served => ({
  body,
  status,
  headers: { ...headers, vary: "accept" },
});

async function resize(
  { env, log }: Ctx,
  body: ReadableStream<Uint8Array>,
  { width, format }: { readonly width: PictureWidth; readonly format: PictureFormat },
): Promise<Uint8Array | undefined> {
  try {
    // Never larger than it came.
    const made = await env.IMAGES.input(body).transform({ width, fit: "scale-down" }).output({ format });
    return new Uint8Array(await made.response().arrayBuffer());
  } catch (error) {
    log.warn("picture.not_resized", { reason: String(error) });
    return undefined;
  }
}
