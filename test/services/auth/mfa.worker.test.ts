import * as OTPAuth from "otpauth";
import { describe, expect, test } from "vitest";
import { type Harness, harness } from "../../support/harness.ts";
import { letters, type Person, signedIn, signIn, signUp, tokenIn } from "./people.ts";

const STEP_MS = 30_000;

/** A person with the second factor on, and the app that speaks it. */
async function guarded(h: Harness) {
  const person = await signUp(h);
  const session = await signedIn(h, person);
  const setUp = await session.client.post("/v1/auth/totp");
  expect(setUp.status).toBe(201);
  const app = OTPAuth.URI.parse(setUp.body.uri) as OTPAuth.TOTP;
  const code = () => app.generate({ timestamp: h.clock.now() });
  const confirmed = await session.client.post("/v1/auth/totp/confirm", { code: code() });
  expect(confirmed.status).toBe(200);
  h.clock.advance(STEP_MS);
  return { person, session, code, recoveryCodes: confirmed.body.recoveryCodes as string[] };
}

const begin = async (h: Harness, person: Person): Promise<string> => {
  const { status, body } = await signIn(h, person);
  expect([status, body.status]).toEqual([200, "mfa_required"]);
  return body.mfaToken;
};
const wrongOf = (code: string, i = 0) => String((Number(code) + i + 1) % 1_000_000).padStart(6, "0");

describe("the second factor", () => {
  test("guards nothing until it is confirmed", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client } = await signedIn(h, person);
    await client.post("/v1/auth/totp");
    expect((await signIn(h, person)).body.status).toBe("signed_in");
    expect((await client.post("/v1/auth/totp/confirm", { code: "000000" })).status).toBe(401);
    expect((await client.get("/v1/auth/account")).body.hasTotp).toBe(false);
  });

  test("stops the password, and its code goes on to a session with both", async () => {
    const h = harness();
    const { person, code } = await guarded(h);
    const mfaToken = await begin(h, person);
    const answer = await h.anonymous.post("/v1/auth/mfa", { mfaToken, code: code() });
    expect(answer.body.status).toBe("signed_in");
    const client = h.withToken(answer.body.accessToken);
    const sessions = await client.get("/v1/auth/sessions");
    const current = sessions.body.items.find((one: { isCurrent: boolean }) => one.isCurrent);
    expect(current.amr).toEqual(["pwd", "otp", "mfa"]);
    expect((await h.anonymous.post("/v1/auth/mfa", { mfaToken, code: code() })).status).toBe(401);
  });

  test("stops a mailed code and a magic link too", async () => {
    const h = harness();
    const { person, session } = await guarded(h);
    await session.client.post("/v1/auth/verify", { token: await tokenIn(h, person.email, "verify_email") });
    const { body } = await h.anonymous.post("/v1/auth/otp", { email: person.email });
    const code = (await letters(h, person.email)).findLast((one) => one.code)?.code;
    const byCode = await h.anonymous.post("/v1/auth/otp/confirm", { token: body.token, code });
    expect(byCode.body).toMatchObject({ status: "mfa_required", methods: ["totp", "recovery_code"] });
    expect(byCode.body.accessToken).toBeUndefined();
    await h.anonymous.post("/v1/auth/magic-link", { email: person.email });
    const token = await tokenIn(h, person.email, "magic_link");
    const byLink = await h.anonymous.post("/v1/auth/magic-link/confirm", { token });
    expect(byLink.body.status).toBe("mfa_required");
  });

  test("a code is used once, in the same step and from another sign-in too", async () => {
    const h = harness();
    const { person, code } = await guarded(h);
    const [one, two] = [await begin(h, person), await begin(h, person)];
    const used = code();
    const both = await Promise.all(
      [one, two].map((mfaToken) => h.anonymous.post("/v1/auth/mfa", { mfaToken, code: used })),
    );
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
    const third = await h.anonymous.post("/v1/auth/mfa", { mfaToken: await begin(h, person), code: used });
    expect(third.body.code).toBe("auth.code_wrong");
    h.clock.advance(STEP_MS);
    const next = await h.anonymous.post("/v1/auth/mfa", { mfaToken: await begin(h, person), code: code() });
    expect(next.status).toBe(200);
  });

  test("five wrong codes lock it for a while, from however many sign-ins they come", async () => {
    const h = harness();
    const { person, code } = await guarded(h);
    const tokens = await Promise.all(Array.from({ length: 3 }, () => begin(h, person)));
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        h.anonymous.post("/v1/auth/mfa", { mfaToken: tokens[i % 3], code: wrongOf(code(), i + 5) }),
      ),
    );
    const statuses = guesses.map((one) => one.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    const right = await h.anonymous.post("/v1/auth/mfa", { mfaToken: tokens[0], code: code() });
    expect([right.status, right.body.code]).toEqual([429, "auth.locked"]);
    h.clock.advance(15 * 60_000);
    const later = await h.anonymous.post("/v1/auth/mfa", { mfaToken: await begin(h, person), code: code() });
    expect(later.status).toBe(200);
  });

  test("a recovery code works once, however it is typed, and its use is mailed", async () => {
    const h = harness();
    const { person, recoveryCodes } = await guarded(h);
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = ""] = recoveryCodes;
    const recoveryCode = first.toUpperCase().replaceAll("-", " ");
    const answer = await h.anonymous.post("/v1/auth/mfa", { mfaToken: await begin(h, person), recoveryCode });
    expect(answer.body.status).toBe("signed_in");
    const account = await h.withToken(answer.body.accessToken).get("/v1/auth/account");
    expect(account.body).toMatchObject({ hasTotp: true, recoveryCodesLeft: 9 });
    const again = await h.anonymous.post("/v1/auth/mfa", { mfaToken: await begin(h, person), recoveryCode });
    expect([again.status, again.body.code]).toEqual([401, "auth.code_wrong"]);
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.map((fact) => (fact.payload as { change: string }).change)).toContain("recovery_code_used");
  });

  test("is turned off by who has it, which is mailed; then the password is enough", async () => {
    const h = harness();
    const { person, session } = await guarded(h);
    expect((await session.client.delete("/v1/auth/totp")).status).toBe(204);
    expect((await signIn(h, person)).body.status).toBe("signed_in");
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.at(-1)?.payload).toMatchObject({ change: "second_factor_off" });
  });

  test("either code or recovery code is given, not both", async () => {
    const h = harness();
    const mfaToken = "A".repeat(43);
    for (const body of [{ mfaToken }, { mfaToken, code: "123456", recoveryCode: "x" }]) {
      expect((await h.anonymous.post("/v1/auth/mfa", body)).status).toBe(400);
    }
  });
});

