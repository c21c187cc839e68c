/** Segments that a live playlist holds: 2 s each, so that a viewer starts some 6 s behind. */
const LIVE_SEGMENTS = 6;

export type Segment = { uri: string; seconds: number; at: string | undefined; part: number };
export type Part = { number: number; init: string; segments: Segment[] };

/** Reads what ffmpeg wrote about one part: its init segment and its segments so far. */
export function readPart(number: number, playlist: string): Part {
  const segments: Segment[] = [];
  let init = "init.mp4";
  let seconds = 0;
  let at: string | undefined;
  for (const line of playlist.split("\n")) {
    if (line.startsWith("#EXT-X-MAP:")) init = /URI="([^"]+)"/.exec(line)?.[1] ?? init;
    else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) at = line.slice(line.indexOf(":") + 1).trim();
    else if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice("#EXTINF:".length));
    else if (line !== "" && !line.startsWith("#")) {
      segments.push({ uri: line.trim(), seconds, at, part: number });
      at = undefined;
    }
  }
  return { number, init, segments };
}

type Wanted = { readonly live: boolean; readonly query?: string };

/**
 * One playlist of all parts. Each part has timestamps and an init segment of its own, so between two stands a
 * discontinuity; numbers count on over all of them. A live one holds the newest segments only.
 */
export function composePlaylist(parts: readonly Part[], { live, query = "" }: Wanted): string {
  const all = parts.flatMap((part) => part.segments);
  const first = live ? Math.max(0, all.length - LIVE_SEGMENTS) : 0;
  const shown = all.slice(first);
  const inits = new Map(parts.map((part) => [part.number, part.init]));
  const longest = Math.ceil(all.reduce((max, segment) => Math.max(max, segment.seconds), 2));
  const gone = new Set(all.slice(0, first).map((segment) => segment.part));
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${[...gone].filter((part) => part !== shown[0]?.part).length}`,
    ...(live ? [] : ["#EXT-X-PLAYLIST-TYPE:VOD"]),
    "#EXT-X-INDEPENDENT-SEGMENTS",
  ];
  let part: number | undefined;
  for (const segment of shown) {
    if (segment.part !== part) {
      if (part !== undefined) lines.push("#EXT-X-DISCONTINUITY");
      lines.push(`#EXT-X-MAP:URI="p${segment.part}/${inits.get(segment.part)}${query}"`);
      part = segment.part;
    }
    if (segment.at !== undefined) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${segment.at}`);
    lines.push(`#EXTINF:${segment.seconds.toFixed(3)},`, `p${segment.part}/${segment.uri}${query}`);
  }
  if (!live) lines.push("#EXT-X-ENDLIST");
  return `${lines.join("\n")}\n`;
}

export type Rendition = { codecs: string; width: number; height: number; bandwidth: number };

/** What the picture is, read from the DASH manifest, where ffmpeg says it. */
export function readRendition(mpd: string): Rendition {
  const codecs = [...mpd.matchAll(/codecs="([^"]+)"/g)].map((match) => match[1]);
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(mpd)?.[1] ?? 0);
  const bandwidth = [...mpd.matchAll(/bandwidth="(\d+)"/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  return { codecs: codecs.join(","), width: number("width"), height: number("height"), bandwidth };
}

/** The master playlist that players open. */
export function composeMaster({ codecs, width, height, bandwidth }: Rendition): string {
  const about = [
    `BANDWIDTH=${Math.max(bandwidth, 1)}`,
    ...(codecs === "" ? [] : [`CODECS="${codecs}"`]),
    ...(width > 0 ? [`RESOLUTION=${width}x${height}`] : []),
  ];
  const head = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS";
  return `${head}\n#EXT-X-STREAM-INF:${about.join(",")}\nstream.m3u8\n`;
}

/** Its files lie in the folder of the part that is being packed. */
export const placeDash = (mpd: string, folder: string): string =>
  mpd.replace(/(<Period\b[^>]*>)/, `$1<BaseURL>${folder}/</BaseURL>`);
