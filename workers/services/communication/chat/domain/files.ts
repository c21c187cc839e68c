import type { SniffedType } from "#kernel/sniff";

/** Pictures, papers and voice; a video is a link to where videos are. */
export const FILE_TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "audio/mp4",
  "audio/ogg",
  "audio/webm",
  "application/pdf",
] as const satisfies readonly SniffedType[];
export type FileType = (typeof FILE_TYPES)[number];

/** A phone's photo, or some minutes of voice; the isolate holds it once while it is looked at. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;
/** Long enough to send it over a slow line. */
export const UPLOAD_WITHIN_MS = 600_000;

export const isFileType = (type: string | undefined): type is FileType =>
  FILE_TYPES.some((one) => one === type);
