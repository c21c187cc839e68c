import { describe, expect, test } from "vitest";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import type { Login } from "../../support/openid-provider.ts";
import { newEmail, signedIn, signIn, signUp, tokenIn } from "./people.ts";

type Back = { readonly code: string; readonly state: string; readonly iss: string };
let people = 0;
const newSubject = () => `subject-${Date.now()}-${people++}`;

/** Follows the address to the provider on this machine, as a browser does, and returns with its answer. */
async function visit(url: string, login: Login): Promise<Back> {
  const hinted = new URL(url);
  hinted.searchParams.set("login_hint", Buffer.from(JSON.stringify(login)).toString("base64url"));
  const response = await fetch(hinted, { redirect: "manual" });
  const { searchParams } = new URL(response.headers.get("location") ?? "");
  const of = (name: string) => searchParams.get(name) ?? "";
  return { code: of("code"), state: of("state"), iss: of("iss") };
}

const begin = async (client: Client, body: object = {}) =>
  (await client.post("/v1/auth/oauth/local", body)).body;

async function enter(h: Harness, login: Login, client: Client = h.anonymous, body: object = {}) {
  const { url, binding } = await begin(client, body);
  const back = await visit(url, login);
  return client.post("/v1/auth/oauth/local/callback", { ...back, binding });
}

