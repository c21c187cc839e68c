import { env } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { signToken } from "#kernel/token";
import { harness } from "../../support/harness.ts";
import { member, newEmail, signedIn, signIn, type Tokens } from "./people.ts";

const refresh = (h: ReturnType<typeof harness>, refreshToken: string) =>
  h.anonymous.post("/v1/auth/refresh", { refreshToken });

describe("refresh", () => {
  test("a spent token has one successor, and the successor works", async () => {
    const h = harness();
    const first = await signedIn(h, await member(h));
    const second = await refresh(h, first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ userId: first.userId, sessionId: first.sessionId });
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    expect((await h.withToken(second.body.accessToken).get("/v1/auth/account")).status).toBe(200);
    expect((await refresh(h, second.body.refreshToken)).status).toBe(200);
  });

  test("eight at once get the same successor", async () => {
    const h = harness();
    const { refreshToken } = await signedIn(h, await member(h));
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(h, refreshToken)));
    expect(answers.map((one) => one.status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map((one) => one.body.refreshToken)).size).toBe(1);
  });

  test("within ten seconds a lost answer can be asked for again; later the family is dead", async () => {
    const h = harness();
    const person = await member(h);
    const { refreshToken, client, userId } = await signedIn(h, person);
    const next = (await refresh(h, refreshToken)).body as Tokens;
    h.clock.advance(9_900);
    expect((await refresh(h, refreshToken)).body.refreshToken).toBe(next.refreshToken);
    h.clock.advance(200);
    const replayed = await refresh(h, refreshToken);
    expect([replayed.status, replayed.body.code]).toEqual([401, "auth.refresh_dead"]);
    expect((await refresh(h, next.refreshToken)).status).toBe(401);
    // The access tokens of the family are out as well, and the owner is told.
    expect((await client.get("/v1/auth/account")).status).toBe(401);
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.map((fact) => fact.payload)).toEqual([
      expect.objectContaining({ userId, change: "session_reused", email: person.email }),
    ]);
    // Another session of the same person is none of the thief's business and lives on.
    expect((await signIn(h, person)).status).toBe(200);
  });

  test("ends after 30 idle days, and after 90 days whatever is done", async () => {
    const h = harness();
    const person = await member(h);
    const idle = await signedIn(h, person);
    const busy = await signedIn(h, person);
    const DAY_MS = 86_400_000;
    let token = busy.refreshToken;
    for (const days of [29, 29, 29]) {
      h.clock.advance(days * DAY_MS);
      const answer = await refresh(h, token);
      expect(answer.status).toBe(200);
      token = answer.body.refreshToken;
    }
    expect((await refresh(h, idle.refreshToken)).status).toBe(401);
    h.clock.advance(4 * DAY_MS);
    expect((await refresh(h, token)).status).toBe(401);
  });

  test("an unknown token and none are refused", async () => {
    const h = harness();
    expect((await refresh(h, "A".repeat(43))).body.code).toBe("auth.refresh_dead");
    expect((await h.anonymous.post("/v1/auth/refresh", {})).body.code).toBe("auth.refresh_dead");
  });

  test("another market's token is unknown here", async () => {
    const [id, sg] = [harness(), harness({ market: "sg" })];
    const { refreshToken, accessToken } = await signedIn(id, await member(id));
    expect((await refresh(sg, refreshToken)).status).toBe(401);
    expect((await sg.withToken(accessToken).get("/v1/auth/account")).status).toBe(401);
    expect((await id.withToken(accessToken).get("/v1/auth/account")).status).toBe(200);
  });

  test("a closed account refreshes no more", async () => {
    const h = harness();
    const person = await member(h);
    const { refreshToken, userId } = await signedIn(h, person);
    const operator = await operatorOf(h);
    const closed = await operator.put(`/v1/auth/users/${userId}/disabled`, { disabled: true });
    expect(closed.status).toBe(204);
    expect((await refresh(h, refreshToken)).status).toBe(401);
    expect((await signIn(h, person)).body.code).toBe("auth.account_disabled");
    await operator.put(`/v1/auth/users/${userId}/disabled`, { disabled: false });
    expect((await signIn(h, person)).status).toBe(200);
  });
});

async function operatorOf(h: ReturnType<typeof harness>) {
  const { seedUser } = await import("#services/social/auth/index");
  const person = { email: newEmail("operator"), password: "gudang-garam-merah" };
  await seedUser(h.ctx(), { ...person, name: "Op", verified: true, operatorRole: "admin" });
  return (await signedIn(h, person)).client;
}

