import { expect, test } from "vitest";
import { pictureSize, sniff } from "#kernel/sniff";
import { decideUpload, PICTURE_BYTES_MAX } from "#services/catalog/product/domain/media";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : [...part])),
  );

const png = bytes(
  [0x89],
  "PNG\r\n\x1a\n",
  [0, 0, 0, 13],
  "IHDR",
  [0, 0, 1, 0x2c, 0, 0, 0, 200],
  [8, 2, 0, 0, 0],
);
const gif = bytes("GIF89a", [0x2c, 0x01, 200, 0], [0, 0, 0]);
const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 0x2c, 3]);
const webpX = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0], [0, 0, 0, 0], [0x2b, 1, 0], [199, 0, 0]);
const webpL = bytes(
  "RIFF",
  [0, 0, 0, 0],
  "WEBPVP8L",
  [0, 0, 0, 0],
  [0x2f],
  [0x2b, 0xc1, 0x31, 0],
  [0, 0, 0, 0, 0],
);
const webp = bytes(
  "RIFF",
  [0, 0, 0, 0],
  "WEBPVP8 ",
  [0, 0, 0, 0],
  [0, 0, 0, 0x9d, 1, 0x2a],
  [0x2c, 1, 200, 0],
);
const mp4 = bytes([0, 0, 0, 24], "ftypisom", [0, 0, 0, 0]);

test.each([
  ["image/png", png, true],
  ["image/gif", gif, true],
  ["image/jpeg", jpeg, true],
  ["image/webp", webpX, true],
  ["image/webp", webpL, true],
  ["image/webp", webp, true],
  ["video/mp4", mp4, false],
] as const)("%s is known by its bytes, and so is its size", (type, file, hasSize) => {
  expect(sniff(file)).toBe(type);
  expect(pictureSize(file, type)).toEqual(hasSize ? { width: 300, height: 200 } : undefined);
  for (let length = 0; length < file.length; length += 1) pictureSize(file.slice(0, length), type);
});

test.each([
  ["a page", bytes("<!doctype html><script>")],
  ["a drawing with script", bytes("<svg xmlns='http://www.w3.org/2000/svg'>")],
  ["a photo of a kind that browsers do not show", bytes([0, 0, 0, 24], "ftypheic")],
  ["nothing", bytes("")],
])("%s is no picture", (_, file) => expect(sniff(file)).toBeUndefined());

test("an upload is what its bytes say, or it is refused", () => {
  expect(decideUpload(png, "image/png")).toEqual({ ok: true, value: { kind: "picture", type: "image/png" } });
  expect(decideUpload(png, "image/jpeg")).toEqual({ ok: false, code: "media.not_as_said" });
  expect(decideUpload(bytes("%PDF-1.7"), "application/pdf")).toEqual({
    ok: false,
    code: "media.not_as_said",
  });
  const large = new Uint8Array(PICTURE_BYTES_MAX + 1);
  large.set(png);
  expect(decideUpload(large, "image/png")).toEqual({ ok: false, code: "media.too_large" });
});

test("a few bytes that say more pixels than an engine takes are no picture for a page", () => {
  const sized = (width: number, height: number) => {
    const file = new Uint8Array(png);
    const header = new DataView(file.buffer);
    header.setUint32(16, width);
    header.setUint32(20, height);
    return decideUpload(file, "image/png");
  };
  expect(sized(10_000, 10_000)).toMatchObject({ ok: true });
  expect(sized(10_000, 10_001)).toEqual({ ok: false, code: "media.too_large" });
  expect(sized(0xffffffff, 0xffffffff)).toEqual({ ok: false, code: "media.too_large" });
});
