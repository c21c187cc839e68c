import { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type Client,
  clientOf,
  ids,
  signedClient,
  until,
  userClaims,
} from "../support/http-client.ts";
import { parseMetrics, seriesSum } from "../support/prometheus.ts";
import { type RunningPlatform, runPlatform } from "../support/running-platform.ts";

const MINUTE_MS = 60_000;
/** What a hundred requests take on a busy machine. */
const BURST_MS = 15_000;
const SHOP_ORIGIN = "https://shop.example";

let platform: RunningPlatform;
beforeAll(async () => {
  // The limits of production: each test calls from an address of its own.
  platform = await runPlatform({ vars: { CORS_ORIGINS: SHOP_ORIGIN } });
  return platform.stop;
});

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `203.0.113.${addresses}`;
}
const visitor = (address = newAddress()): Client => clientOf(platform, { address });

/** Limits count by the minute of the clock: a burst must fit into one. */
async function untilRoomInMinute(): Promise<void> {
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < BURST_MS) await sleep(left);
}

async function times(count: number, call: () => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i += 1) answers.push(await call());
  return answers;
}
const statusesOf = (answers: readonly Answer[]) => [...new Set(answers.map(({ status }) => status))];

type Page = { readonly path: string; readonly language: string; readonly words: string };

/** Whoever looks at a page reads a page: it says when to come back, and runs nothing. */
async function expectPage(address: string, { path, language, words }: Page): Promise<void> {
  const headers = { "cf-connecting-ip": address, accept: "text/html,*/*;q=0.8" };
  const answer = await fetch(`${platform.url}${path}`, { headers });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([429, "text/html; charset=utf-8"]);
  const seconds = Number(answer.headers.get("retry-after"));
  const html = await answer.text();
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(words);
  expect(html).toContain(`${seconds} `);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
}

describe("rate limits", () => {
  it("let an address ask a hundred times a minute, and nobody else pays for it", async () => {
    await untilRoomInMinute();
    const eager = visitor();
    const answered = await times(100, () => eager.get("/v1/categories"));
    expect(statusesOf(answered)).toEqual([200]);
    expect(answered.map(({ headers }) => headers.get("ratelimit-policy"))).toEqual(
      answered.map(() => '"minute";q=100;w=60'),
    );
    const refused = await eager.get("/v1/categories");
    expect([refused.status, refused.body.code]).toEqual([429, "request.limited"]);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers.get("ratelimit-policy")).toBe('"minute";q=100;w=60');
    expect(refused.headers.get("ratelimit")).toBe(`"minute";r=0;t=${seconds}`);

    await expectPage("203.0.113.1", { path: "/en/cart", language: "en", words: "One moment, please" });
    await expectPage("203.0.113.1", { path: "/cart", language: "id", words: "Mohon tunggu sebentar" });
    const asProgram = await eager.get("/cart");
    expect(asProgram.headers.get("content-type")).toBe("application/problem+json");

    expect((await visitor().get("/v1/categories")).status).toBe(200);
    const sameAddress = { "cf-connecting-ip": "203.0.113.1" };
    const user = await signedClient(platform, userClaims());
    const asUser = await user.get("/v1/categories", { headers: sameAddress });
    expect([asUser.status, asUser.headers.get("ratelimit-policy")]).toEqual([200, '"minute";q=300;w=60']);
    const key = await signedClient(platform, {
      use: "service",
      sub: ids.next("apiKey"),
      scp: ["order:read"],
    });
    const asKey = await key.get("/v1/categories", { headers: sameAddress });
    expect([asKey.status, asKey.headers.get("ratelimit-policy")]).toEqual([200, '"minute";q=6000;w=60']);
  });

  it("give a service key a bucket that a hundred requests do not empty", async () => {
    await untilRoomInMinute();
    const key = await signedClient(platform, {
      use: "service",
      sub: ids.next("apiKey"),
      scp: ["order:read"],
    });
    expect(statusesOf(await times(150, () => key.get("/v1/categories")))).toEqual([200]);
  });

  it("count who shows a bad token by address", async () => {
    await untilRoomInMinute();
    const forger = clientOf(platform, { address: newAddress(), token: "e30.e30.c2ln" });
    expect(statusesOf(await times(100, () => forger.get("/v1/users/me")))).toEqual([401]);
    expect((await forger.get("/v1/users/me")).status).toBe(429);
  });

  it("leave probes and the provider's notifications alone", async () => {
    const busy = visitor();
    expect(statusesOf(await times(110, () => busy.get("/healthz")))).toEqual([200]);
    expect(statusesOf(await times(110, () => busy.post("/v1/webhooks/midtrans", {})))).toEqual([400]);
  });
});