describe("browsers", () => {
  const head = (h: ReturnType<typeof harness>) => ({ headers: { origin: h.config.origin } });

  test("get the refresh token in a cookie and never in the body", async () => {
    const h = harness();
    const person = await member(h);
    const answer = await h.anonymous.post("/v1/auth/sign-in", person, head(h));
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).toBeUndefined();
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^refresh-id=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    const [pair = ""] = cookie.split(";");
    const turned = await h.anonymous.post(
      "/v1/auth/refresh",
      {},
      { headers: { origin: h.config.origin, cookie: pair } },
    );
    expect(turned.status).toBe(200);
    expect(turned.body.refreshToken).toBeUndefined();
    expect(turned.headers.get("set-cookie")).not.toContain(pair);
  });

  test("a page of another origin cannot use the cookie, nor one that hides its origin", async () => {
    const h = harness();
    const person = await member(h);
    const answer = await h.anonymous.post("/v1/auth/sign-in", person, head(h));
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    for (const headers of [{ cookie, origin: "https://evil.test" }, { cookie, origin: "null" }, { cookie }]) {
      const refused = await h.anonymous.post("/v1/auth/refresh", {}, { headers });
      expect([refused.status, refused.body.code]).toEqual([403, "auth.origin_refused"]);
    }
    const own = { cookie, origin: h.config.origin };
    expect((await h.anonymous.post("/v1/auth/refresh", {}, { headers: own })).status).toBe(200);
  });

  test("signing out clears the cookie and ends the session", async () => {
    const h = harness();
    const person = await member(h);
    const answer = await h.anonymous.post("/v1/auth/sign-in", person, head(h));
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    const headers = { cookie, origin: h.config.origin };
    const out = await h.anonymous.post("/v1/auth/sign-out", {}, { headers });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toMatch(/^refresh-id=; Path=\/; Max-Age=0;/);
    expect((await h.anonymous.post("/v1/auth/refresh", {}, { headers })).status).toBe(401);
  });

  test("away from this machine the cookie is bound to its host and to https", async () => {
    const { writeCookie } = await import("../../../workers/services/social/auth/routes/caller.ts");
    const h = harness();
    const ctx = Object.create(h.ctx(), { env: { value: { ...env, ENVIRONMENT: "production" } } });
    expect(writeCookie(ctx, "refresh", { value: "x", maxAgeSeconds: 1 })).toBe(
      "__Host-refresh-id=x; Path=/; Max-Age=1; HttpOnly; Secure; SameSite=Lax",
    );
  });
});

