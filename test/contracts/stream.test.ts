import { once } from "node:events";
import { expect, it } from "vitest";
import { FFMPEG_MISSING, findFfmpeg } from "../../local/stream/ffmpeg.ts";
import {
  ALERT_SECRET,
  eventually,
  isSigned,
  type Json,
  publish,
  type StreamSandbox,
  streamSandbox,
} from "../support/stream-sandbox.ts";

const ffmpeg = findFfmpeg(process.env) ?? "";
if (ffmpeg === "") throw new Error(`the tests of live video need ffmpeg: ${FFMPEG_MISSING}`);
const FILM = 60_000;

const newInput = async ({ call }: StreamSandbox, recording: object = {}): Promise<Json> =>
  (
    await call("POST", "/live_inputs", {
      meta: { name: "test" },
      recording: { mode: "automatic", ...recording },
    })
  ).result;

const read = async (url: string): Promise<string | undefined> => {
  const response = await fetch(url);
  const text = await response.text();
  return response.status === 200 ? text : undefined;
};

const sequenceOf = (playlist: string) => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
const segmentsOf = (playlist: string) => playlist.split("\n").filter((line) => line.endsWith(".m4s"));

it("keeps live inputs, outputs and keys in Stream's shapes, for the account's token only", async () => {
  const sandbox = await streamSandbox(undefined);
  const { call, engine } = sandbox;
  expect(await call("GET", "/live_inputs", undefined, "wrong")).toMatchObject({
    status: 403,
    success: false,
    errors: [{ code: 10_000, message: "Authentication error" }],
  });
  const input = await newInput(sandbox, { requireSignedURLs: true, timeoutSeconds: 3 });
  expect(input).toMatchObject({
    uid: expect.stringMatching(/^[0-9a-f]{32}$/),
    rtmps: {
      url: expect.stringMatching(/^rtmp:\/\/.*\/live\/$/),
      streamKey: expect.stringContaining(input.uid),
    },
    status: null,
    enabled: true,
    meta: { name: "test" },
    recording: { mode: "automatic", requireSignedURLs: true, timeoutSeconds: 3 },
  });
  const output = (
    await call("POST", `/live_inputs/${input.uid}/outputs`, { url: "rtmp://127.0.0.1/x", streamKey: "k" })
  ).result;
  engine.kill("SIGKILL");
  await eventually(
    "the sandbox to start again",
    () => (engine.restarts === 1 && engine.state === "ready") || undefined,
  );
  expect((await call("GET", `/live_inputs/${input.uid}`)).result).toEqual(input);
  expect((await call("GET", `/live_inputs/${input.uid}/outputs`)).result).toEqual([output]);
  const listed = (await call("GET", "/live_inputs?include_counts=true")).result;
  expect(listed).toMatchObject({ total: 1, liveInputs: [{ uid: input.uid }] });
  expect(listed.liveInputs[0]).not.toHaveProperty("rtmps");
  expect((await call("PUT", `/live_inputs/${input.uid}`, { enabled: false })).result.enabled).toBe(false);
  expect((await call("POST", "/live_inputs", { recording: { mode: "sometimes" } })).status).toBe(400);
  expect((await call("DELETE", `/live_inputs/${input.uid}`)).status).toBe(200);
  expect((await call("GET", `/live_inputs/${input.uid}`)).status).toBe(404);
  const key = (await call("POST", "/keys")).result;
  expect(JSON.parse(Buffer.from(key.jwk, "base64").toString())).toMatchObject({ kty: "RSA", kid: key.id });
});

