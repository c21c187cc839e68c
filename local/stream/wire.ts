import type { LiveInput, Output, Video } from "./types.ts";

export const envelope = (result: unknown) => ({ result, success: true, errors: [], messages: [] });
export const failure = (code: number, message: string) => ({
  result: null,
  success: false,
  errors: [{ code, message }],
  messages: [],
});

/** In a list an input shows no credentials. */
export function inputSummary({ uid, created, modified, meta, enabled, deleteRecordingAfterDays }: LiveInput) {
  return { uid, created, modified, meta, enabled, deleteRecordingAfterDays };
}

/** SRT and WebRTC are not spoken here, so their fields are left out, which the API allows. */
export function inputAnswer(input: LiveInput, rtmpUrl: string) {
  const { uid, created, modified, meta, enabled, recording, status } = input;
  const { defaultCreator, deleteRecordingAfterDays, streamKey } = input;
  const rtmps = { url: `${rtmpUrl}/live/`, streamKey };
  return {
    ...{ uid, rtmps, rtmpsPlayback: rtmps, created, modified, meta, enabled },
    ...{ status, recording, defaultCreator, deleteRecordingAfterDays },
  };
}

export const outputAnswer = ({ uid, url, streamKey, enabled }: Output) => ({ uid, url, streamKey, enabled });

export function videoAnswer(video: Video, playbackUrl: string) {
  const base = `${playbackUrl}/${video.uid}`;
  return {
    uid: video.uid,
    creator: video.creator,
    thumbnail: `${base}/thumbnails/thumbnail.jpg`,
    thumbnailTimestampPct: 0,
    readyToStream: video.state === "ready",
    status: {
      state: video.state,
      ...(video.state === "ready" && { pctComplete: "100.000000" }),
      errorReasonCode: video.state === "error" ? "ERR_UNKNOWN" : "",
      errorReasonText: video.errorText,
    },
    meta: video.meta,
    created: video.created,
    modified: video.modified,
    size: video.sizeBytes,
    preview: `${base}/watch`,
    allowedOrigins: video.allowedOrigins,
    requireSignedURLs: video.requireSignedURLs,
    uploaded: video.created,
    uploadExpiry: null,
    maxSizeBytes: null,
    maxDurationSeconds: null,
    duration: video.durationSeconds,
    input: { width: video.width, height: video.height },
    playback: { hls: `${base}/manifest/video.m3u8`, dash: `${base}/manifest/video.mpd` },
    watermark: null,
    liveInput: video.liveInput,
  };
}
