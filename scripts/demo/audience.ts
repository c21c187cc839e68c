import { type ChildProcess, spawn } from "node:child_process";
import { connectRoom, type RoomClient } from "#party/client";
import type { LiveAnswer, LiveFrame } from "#party/protocol/livestream";
import type { Client } from "../client.ts";
import { eventually } from "./steps.ts";

// A story reads the events it knows, field by field.
type Shown = { readonly t: string; readonly seq: number; readonly [field: string]: unknown };
type Ticket = { readonly url: string; readonly ticket: string };

/** Somebody who watches: what he is shown, each event once, and what he does. */
export type Viewer = {
  readonly client: Client;
  readonly room: RoomClient<LiveFrame>;
  readonly events: Map<number, Shown>;
  hearts: number;
  viewers: number;
  you: string;
  closedWith: number | undefined;
};

/** Takes a ticket at each connection, as a page does. */
export async function watch(client: Client, livestreamId: string, name: string): Promise<Viewer> {
  const events = new Map<number, Shown>();
  const seen = { hearts: 0, viewers: 0, you: "", closedWith: undefined as number | undefined };
  const onFrame = (frame: LiveAnswer) => {
    if (frame.t !== "snapshot" && frame.t !== "batch") return;
    const news = (frame.t === "snapshot" ? frame.room.recent : frame.events) as readonly Shown[];
    for (const event of news) events.set(event.seq, event);
    if (frame.t === "snapshot") seen.you = frame.you;
    seen.hearts = frame.hearts;
    seen.viewers = frame.viewers;
  };
  const room = connectRoom<LiveFrame, LiveAnswer>({
    base: client.url,
    ticket: () => client.post<Ticket>(`/v1/livestreams/${livestreamId}/tickets`, { name }),
    onFrame,
    onState: (state, code) => {
      if (state === "closed") seen.closedWith = code;
    },
  });
  const viewer: Viewer = Object.assign(seen, { client, room, events });
  await eventually(`${name} to be in the room`, async () => {
    if (viewer.closedWith !== undefined) throw new Error(`${name} was put out with ${viewer.closedWith}`);
    return viewer.you || undefined;
  });
  return viewer;
}

/** The first event like this that a viewer is shown. */
export const shown = ({ events }: Viewer, what: string, is: (event: Shown) => boolean): Promise<Shown> =>
  eventually(what, async () => [...events.values()].find(is));

/** A camera: ffmpeg publishes a test picture with a tone by RTMP, as a phone would. */
export function openCamera(
  ffmpeg: string,
  { rtmpUrl, streamKey }: { readonly rtmpUrl: string; readonly streamKey: string },
): ChildProcess {
  const sources = ["testsrc=size=640x360:rate=25", "sine=frequency=440"];
  const inputs = sources.flatMap((source) => ["-f", "lavfi", "-i", source]);
  const coding = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "50"];
  const format = ["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", `${rtmpUrl}${streamKey}`];
  return spawn(ffmpeg, ["-nostdin", "-loglevel", "error", "-re", ...inputs, ...coding, ...format], {
    stdio: "ignore",
  });
}

export type Playlist = {
  readonly segments: number;
  readonly last: number;
  readonly isEnded: boolean;
  readonly at: number;
};

/** What a player reads: the master, then the stream that it names. Undefined while there is no picture. */
export async function readPlaylist(hlsUrl: string): Promise<Playlist | undefined> {
  const master = await fetch(hlsUrl);
  const name = (await master.text()).split("\n").find((line) => line !== "" && !line.startsWith("#"));
  if (master.status !== 200 || name === undefined) return undefined;
  const media = await fetch(new URL(name, hlsUrl));
  const text = await media.text();
  if (media.status !== 200) return undefined;
  const segments = text.split("\n").filter((line) => line.endsWith(".m4s")).length;
  const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
  const at = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(text)?.[1] ?? "");
  return { segments, last: first + segments, isEnded: text.includes("#EXT-X-ENDLIST"), at };
}