describe("signing in by a provider", () => {
  test("makes an account the first time and finds it the next", async () => {
    const h = harness();
    const login = { sub: newSubject(), email: newEmail("made"), email_verified: true, name: "Sari Dewi" };
    const first = await enter(h, login);
    expect(first.body.status).toBe("signed_in");
    const client = h.withToken(first.body.accessToken);
    expect((await client.get("/v1/users/me")).body).toMatchObject({ email: login.email, name: "Sari Dewi" });
    const account = await client.get("/v1/auth/account");
    expect(account.body).toMatchObject({ isEmailVerified: true, hasPassword: false, providers: ["local"] });
    const second = await enter(h, { ...login, email: newEmail("other") });
    expect(second.body.userId).toBe(first.body.userId);
  });

  test("begins with PKCE, state and nonce, and sends people back to the storefront", async () => {
    const h = harness();
    const { url } = await begin(h.anonymous);
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({
      response_type: "code",
      scope: "openid email profile",
      code_challenge_method: "S256",
      redirect_uri: `${h.config.origin}/sign-in/oauth/local`,
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]).toMatch(/^[\w-]{43}$/);
    expect(new Set([asked.state, asked.nonce, asked.code_challenge]).size).toBe(3);
  });

  test("joins an account only if both sides have proof of the address", async () => {
    const h = harness();
    const person = await signUp(h);
    const login = { sub: newSubject(), email: person.email, email_verified: true };
    const early = await enter(h, login);
    expect([early.status, early.body.code]).toEqual([409, "auth.provider_unverified"]);
    const { client, userId } = await signedIn(h, person);
    await client.post("/v1/auth/verify", { token: await tokenIn(h, person.email, "verify_email") });
    const unproved = await enter(h, { ...login, email_verified: false });
    expect(unproved.body.code).toBe("auth.provider_unverified");
    const joined = await enter(h, login);
    expect(joined.body).toMatchObject({ status: "signed_in", userId });
    expect((await signIn(h, person)).status).toBe(200);
  });

  test("an unverified address is answered alike whether or not it has an account", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const known = await enter(h, { sub: newSubject(), email, email_verified: false });
    const unknown = await enter(h, { sub: newSubject(), email: newEmail("tiada"), email_verified: false });
    expect([unknown.status, unknown.body.code]).toEqual([known.status, known.body.code]);
    expect((await enter(h, { sub: newSubject() })).body.code).toBe("auth.provider_refused");
    const nowhere = { sub: newSubject(), email: "", email_verified: true };
    expect((await enter(h, nowhere)).body.code).toBe("auth.provider_refused");
  });

  const WRONG = ["nonce", "issuer", "audience", "signature", "expired"] as const;
  test.for(WRONG)("an answer with a wrong %s signs nobody in", async (wrong) => {
    const h = harness();
    const login = { sub: newSubject(), email: newEmail(), email_verified: true };
    const answer = await enter(h, { ...login, wrong });
    expect([answer.status, answer.body.code]).toEqual([401, "auth.provider_refused"]);
  });

  test("a state is good once, for the browser that began, and for its provider", async () => {
    const h = harness();
    const login = { sub: newSubject(), email: newEmail(), email_verified: true };
    const path = "/v1/auth/oauth/local/callback";
    const { url, binding } = await begin(h.anonymous);
    const back = await visit(url, login);
    const other = await begin(h.anonymous);
    for (const stolen of [{}, { binding: other.binding }]) {
      const refused = await h.anonymous.post(path, { ...back, ...stolen });
      expect([refused.status, refused.body.code]).toEqual([401, "auth.ticket_dead"]);
    }
    const both = await Promise.all([
      h.anonymous.post(path, { ...back, binding }),
      h.anonymous.post(path, { ...back, binding }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 401]);
    expect((await h.anonymous.post(path, { ...back, binding })).body.code).toBe("auth.ticket_dead");
  });

  test("a code of another sign-in is refused by the provider: its PKCE verifier is another", async () => {
    const h = harness();
    const login = { sub: newSubject(), email: newEmail(), email_verified: true };
    const [mine, theirs] = [await begin(h.anonymous), await begin(h.anonymous)];
    const [here, stolen] = [await visit(mine.url, login), await visit(theirs.url, login)];
    const answer = await h.anonymous.post("/v1/auth/oauth/local/callback", {
      ...here,
      code: stolen.code,
      binding: mine.binding,
    });
    expect([answer.status, answer.body.code]).toEqual([401, "auth.provider_refused"]);
  });

  test("a browser is bound by a cookie that scripts cannot read", async () => {
    const h = harness();
    const headers = { origin: h.config.origin };
    const begun = await h.anonymous.post("/v1/auth/oauth/local", {}, { headers });
    expect(begun.body.binding).toBeUndefined();
    const set = begun.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/^oauth-id=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
    const login = { sub: newSubject(), email: newEmail(), email_verified: true };
    const back = await visit(begun.body.url, login);
    const path = "/v1/auth/oauth/local/callback";
    const bare = await h.anonymous.post(path, back, { headers });
    expect(bare.status).toBe(401);
    const [cookie = ""] = set.split(";");
    const answer = await h.anonymous.post(path, back, { headers: { ...headers, cookie } });
    expect([answer.status, answer.body.refreshToken]).toEqual([200, undefined]);
    expect(answer.headers.get("set-cookie")).toMatch(/^refresh-id=/);
  });

  test("who is signed in links another way in, which is mailed, and unlinks it", async () => {
    const h = harness();
    const { client, userId } = await signedIn(h, await signUp(h));
    const login = { sub: newSubject(), email: newEmail("elsewhere"), email_verified: false };
    expect((await enter(h, login, client, { link: true })).body).toMatchObject({ userId });
    expect((await enter(h, login)).body).toMatchObject({ userId });
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.map((fact) => (fact.payload as { change: string }).change)).toContain("provider_linked");
    expect((await client.delete("/v1/auth/oauth/local")).status).toBe(204);
    expect((await enter(h, login)).body.code).toBe("auth.provider_unverified");
    expect((await h.anonymous.post("/v1/auth/oauth/local", { link: true })).status).toBe(401);
  });

  test("an identity that is somebody else's is not taken over by linking", async () => {
    const h = harness();
    const login = { sub: newSubject(), email: newEmail("owner"), email_verified: true };
    await enter(h, login);
    const { client } = await signedIn(h, await signUp(h));
    const answer = await enter(h, login, client, { link: true });
    expect([answer.status, answer.body.code]).toEqual([409, "auth.email_taken"]);
  });

  test("a provider that nobody configured is missing", async () => {
    const h = harness();
    expect((await h.anonymous.post("/v1/auth/oauth/constructor", {})).status).toBe(404);
    expect((await h.anonymous.get("/v1/auth/oauth")).body).toEqual({ providers: ["local"] });
  });
});
