/** What a file is by its first bytes: what its name or its sender says of it is not believed. */
export const SNIFFED = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "video/mp4",
  "audio/mp4",
  "audio/ogg",
  "audio/webm",
  "application/pdf",
] as const;
export type SniffedType = (typeof SNIFFED)[number];

const ascii = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));

export function sniff(bytes: Uint8Array): SniffedType | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "image/jpeg";
  if (bytes[0] === 0x89 && ascii(bytes, 1, "PNG\r\n\x1a\n")) return "image/png";
  if (ascii(bytes, 0, "RIFF") && ascii(bytes, 8, "WEBP")) return "image/webp";
  if (ascii(bytes, 0, "GIF87a") || ascii(bytes, 0, "GIF89a")) return "image/gif";
  if (ascii(bytes, 4, "ftypM4A")) return "audio/mp4";
  if (ascii(bytes, 0, "OggS")) return "audio/ogg";
  // EBML, which a browser's recorder writes for a voice message.
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3) return "audio/webm";
  if (ascii(bytes, 4, "ftyp") && !ascii(bytes, 8, "heic") && !ascii(bytes, 8, "avif")) return "video/mp4";
  return ascii(bytes, 0, "%PDF-") ? "application/pdf" : undefined;
}

export type Size = { readonly width: number; readonly height: number };

/** Pixels of a picture as its header says them; undefined for a header that is cut off or not of its kind. */
export function pictureSize(bytes: Uint8Array, type: SniffedType): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fits = (length: number) => bytes.byteLength >= length;
  if (type === "image/png" && fits(24)) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (type === "image/gif" && fits(10)) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (type === "image/webp" && fits(30)) return webpSize(bytes, view);
  return type === "image/jpeg" ? jpegSize(view) : undefined;
}

/** RFC 9649: the size stands elsewhere in each of the three forms. */
function webpSize(bytes: Uint8Array, view: DataView): Size | undefined {
  if (ascii(bytes, 12, "VP8X")) {
    const pixels = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
    return { width: pixels(24), height: pixels(27) };
  }
  if (ascii(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (!ascii(bytes, 12, "VP8 ")) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** Walks the segments up to the frame header, whatever the coding; metadata before it may be long. */
function jpegSize(view: DataView): Size | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
