import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { OperatorRole } from "#kernel/permission";
import { signToken } from "#kernel/token";
import { ACTING_COMMANDS, ACTING_QUESTIONS } from "#services/social/auth/domain";
import { requireFresh, seedUser } from "#services/social/auth/index";
import { SERVICES } from "../../../workers/api.ts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { member, newEmail, PASSWORD, signedIn } from "./people.ts";

const REASON = "Asked on the phone to add an address";

async function staff(h: Harness, operatorRole: OperatorRole = "support") {
  const email = newEmail(operatorRole);
  await seedUser(h.ctx(), { email, password: PASSWORD, name: "Desk", operatorRole, verified: true });
  return { email, ...(await signedIn(h, { email, password: PASSWORD })) };
}

const begin = (client: Client, userId: string) =>
  client.post(`/v1/auth/users/${userId}/acting`, { reason: REASON });

/** A person, an operator, and the operator in the person's name. */
async function scene(h: Harness) {
  const person = { ...(await member(h)) };
  const [mine, desk] = [await signedIn(h, person), await staff(h)];
  const { status, body } = await begin(desk.client, mine.userId);
  expect(status).toBe(201);
  return { person, mine, desk, acting: h.withToken(body.accessToken), started: body };
}

const routes = (await Promise.all(Object.values(SERVICES).map(async (load) => (await load()).app))).flatMap(
  (app) => app.specs.map((spec) => ({ spec, path: `${app.prefix}${spec.path}` })),
);
const named = new Map(routes.map((route) => [`${route.spec.method.toUpperCase()} ${route.path}`, route]));
const ADDRESS = {
  recipient: "Sari",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Pusat",
  district: "Gambir",
  postalCode: "10110",
  line1: "Jl. Merdeka 1",
};

describe("acting as a user", () => {
  test("says in the token who acts, lasts a quarter of an hour, and is told to the person", async () => {
    const h = harness();
    const { mine, desk, acting, started, person } = await scene(h);
    const claims = JSON.parse(Buffer.from(started.accessToken.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ sub: mine.userId, sid: started.actingId, act: { sub: desk.userId } });
    expect([claims.exp - claims.iat, claims.op, claims.sh]).toEqual([900, undefined, []]);
    expect(started).toMatchObject({ email: person.email, reason: REASON });
    expect(started.refreshToken).toBeUndefined();
    expect((await acting.get("/v1/users/me")).body.userId).toBe(mine.userId);
    const told = h.waiting().filter(({ type }) => type === "auth.acting_started");
    expect(told.map(({ payload }) => payload)).toMatchObject([{ userId: mine.userId, reason: REASON }]);
    await h.drain();
    const inbox = (await mine.client.get("/v1/notifications")).body.items;
    expect(inbox).toMatchObject([{ body: REASON, path: "/account/security" }]);
    h.clock.advance(15 * MINUTE_MS);
    expect((await acting.get("/v1/users/me")).status).toBe(401);
  });

  test("logs its start, every command with its outcome, and its end, for both sides", async () => {
    const h = harness();
    const { mine, desk, acting, started } = await scene(h);
    expect((await acting.post("/v1/users/me/addresses", ADDRESS)).status).toBe(201);
    h.clock.advance(1_000);
    expect((await acting.post("/v1/users/me/addresses", { line1: "" })).status).toBe(400);
    expect((await acting.get("/v1/users/me/addresses")).body.items).toHaveLength(1);
    const [open] = (await mine.client.get("/v1/auth/acting/mine")).body.items;
    expect(open).toMatchObject({ id: started.actingId, reason: REASON, isLive: true });
    expect(open.commands.map(({ status }: { status: number }) => status)).toEqual([201, 400]);
    expect(open.commands[0].command).toBe("POST /v1/users/me/addresses");
    expect(JSON.stringify(open)).not.toContain(desk.email);
    expect((await acting.delete(`/v1/auth/acting/${started.actingId}`)).status).toBe(204);
    expect((await acting.get("/v1/users/me")).body.code).toBe("auth.acting_over");
    expect((await acting.post("/v1/users/me/addresses", ADDRESS)).body.code).toBe("auth.acting_over");
    expect((await mine.client.get("/v1/users/me/addresses")).body.items).toHaveLength(1);
    const log = (await desk.client.get(`/v1/auth/acting?userId=${mine.userId}`)).body.items;
    expect(log).toMatchObject([{ operatorEmail: desk.email, isLive: false, commands: open.commands }]);
    const audit = (await mine.client.get("/v1/auth/audit")).body.items;
    const types = audit.map(({ type }: { type: string }) => type);
    expect(types.filter((type: string) => type.startsWith("act")).sort()).toEqual([
      "acted",
      "acted",
      "acting_ended",
      "acting_started",
    ]);
  });

  test("is for support that has just shown who it is, with a reason", async () => {
    const h = harness();
    const { userId, client } = await signedIn(h, await member(h));
    expect((await begin(client, userId)).status).toBe(403);
    expect((await begin((await staff(h, "catalogue")).client, userId)).status).toBe(403);
    const desk = await staff(h);
    expect((await desk.client.post(`/v1/auth/users/${userId}/acting`, { reason: "help" })).status).toBe(400);
    expect((await client.get("/v1/auth/acting")).status).toBe(403);
    h.clock.advance(11 * MINUTE_MS);
    const renewed = await h.anonymous.post("/v1/auth/refresh", { refreshToken: desk.refreshToken });
    const late = await begin(h.withToken(renewed.body.accessToken), userId);
    expect([late.status, late.body.code]).toEqual([403, "auth.step_up_required"]);
  });

  test("is never in the name of an operator, of oneself, or of a blocked account", async () => {
    const h = harness();
    const [desk, admin] = [await staff(h), await staff(h, "admin")];
    const { userId } = await signedIn(h, await member(h));
    for (const other of [admin.userId, desk.userId]) {
      expect((await begin(desk.client, other)).body.code).toBe("auth.acting_impossible");
    }
    const { body } = await begin(desk.client, userId);
    const acting = h.withToken(body.accessToken);
    await admin.client.put(`/v1/auth/users/${userId}/disabled`, { disabled: true });
    expect((await acting.get("/v1/users/me")).status).toBe(401);
    expect((await begin(desk.client, userId)).body.code).toBe("auth.acting_impossible");
  });
});