describe("browsers of other origins", () => {
  const preflight = (origin: string) =>
    visitor().call("OPTIONS", "/v1/carts", undefined, {
      headers: { origin, "access-control-request-method": "POST" },
    });

  it("may call when they are on the list", async () => {
    const asked = await preflight(SHOP_ORIGIN);
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      "access-control-allow-origin": SHOP_ORIGIN,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": expect.stringContaining("idempotency-key"),
      vary: "origin",
    });
    const origin = SHOP_ORIGIN;
    const { status, headers } = await visitor().get("/v1/categories", { headers: { origin } });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    expect(headers.get("access-control-expose-headers")).toContain("retry-after");
    const refused = await visitor().get("/v1/nowhere", { headers: { origin } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
  });

  it.each(["https://evil.example", "null", `${SHOP_ORIGIN}.evil.example`, "http://shop.example"])(
    "are told nothing when they are not: %s",
    async (origin) => {
      const asked = await preflight(origin);
      const answered = await visitor().get("/v1/categories", { headers: { origin } });
      for (const { headers } of [asked, answered]) {
        const allowed = [...headers.keys()].filter((name) => name.startsWith("access-control-allow"));
        expect(allowed).toEqual([]);
      }
    },
  );
});

describe("every answer", () => {
  it.each([
    "/v1/categories",
    "/v1/users/me",
    "/v1/nowhere",
    "/healthz",
    "/metrics",
    "/docs",
    "/openapi.json",
  ])("carries the security headers: %s", async (path) => {
    const { headers } = await visitor().get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8,}; includeSubDomains/),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "permissions-policy": expect.stringContaining("camera=()"),
      "cross-origin-resource-policy": "same-site",
      "content-security-policy": expect.stringMatching(/^default-src '(none|self)'.*frame-ancestors 'none'/),
      "cache-control": expect.any(String),
      "x-request-id": expect.stringMatching(/^req_[0-9a-z]{26}$/),
    });
    expect(headers.has("server")).toBe(false);
    expect(headers.has("x-powered-by")).toBe(false);
  });
});

describe("bodies", () => {
  const LARGE = JSON.stringify({ email: "a@buyer.example", password: "x".repeat(70_000), name: "A" });

  /** Sent in pieces, so that no length stands before it. */
  const inPieces = (text: string): Promise<Response> =>
    fetch(`${platform.url}/v1/auth/sign-up`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-market": "id", "cf-connecting-ip": newAddress() },
      body: ReadableStream.from([text.slice(0, 30_000), text.slice(30_000)].map((part) => Buffer.from(part))),
      duplex: "half",
    } as RequestInit);

  it("that are too large are refused, with and without a length", async () => {
    const headers = { "content-type": "application/json" };
    const whole = await visitor().post("/v1/auth/sign-up", LARGE, { headers });
    expect([whole.status, whole.body.code]).toEqual([413, "request.too_large"]);
    const pieces = await inPieces(LARGE);
    expect([pieces.status, pieces.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
    const notification = await visitor().post("/v1/webhooks/midtrans", { order_id: "x".repeat(40_000) });
    expect(notification.status).toBe(413);
  });

  it("of another kind or form are refused", async () => {
    const post = (body: string, type: string) =>
      visitor().post("/v1/auth/sign-up", body, { headers: { "content-type": type } });
    const answers = await Promise.all([
      post("email=a", "application/x-www-form-urlencoded"),
      post("{", "application/json"),
      post("[]", "application/json"),
      post('{"email":1}', "application/json"),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [415, "request.not_json"],
      [400, "request.invalid"],
      [400, "request.invalid"],
      [400, "request.invalid"],
    ]);
    expect(answers[3]?.body.errors.map((error: { path: string }) => error.path)).toContain("body.email");
  });
});

describe("the platform about itself", () => {
  it("tells Prometheus of rate, errors and duration by route", async () => {
    const caller = visitor();
    const name = "http_requests_total";
    const of = { route: "GET /v1/sellers/{idOrSlug}", status: "404", cell: "id" };
    const scrape = async () => parseMetrics((await caller.get("/metrics")).body);
    const before = seriesSum(await scrape(), name, of);
    await times(3, () => caller.get("/v1/sellers/nobody-here"));
    // An isolate adds what it counted every few seconds, with a request that comes then.
    const after = await until("three answers more", async () => {
      await caller.get("/healthz");
      const families = await scrape();
      return seriesSum(families, name, of) === before + 3 && families;
    });
    expect(seriesSum(after, "http_request_seconds_count", { route: of.route })).toBeGreaterThanOrEqual(3);
    for (const [family, type] of [
      [name, "counter"],
      ["http_request_seconds", "histogram"],
      ["outbox_oldest_seconds", "gauge"],
      ["oversold_units", "gauge"],
    ]) {
      expect([family, after.get(family ?? "")?.type]).toEqual([family, type]);
    }
  });

  it("serves its reference and its document from its own assets", async () => {
    const reader = visitor();
    const page = await reader.get("/docs");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const linked = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target);
    expect(linked.length).toBeGreaterThanOrEqual(3);
    for (const target of linked) {
      expect(target).toMatch(/^\/docs\//);
      const file = await reader.get(target);
      expect([target, file.status]).toEqual([target, 200]);
      expect(file.headers.get("content-type")).toMatch(/^(text\/css|text\/javascript|image\/png)/);
    }
    const { status, body } = await reader.get("/openapi.json");
    expect([status, body.openapi]).toEqual([200, expect.stringMatching(/^3\.1\./)]);
    for (const path of ["/v1/carts/{cartId}/lines", "/v1/checkouts/{checkoutId}/complete", "/v1/orders"]) {
      expect(body.paths).toHaveProperty([path]);
    }
  });
});
