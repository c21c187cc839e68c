import { describe, expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import type { ShopRole } from "#kernel/permission";
import { signToken } from "#kernel/token";
import { importUser, makeFirstOperator, seedApiKey, seedUser } from "#services/social/auth/index";
import { UserErased } from "#services/social/user/facts";
import { type Harness, harness } from "../../support/harness.ts";
import { newEmail, PASSWORD, signedIn, signIn, signUp, tokenIn } from "./people.ts";

/** A person with a real session, who by their token is also a member of a shop. */
async function shopMember(h: Harness, role: ShopRole, sellerId: Id<"seller"> = h.ids.next("seller")) {
  const { userId, sessionId } = await signedIn(h, await signUp(h));
  const now = h.clock.now();
  const claims = { use: "user", sub: userId, sid: sessionId, amr: ["pwd"], at: now, ep: 0 } as const;
  const token = await signToken(
    { env: h.env, cell: h.cell, config: h.config },
    { ...claims, amr: [...claims.amr], sh: [[sellerId, role]] },
    { now, lifetimeMs: 300_000 },
  );
  return { client: h.withToken(token), sellerId };
}

async function admin(h: Harness, email = newEmail("admin")) {
  await seedUser(h.ctx(), {
    email,
    password: PASSWORD,
    name: "Admin",
    operatorRole: "admin",
    verified: true,
  });
  return signedIn(h, { email, password: PASSWORD });
}

describe("API keys", () => {
  test("of a shop are made once, traded for a short token with their scopes, and revoked", async () => {
    const h = harness();
    const { client, sellerId } = await shopMember(h, "owner");
    const made = await client.post("/v1/auth/api-keys", { name: "Stock", scopes: ["inventory:write"] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ sellerId, scopes: ["inventory:write"] });
    expect(made.body.apiKey).toMatch(/^tck_[\w-]{43}$/);
    const { apiKey, id } = made.body;
    const traded = await h.anonymous.post("/v1/auth/token", { apiKey });
    expect(traded.body.scopes).toEqual(["inventory:write"]);
    const claims = JSON.parse(Buffer.from(traded.body.accessToken.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ use: "service", sub: id, sh: sellerId, scp: ["inventory:write"] });
    expect(claims.exp - claims.iat).toBe(300);
    const list = await client.get("/v1/auth/api-keys");
    expect(list.body.items).toMatchObject([{ id, start: apiKey.slice(0, 8) }]);
    expect(JSON.stringify(list.body)).not.toContain(apiKey);
    expect((await client.delete(`/v1/auth/api-keys/${id}`)).status).toBe(204);
    const dead = await h.anonymous.post("/v1/auth/token", { apiKey });
    expect([dead.status, dead.body.code]).toEqual([401, "auth.key_wrong"]);
    expect((await client.delete(`/v1/auth/api-keys/${id}`)).status).toBe(404);
  });

  test("are the owner's affair: a manager makes none, another shop sees none", async () => {
    const h = harness();
    const body = { name: "Stock", scopes: ["inventory:write"] };
    expect((await (await shopMember(h, "manager")).client.post("/v1/auth/api-keys", body)).status).toBe(403);
    const mine = await shopMember(h, "owner");
    const { id } = (await mine.client.post("/v1/auth/api-keys", body)).body;
    const other = await shopMember(h, "owner");
    expect((await other.client.get("/v1/auth/api-keys")).body.items).toEqual([]);
    expect((await other.client.delete(`/v1/auth/api-keys/${id}`)).status).toBe(404);
  });

  test("of a shop get no scope of the platform, and a shop makes no platform keys", async () => {
    const h = harness();
    const { client } = await shopMember(h, "owner");
    const wide = await client.post("/v1/auth/api-keys", { name: "All", scopes: ["platform"] });
    expect([wide.status, wide.body.code]).toEqual([403, "auth.key_scope"]);
    const platform = { name: "All", scopes: ["order:read"], owner: "platform" };
    expect((await client.post("/v1/auth/api-keys", platform)).status).toBe(403);
    const operator = await admin(h);
    const made = await operator.client.post("/v1/auth/api-keys", {
      ...platform,
      scopes: ["platform", "buy"],
    });
    expect(made.body).toMatchObject({ sellerId: null, scopes: ["platform", "buy"] });
    expect((await operator.client.get("/v1/auth/api-keys?owner=shop")).status).toBe(403);
  });

  test("end on their day", async () => {
    const h = harness();
    const operator = await admin(h);
    const made = await operator.client.post("/v1/auth/api-keys", {
      name: "Month",
      scopes: ["platform"],
      owner: "platform",
      expiresInDays: 30,
    });
    h.clock.advance(30 * 86_400_000 - 1);
    expect((await h.anonymous.post("/v1/auth/token", { apiKey: made.body.apiKey })).status).toBe(200);
    h.clock.advance(1);
    expect((await h.anonymous.post("/v1/auth/token", { apiKey: made.body.apiKey })).status).toBe(401);
  });

  test("a seeded key is traded like any other, and its token is counted by key", async () => {
    const h = harness();
    const key = `tck_seed-${h.ids.next("apiKey")}`;
    await seedApiKey(h.ctx(), { key, scopes: ["buy"] });
    await seedApiKey(h.ctx(), { key, scopes: ["buy", "platform"] });
    const traded = await h.anonymous.post("/v1/auth/token", { apiKey: key });
    expect(traded.body.scopes).toEqual(["buy", "platform"]);
    const answer = await h.withToken(traded.body.accessToken).get("/v1/auth/account");
    expect(answer.status).toBe(403);
    expect(answer.headers.get("ratelimit-policy")).toBe(`"minute";q=${h.env.RATE_LIMIT_KEY};w=60`);
  });
});

describe("operators", () => {
  test("begin with one who is made once, and comes in by mail", async () => {
    // No other test has an administrator of this market before this one.
    const h = harness({ market: "gb" });
    const emails = [newEmail("first"), newEmail("first")];
    const made = await Promise.all(
      emails.map((email) => makeFirstOperator(h.ctx(), { email, name: "First" })),
    );
    expect(made.map((one) => (one.ok ? "made" : one.code)).sort()).toEqual(["auth.admin_exists", "made"]);
    const email = emails[made.findIndex((one) => one.ok)] ?? "";
    await h.anonymous.post("/v1/auth/magic-link", { email });
    const token = await tokenIn(h, email, "magic_link");
    const { body } = await h.anonymous.post("/v1/auth/magic-link/confirm", { token });
    const account = await h.withToken(body.accessToken).get("/v1/auth/account");
    expect(account.body).toMatchObject({ operatorRole: "admin", isEmailVerified: true, hasPassword: false });
  });

  test("are made by administrators; the role is in the next token and the old token is dead", async () => {
    const h = harness();
    const boss = await admin(h);
    const person = await signUp(h);
    const before = await signedIn(h, person);
    const path = `/v1/auth/users/${before.userId}/operator-role`;
    expect((await before.client.put(path, { role: "admin" })).status).toBe(403);
    expect((await boss.client.put(path, { role: "support" })).status).toBe(204);
    expect((await before.client.get("/v1/auth/account")).status).toBe(401);
    const { client } = await signedIn(h, person);
    expect((await client.get("/v1/auth/account")).body.operatorRole).toBe("support");
    expect((await client.get(`/v1/auth/users/${boss.userId}/audit`)).status).toBe(200);
    expect((await client.put(path, { role: "admin" })).status).toBe(403);
    expect((await boss.client.put(path, { role: null })).status).toBe(204);
    const after = await signedIn(h, person);
    expect((await after.client.get(`/v1/auth/users/${boss.userId}/audit`)).status).toBe(403);
    expect(
      (await boss.client.put(`/v1/auth/users/${h.ids.next("user")}/operator-role`, { role: null })).status,
    ).toBe(404);
  });

  test("two administrators who take each other's role away at once leave one", async () => {
    const h = harness({ market: "gb" });
    const [one, two] = [await admin(h), await admin(h)];
    const others = await h.ctx().db.read.execute<{ id: Id<"user"> }>(
      `SELECT id FROM auth_user
        WHERE operator_role = 'admin' AND id NOT IN ('${one.userId}', '${two.userId}')`,
    );
    // The market's database is this run's own; administrators of other tests step down first.
    for (const { id } of others.rows) {
      await one.client.put(`/v1/auth/users/${id}/operator-role`, { role: null });
    }
    const answers = await Promise.all([
      one.client.put(`/v1/auth/users/${two.userId}/operator-role`, { role: null }),
      two.client.put(`/v1/auth/users/${one.userId}/operator-role`, { role: null }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.body.code).toBe("auth.last_admin");
  });
});

describe("the audit log", () => {
  test("has a row of everything, for its owner alone, page by page", async () => {
    const h = harness();
    const person = await signUp(h);
    h.clock.advance(1);
    await signIn(h, { ...person, password: "salah-semua-1" });
    h.clock.advance(1);
    const { client, sessionId } = await signedIn(h, person);
    h.clock.advance(1);
    const all = await client.get("/v1/auth/audit");
    const types = all.body.items.map((one: { type: string }) => one.type);
    expect(types.slice(0, 2)).toEqual(["signed_in", "sign_in_failed"]);
    expect(types.slice(2).sort()).toEqual(["mail_sent", "signed_up"]);
    expect(all.body.items[0]).toMatchObject({ sessionId, detail: { amr: "pwd", newDevice: false } });
    expect(JSON.stringify(all.body)).not.toContain(person.email);
    const walked: unknown[] = [];
    let cursor = "";
    do {
      const page = await client.get(`/v1/auth/audit?limit=1${cursor && `&cursor=${cursor}`}`);
      walked.push(...page.body.items);
      cursor = page.body.nextCursor ?? "";
    } while (cursor);
    expect(walked).toEqual(all.body.items);
  });
});

describe("lockout", () => {
  test("after ten wrong passwords from one network the right one is stopped, known or not", async () => {
    const h = harness();
    const person = await signUp(h);
    for (const email of [person.email, newEmail("tiada")]) {
      const guess = (password: string, ip: string) =>
        h.anonymous.post("/v1/auth/sign-in", { email, password }, { headers: { "cf-connecting-ip": ip } });
      const guesses = Array.from({ length: 10 }, (_, i) => guess("salah-semua-1", `203.0.113.${i}`));
      expect((await Promise.all(guesses)).map((one) => one.status)).toEqual(Array(10).fill(401));
      const locked = await guess(PASSWORD, "203.0.113.200");
      expect([locked.status, locked.body.code]).toEqual([429, "auth.limited"]);
      expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
      // Its owner, elsewhere, still gets in.
      const elsewhere = await guess(PASSWORD, "198.51.100.1");
      expect(elsewhere.status).toBe(email === person.email ? 200 : 401);
    }
  });

  test("a right password gives the guesses back", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const headers = { "cf-connecting-ip": "203.0.113.7" };
    for (let round = 0; round < 2; round += 1) {
      const wrong = { email, password: "salah-semua-1" };
      const guesses = Array.from({ length: 9 }, () =>
        h.anonymous.post("/v1/auth/sign-in", wrong, { headers }),
      );
      expect((await Promise.all(guesses)).map((one) => one.status)).toEqual(Array(9).fill(401));
      const right = { email, password: PASSWORD };
      expect((await h.anonymous.post("/v1/auth/sign-in", right, { headers })).status).toBe(200);
    }
  });
});

describe("imported accounts", () => {
  test("sign in with their bcrypt password, which is made anew at the first time", async () => {
    const h = harness();
    const { default: bcrypt } = await import("bcryptjs");
    const email = newEmail("imported");
    const bcryptHash = await bcrypt.hash(PASSWORD, 6);
    const userId = await importUser(h.ctx(), { email, name: "Lama", bcryptHash });
    const stored = async () =>
      (
        await h
          .ctx()
          .db.read.execute<{ hash: string; bcrypt_salt: string | null }>(
            `SELECT hash, bcrypt_salt FROM auth_password WHERE user_id = '${userId}'`,
          )
      ).rows[0];
    const before = await stored();
    expect(before?.hash).toMatch(/^\$argon2id\$/);
    expect(before?.bcrypt_salt).toBe(bcryptHash.slice(0, 29));
    expect((await signIn(h, { email, password: "salah-semua-1" })).status).toBe(401);
    expect((await signIn(h, { email, password: PASSWORD })).status).toBe(200);
    const after = await stored();
    expect(after?.bcrypt_salt).toBeNull();
    expect(after?.hash).not.toBe(before?.hash);
    expect((await signIn(h, { email, password: PASSWORD })).status).toBe(200);
    expect(await importUser(h.ctx(), { email: newEmail(), name: "X", bcryptHash: "md5" })).toBeUndefined();
  });
});

describe("erasure", () => {
  test("takes all that signs in, leaves the log without a name, and records its proof", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client, userId } = await signedIn(h, person);
    const fact = UserErased.make(h.ctx(), { id: userId, version: 2 }, { userId, addressHash: "x" });
    await h.deliver([fact]);
    expect((await client.get("/v1/auth/account")).status).toBe(401);
    expect((await signIn(h, person)).status).toBe(401);
    const { rows } = await h.ctx().db.read.execute<{ store: string; action: string }>(
      `SELECT store, action FROM user_erasure_step
        WHERE user_id = '${userId}' AND store LIKE 'auth.%' ORDER BY store`,
    );
    expect(rows).toEqual([
      { store: "auth.auth_acting", action: "anonymised" },
      { store: "auth.auth_event", action: "retained" },
      { store: "auth.auth_user", action: "erased" },
    ]);
  });
});

describe("forgetting", () => {
  test("what is over goes, what lives stays, and the next round is due tomorrow", async () => {
    const h = harness({ market: "sg" });
    const person = await signUp(h);
    const { userId, refreshToken } = await signedIn(h, person);
    const count = async (table: string) =>
      Number(
        (
          await h
            .ctx()
            .db.read.execute<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE user_id = '${userId}'`)
        ).rows[0]?.n,
      );
    expect([await count("auth_ticket"), await count("auth_session")]).toEqual([1, 1]);
    h.clock.advance(3 * 86_400_000);
    expect(await h.runDue("daily")).toBeGreaterThanOrEqual(1);
    expect([await count("auth_ticket"), await count("auth_session")]).toEqual([0, 1]);
    expect((await h.anonymous.post("/v1/auth/refresh", { refreshToken })).status).toBe(200);
    const { rows } = await h
      .ctx()
      .db.read.execute<{ due_at: string }>("SELECT due_at FROM due WHERE kind = 'auth.forget'");
    expect(rows).toHaveLength(1);
    expect(new Date(rows[0]?.due_at ?? 0).getTime()).toBe(h.clock.now() + 86_400_000);
  });
});
