import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { pictureSize, type SniffedType, sniff } from "#kernel/sniff";
import type { Texts } from "#kernel/texts";

export const MEDIA_KINDS = ["picture", "video"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];
export const PICTURES_MAX = 9;
export const VIDEOS_MAX = 1;
/** A phone's photo at full size; a larger one was not prepared for the web. */
export const PICTURE_BYTES_MAX = 8 * 1024 * 1024;
/** Few bytes can say many pixels, and whoever makes a copy holds them all: no engine takes more than this. */
const PICTURE_PIXELS_MAX = 100_000_000;
/** A minute of video at a phone's usual rate; the isolate holds it once while it is checked. */
export const VIDEO_BYTES_MAX = 30 * 1024 * 1024;

const EXTENSIONS = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "video/mp4": "mp4",
} as const;
export type MediaType = keyof typeof EXTENSIONS;
export const MEDIA_TYPES = Object.keys(EXTENSIONS) as readonly MediaType[];

/** What a page asks for; another width would be another copy to keep. */
export const PICTURE_WIDTHS = [160, 320, 640, 1280] as const;
export type PictureWidth = (typeof PICTURE_WIDTHS)[number];
const RESIZABLE: { readonly [extension: string]: "image/jpeg" | "image/png" | "image/webp" } = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
};
/** An animation would lose all its frames but one: it is served as it came. */
const MOVING = "gif";
export type PictureFormat = "image/avif" | (typeof RESIZABLE)[string];

/** The smallest format that whoever asks can read, or what was uploaded; undefined is served as it came. */
export function decideFormat(
  key: string,
  accept: string,
): Result<PictureFormat | undefined, "media.not_a_picture"> {
  const extension = key.slice(key.lastIndexOf(".") + 1);
  if (extension === MOVING) return ok(undefined);
  const own = RESIZABLE[extension];
  if (!own) return err("media.not_a_picture");
  const taken = accept.toLowerCase();
  if (taken.includes("image/avif")) return ok("image/avif");
  return ok(taken.includes("image/webp") ? "image/webp" : own);
}

/** Where a copy is kept, beside the picture itself. */
export const copyKey = (key: string, width: PictureWidth, format: PictureFormat): string =>
  `${key}/${width}.${format.slice("image/".length)}`;

/** A file's own key, and those of all copies that may have been made of it. */
export function keysOf(key: string): readonly string[] {
  const own = RESIZABLE[key.slice(key.lastIndexOf(".") + 1)];
  const formats = own ? [...new Set<PictureFormat>(["image/avif", "image/webp", own])] : [];
  return [key, ...formats.flatMap((format) => PICTURE_WIDTHS.map((width) => copyKey(key, width, format)))];
}

export type Media = {
  readonly id: Id<"media">;
  readonly productId: Id<"product">;
  readonly kind: MediaKind;
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  /** SHA-256 of the bytes, in hex; null where nobody has worked it out. */
  readonly hash: string | null;
  readonly alts: Texts | null;
  readonly position: number;
  readonly createdAt: number;
};

const isMedia = (type: SniffedType | undefined): type is MediaType =>
  type !== undefined && Object.hasOwn(EXTENSIONS, type);

/** What an upload really is; refused when it is not what it was said to be, or too large for what it is. */
export function decideUpload(
  bytes: Uint8Array,
  contentType: string,
): Result<{ readonly kind: MediaKind; readonly type: MediaType }, "media.not_as_said" | "media.too_large"> {
  const type = sniff(bytes);
  if (!isMedia(type) || type !== contentType) return err("media.not_as_said");
  const kind = type === "video/mp4" ? "video" : "picture";
  const bytesMax = kind === "video" ? VIDEO_BYTES_MAX : PICTURE_BYTES_MAX;
  if (bytes.byteLength > bytesMax) return err("media.too_large");
  const { width, height } = pictureSize(bytes, type) ?? { width: 0, height: 0 };
  return width * height > PICTURE_PIXELS_MAX ? err("media.too_large") : ok({ kind, type });
}

/** The cell is in the key: a picture is asked for by a page, which cannot say which market it is of. */
export const mediaKey = (cell: string, id: Id<"media">, type: MediaType) =>
  `${cell}-${id}.${EXTENSIONS[type]}`;
