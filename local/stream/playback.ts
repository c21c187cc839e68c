import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, type Endpoint, json, type Reply } from "../endpoints.ts";
import { composeMaster, composePlaylist, placeDash } from "./manifests.ts";
import type { Footage } from "./packer.ts";
import type { Studio } from "./studio.ts";
import { readToken } from "./tokens.ts";
import type { Video } from "./types.ts";

const TYPES: Record<string, string> = {
  m3u8: "application/vnd.apple.mpegurl",
  mpd: "application/dash+xml",
  m4s: "video/iso.segment",
  mp4: "video/mp4",
};

/** What viewers reach, below the account's customer address: manifests, segments and an input's lifecycle. */
export function playback(studio: Studio): Endpoint[] {
  const get = (path: string, handler: (call: Call) => Reply): Endpoint => ({
    method: "GET",
    path,
    handler: (call) => withCors(handler(call)),
  });
  return [
    get("/{id}/lifecycle", (call) => lifecycle(studio, call)),
    get("/{id}/manifest/{file}", (call) => withVideo(studio, call, (video) => manifest(studio, video, call))),
    get("/{id}/manifest/{folder}/{file}", (call) =>
      withVideo(studio, call, (video) => segment(studio.footageOf(video), call)),
    ),
  ];
}

function withCors(reply: Reply): Reply {
  if ("fault" in reply) return reply;
  return { ...reply, headers: { "access-control-allow-origin": "*", ...reply.headers } };
}

const none = (status: number): Reply => ({ status, headers: { "cache-control": "no-store" }, body: "" });

/** The id is an input's, a video's, or a token for one of them, which alone opens what must be signed for. */
function withVideo(studio: Studio, { params }: Call, then: (video: Video) => Reply): Reply {
  const id = params.id ?? "";
  const signedFor = id.includes(".") ? readToken(id, (key) => studio.library.find("key", key)) : undefined;
  if (id.includes(".") && signedFor === undefined) return none(401);
  const uid = signedFor ?? id;
  const onAir = studio.library.find("input", uid)?.videoUid;
  const video = studio.library.find("video", onAir ?? uid);
  if (!video) return none(404);
  return video.requireSignedURLs && signedFor === undefined ? none(401) : then(video);
}

/** What a player asks while it waits for the publisher. */
function lifecycle(studio: Studio, { params }: Call): Reply {
  const id = params.id ?? "";
  const uid = (id.includes(".") ? readToken(id, (key) => studio.library.find("key", key)) : id) ?? "";
  const input = studio.library.find("input", uid);
  const headers = { "cache-control": "no-store" };
  if (input) {
    const live = studio.isOnAir(uid);
    return json(200, { isInput: true, videoUID: input.videoUid, live }, headers);
  }
  const video = studio.library.find("video", uid);
  if (!video) return none(404);
  return json(200, { isInput: false, videoUID: uid, live: studio.isOnAir(video.liveInput) }, headers);
}

function manifest(studio: Studio, video: Video, { params }: Call): Reply {
  const footage = studio.footageOf(video);
  const parts = footage.parts(video.parts);
  const live = video.state === "live-inprogress";
  // Nothing is packed yet: players ask again.
  if (parts.length === 0) return none(204);
  if (params.file === "video.m3u8") {
    const rendition = footage.rendition(video.parts);
    return rendition ? text("m3u8", composeMaster(rendition), live) : none(204);
  }
  if (params.file === "stream.m3u8") return text("m3u8", composePlaylist(parts, { live }), live);
  if (params.file === "video.mpd") return dash(footage, video);
  return none(404);
}

function dash(footage: Footage, { state, parts }: Video): Reply {
  const folder = state === "ready" ? "vod" : `p${parts}`;
  const path = join(footage.dir, folder, "video.mpd");
  if (!existsSync(path)) return none(204);
  return text("mpd", placeDash(readFileSync(path, "utf8"), folder), state !== "ready");
}

const text = (type: string, body: string, live: boolean): Reply => ({
  status: 200,
  headers: { "content-type": TYPES[type] ?? "", "cache-control": live ? "no-store" : "max-age=60" },
  body,
});

function segment({ dir }: Footage, { params }: Call): Reply {
  const { folder = "", file = "" } = params;
  const extension = /^[\w-]+\.(m4s|mp4)$/.exec(file)?.[1];
  const path = join(dir, folder, file);
  if (!/^(p\d+|vod)$/.test(folder) || extension === undefined || !existsSync(path)) return none(404);
  const headers = { "content-type": TYPES[extension] ?? "", "cache-control": "max-age=3600" };
  return { status: 200, headers, body: readFileSync(path) };
}
