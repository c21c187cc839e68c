import { crc32, deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import { pictureSize } from "#kernel/sniff";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { newCategory, openedShop, published, shirt } from "./shelf.ts";

/** A header of 3 by 2 pixels is all that is looked at; what follows makes each file another. */
const png = (mark = 0) =>
  new Uint8Array([
    0x89,
    0x50,
    0x4e,
    0x47,
    13,
    10,
    26,
    10,
    0,
    0,
    0,
    13,
    73,
    72,
    68,
    82,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    2,
    mark,
  ]);
/** A real picture: so many grey pixels in a row, as often as the engine's smallest copy wants. */
function greyPng(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  const rows = Buffer.concat(Array.from({ length: height }, () => Buffer.alloc(width + 1, 0)));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())];
  return new Uint8Array(Buffer.concat([start, ...parts]));
}
const mp4 = new Uint8Array([0, 0, 0, 24, ...Buffer.from("ftypisom"), ...Array(88).keys()]);

const upload = (by: Client, productId: string, bytes: Uint8Array, type = "image/png") =>
  by.post(`/v1/products/${productId}/media`, bytes, { headers: { "content-type": type } });

const setUp = async (h: Harness) => {
  const { owner } = await openedShop(h);
  const { body } = await published(owner, shirt(h, await newCategory(h)));
  return { owner, productId: body.id as string };
};

test("a picture is kept as what it is, and served for ever under its key", async () => {
  const h = harness();
  const { owner, productId } = await setUp(h);
  const kept = await upload(owner, productId, png());
  expect(kept.body).toMatchObject({ kind: "picture", contentType: "image/png", width: 3, height: 2 });
  const served = await h.anonymous.get(kept.body.url);
  expect(served.bytes).toEqual(png());
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "content-type": "image/png",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  const etag = served.headers.get("etag") ?? "";
  expect((await h.anonymous.get(kept.body.url, { headers: { "if-none-match": etag } })).status).toBe(304);
  const elsewhere = await harness({ market: "sg" }).anonymous.get(kept.body.url);
  expect(elsewhere.status).toBe(200);
  expect((await h.anonymous.get(`/v1/media/id-${h.ids.next("media")}.png`)).status).toBe(404);
  expect((await h.anonymous.get("/v1/media/..%2Fsecret")).status).toBe(400);
  forgetMemory(h.env);
  const page = await h.anonymous.get(`/v1/products/${productId}`);
  expect(page.body.media).toMatchObject([{ id: kept.body.id, url: kept.body.url }]);
});

test.each([
  [
    "a page that calls itself a picture",
    new TextEncoder().encode("<script>alert(1)</script>"),
    "image/png",
    415,
  ],
  ["one kind that calls itself another", png(), "image/jpeg", 415],
  ["a kind that is not taken", new TextEncoder().encode("%PDF-1.7"), "application/pdf", 415],
  [
    "a picture that is too large",
    Uint8Array.from({ length: 8 * 1024 * 1024 + 1 }, (_, i) => png()[i] ?? 0),
    "image/png",
    413,
  ],
])("%s is refused", async (_, bytes, type, status) => {
  const h = harness();
  const { owner, productId } = await setUp(h);
  expect((await upload(owner, productId, bytes, type)).status).toBe(status);
  expect((await owner.get(`/v1/products/${productId}/draft`)).body.media).toEqual([]);
});

test("a player asks for a part of the video", async () => {
  const h = harness();
  const { owner, productId } = await setUp(h);
  const { url } = (await upload(owner, productId, mp4, "video/mp4")).body;
  const part = async (range: string) => {
    const { status, headers, bytes } = await h.anonymous.get(url, { headers: { range } });
    return [status, headers.get("content-range"), bytes.length];
  };
  expect(await part("bytes=0-9")).toEqual([206, "bytes 0-9/100", 10]);
  expect(await part("bytes=90-")).toEqual([206, "bytes 90-99/100", 10]);
  expect(await part("bytes=-5")).toEqual([206, "bytes 95-99/100", 5]);
  expect(await part("lines=1-2")).toEqual([200, null, 100]);
});

test("nine pictures and a video at most, also all at once; the first picture is the cover", async () => {
  const h = harness();
  const { owner, productId } = await setUp(h);
  await upload(owner, productId, mp4, "video/mp4");
  expect((await upload(owner, productId, mp4, "video/mp4")).body.code).toBe("media.too_many");
  const answers = await Promise.all([...Array(12).keys()].map((i) => upload(owner, productId, png(i))));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(9);
  const list = async () =>
    (await owner.get(`/v1/products/${productId}/draft`)).body.media as { id: string; url: string }[];
  const files = await list();
  expect(files).toHaveLength(10);
  const turned = files.toReversed().map(({ id }) => ({ id, alts: { en: `File ${id}` } }));
  const arranged = await owner.put(`/v1/products/${productId}/media`, { items: turned });
  expect(arranged.body.items.map(({ id }: { id: string }) => id)).toEqual(turned.map(({ id }) => id));
  const missing = await owner.put(`/v1/products/${productId}/media`, { items: turned.slice(1) });
  expect(missing.body.code).toBe("media.order_incomplete");
  const cover = async () => {
    forgetMemory(h.env);
    return (await owner.get("/v1/products/mine")).body.items[0].imageUrl;
  };
  const [first, second] = await list();
  expect(await cover()).toBe(first?.url);
  expect((await owner.delete(`/v1/products/${productId}/media/${first?.id}`)).status).toBe(204);
  expect(await cover()).toBe(second?.url);
  expect((await h.anonymous.get(first?.url ?? "")).status).toBe(200);
});

test("a picture comes as wide as a page asks for, in what the browser reads, and is made once", async () => {
  const h = harness();
  const { owner, productId } = await setUp(h);
  const { url } = (await upload(owner, productId, greyPng(400, 300))).body;
  const asked = (query: string, accept: string) => h.anonymous.get(`${url}${query}`, { headers: { accept } });
  const small = await asked("?width=160", "image/avif,image/webp,*/*");
  expect(Object.fromEntries(small.headers)).toMatchObject({
    "content-type": "image/avif",
    "cache-control": "public, max-age=31536000, immutable",
    vary: expect.stringContaining("accept"),
  });
  expect(Buffer.from(small.bytes).subarray(4, 12).toString()).toBe("ftypavif");
  const again = await asked("?width=160", "image/avif,*/*");
  expect([again.bytes, again.headers.get("etag")]).toEqual([small.bytes, small.headers.get("etag")]);
  expect((await asked("?width=320", "image/webp,*/*")).headers.get("content-type")).toBe("image/webp");
  const plain = await asked("?width=160", "image/png");
  expect(pictureSize(plain.bytes, "image/png")).toEqual({ width: 160, height: 120 });
  const large = await asked("?width=1280", "image/png");
  expect(pictureSize(large.bytes, "image/png")).toEqual({ width: 400, height: 300 });
  for (const query of ["?width=161", "?width=0", "?width=x", "?width="]) {
    expect([query, (await asked(query, "*/*")).status]).toEqual([query, 400]);
  }
  const film = (await upload(owner, productId, mp4, "video/mp4")).body;
  expect((await h.anonymous.get(`${film.url}?width=160`)).body.code).toBe("media.not_a_picture");
  const broken = (await upload(owner, productId, png(7))).body;
  const asItCame = await h.anonymous.get(`${broken.url}?width=160`);
  expect([asItCame.bytes, asItCame.headers.get("cache-control")]).toEqual([png(7), "public, max-age=300"]);
});
