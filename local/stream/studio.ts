import { randomBytes } from "node:crypto";
import { Ffmpeg } from "./ffmpeg.ts";
import { Library } from "./library.ts";
import { type NoticeOptions, Notices } from "./notices.ts";
import { Footage } from "./packer.ts";
import type { Publisher } from "./rtmp.ts";
import type { InputState, LiveInput, Video } from "./types.ts";
import { videoAnswer } from "./wire.ts";

/** Where an input does not say how long its recording waits for a dropped publisher. */
const AWAY_DEFAULT_SECONDS = 5;
const HISTORY_MAX = 20;

export type StudioOptions = NoticeOptions & {
  readonly dataDir: string;
  readonly ffmpeg: string | undefined;
  /** rtmp://host:port */
  readonly rtmpUrl: string;
  readonly playbackUrl: string;
};

type OnAir = { readonly publisher: Publisher; readonly packer: Ffmpeg; readonly relays: readonly Ffmpeg[] };

export const newUid = (): string => randomBytes(16).toString("hex");

/** What happens to an input: a publisher comes, goes, comes back; its recording ends and becomes a video. */
export class Studio {
  readonly library: Library;
  readonly notices: Notices;
  readonly options: StudioOptions;
  readonly #onAir = new Map<string, OnAir>();
  readonly #endings = new Map<string, NodeJS.Timeout>();
  readonly #packing = new Set<Promise<void>>();

  constructor(options: StudioOptions) {
    this.options = options;
    this.library = new Library(options.dataDir);
    this.notices = new Notices(this.library, options);
  }

  /** A kill cut off whoever was on air; he may come back as after any drop. */
  resume(): void {
    for (const input of this.library.list("input")) {
      const cutOff =
        input.status?.current.state === "connected" || input.status?.current.state === "reconnected";
      if (cutOff) this.#dropped(input.uid);
      else if (input.videoUid !== null) this.#awaitReturn(input);
    }
    this.notices.resume();
  }

  inputByKey(streamKey: string): LiveInput | undefined {
    return this.library.list("input").find((input) => input.streamKey === streamKey && !input.deleted);
  }

  admits(streamKey: string): boolean {
    const input = this.inputByKey(streamKey);
    if (!input?.enabled || this.options.ffmpeg === undefined) return false;
    return this.#onAir.get(input.uid)?.publisher.socket.destroyed !== false;
  }

  footageOf(video: Video): Footage {
    return new Footage(this.options.dataDir, video.uid);
  }

  isOnAir(inputUid: string): boolean {
    return this.#onAir.has(inputUid);
  }

  /** Ends a publisher's connection: his input was disabled or deleted. */
  cut(inputUid: string): void {
    this.#onAir.get(inputUid)?.publisher.socket.destroy();
  }

