import { describe, expect, test } from "vitest";
import type { RouteSpec } from "#kernel/app";
import { MINUTE_MS } from "#kernel/clock";
import { admits, type Policy } from "#kernel/policy";
import { SERVICES } from "../../workers/api.ts";
import { type Client, type Harness, harness } from "../support/harness.ts";

/** Larger than any JSON route takes. */
const OVERSIZED_BYTES = 8 * 1024 * 1024;

type Route = { readonly prefix: string; readonly spec: RouteSpec };

const apps = await Promise.all(Object.values(SERVICES).map(async (load) => (await load()).app));
const routes: readonly Route[] = [...new Set(apps)].flatMap((app) =>
  app.specs.map((spec) => ({ prefix: app.prefix, spec })),
);
const nameOf = ({ prefix, spec }: Route) => `${spec.method.toUpperCase()} ${prefix}${spec.path}`;
const named = routes.map((route) => [nameOf(route), route] as const);

/** The path with the example's ids in it, and the query that the example gives. */
function pathOf({ prefix, spec }: Route, example = spec.example): string {
  const path = spec.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(example[name])),
  );
  const query = new URLSearchParams();
  for (const name of Object.keys(spec.request.query?.shape ?? {})) {
    const value = example[name];
    if (value !== undefined) query.set(name, String(value));
  }
  return `${prefix}${path}${query.size > 0 ? `?${query}` : ""}`;
}

/** What the example leaves for the body once path and query have taken theirs. */
function bodyOf({ spec }: Route): object | undefined {
  if (!spec.request.body) return undefined;
  const taken = new Set([
    ...Object.keys(spec.request.params?.shape ?? {}),
    ...Object.keys(spec.request.query?.shape ?? {}),
  ]);
  return Object.fromEntries(Object.entries(spec.example).filter(([name]) => !taken.has(name)));
}

type Sending = {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly without?: "key" | "version";
};

async function call(client: Client, route: Route, { headers = {}, without, ...sent }: Sending = {}) {
  const { spec } = route;
  const raw = spec.request.raw && { "content-type": spec.request.raw.contentTypes[0] ?? "" };
  const all = {
    ...(spec.idempotency && without !== "key" ? { "idempotency-key": crypto.randomUUID() } : {}),
    ...(spec.concurrency && without !== "version" ? { "if-match": '"1"' } : {}),
    ...raw,
    ...headers,
  };
  const body = "body" in sent ? sent.body : (bodyOf(route) ?? (raw ? new Uint8Array([1, 2, 3]) : undefined));
  const options = { headers: all };
  const path = pathOf(route);
  if (spec.method === "get") return client.get(path, options);
  if (spec.method === "delete") return client.delete(path, options);
  return client[spec.method](path, body, options);
}

async function everyRole(h: Harness): Promise<readonly (readonly [string, Client])[]> {
  const sellerId = h.ids.next("seller");
  return [
    ["anonymous", h.anonymous],
    ["guest", await h.guest()],
    ["buyer", await h.buyer()],
    ["shop owner", await h.member(sellerId, "owner")],
    ["shop manager", await h.member(sellerId, "manager")],
    ["shop staff", await h.member(sellerId, "staff")],
    ["admin", await h.operator("admin")],
    ["support", await h.operator("support")],
    ["catalogue", await h.operator("catalogue")],
    ["service of no scope", await h.service([])],
    [
      "service",
      await h.service(["catalogue:write", "inventory:write", "order:read", "order:write", "buy", "platform"]),
    ],
  ];
}

/** Routes of one's own security, which look the session up. */
const SESSION_PATHS =
  /totp|recovery|passkeys|email|password|oauth|api-keys|users|step-up|sessions|payout|bank-account|\/pin$/;

const isProblem = (body: { code?: unknown; requestId?: unknown; status?: unknown }, status: number) => {
  expect(body.code).toEqual(expect.any(String));
  expect(body.requestId).toEqual(expect.stringMatching(/^req_/));
  expect(body.status).toBe(status);
};

describe.each(named)("%s", (_, route) => {
  const { spec } = route;

  test("admits whom its policy names and nobody else", async () => {
    const h = harness();
    for (const [role, client] of await everyRole(h)) {
      const admitted = admits(spec.policy, client.actor);
      const { status, body } = await call(client, route);
      expect(status, `${role}: ${JSON.stringify(body).slice(0, 300)}`).toBeLessThan(500);
      if (!admitted) {
        expect(status, role).toBe(client.actor.kind === "anonymous" ? 401 : 403);
        isProblem(body, status);
      } else if (status === 401 && spec.policy.kind !== "open") {
        // Security routes also ask for a live session, which a token made here does not have.
        expect(spec.path, `${role} is admitted by policy`).toMatch(SESSION_PATHS);
      }
    }
  });

  test("refuses a forged, an expired and another market's token", async () => {
    const h = harness();
    const mine = await h.buyer();
    const forged = h.withToken(`${(mine.token ?? "").slice(0, -6)}AAAAAA`);
    const elsewhere = h.withToken((await harness({ market: "sg" }).buyer()).token ?? "");
    for (const client of [forged, elsewhere]) {
      const { status, body } = await call(client, route);
      expect(status).toBe(401);
      isProblem(body, 401);
    }
    h.clock.advance(10 * MINUTE_MS);
    expect((await call(h.withToken(mine.token ?? ""), route)).status).toBe(401);
  });

  if (spec.request.body) {
    test("refuses what is not JSON, what is not an object, and what is too large", async () => {
      const h = harness();
      const client = await admittedClient(h, spec.policy);
      const json = { "content-type": "application/json" };
      const malformed = await call(client, route, { body: '{"broken', headers: json });
      expect(malformed.status).toBe(400);
      isProblem(malformed.body, 400);
      expect((await call(client, route, { body: "[]", headers: json })).status).toBe(400);
      const form = { "content-type": "application/x-www-form-urlencoded" };
      expect((await call(client, route, { body: "a=b", headers: form })).status).toBe(415);
      const large = `{"padding":"${"x".repeat(OVERSIZED_BYTES)}"}`;
      expect((await call(client, route, { body: large, headers: json })).status).toBe(413);
    });
  }

  if (spec.idempotency) {
    test("demands a key", async () => {
      const h = harness();
      const { status, body } = await call(await admittedClient(h, spec.policy), route, { without: "key" });
      expect(status).toBe(400);
      expect(body.code).toBe("request.key_missing");
    });
  }

  if (spec.concurrency) {
    test("demands the version that was read", async () => {
      const h = harness();
      const { status, body } = await call(await admittedClient(h, spec.policy), route, {
        without: "version",
      });
      expect(status).toBe(428);
      expect(body.code).toBe("request.version_missing");
    });
  }
});

/** Somebody whom the policy admits, whatever it asks for. */
async function admittedClient(h: Harness, policy: Policy): Promise<Client> {
  for (const [, client] of await everyRole(h)) if (admits(policy, client.actor)) return client;
  throw new Error(`nobody is admitted by ${JSON.stringify(policy)}`);
}