describe("an acting token", () => {
  test("ends with the sign-in it rests on, with the next one, and when the person ends it", async () => {
    const h = harness();
    const { mine, desk, acting, started } = await scene(h);
    const other = await signedIn(h, await member(h));
    const second = (await begin(desk.client, other.userId)).body;
    expect((await acting.get("/v1/users/me")).body.code).toBe("auth.acting_over");
    const next = h.withToken(second.accessToken);
    expect((await mine.client.delete(`/v1/auth/acting/${second.actingId}`)).status).toBe(404);
    expect((await mine.client.delete(`/v1/auth/acting/${started.actingId}`)).status).toBe(204);
    expect((await next.get("/v1/users/me")).status).toBe(200);
    expect((await other.client.delete(`/v1/auth/acting/${second.actingId}`)).status).toBe(204);
    expect((await next.get("/v1/users/me")).body.code).toBe("auth.acting_over");
    const third = h.withToken((await begin(desk.client, mine.userId)).body.accessToken);
    await desk.client.post("/v1/auth/sign-out", {});
    expect((await third.get("/v1/users/me")).body.code).toBe("auth.acting_over");
  });

  test("is refused every command that is not named, and a named one exists", async () => {
    const h = harness();
    const { acting } = await scene(h);
    const allowed = [...ACTING_COMMANDS, ...ACTING_QUESTIONS];
    expect(allowed.filter((name) => !named.has(name))).toEqual([]);
    const through: string[] = [];
    for (const [name, { spec, path }] of named) {
      if (spec.method === "get" || allowed.includes(name)) continue;
      const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => String(spec.example[field]));
      const { body } = await acting[spec.method](filled, spec.method === "delete" ? undefined : {});
      if (body.code !== "auth.acting_refused") through.push(`${name} ${body.code}`);
    }
    expect(through).toEqual([]);
  });

  test("has no command that moves money, changes security or speaks to others", () => {
    const services =
      /\/v1\/(wallet|payments|ledger|checkouts|chats|calls|reviews|questions|sellers|livestreams)\b/;
    const verbs = /\/auth\/(?!acting)|consents|erasure|confirm|accept|tender|complete/;
    const never = (name: string) => services.test(name) || verbs.test(name);
    expect([...ACTING_COMMANDS, ...ACTING_QUESTIONS].filter(never)).toEqual([]);
    for (const name of ACTING_COMMANDS) {
      const { policy } = named.get(name)?.spec ?? {};
      expect(JSON.stringify(policy), name).toContain("buyer");
    }
  });

  test("sees neither talks, keys nor bank accounts, in whatever spelling", async () => {
    const h = harness();
    const { acting } = await scene(h);
    const paths = ["chats", "calls", "auth/api-keys", "users/me/export", "wallet/bank-account"];
    const spelt = ["/v1/users/me/%65xport", "/v1/users//me/export", "/v1/users/me/export/"];
    for (const path of [...paths.map((one) => `/v1/${one}`), ...spelt]) {
      const { status, body } = await acting.get(path);
      expect([status, body.code], path).toEqual([403, "auth.acting_refused"]);
    }
    expect((await acting.get("/v1/auth/acting")).status).toBe(403);
    const remote = await acting.post("/rpc/titan.order.v1.OrderService/ListOrders", {});
    expect(remote.status).toBe(403);
  });

  test("passes for nobody who has just signed in, whoever asks", async () => {
    const h = harness();
    const { mine, desk } = await scene(h);
    const { userId, sessionId } = mine;
    const who = { kind: "user", userId, sessionId, amr: ["pwd"], authenticatedAt: h.clock.now() } as const;
    const inName = { ...who, operator: undefined, shops: [], shop: undefined, actingBy: desk.userId };
    await expect(requireFresh(h.ctx(inName))).rejects.toMatchObject({ code: "auth.acting_refused" });
    const claims = {
      use: "user" as const,
      sub: mine.userId,
      sid: mine.sessionId,
      amr: ["pwd", "mfa"],
      at: h.clock.now(),
      sh: [] as [Id<"seller">, "owner"][],
      ep: 0,
    };
    const issue = { env: h.env, cell: h.cell, config: h.config };
    const terms = { now: h.clock.now(), lifetimeMs: MINUTE_MS };
    const own = h.withToken(await signToken(issue, claims, terms));
    expect((await own.get("/v1/users/me")).status).toBe(200);
    // The person's own session behind it makes it no acting: that is the row's word, not the token's.
    const forged = { ...claims, act: { sub: desk.userId } };
    const borrowed = h.withToken(await signToken(issue, forged, terms));
    expect((await borrowed.get("/v1/users/me")).body.code).toBe("auth.acting_over");
  });
});
