import { describe, expect, test } from "vitest";
import { type Harness, harness } from "../../support/harness.ts";
import { Authenticator } from "./authenticator.ts";
import { member, signedIn } from "./people.ts";

async function registered(h: Harness) {
  const person = await member(h);
  const session = await signedIn(h, person);
  const authenticator = await Authenticator.make(h.config.origin);
  const options = await session.client.post("/v1/auth/passkeys/registration");
  expect(options.status).toBe(200);
  const credential = await authenticator.create(options.body);
  const added = await session.client.post("/v1/auth/passkeys", { name: "Laptop", credential });
  expect(added.status).toBe(201);
  return { person, session, authenticator, passkeyId: added.body.id as string, credential };
}
const ask = async (h: Harness) => (await h.anonymous.post("/v1/auth/passkeys/options")).body;
const use = async (h: Harness, credential: unknown) =>
  h.anonymous.post("/v1/auth/passkeys/sign-in", { credential });

describe("a passkey", () => {
  test("is registered, signs in as two factors, and its making is mailed", async () => {
    const h = harness();
    const { session, authenticator } = await registered(h);
    const answer = await use(h, await authenticator.get(await ask(h)));
    expect(answer.body).toMatchObject({ status: "signed_in", userId: session.userId });
    const list = await h.withToken(answer.body.accessToken).get("/v1/auth/passkeys");
    expect(list.body.items).toMatchObject([{ name: "Laptop" }]);
    expect(list.body.items[0].lastUsedAt).not.toBeNull();
    const sessions = await h.withToken(answer.body.accessToken).get("/v1/auth/sessions");
    expect(sessions.body.items.map((one: { amr: string[] }) => one.amr)).toContainEqual(["pop", "mfa"]);
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.map((fact) => (fact.payload as { change: string }).change)).toContain("passkey_added");
  });

  test("options name the market's domain, a random handle, and no credential of anybody", async () => {
    const h = harness();
    const { session } = await signedInOnly(h);
    const options = await session.client.post("/v1/auth/passkeys/registration");
    expect(options.body.rp.id).toBe(new URL(h.config.origin).hostname);
    expect(Buffer.from(options.body.user.id, "base64url")).toHaveLength(32);
    expect(options.body.user.id).not.toContain(session.userId);
    const asked = await ask(h);
    expect(asked.allowCredentials ?? []).toEqual([]);
    expect(asked.userVerification).toBe("required");
  });

  test("an answer is good once", async () => {
    const h = harness();
    const { authenticator } = await registered(h);
    const credential = await authenticator.get(await ask(h));
    const both = await Promise.all([use(h, credential), use(h, credential)]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 401]);
  });

  test("a copy, whose counter does not grow, is refused", async () => {
    const h = harness();
    const { authenticator } = await registered(h);
    expect((await use(h, await authenticator.get(await ask(h), { counter: 5 }))).status).toBe(200);
    const copy = await use(h, await authenticator.get(await ask(h), { counter: 5 }));
    expect([copy.status, copy.body.code]).toEqual([401, "auth.passkey_refused"]);
    expect((await use(h, await authenticator.get(await ask(h), { counter: 6 }))).status).toBe(200);
  });

  const WRONG = [
    ["of another site", { origin: "https://titan.test.evil.example" }],
    ["without user verification", { isVerified: false }],
  ] as const;
  test.for(WRONG)("an answer %s is refused, at sign-in and at registration", async ([, signing]) => {
    const h = harness();
    const { authenticator, session } = await registered(h);
    const used = await use(h, await authenticator.get(await ask(h), signing));
    expect([used.status, used.body.code]).toEqual([401, "auth.passkey_refused"]);
    const other = await Authenticator.make(h.config.origin);
    const options = await session.client.post("/v1/auth/passkeys/registration");
    const credential = await other.create(options.body, signing);
    const added = await session.client.post("/v1/auth/passkeys", { credential });
    expect([added.status, added.body.code]).toEqual([401, "auth.passkey_refused"]);
  });

  test("a challenge that nobody gave, of another person or too old is refused", async () => {
    const h = harness();
    const { authenticator } = await registered(h);
    const invented = await authenticator.get({ challenge: "A".repeat(43) });
    expect((await use(h, invented)).status).toBe(401);
    const old = await authenticator.get(await ask(h));
    h.clock.advance(5 * 60_000 + 1);
    expect((await use(h, old)).status).toBe(401);
    const { session: sari } = await signedInOnly(h);
    const { session: budi } = await signedInOnly(h);
    const options = await sari.client.post("/v1/auth/passkeys/registration");
    const credential = await (await Authenticator.make(h.config.origin)).create(options.body);
    const added = await budi.client.post("/v1/auth/passkeys", { credential });
    expect([added.status, added.body.code]).toEqual([401, "auth.ticket_dead"]);
  });

  test("a signature of another key is refused", async () => {
    const h = harness();
    const { authenticator } = await registered(h);
    const thief = await Authenticator.make(h.config.origin);
    const forged = { ...(await thief.get(await ask(h))), ...authenticator.credential };
    expect((await use(h, forged)).body.code).toBe("auth.passkey_refused");
    expect(
      (await use(h, { ...forged, response: { ...forged.response, clientDataJSON: "e30" } })).status,
    ).toBe(401);
  });

  test("steps up, is renamed and removed by its owner, and by nobody else", async () => {
    const h = harness();
    const { session, authenticator, passkeyId } = await registered(h);
    h.clock.advance(11 * 60_000);
    const turned = await h.anonymous.post("/v1/auth/refresh", { refreshToken: session.refreshToken });
    const client = h.withToken(turned.body.accessToken);
    expect((await client.delete(`/v1/auth/passkeys/${passkeyId}`)).status).toBe(403);
    const credential = await authenticator.get(await ask(h));
    expect((await client.post("/v1/auth/step-up", { method: "passkey", credential })).status).toBe(200);
    const { session: other } = await signedInOnly(h);
    expect((await other.client.delete(`/v1/auth/passkeys/${passkeyId}`)).status).toBe(404);
    expect((await other.client.patch(`/v1/auth/passkeys/${passkeyId}`, { name: "Mine" })).status).toBe(404);
    expect((await client.patch(`/v1/auth/passkeys/${passkeyId}`, { name: "Old laptop" })).status).toBe(204);
    expect((await client.delete(`/v1/auth/passkeys/${passkeyId}`)).status).toBe(204);
    expect((await use(h, await authenticator.get(await ask(h)))).status).toBe(401);
  });
});

async function signedInOnly(h: Harness) {
  return { session: await signedIn(h, await member(h)) };
}
