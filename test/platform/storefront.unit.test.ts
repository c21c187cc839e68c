import { expect, test } from "vitest";
import { addressOf } from "#kernel/address";
import type { Ctx } from "#kernel/ctx";
import { Cards } from "../../workers/platform/storefront/pages/cards.tsx";
import { matchPath, type Place } from "../../workers/platform/storefront/pages/page.ts";
import { Moved, Reading } from "../../workers/platform/storefront/pages/reading.ts";

const ORIGIN = "https://id.example";

/** A page's reading of an API that answers what the test says. */
function readingOf(answers: { readonly [address: string]: Response }): Reading {
  const inside = async (_: Ctx, { url }: Request) => {
    const answer = answers[url.slice(ORIGIN.length)];
    if (!answer) throw new Error(`nobody asked for ${url} before`);
    return answer;
  };
  return new Reading({} as Ctx, inside, ORIGIN);
}

test("the same call has one address, whatever order its query was given in", () => {
  const name = "GET /v1/products/{idOrSlug}/offers";
  const path = { idOrSlug: "a b/c" };
  const address = "/v1/products/a%20b%2Fc/offers?limit=2&q=x";
  expect(addressOf(name, { path, query: { q: "x", limit: 2, sort: undefined, near: "" } })).toBe(address);
  expect(addressOf(name, { path, query: { limit: 2, q: "x" } })).toBe(address);
});

test("what was read goes along in one order, whichever answer came first", async () => {
  const answers = () => ({ "/v1/b": Response.json({ b: 1 }), "/v1/a": Response.json({ a: 1 }) });
  const [one, other] = [readingOf(answers()), readingOf(answers())];
  await one.read("GET /v1/b");
  await one.read("GET /v1/a");
  await other.read("GET /v1/a");
  await other.read("GET /v1/b");
  expect(one.seeds).toEqual(other.seeds);
  expect(one.seeds.map(({ address }) => address)).toEqual(["/v1/a", "/v1/b"]);
});

test("what does not exist is undefined; what cannot be read now is no page that does not exist", async () => {
  const answer = (status: number, headers = {}) => new Response("{}", { status, headers });
  expect(await readingOf({ "/v1/a": answer(404) }).read("GET /v1/a")).toBeUndefined();
  expect(await readingOf({ "/v1/a": answer(400) }).read("GET /v1/a")).toBeUndefined();
  const reading = readingOf({ "/v1/a": answer(503, { "retry-after": "7" }), "/v1/b": answer(500) });
  await expect(reading.read("GET /v1/a")).rejects.toMatchObject({ code: "unavailable", retryAfter: 7 });
  await expect(reading.read("GET /v1/b")).rejects.toMatchObject({ code: "unavailable", retryAfter: 2 });
  expect(reading.seeds).toEqual([]);
});

test("an old name leads to the page of the new one", async () => {
  const moved = new Response(null, { status: 301, headers: { location: "/v1/products/new-name" } });
  const failure = await readingOf({ "/v1/a": moved })
    .read("GET /v1/a")
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Moved);
  expect((failure as Moved).pathFrom("/products/old-name")).toBe("/products/new-name");
});

test("a path is a page's own when every part of it is", () => {
  expect(matchPath("/products/:slug", "/products/mug-2")).toEqual({ slug: "mug-2" });
  expect(matchPath("/", "/")).toEqual({});
  for (const path of ["/products", "/products/", "/products/a/b", "/products/a%2Fb", "/shops/a"]) {
    expect(matchPath("/products/:slug", path)).toBeUndefined();
  }
  expect(matchPath("/products/:slug", `/products/${"a".repeat(121)}`)).toBeUndefined();
});

test("what is paid for says so on its card, and to those who follow links by program", () => {
  const card = { productId: "prd_1", slug: "lamp", title: "Lamp", imageKey: null, priceFrom: null };
  const place = { base: "/en", locale: "en" } as Place;
  const html = String(Cards({ place, items: [{ ...card, isSponsored: true }, card] }));
  const [, paid = "", found = ""] = html.split("<li>");
  expect(paid).toContain('rel="sponsored nofollow"');
  expect(paid).toContain('<span class="card-stars">Sponsored</span>');
  expect(found).not.toMatch(/sponsored/i);
});

test("a card counts its stars as the browser will, so that nothing changes when it takes over", () => {
  const card = { productId: "prd_1", slug: "lamp", title: "Lamp", imageKey: null, priceFrom: null };
  const items = [{ ...card, rating: { average: 4.5, count: 1234 } }];
  const written = (locale: string, country: string) => {
    const ctx = { config: { market: { countries: [country] } } };
    return String(Cards({ place: { base: "", locale, ctx } as never, items }));
  };
  expect(written("id", "ID")).toContain("★ 4.5 (1.234)");
  expect(written("en", "SG")).toContain("★ 4.5 (1,234)");
});