describe("sessions", () => {
  test("are listed by device, the caller's own marked, page by page", async () => {
    const h = harness();
    const person = await member(h);
    const phone = { headers: { "user-agent": "TitanApp/3.1" } };
    await h.anonymous.post("/v1/auth/sign-in", person, phone);
    // Ids sort by their millisecond.
    h.clock.advance(1);
    const { client, sessionId } = await signedIn(h, person);
    const all = await client.get("/v1/auth/sessions");
    expect(all.body.items).toHaveLength(2);
    expect(all.body.items[0]).toMatchObject({ id: sessionId, isCurrent: true, amr: ["pwd"] });
    expect(all.body.items[1]).toMatchObject({ device: "TitanApp/3.1", isCurrent: false });
    const first = await client.get("/v1/auth/sessions?limit=1");
    const second = await client.get(`/v1/auth/sessions?limit=1&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items);
    expect(second.body.nextCursor).toBeNull();
  });

  test("one can be ended, and not another person's", async () => {
    const h = harness();
    const person = await member(h);
    const [lost, here] = [await signedIn(h, person), await signedIn(h, person)];
    const other = await signedIn(h, await member(h));
    const foreign = await other.client.delete(`/v1/auth/sessions/${lost.sessionId}`);
    expect([foreign.status, foreign.body.code]).toEqual([404, "auth.session_not_found"]);
    expect((await here.client.delete(`/v1/auth/sessions/${lost.sessionId}`)).status).toBe(204);
    expect((await refresh(h, lost.refreshToken)).status).toBe(401);
    expect((await lost.client.get("/v1/auth/account")).status).toBe(401);
    expect((await refresh(h, here.refreshToken)).status).toBe(200);
  });

  test("logging out everywhere ends all of them and their access tokens", async () => {
    const h = harness();
    const person = await member(h);
    const [one, two] = [await signedIn(h, person), await signedIn(h, person)];
    expect((await one.client.delete("/v1/auth/sessions")).status).toBe(204);
    for (const { client, refreshToken } of [one, two]) {
      expect((await client.get("/v1/auth/account")).status).toBe(401);
      expect((await refresh(h, refreshToken)).status).toBe(401);
    }
    const again = await signedIn(h, person);
    expect((await again.client.get("/v1/auth/account")).status).toBe(200);
  });

  test("a sign-in that runs beside logging out everywhere leaves no session behind it", async () => {
    const h = harness();
    const person = await member(h);
    const { client } = await signedIn(h, person);
    const results = await Promise.all([
      signIn(h, person),
      client.delete("/v1/auth/sessions"),
      signIn(h, person),
    ]);
    expect(results[1].status).toBe(204);
    // Who got in before is logged out, who came after is in, and who was overtaken is told to try again.
    for (const answer of [results[0], results[2]]) expect([200, 409]).toContain(answer.status);
    const epochs = await Promise.all(
      [results[0], results[2]]
        .filter((answer) => answer.status === 200)
        .map(async ({ body }) => {
          const alive = (await refresh(h, body.refreshToken)).status === 200;
          return { alive, ep: epochOf(body.accessToken) };
        }),
    );
    for (const { alive, ep } of epochs) expect(alive).toBe(ep === 1);
  });

  test("a new device is told by mail, the first and a known one are not", async () => {
    const h = harness();
    const person = await member(h);
    const from = (agent: string, address: string) =>
      h.anonymous.post("/v1/auth/sign-in", person, {
        headers: { "user-agent": agent, "cf-connecting-ip": address },
      });
    const told = () => h.waiting().filter((fact) => fact.type === "auth.signed_in_on_new_device").length;
    await from("TitanApp/3.1", "203.0.113.5");
    expect(told()).toBe(0);
    await from("TitanApp/3.1", "203.0.113.9");
    expect(told()).toBe(0);
    await from("TitanApp/3.1", "198.51.100.9");
    expect(told()).toBe(1);
    await from("OtherApp/1.0", "203.0.113.5");
    expect(told()).toBe(2);
  });
});

const epochOf = (token: string): number =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).ep;

describe("access tokens", () => {
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const headOf = (token: string) =>
    JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());

  test("live five minutes and tell nothing personal", async () => {
    const h = harness();
    const person = await member(h);
    const { accessToken, client } = await signedIn(h, person);
    const claims = claimsOf(accessToken);
    expect(Object.keys(claims).sort()).toEqual(
      ["amr", "at", "aud", "ep", "exp", "iat", "iss", "sh", "sid", "sub", "use"].sort(),
    );
    expect(claims.exp - claims.iat).toBe(300);
    expect(JSON.stringify(claims)).not.toContain(person.email);
    expect(headOf(accessToken)).toMatchObject({ alg: "EdDSA", typ: "at+jwt" });
    h.clock.advance(299_000);
    expect((await client.get("/v1/auth/account")).status).toBe(200);
    h.clock.advance(2_000);
    expect((await client.get("/v1/auth/account")).status).toBe(401);
  });

  test("are signed by a published key, and only its public half is published", async () => {
    const h = harness();
    const { accessToken } = await signedIn(h, await member(h));
    const jwks = await h.anonymous.get("/.well-known/jwks.json");
    expect(jwks.status).toBe(200);
    expect(jwks.headers.get("cache-control")).toBe("public, max-age=300");
    expect(jwks.body.keys.map((key: { kid: string }) => key.kid)).toContain(headOf(accessToken).kid);
    for (const key of jwks.body.keys) expect(Object.keys(key)).not.toContain("d");
    const { createLocalJWKSet, jwtVerify } = await import("jose");
    const verified = await jwtVerify(accessToken, createLocalJWKSet(jwks.body), {
      issuer: h.config.origin,
      audience: h.cell,
      typ: "at+jwt",
      algorithms: ["EdDSA"],
    });
    expect(verified.payload.sub).toMatch(/^usr_/);
  });

  test("an old key still verifies, a dropped one and alg none do not", async () => {
    const h = harness();
    const { client, accessToken, userId, sessionId } = await signedIn(h, await member(h));
    const { exportJWK, generateKeyPair } = await import("jose");
    const keyOf = async (kid: string) => {
      const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
      return { ...(await exportJWK(privateKey)), kid };
    };
    const [old] = JSON.parse(env.SIGNING_KEYS);
    const fresh = await keyOf("fresh");
    const claims = claimsOf(accessToken);
    const issue = (SIGNING_KEYS: unknown) =>
      ({
        env: { ...env, SIGNING_KEYS: JSON.stringify(SIGNING_KEYS) },
        cell: h.cell,
        config: h.config,
      }) as const;
    const { readActor } = await import("#kernel/token");
    const read = (ring: unknown, token: string) =>
      readActor(issue(ring), { token: `Bearer ${token}`, shop: null, now: h.clock.now() });
    // The new key signs, the old one is kept until its tokens are dead.
    const rotated = await read([fresh, old], accessToken);
    expect(rotated.actor).toMatchObject({ kind: "user", userId, sessionId });
    await expect(read([fresh], accessToken)).rejects.toMatchObject({ code: "actor.unauthenticated" });
    const { iss: _, aud: __, iat: ___, exp: ____, ...body } = claims;
    const stolen = await signToken(issue([await keyOf(headOf(accessToken).kid)]), body, {
      now: h.clock.now(),
      lifetimeMs: 300_000,
    });
    expect((await h.withToken(stolen).get("/v1/auth/account")).status).toBe(401);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const alg of ["none", "HS256"]) {
      const forged = `${encode({ alg, typ: "at+jwt", kid: headOf(accessToken).kid })}.${encode(claims)}.AAAA`;
      expect((await h.withToken(forged).get("/v1/auth/account")).status).toBe(401);
    }
    expect((await client.get("/v1/auth/account")).status).toBe(200);
  });
});