it("goes live, advances, waits for a dropped publisher and becomes a video", { timeout: FILM }, async () => {
  const sandbox = await streamSandbox(ffmpeg);
  const { call, url, heard } = sandbox;
  const input = await newInput(sandbox, { timeoutSeconds: 6 });
  const lifecycle = async () => (await fetch(`${url}/${input.uid}/lifecycle`)).json() as Promise<Json>;
  expect(await lifecycle()).toEqual({ isInput: true, videoUID: null, live: false });
  const camera = publish(ffmpeg, input.rtmps);
  const on = await eventually("live_input.connected", () => heard[0]);
  expect(on.headers["cf-webhook-auth"]).toBe(ALERT_SECRET);
  expect(on.json.data).toMatchObject({ input_id: input.uid, event_type: "live_input.connected" });
  const { videoUID } = await lifecycle();
  const stream = `${url}/${input.uid}/manifest/stream.m3u8`;
  const first = await eventually("a playlist", () => read(stream));
  expect(first).toMatch(/#EXT-X-PROGRAM-DATE-TIME:\d{4}-/);
  expect(await read(`${url}/${input.uid}/manifest/video.m3u8`)).toMatch(/CODECS="avc1.*RESOLUTION=320x180/);
  expect(await read(`${url}/${input.uid}/manifest/video.mpd`)).toContain("<BaseURL>p1/</BaseURL>");
  await eventually("the playlist to advance", async () => {
    const next = await read(stream);
    return next && segmentsOf(next).length > segmentsOf(first).length ? next : undefined;
  });
  const [segment = ""] = segmentsOf(first);
  const bytes = await (await fetch(`${url}/${input.uid}/manifest/${segment}`)).arrayBuffer();
  expect(bytes.byteLength).toBeGreaterThan(1_000);
  expect((await call("GET", `/live_inputs/${input.uid}/videos`)).result).toMatchObject([
    { uid: videoUID, status: { state: "live-inprogress" }, liveInput: input.uid, duration: -1 },
  ]);

  camera.kill("SIGKILL");
  await eventually("live_input.disconnected", () =>
    heard.find(({ json }) => json.data?.event_type.endsWith(".disconnected")),
  );
  expect(await lifecycle()).toEqual({ isInput: true, videoUID, live: false });
  const again = publish(ffmpeg, input.rtmps);
  await eventually("a second part", async () => {
    const next = await read(stream);
    return next?.includes("p2/") && sequenceOf(next) >= 0 ? next : undefined;
  });
  expect(await lifecycle()).toEqual({ isInput: true, videoUID, live: true });
  again.kill("SIGKILL");
  const ready = await eventually("the recording", () => heard.find(({ json }) => json.uid === videoUID));
  expect(isSigned(ready)).toBe(true);
  expect(ready.json).toMatchObject({
    readyToStream: true,
    status: { state: "ready" },
    input: { width: 320 },
  });
  expect(ready.json.duration).toBeGreaterThan(3);
  const replay = (await read(ready.json.playback.hls.replace("video.m3u8", "stream.m3u8"))) ?? "";
  expect(replay).toContain("#EXT-X-ENDLIST");
  expect(replay).toContain("#EXT-X-DISCONTINUITY\n");
  expect(await read(ready.json.playback.dash)).toContain('type="static"');
  expect(await lifecycle()).toEqual({ isInput: true, videoUID: null, live: false });
});

it("refuses a wrong key, a rotated one and a second publisher", { timeout: FILM }, async () => {
  const sandbox = await streamSandbox(ffmpeg);
  const { heard } = sandbox;
  const input = await newInput(sandbox);
  const stranger = publish(ffmpeg, { url: input.rtmps.url, streamKey: "nobody" });
  await once(stranger, "exit");
  expect(heard).toEqual([]);
  publish(ffmpeg, input.rtmps);
  await eventually("live_input.connected", () => heard[0]);
  await once(publish(ffmpeg, input.rtmps), "exit");
  expect(heard.map(({ json }) => json.data.event_type)).toEqual(["live_input.connected"]);
  expect((await sandbox.call("DELETE", `/live_inputs/${input.uid}`)).status).toBe(200);
  await eventually("the deleted input to go off air", () => heard[1]);
  await once(publish(ffmpeg, input.rtmps), "exit");
  expect(heard).toHaveLength(2);
});

it("shows what must be signed for to a good token only", { timeout: FILM }, async () => {
  const sandbox = await streamSandbox(ffmpeg);
  const { call, url } = sandbox;
  const input = await newInput(sandbox, { requireSignedURLs: true });
  publish(ffmpeg, input.rtmps);
  const token = async (exp: number) => (await call("POST", `/${input.uid}/token`, { exp })).result.token;
  const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
  const good = await token(inAnHour);
  await eventually("a signed playlist", () => read(`${url}/${good}/manifest/stream.m3u8`));
  const statusOf = async (id: string) => (await fetch(`${url}/${id}/manifest/stream.m3u8`)).status;
  expect(await statusOf(input.uid)).toBe(401);
  expect(await statusOf(await token(inAnHour - 7_200))).toBe(401);
  expect(await statusOf(`${good.slice(0, -6)}AAAAAA`)).toBe(401);
});