  published(publisher: Publisher): void {
    const input = this.inputByKey(publisher.streamName);
    const { ffmpeg, rtmpUrl } = this.options;
    if (!input || ffmpeg === undefined) return;
    clearTimeout(this.#endings.get(input.uid));
    const returning = input.videoUid === null ? undefined : this.library.find("video", input.videoUid);
    const video = returning ? { ...returning, parts: returning.parts + 1 } : this.#newVideo(input);
    this.library.put("video", video.uid, video);
    this.#enter(input.uid, returning ? "reconnected" : "connected", { videoUid: video.uid, awaySince: null });
    const url = `${rtmpUrl}/live/${publisher.streamName}`;
    const packer = this.footageOf(video).record(ffmpeg, url, video.parts);
    const outputs = this.library.list("output").filter((one) => one.inputUid === input.uid && one.enabled);
    const relays = outputs.map((output) => {
      const to = `${output.url.replace(/\/$/, "")}/${output.streamKey}`;
      return new Ffmpeg(ffmpeg, ["-i", url, "-c", "copy", "-f", "flv", to], this.options.dataDir);
    });
    this.#onAir.set(input.uid, { publisher, packer, relays });
    publisher.socket.once("close", () => this.#left(input.uid, publisher));
    this.notices.input(input.uid, "live_input.connected");
  }

  async close(): Promise<void> {
    for (const timer of this.#endings.values()) clearTimeout(timer);
    this.notices.close();
    const running = [...this.#onAir.values()].flatMap(({ packer, relays }) => [packer, ...relays]);
    await Promise.all([...running.map((one) => one.stop()), ...this.#packing]);
    this.library.close();
  }

  #newVideo(input: LiveInput): Video {
    const at = new Date().toISOString();
    return {
      uid: newUid(),
      liveInput: input.uid,
      created: at,
      modified: at,
      meta: { ...input.meta },
      creator: input.defaultCreator,
      requireSignedURLs: input.recording.requireSignedURLs,
      allowedOrigins: input.recording.allowedOrigins,
      state: "live-inprogress",
      errorText: "",
      durationSeconds: -1,
      sizeBytes: 0,
      width: -1,
      height: -1,
      parts: 1,
    };
  }

  #left(inputUid: string, publisher: Publisher): void {
    const onAir = this.#onAir.get(inputUid);
    if (onAir?.publisher !== publisher) return;
    this.#onAir.delete(inputUid);
    for (const one of [onAir.packer, ...onAir.relays]) {
      one.stop().catch((error: unknown) => console.error(error));
    }
    this.#dropped(inputUid);
  }

  #dropped(inputUid: string): void {
    this.#enter(inputUid, "client_disconnect", { awaySince: Date.now() });
    this.notices.input(inputUid, "live_input.disconnected");
    const input = this.library.find("input", inputUid);
    if (input) this.#awaitReturn(input);
  }

  #awaitReturn({ uid, awaySince, recording }: LiveInput): void {
    const seconds = recording.timeoutSeconds || AWAY_DEFAULT_SECONDS;
    const endAt = (awaySince ?? Date.now()) + seconds * 1_000;
    const end = () => this.#endRecording(uid).catch((error: unknown) => console.error(error));
    this.#endings.set(
      uid,
      setTimeout(() => void end(), Math.max(0, endAt - Date.now())),
    );
  }

  async #endRecording(inputUid: string): Promise<void> {
    const input = this.library.find("input", inputUid);
    if (!input || input.videoUid === null || this.#onAir.has(inputUid)) return;
    const video = this.library.find("video", input.videoUid);
    this.library.put("input", inputUid, { ...input, videoUid: null, awaySince: null });
    if (!video) return;
    if (input.recording.mode === "off") return this.#discard(video);
    const packing = this.#finish(this.#touch(video, { state: "inprogress" }));
    this.#packing.add(packing);
    await packing.finally(() => this.#packing.delete(packing));
  }

  #discard(video: Video): void {
    this.footageOf(video).remove();
    this.library.drop("video", video.uid);
  }

  async #finish(video: Video): Promise<void> {
    const footage = this.footageOf(video);
    const segments = footage.parts(video.parts).flatMap((part) => part.segments);
    const { ffmpeg } = this.options;
    const rendition = footage.rendition(video.parts);
    if (ffmpeg !== undefined && segments.length > 0) await footage.packDash(ffmpeg, video.parts);
    const durationSeconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
    const ready = this.#touch(video, {
      state: segments.length > 0 ? "ready" : "error",
      errorText: segments.length > 0 ? "" : "The publisher sent no picture.",
      durationSeconds: Math.round(durationSeconds * 10) / 10,
      sizeBytes: footage.sizeBytes(),
      width: rendition?.width ?? -1,
      height: rendition?.height ?? -1,
    });
    this.notices.video(videoAnswer(ready, this.options.playbackUrl));
  }

  #touch(video: Video, change: Partial<Video>): Video {
    return this.library.put("video", video.uid, { ...video, ...change, modified: new Date().toISOString() });
  }

  #enter(inputUid: string, state: InputState, change: Partial<LiveInput>): void {
    const input = this.library.find("input", inputUid);
    if (!input) return;
    const at = new Date().toISOString();
    const current = {
      ingestProtocol: "rtmp" as const,
      reason: state,
      state,
      statusEnteredAt: at,
      statusLastSeen: at,
    };
    const history = input.status ? [input.status.current, ...input.status.history].slice(0, HISTORY_MAX) : [];
    this.library.put("input", inputUid, { ...input, ...change, status: { current, history } });
  }
}
