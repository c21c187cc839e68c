import { randomBytes } from "node:crypto";
import { type Call, type Endpoint, type Handler, HttpFailure, json, parseJson } from "../endpoints.ts";
import { newUid, type Studio } from "./studio.ts";
import { createKey, keyAnswer, signToken } from "./tokens.ts";
import type { LiveInput, Output, Recording, Video } from "./types.ts";
import { envelope, failure, inputAnswer, inputSummary, outputAnswer, videoAnswer } from "./wire.ts";

type Body = Record<string, unknown>;
export type Account = { readonly accountId: string; readonly apiToken: string };

const RECORDING: Recording = {
  mode: "off",
  requireSignedURLs: false,
  allowedOrigins: [],
  timeoutSeconds: 0,
  hideLiveViewerCount: false,
};
/** https://developers.cloudflare.com/stream/stream-live/: no recording is kept for less. */
const KEPT_DAYS_MIN = 30;

/** Cloudflare's API below /client/v4, as far as live video needs it. */
export function streamApi(studio: Studio, account: Account): Endpoint[] {
  const prefix = `/client/v4/accounts/${account.accountId}/stream`;
  const guard = (handler: Handler): Handler => {
    return (call) => {
      if (call.headers.authorization !== `Bearer ${account.apiToken}`) {
        return json(403, failure(10_000, "Authentication error"));
      }
      return handler(call);
    };
  };
  const table: [string, string, Handler][] = [
    ...inputTable(studio),
    ...outputTable(studio),
    // What is matched by name comes before what is matched by any name.
    ...keyTable(studio),
    ...webhookTable(studio),
    ...videoTable(studio),
  ];
  return table.map(([method, path, handler]) => ({ method, path: prefix + path, handler: guard(handler) }));
}

const answer = (value: unknown) => json(200, envelope(value));
const missing = () => json(404, failure(10_003, "Not Found"));
const invalid = (message: string) => json(400, failure(10_005, `Bad Request: ${message}`));

function bodyOf(call: Call): Body {
  const body = call.body.length === 0 ? {} : parseJson(call.body);
  if (body === null || typeof body !== "object" || Array.isArray(body))
    throw new HttpFailure(400, "not an object");
  return body as Body;
}

function inputOf(studio: Studio, call: Call): LiveInput | undefined {
  const input = studio.library.find("input", call.params.input ?? "");
  return input?.deleted ? undefined : input;
}

/** Fields that a body leaves out stay as they are. */
function changed(input: LiveInput, body: Body): LiveInput | string {
  const { recording = {}, meta, defaultCreator, deleteRecordingAfterDays: days, enabled } = body;
  if (typeof days === "number" && days < KEPT_DAYS_MIN) {
    return `deleteRecordingAfterDays must be at least ${KEPT_DAYS_MIN}`;
  }
  const merged = { ...input.recording, ...(recording as Partial<Recording>) };
  if (merged.mode !== "off" && merged.mode !== "automatic") return "recording.mode is off or automatic";
  return {
    ...input,
    modified: new Date().toISOString(),
    recording: merged,
    ...(meta === undefined ? {} : { meta: meta as Body }),
    ...(defaultCreator === undefined ? {} : { defaultCreator: String(defaultCreator) }),
    ...(days === undefined ? {} : { deleteRecordingAfterDays: days as number | null }),
    ...(enabled === undefined ? {} : { enabled: enabled === true }),
  };
}

function newInput(): LiveInput {
  const uid = newUid();
  const at = new Date().toISOString();
  return {
    ...{ uid, created: at, modified: at, meta: {}, enabled: true, recording: RECORDING },
    ...{ defaultCreator: null, deleteRecordingAfterDays: null },
    ...{ streamKey: `${newUid()}k${uid}`, status: null, videoUid: null, awaySince: null, deleted: false },
  };
}

function inputTable(studio: Studio): [string, string, Handler][] {
  const { library } = studio;
  const show = (input: LiveInput) => answer(inputAnswer(input, studio.options.rtmpUrl));
  const save = (input: LiveInput | string) => {
    if (typeof input === "string") return invalid(input);
    library.put("input", input.uid, input);
    if (!input.enabled) studio.cut(input.uid);
    return show(input);
  };
  const living = () => library.list("input").filter((input) => !input.deleted);
  const list: Handler = ({ url }) => {
    const inputs = living().toSorted((a, b) => (a.created < b.created ? 1 : -1));
    const counts = url.searchParams.get("include_counts") === "true";
    const about = counts ? { range: inputs.length, total: inputs.length } : {};
    return answer({ liveInputs: inputs.map(inputSummary), ...about });
  };
  const remove: Handler = (call) => {
    const input = inputOf(studio, call);
    if (!input) return missing();
    library.put("input", input.uid, { ...input, deleted: true });
    studio.cut(input.uid);
    return json(200, envelope(null));
  };
  const videos: Handler = (call) => {
    const input = library.find("input", call.params.input ?? "");
    if (!input) return missing();
    return answer(videosOf(studio, (video) => video.liveInput === input.uid));
  };
  return [
    ["POST", "/live_inputs", (call) => save(changed(newInput(), bodyOf(call)))],
    ["GET", "/live_inputs", list],
    ["GET", "/live_inputs/{input}", (call) => withInput(studio, call, show)],
    [
      "PUT",
      "/live_inputs/{input}",
      (call) => withInput(studio, call, (input) => save(changed(input, bodyOf(call)))),
    ],
    ["DELETE", "/live_inputs/{input}", remove],
    ["GET", "/live_inputs/{input}/videos", videos],
  ];
}

