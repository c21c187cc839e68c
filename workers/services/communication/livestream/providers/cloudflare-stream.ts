import { type CryptoKey, importJWK, type JWK, SignJWT } from "jose";
import * as z from "zod";
import type { Stretch } from "../domain/show.ts";
import { type Desk, type LiveInput, type Recording, type VideoProvider, VideoSilent } from "./port.ts";

const TIMEOUT_MS = 8_000;
const NOT_FOUND = 404;

const zInput = z.looseObject({
  uid: z.string(),
  rtmps: z.object({ url: z.string(), streamKey: z.string() }),
  srt: z.looseObject({ url: z.string(), streamId: z.string(), passphrase: z.string() }).nullish(),
  webRTC: z.looseObject({ url: z.string() }).nullish(),
});
const zVideo = z.looseObject({
  readyToStream: z.boolean(),
  status: z.looseObject({ state: z.string() }),
  duration: z.number(),
  created: z.string(),
});
const zLifecycle = z.looseObject({ live: z.boolean(), videoUID: z.string().nullish() });
const zEnvelope = z.looseObject({
  success: z.boolean(),
  result: z.unknown(),
  errors: z.array(z.looseObject({ code: z.number(), message: z.string() })).default([]),
});

type Account = NonNullable<Desk["config"]["stream"]>;
/** A key is imported once an isolate: its text is the cell's configuration. */
const keys = new Map<string, Promise<CryptoKey>>();

/** https://developers.cloudflare.com/api/resources/stream/; the local sandbox is another base address. */
export function cloudflareStream({ cell, config: { stream } }: Desk): VideoProvider {
  if (!stream) throw new Error("the cell has no account at Stream");
  const call = (method: string, path: string, body?: object) => callStream(stream, method, path, body);
  return {
    async createInput({ name, timeoutSeconds }) {
      const recording = { mode: "automatic", requireSignedURLs: true, timeoutSeconds };
      return toInput(await call("POST", "/live_inputs", { meta: { name }, defaultCreator: cell, recording }));
    },
    readInput: async (uid) => toInput(await call("GET", `/live_inputs/${uid}`)),
    async deleteInput(uid) {
      await call("DELETE", `/live_inputs/${uid}`);
    },
    async publishing(inputUid) {
      const answer = await fetchFrom(`${stream.playbackUrl}/${inputUid}/lifecycle`, {});
      if (answer.status === NOT_FOUND) return { live: false, videoUid: null };
      const { live, videoUID = null } = zLifecycle.parse(await answer.json());
      return { live, videoUid: videoUID };
    },
    recording: (videoUid) => findRecording(stream, videoUid),
    sign: (uid, expiresAt) => sign(stream, uid, expiresAt),
  };
}

async function fetchFrom(url: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status >= 500 || response.status === 429)
      throw new VideoSilent(`answered ${response.status}`);
    return response;
  } catch (error) {
    if (error instanceof VideoSilent) throw error;
    throw new VideoSilent(error instanceof Error ? error.message : String(error));
  }
}

async function callStream(account: Account, method: string, path: string, body?: object): Promise<unknown> {
  const { apiUrl, accountId, apiToken } = account;
  const response = await fetchFrom(`${apiUrl}/accounts/${accountId}/stream${path}`, {
    method,
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // Deleting answers with an empty body at times.
  if (text === "" && response.ok) return null;
  const { success, result, errors } = zEnvelope.parse(JSON.parse(text));
  if (success) return result;
  if (response.status === NOT_FOUND) return undefined;
  throw new Error(`Stream refused ${method} ${path}: ${errors.map(({ message }) => message).join(", ")}`);
}

function toInput(result: unknown): LiveInput {
  const { uid, rtmps, srt, webRTC } = zInput.parse(result);
  const { url: rtmpUrl, streamKey } = rtmps;
  return { uid, rtmpUrl, streamKey, srtUrl: srt ? toSrtUrl(srt) : null, whipUrl: webRTC?.url ?? null };
}

/** One address, as encoders take it. */
function toSrtUrl({ url, streamId, passphrase }: NonNullable<z.output<typeof zInput>["srt"]>): string {
  const query = new URLSearchParams({ streamid: streamId, passphrase });
  return `${url}?${query}`;
}

async function findRecording(account: Account, videoUid: string): Promise<Recording | undefined> {
  const result = await callStream(account, "GET", `/${videoUid}`);
  if (result === undefined) return undefined;
  const { status, readyToStream, duration, created } = zVideo.parse(result);
  const durationMs = Math.max(0, Math.round(duration * 1_000));
  if (!readyToStream || status.state !== "ready") return { isReady: false, durationMs, timeline: [] };
  const read = await readTimeline(account, videoUid);
  // A playlist without the wall clock shows the recording as one stretch from its beginning.
  const whole: Stretch = { at: Date.parse(created), atMs: 0, durationMs };
  return { isReady: true, durationMs, timeline: read.length > 0 ? read : [whole] };
}

const MINUTES_10_MS = 600_000;

async function readTimeline(account: Account, videoUid: string): Promise<readonly Stretch[]> {
  const { hlsUrl } = await sign(account, videoUid, Date.now() + MINUTES_10_MS);
  const master = await fetchFrom(hlsUrl, {});
  if (!master.ok) return [];
  const line = (await master.text()).split("\n").find((one) => one !== "" && !one.startsWith("#"));
  if (line === undefined) return [];
  const media = await fetchFrom(new URL(line.trim(), hlsUrl).href, {});
  return media.ok ? timelineOf(await media.text()) : [];
}

/** RFC 8216, 4.3.2.6: EXT-X-PROGRAM-DATE-TIME is the instant of the next segment's first sample. */
function timelineOf(playlist: string): readonly Stretch[] {
  const stretches: { at: number; atMs: number; durationMs: number }[] = [];
  let atMs = 0;
  let at: number | undefined;
  for (const line of playlist.split("\n")) {
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:"))
      at = Date.parse(line.slice(line.indexOf(":") + 1).trim());
    if (!line.startsWith("#EXTINF:")) continue;
    const durationMs = Number.parseFloat(line.slice("#EXTINF:".length)) * 1_000;
    if (at !== undefined) stretches.push({ at, atMs, durationMs: 0 });
    const last = stretches.at(-1);
    if (last) last.durationMs += durationMs;
    atMs += durationMs;
    at = undefined;
  }
  return stretches;
}

/** https://developers.cloudflare.com/stream/viewing-videos/securing-your-stream/: signed here, without a call. */
async function sign({ signingKeyId, signingJwk, playbackUrl }: Account, uid: string, expiresAt: number) {
  const known = keys.get(signingJwk);
  const importing = known ?? importKey(signingJwk);
  if (!known) keys.set(signingJwk, importing);
  const token = await new SignJWT({ sub: uid, kid: signingKeyId })
    .setProtectedHeader({ alg: "RS256", kid: signingKeyId })
    .setExpirationTime(Math.floor(expiresAt / 1_000))
    .sign(await importing);
  const base = `${playbackUrl}/${token}/manifest`;
  return { hlsUrl: `${base}/video.m3u8`, dashUrl: `${base}/video.mpd`, expiresAt };
}

async function importKey(signingJwk: string): Promise<CryptoKey> {
  const jwk = JSON.parse(Buffer.from(signingJwk, "base64").toString()) as JWK;
  return (await importJWK(jwk, "RS256")) as CryptoKey;
}
