import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ffmpeg } from "./ffmpeg.ts";
import { composePlaylist, type Part, type Rendition, readPart, readRendition } from "./manifests.ts";

/** Each asks for the picture and, where there is one, the sound: RTMP also brings a stream of data. */
const STREAMS = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"];
const SEGMENT_SECONDS = "2";
/** How long ffmpeg looks at a stream before it knows what is in it, in microseconds. */
const LOOK_US = "1000000";

const HLS = [
  ...["-f", "hls", "-hls_time", SEGMENT_SECONDS, "-hls_list_size", "0"],
  ...["-hls_flags", "program_date_time+independent_segments+temp_file", "-hls_segment_type", "fmp4"],
  ...["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "seg%05d.m4s", "stream.m3u8"],
];
const dash = (window: string) => [
  ...["-b:v", "800k", "-b:a", "96k", "-f", "dash", "-seg_duration", SEGMENT_SECONDS],
  ...["-window_size", window, "-extra_window_size", "4", "-use_template", "1", "-use_timeline", "1"],
  "video.mpd",
];

/** The files of one video: a folder a part, `vod` for what is packed when the recording has ended. */
export class Footage {
  readonly dir: string;
  readonly #parts = new Map<number, Part>();

  constructor(dataDir: string, videoUid: string) {
    this.dir = join(dataDir, "videos", videoUid);
  }

  /** Packs what is published at `url` as part `number`, until the publisher is gone. */
  record(program: string, url: string, number: number): Ffmpeg {
    const dir = join(this.dir, `p${number}`);
    mkdirSync(dir, { recursive: true });
    const input = ["-analyzeduration", LOOK_US, "-fflags", "nobuffer", "-i", url];
    return new Ffmpeg(program, [...input, ...STREAMS, ...HLS, ...STREAMS, ...dash("6")], dir);
  }

  parts(count: number): Part[] {
    const parts: Part[] = [];
    for (let number = 1; number <= count; number += 1) {
      const path = join(this.dir, `p${number}`, "stream.m3u8");
      const part =
        this.#parts.get(number) ?? (existsSync(path) && readPart(number, readFileSync(path, "utf8")));
      if (!part) continue;
      // Only the newest part still grows.
      if (number < count) this.#parts.set(number, part);
      if (part.segments.length > 0) parts.push(part);
    }
    return parts;
  }

  rendition(count: number): Rendition | undefined {
    for (let number = count; number >= 1; number -= 1) {
      const path = join(this.dir, `p${number}`, "video.mpd");
      if (existsSync(path)) return readRendition(readFileSync(path, "utf8"));
    }
    return undefined;
  }

  /** The recording for players of DASH; players of HLS take the parts as they are. */
  async packDash(program: string, count: number): Promise<void> {
    const dir = join(this.dir, "vod");
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(this.dir, "vod.m3u8"), composePlaylist(this.parts(count), { live: false }));
    const input = ["-allowed_extensions", "ALL", "-i", "../vod.m3u8"];
    await new Ffmpeg(program, [...input, ...STREAMS, ...dash("0")], dir).ended;
    for (let number = 1; number <= count; number += 1) this.#dropLiveDash(number);
  }

  /** The manifest stays, since it says what the picture is. */
  #dropLiveDash(number: number): void {
    const dir = join(this.dir, `p${number}`);
    if (!existsSync(dir)) return;
    for (const file of readdirSync(dir)) {
      if (/^(chunk|init)-stream/.test(file)) rmSync(join(dir, file));
    }
  }

  sizeBytes(): number {
    if (!existsSync(this.dir)) return 0;
    const files = readdirSync(this.dir, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
