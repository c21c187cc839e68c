import { expect, test, vi } from "vitest";
import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { HOUR_MS } from "#kernel/clock";
import { fail } from "#kernel/errors";
import { open } from "#kernel/policy";
import { sweepCell } from "../../workers/jobs.ts";
import { type Harness, harness } from "../support/harness.ts";

const ALWAYS = {
  "strict-transport-security": /max-age=\d{8}/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^no-referrer$/,
  "permissions-policy": /camera=\(\)/,
  "cross-origin-resource-policy": /^same-site$/,
  "x-request-id": /^req_[0-7][0-9a-z]{25}$/,
};
const LOCKED = "default-src 'none'; frame-ancestors 'none'";

function expectGuarded(headers: Headers, policy = LOCKED): void {
  for (const [name, form] of Object.entries(ALWAYS)) expect(headers.get(name), name).toMatch(form);
  expect(headers.get("content-security-policy")).toBe(policy);
}

test("data, refusals, empty answers and copies all carry the security headers, each once", async () => {
  const h = harness();
  const visitor = h.anonymous;
  const list = await visitor.get("/v1/categories");
  const etag = list.headers.get("etag") ?? "";
  const answers = [
    { expected: 200, got: list },
    { expected: 304, got: await visitor.get("/v1/categories", { headers: { "if-none-match": etag } }) },
    { expected: 404, got: await visitor.get("/v1/nothing/here") },
    { expected: 401, got: await visitor.get("/v1/users/me") },
    { expected: 400, got: await visitor.get("/v1/products?limit=0") },
    { expected: 200, got: await visitor.get("/healthz") },
  ];
  for (const { expected, got } of answers) {
    expect(got.status).toBe(expected);
    expectGuarded(got.headers);
    expect(got.headers.get("cache-control")).toBe("no-store");
  }
  expect(list.headers.get("content-type")).toBe("application/json");
  expect(answers[1]?.got.headers.get("content-type")).toBeNull();
  expect(answers[2]?.got.headers.get("content-type")).toBe("application/problem+json");
});

test("one answer's headers are not another's", async () => {
  const h = harness();
  const limited = await h.anonymous.get("/v1/categories");
  const platform = await h.anonymous.get("/healthz");
  expect(limited.headers.get("ratelimit-policy")).toMatch(/^"minute";q=\d+;w=60$/);
  expect(platform.headers.get("ratelimit-policy")).toBeNull();
  expect(platform.headers.get("x-request-id")).not.toBe(limited.headers.get("x-request-id"));
});

test("a market's own page may read the answer, another origin may not", async () => {
  const h = harness();
  const { origin } = h.config;
  const own = await h.anonymous.get("/v1/categories", { headers: { origin } });
  expect(own.headers.get("access-control-allow-origin")).toBe(origin);
  expect(own.headers.get("access-control-expose-headers")).toContain("x-request-id");
  expectGuarded(own.headers);
  const other = await h.anonymous.get("/v1/categories", { headers: { origin: "https://elsewhere.example" } });
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

test("a refusal that passes is not kept: once the proof is there, the same key does it", async () => {
  const h = harness();
  let isProved = false;
  const app = newApp("/v1/proofs").route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Works for whoever has shown who he is.",
      policy: open,
      request: {},
      responses: { 200: z.object({ done: z.boolean() }) },
      idempotency: "required",
      example: {},
    }),
    async () => {
      if (!isProved) throw fail("actor.forbidden");
      return { done: true };
    },
  );
  const { actor } = await h.buyer();
  const ask = () => {
    const headers = { "idempotency-key": "k-1" };
    const request = new Request("https://id.localhost/v1/proofs", { method: "POST", headers });
    return app.fetch(request, h.ctx(actor), { route: "" });
  };
  expect((await ask()).status).toBe(403);
  await h.settle();
  isProved = true;
  expect((await ask()).status).toBe(200);
});

test("a keyed command that finds an engine away says when to come back, and is not kept", async () => {
  const h = harness();
  let tries = 0;
  const ask = await keyed(h, async () => {
    tries += 1;
    if (tries === 1) throw fail("unavailable", { retryAfter: 2 });
    return { tries };
  });
  const away = await ask("k-1");
  expect([away.status, away.headers.get("retry-after")]).toEqual([503, "2"]);
  await h.settle();
  expect(await (await ask("k-1")).json()).toEqual({ tries: 2 });
});

/** A keyed route that does what it is told, and how to ask it with a key. */
async function keyed(h: Harness, work: () => Promise<{ tries: number }>) {
  const spec = defineRoute({
    method: "post",
    path: "",
    summary: "Counts its tries.",
    policy: open,
    request: {},
    responses: { 200: z.object({ tries: z.int() }) },
    idempotency: "required",
    example: {},
  });
  const app = newApp("/v1/counted").route(spec, work);
  const { actor } = await h.buyer();
  return async (key: string) => {
    const request = new Request("https://id.localhost/v1/counted", {
      method: "POST",
      headers: { "idempotency-key": key },
    });
    return app.fetch(request, h.ctx(actor), { route: "" });
  };
}

test("a twin in flight is told to come back, then has the first one's answer", async () => {
  const h = harness();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const { promise: began, resolve: begin } = Promise.withResolvers<void>();
  let tries = 0;
  const ask = await keyed(h, async () => {
    tries += 1;
    begin();
    await finished;
    return { tries };
  });
  const first = ask("k-1");
  await began;
  const twin = await ask("k-1");
  expect([twin.status, twin.headers.get("retry-after")]).toEqual([409, "1"]);
  expect(await twin.json()).toMatchObject({ code: "request.in_flight" });
  finish();
  expect((await first).status).toBe(200);
  await h.settle();
  const later = await ask("k-1");
  expect([later.headers.get("idempotent-replayed"), await later.json()]).toEqual(["true", { tries: 1 }]);
});

test("a first request that died is given up: its key works again", async () => {
  const h = harness();
  let tries = 0;
  const ask = await keyed(h, async () => {
    tries += 1;
    // The first one never comes back, as when its isolate was ended.
    if (tries === 1) await new Promise(() => undefined);
    return { tries };
  });
  void ask("k-1");
  await vi.waitFor(() => expect(tries).toBe(1));
  expect((await ask("k-1")).status).toBe(409);
  h.clock.advance(31_000);
  expect(await (await ask("k-1")).json()).toEqual({ tries: 2 });
});

test("an answer is kept for a day and more, and not for ever", async () => {
  const h = harness();
  let tries = 0;
  const ask = await keyed(h, async () => {
    tries += 1;
    return { tries };
  });
  const now = h.clock.now();
  const isReplayed = async (key: string) => (await ask(key)).headers.get("idempotent-replayed") === "true";
  for (const [key, hours] of [["younger", 25] as const, ["older", 49] as const]) {
    h.clock.set(now - hours * HOUR_MS);
    expect([key, await isReplayed(key)]).toEqual([key, false]);
    await h.settle();
  }
  h.clock.set(now);
  await sweepCell(h.ctx());
  expect([await isReplayed("younger"), await isReplayed("older")]).toEqual([true, false]);
});