function withInput(studio: Studio, call: Call, then: (input: LiveInput) => ReturnType<Handler>) {
  const input = inputOf(studio, call);
  return input ? then(input) : missing();
}

function outputTable(studio: Studio): [string, string, Handler][] {
  const { library } = studio;
  const create: Handler = (call) =>
    withInput(studio, call, (input) => {
      const { url, streamKey, enabled = true } = bodyOf(call);
      if (typeof url !== "string" || !/^rtmps?:\/\//.test(url)) return invalid("url is an RTMP address");
      if (typeof streamKey !== "string") return invalid("streamKey is missing");
      const output: Output = {
        uid: newUid(),
        inputUid: input.uid,
        url,
        streamKey,
        enabled: enabled === true,
      };
      return answer(outputAnswer(library.put("output", output.uid, output)));
    });
  const list: Handler = (call) =>
    withInput(studio, call, ({ uid }) =>
      answer(
        library
          .list("output")
          .filter((one) => one.inputUid === uid)
          .map(outputAnswer),
      ),
    );
  const outputOf = (call: Call) => {
    const output = library.find("output", call.params.output ?? "");
    return output?.inputUid === call.params.input ? output : undefined;
  };
  const update: Handler = (call) => {
    const output = outputOf(call);
    if (!output) return missing();
    const enabled = bodyOf(call).enabled === true;
    return answer(outputAnswer(library.put("output", output.uid, { ...output, enabled })));
  };
  const remove: Handler = (call) => {
    const output = outputOf(call);
    if (!output) return missing();
    library.drop("output", output.uid);
    return json(200, envelope(null));
  };
  return [
    ["POST", "/live_inputs/{input}/outputs", create],
    ["GET", "/live_inputs/{input}/outputs", list],
    ["PUT", "/live_inputs/{input}/outputs/{output}", update],
    ["DELETE", "/live_inputs/{input}/outputs/{output}", remove],
  ];
}

const shown = (studio: Studio, video: Video) => videoAnswer(video, studio.options.playbackUrl);

/** Newest first, as the API lists them. */
function videosOf(studio: Studio, fits: (video: Video) => boolean) {
  const videos = studio.library.list("video").filter(fits);
  return videos.toSorted((a, b) => (a.created < b.created ? 1 : -1)).map((video) => shown(studio, video));
}

function videoTable(studio: Studio): [string, string, Handler][] {
  const { library } = studio;
  const videoOf = (call: Call) => library.find("video", call.params.video ?? "");
  const list: Handler = ({ url }) => {
    const [input, creator] = [url.searchParams.get("live_input_id"), url.searchParams.get("creator")];
    const fits = (video: Video) =>
      (input === null || video.liveInput === input) && (creator === null || video.creator === creator);
    return answer(videosOf(studio, fits));
  };
  const remove: Handler = (call) => {
    const video = videoOf(call);
    if (!video) return missing();
    studio.footageOf(video).remove();
    library.drop("video", video.uid);
    return json(200, envelope(null));
  };
  /** A live input's id opens whatever is on air there, so it may be signed for too. */
  const token: Handler = (call) => {
    const uid = call.params.video ?? "";
    if (!library.find("video", uid) && !library.find("input", uid)) return missing();
    const { exp, nbf, accessRules } = bodyOf(call);
    const claims = Object.fromEntries(
      Object.entries({ exp, nbf, accessRules }).filter(([, value]) => value !== undefined),
    );
    return answer({ token: signToken(firstKey(studio), uid, claims) });
  };
  return [
    ["GET", "", list],
    ["GET", "/{video}", (call) => withVideo(videoOf(call), (video) => answer(shown(studio, video)))],
    ["DELETE", "/{video}", remove],
    ["POST", "/{video}/token", token],
  ];
}

const withVideo = (video: Video | undefined, then: (video: Video) => ReturnType<Handler>) =>
  video ? then(video) : missing();

/** The account's own key, which signs where a caller brings none. */
export function firstKey(studio: Studio) {
  const [key] = studio.library.list("key");
  if (key) return key;
  const made = createKey();
  return studio.library.put("key", made.id, made);
}

function keyTable(studio: Studio): [string, string, Handler][] {
  const { library } = studio;
  const create: Handler = () => {
    const key = createKey();
    return answer(keyAnswer(library.put("key", key.id, key)));
  };
  const remove: Handler = ({ params }) => {
    if (!library.find("key", params.key ?? "")) return missing();
    library.drop("key", params.key ?? "");
    return answer("Revoked");
  };
  return [
    ["POST", "/keys", create],
    ["GET", "/keys", () => answer(library.list("key").map(({ id, created }) => ({ id, created })))],
    ["DELETE", "/keys/{key}", remove],
  ];
}

function webhookTable(studio: Studio): [string, string, Handler][] {
  const { library } = studio;
  const subscribe: Handler = (call) => {
    const { notificationUrl } = bodyOf(call);
    if (typeof notificationUrl !== "string" || !/^https?:\/\//.test(notificationUrl)) {
      return invalid("notificationUrl must be http or https");
    }
    const secret = library.find("webhook", "one")?.secret ?? randomBytes(16).toString("hex");
    const webhook = { notificationUrl, secret, modified: new Date().toISOString() };
    return answer(library.put("webhook", "one", webhook));
  };
  const remove: Handler = () => {
    library.drop("webhook", "one");
    return json(200, envelope(null));
  };
  const show: Handler = () => {
    const webhook = library.find("webhook", "one");
    return webhook ? answer(webhook) : missing();
  };
  return [
    ["PUT", "/webhook", subscribe],
    ["GET", "/webhook", show],
    ["DELETE", "/webhook", remove],
  ];
}