describe("step-up", () => {
  test("an old sign-in changes nothing of security until it is confirmed once more", async () => {
    const h = harness();
    const person = await signUp(h);
    const { refreshToken } = await signedIn(h, person);
    h.clock.advance(11 * 60_000);
    const turned = await h.anonymous.post("/v1/auth/refresh", { refreshToken });
    const client = h.withToken(turned.body.accessToken);
    const change = { password: "teh-botol-dingin" };
    const refused = await client.put("/v1/auth/password", change);
    expect([refused.status, refused.body.code]).toEqual([403, "auth.step_up_required"]);
    const wrong = await client.post("/v1/auth/step-up", { method: "password", password: "salah-semua-1" });
    expect(wrong.status).toBe(401);
    const right = await client.post("/v1/auth/step-up", { method: "password", password: person.password });
    expect(right.status).toBe(200);
    const changed = await client.put("/v1/auth/password", change);
    expect(changed.status).toBe(200);
    // The password's change is felt by the other tokens, and this caller has a new one.
    expect((await client.get("/v1/auth/account")).status).toBe(401);
    expect((await h.withToken(changed.body.accessToken).get("/v1/auth/account")).status).toBe(200);
    expect((await signIn(h, { ...person, ...change })).status).toBe(200);
  });

  test("with a second factor on, the password alone is not enough, and a code is", async () => {
    const h = harness();
    const { person, session, code } = await guarded(h);
    h.clock.advance(11 * 60_000);
    const turned = await h.anonymous.post("/v1/auth/refresh", { refreshToken: session.refreshToken });
    const client = h.withToken(turned.body.accessToken);
    const byPassword = await client.post("/v1/auth/step-up", {
      method: "password",
      password: person.password,
    });
    expect([byPassword.status, byPassword.body.code]).toEqual([403, "auth.step_up_required"]);
    expect((await client.post("/v1/auth/step-up", { method: "totp", code: wrongOf(code()) })).status).toBe(
      401,
    );
    expect((await client.post("/v1/auth/step-up", { method: "totp", code: code() })).status).toBe(200);
    expect((await client.post("/v1/auth/recovery-codes")).status).toBe(201);
  });

  test("a secret that is only being set up confirms nobody", async () => {
    const h = harness();
    const { refreshToken, client } = await signedIn(h, await signUp(h));
    expect((await client.post("/v1/auth/totp/confirm", { code: "123456" })).body.code).toBe(
      "auth.totp_missing",
    );
    const { body } = await client.post("/v1/auth/totp");
    const app = OTPAuth.URI.parse(body.uri) as OTPAuth.TOTP;
    h.clock.advance(11 * 60_000);
    const turned = await h.anonymous.post("/v1/auth/refresh", { refreshToken });
    const code = app.generate({ timestamp: h.clock.now() });
    const later = h.withToken(turned.body.accessToken);
    const answer = await later.post("/v1/auth/step-up", { method: "totp", code });
    expect([answer.status, answer.body.code]).toEqual([404, "auth.totp_missing"]);
  });

  test("a session that was revoked is out at once, whatever its access token says", async () => {
    const h = harness();
    const person = await signUp(h);
    const [here, gone] = [await signedIn(h, person), await signedIn(h, person)];
    // Signing out leaves the access token alive for its minutes: reading still works, security does not.
    await h.anonymous.post("/v1/auth/sign-out", { refreshToken: gone.refreshToken });
    expect((await gone.client.get("/v1/auth/account")).status).toBe(200);
    expect((await gone.client.post("/v1/auth/totp")).status).toBe(401);
    expect((await here.client.post("/v1/auth/totp")).status).toBe(201);
  });
});
