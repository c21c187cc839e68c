import { describe, expect, test } from "vitest";
import { harness } from "../../support/harness.ts";
import { letters, newEmail, PASSWORD, signedIn, signIn, signUp, tokenIn } from "./people.ts";

describe("confirming the address", () => {
  test("in the browser that signed up keeps everything as it is", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client } = await signedIn(h, person);
    expect((await client.get("/v1/auth/account")).body.isEmailVerified).toBe(false);
    const token = await tokenIn(h, person.email, "verify_email");
    const answer = await client.post("/v1/auth/verify", { token });
    expect([answer.status, answer.body]).toEqual([200, { status: "verified" }]);
    const account = await client.get("/v1/auth/account");
    expect(account.body).toMatchObject({ isEmailVerified: true, hasPassword: true });
    expect(h.waiting().filter((fact) => fact.type === "auth.email_verified")).toHaveLength(1);
    expect((await client.post("/v1/auth/verify", { token })).body.code).toBe("auth.ticket_dead");
  });

  test("elsewhere with the password keeps it and signs in", async () => {
    const h = harness();
    const person = await signUp(h);
    const token = await tokenIn(h, person.email, "verify_email");
    const wrong = await h.anonymous.post("/v1/auth/verify", { token, password: "salah-semua-1" });
    expect([wrong.status, wrong.body.code]).toEqual([401, "auth.wrong_credentials"]);
    const right = await h.anonymous.post("/v1/auth/verify", { token, password: person.password });
    expect(right.body.status).toBe("signed_in");
    expect((await signIn(h, person)).status).toBe(200);
  });

  test("by somebody else than who signed up leaves nothing of theirs", async () => {
    const h = harness();
    const squatter = await signUp(h);
    const theirs = await signedIn(h, squatter);
    const token = await tokenIn(h, squatter.email, "verify_email");
    const owner = await h.anonymous.post("/v1/auth/verify", { token });
    expect(owner.body.status).toBe("signed_in");
    expect((await signIn(h, squatter)).status).toBe(401);
    expect((await theirs.client.get("/v1/auth/account")).status).toBe(401);
    const refresh = await h.anonymous.post("/v1/auth/refresh", { refreshToken: theirs.refreshToken });
    expect(refresh.status).toBe(401);
    const account = await h.withToken(owner.body.accessToken).get("/v1/auth/account");
    expect(account.body).toMatchObject({ userId: theirs.userId, isEmailVerified: true, hasPassword: false });
  });

  test("a magic link proves it as well, and a second link of the squatter's is dead", async () => {
    const h = harness();
    const squatter = await signUp(h);
    const theirs = await signedIn(h, squatter);
    await h.anonymous.post("/v1/auth/magic-link", { email: squatter.email });
    const token = await tokenIn(h, squatter.email, "magic_link");
    const owner = await h.anonymous.post("/v1/auth/magic-link/confirm", { token });
    expect(owner.body).toMatchObject({ status: "signed_in", userId: theirs.userId });
    expect((await signIn(h, squatter)).status).toBe(401);
    expect((await theirs.client.get("/v1/auth/account")).status).toBe(401);
    const old = await tokenIn(h, squatter.email, "verify_email");
    expect((await h.anonymous.post("/v1/auth/verify", { token: old })).status).toBe(401);
  });

  test("a link that comes after the address was confirmed another way signs nobody in", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client } = await signedIn(h, person);
    const first = await tokenIn(h, person.email, "verify_email");
    await client.post("/v1/auth/verify/resend");
    const second = await tokenIn(h, person.email, "verify_email");
    await client.post("/v1/auth/verify", { token: first });
    const late = await h.anonymous.post("/v1/auth/verify", { token: second });
    expect(late.body).toEqual({ status: "verified" });
    expect((await client.get("/v1/auth/account")).body.hasPassword).toBe(true);
  });

  test("can be mailed once more, until it is confirmed", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client } = await signedIn(h, person);
    expect((await client.post("/v1/auth/verify/resend")).status).toBe(202);
    expect(await letters(h, person.email)).toHaveLength(2);
    const token = await tokenIn(h, person.email, "verify_email");
    await client.post("/v1/auth/verify", { token });
    await client.post("/v1/auth/verify/resend");
    expect(await letters(h, person.email)).toHaveLength(2);
  });
});

describe("a magic link", () => {
  test("signs in once, within its time", async () => {
    const h = harness();
    const { email } = await signUp(h);
    await h.anonymous.post("/v1/auth/magic-link", { email });
    const token = await tokenIn(h, email, "magic_link");
    const both = await Promise.all([
      h.anonymous.post("/v1/auth/magic-link/confirm", { token }),
      h.anonymous.post("/v1/auth/magic-link/confirm", { token }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 401]);
    await h.anonymous.post("/v1/auth/magic-link", { email });
    const late = await tokenIn(h, email, "magic_link");
    h.clock.advance(15 * 60_000 + 1);
    const answer = await h.anonymous.post("/v1/auth/magic-link/confirm", { token: late });
    expect([answer.status, answer.body.code]).toEqual([401, "auth.ticket_dead"]);
  });

  test("is no ticket for anything else, and reading it spends nothing", async () => {
    const h = harness();
    const { email } = await signUp(h);
    await h.anonymous.post("/v1/auth/magic-link", { email });
    const token = await tokenIn(h, email, "magic_link");
    expect((await h.anonymous.post("/v1/auth/verify", { token })).status).toBe(401);
    const reset = await h.anonymous.post("/v1/auth/reset/confirm", { token, password: "baru-sekali-1" });
    expect(reset.status).toBe(401);
    expect((await h.anonymous.get(`/v1/auth/magic-link/confirm?token=${token}`)).status).toBe(404);
    expect((await h.anonymous.post("/v1/auth/magic-link/confirm", { token })).status).toBe(200);
  });

  test("of another market is worth nothing", async () => {
    const [id, sg] = [harness(), harness({ market: "sg" })];
    const { email } = await signUp(id);
    await signUp(sg, email);
    await id.anonymous.post("/v1/auth/magic-link", { email });
    const token = await tokenIn(id, email, "magic_link");
    expect((await sg.anonymous.post("/v1/auth/magic-link/confirm", { token })).status).toBe(401);
  });
});

describe("a mailed code", () => {
  const ask = async (h: ReturnType<typeof harness>, email: string) => {
    const { body, status } = await h.anonymous.post("/v1/auth/otp", { email });
    expect(status).toBe(202);
    const code = (await letters(h, email)).findLast((one) => one.template === "email_otp")?.code;
    return { token: body.token as string, code: code ?? "" };
  };
  const wrongOf = (code: string, i: number) => String((Number(code) + i + 1) % 1_000_000).padStart(6, "0");

  test("signs in once", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const { token, code } = await ask(h, email);
    const answer = await h.anonymous.post("/v1/auth/otp/confirm", { token, code });
    expect(answer.body.status).toBe("signed_in");
    expect((await h.anonymous.post("/v1/auth/otp/confirm", { token, code })).status).toBe(401);
  });

  test("twenty guesses at once use it up: then the right one is refused", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const { token, code } = await ask(h, email);
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        h.anonymous.post("/v1/auth/otp/confirm", { token, code: wrongOf(code, i) }),
      ),
    );
    expect(guesses.map((one) => one.status)).toEqual(Array(20).fill(401));
    const right = await h.anonymous.post("/v1/auth/otp/confirm", { token, code });
    expect([right.status, right.body.code]).toEqual([401, "auth.code_wrong"]);
  });

  test("the fifth guess may still be right", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const { token, code } = await ask(h, email);
    for (let i = 0; i < 4; i += 1) {
      await h.anonymous.post("/v1/auth/otp/confirm", { token, code: wrongOf(code, i) });
    }
    expect((await h.anonymous.post("/v1/auth/otp/confirm", { token, code })).status).toBe(200);
  });

  test("goes with the token of whoever asked for it, and no other", async () => {
    const h = harness();
    const [sari, budi] = [await signUp(h), await signUp(h, newEmail("budi"))];
    const { code } = await ask(h, sari.email);
    const { token } = await ask(h, budi.email);
    expect((await h.anonymous.post("/v1/auth/otp/confirm", { token, code })).status).toBe(401);
  });
});

describe("resetting the password", () => {
  test("sets it, ends every session and is mailed", async () => {
    const h = harness();
    const person = await signUp(h);
    const before = await signedIn(h, person);
    await before.client.post("/v1/auth/verify", { token: await tokenIn(h, person.email, "verify_email") });
    await h.anonymous.post("/v1/auth/reset", { email: person.email });
    const token = await tokenIn(h, person.email, "reset_password");
    const weak = await h.anonymous.post("/v1/auth/reset/confirm", { token, password: "password123" });
    expect([weak.status, weak.body.code]).toEqual([400, "auth.password_weak"]);
    const password = "teh-botol-dingin";
    expect((await h.anonymous.post("/v1/auth/reset/confirm", { token, password })).status).toBe(204);
    expect((await before.client.get("/v1/auth/account")).status).toBe(401);
    const refresh = await h.anonymous.post("/v1/auth/refresh", { refreshToken: before.refreshToken });
    expect(refresh.status).toBe(401);
    expect((await signIn(h, person)).status).toBe(401);
    expect((await signIn(h, { ...person, password })).status).toBe(200);
    expect((await h.anonymous.post("/v1/auth/reset/confirm", { token, password })).status).toBe(401);
    const told = h.waiting().filter((fact) => fact.type === "auth.security_changed");
    expect(told.at(-1)?.payload).toMatchObject({ change: "password_changed", email: person.email });
  });
});

describe("changing the address", () => {
  test("is confirmed by who is signed in, told to the old one, and can be undone", async () => {
    const h = harness();
    const person = await signUp(h);
    const { client, userId } = await signedIn(h, person);
    await client.post("/v1/auth/verify", { token: await tokenIn(h, person.email, "verify_email") });
    const email = newEmail("baru");
    expect((await client.post("/v1/auth/email", { email })).status).toBe(202);
    const token = await tokenIn(h, email, "confirm_new_email");
    const stranger = await signedIn(h, await signUp(h));
    expect((await stranger.client.post("/v1/auth/email/confirm", { token })).status).toBe(401);
    expect((await client.post("/v1/auth/email/confirm", { token })).status).toBe(204);
    expect((await signIn(h, person)).status).toBe(401);
    expect((await signIn(h, { ...person, email })).status).toBe(200);
    expect((await client.get("/v1/users/me")).body.email).toBe(email);

    const undo = await tokenIn(h, person.email, "email_changed");
    expect((await h.anonymous.post("/v1/auth/email/undo", { token: undo })).status).toBe(204);
    expect((await client.get("/v1/auth/account")).status).toBe(401);
    expect((await signIn(h, { ...person, email })).status).toBe(401);
    // Whoever was in had the password: its owner comes back by mail.
    expect((await signIn(h, person)).status).toBe(401);
    await h.anonymous.post("/v1/auth/magic-link", { email: person.email });
    const link = await tokenIn(h, person.email, "magic_link");
    const back = await h.anonymous.post("/v1/auth/magic-link/confirm", { token: link });
    expect(back.body).toMatchObject({ status: "signed_in", userId });
  });

  test("to one that has an account is refused at the end, and only to who reads its mail", async () => {
    const h = harness();
    const [sari, budi] = [await signUp(h), await signUp(h, newEmail("budi"))];
    const { client } = await signedIn(h, sari);
    expect((await client.post("/v1/auth/email", { email: budi.email })).status).toBe(202);
    const token = await tokenIn(h, budi.email, "confirm_new_email");
    const answer = await client.post("/v1/auth/email/confirm", { token });
    expect([answer.status, answer.body.code]).toEqual([409, "auth.email_taken"]);
  });
});

describe("who has no account", () => {
  const ASKED = ["reset", "magic-link", "otp"] as const;
  test.for(ASKED)("is answered like everybody by /%s, after the same time", async (path) => {
    const h = harness();
    const { email } = await signUp(h);
    const timed = async (address: string) => {
      const startedAt = performance.now();
      const { status, body } = await h.anonymous.post(`/v1/auth/${path}`, { email: address });
      return {
        status,
        shape: Object.keys(body).sort(),
        kind: body.status,
        ms: performance.now() - startedAt,
      };
    };
    const [known, unknown] = [await timed(email), await timed(newEmail("tiada"))];
    expect({ ...unknown, ms: 0 }).toEqual({ ...known, ms: 0 });
    for (const { ms } of [known, unknown]) expect(ms).toBeGreaterThanOrEqual(149);
  });

  test("the token of a code that was never sent is refused like a wrong code", async () => {
    const h = harness();
    const { body } = await h.anonymous.post("/v1/auth/otp", { email: newEmail("tiada") });
    const answer = await h.anonymous.post("/v1/auth/otp/confirm", { token: body.token, code: "123456" });
    expect([answer.status, answer.body.code]).toEqual([401, "auth.code_wrong"]);
  });

  test("signs in like somebody with a wrong password, after the same time", async () => {
    const h = harness();
    const { email } = await signUp(h);
    const timed = async (address: string) => {
      const startedAt = performance.now();
      const { status, body } = await signIn(h, { email: address, password: "salah-semua-1" });
      return { status, code: body.code, ms: performance.now() - startedAt };
    };
    const [known, unknown] = [await timed(email), await timed(newEmail("tiada"))];
    expect({ ...unknown, ms: 0 }).toEqual({ ...known, ms: 0 });
    for (const { ms } of [known, unknown]) expect(ms).toBeGreaterThanOrEqual(249);
  });
});

describe("mails", () => {
  test("carry their secret sealed: neither token nor code is in the event", async () => {
    const h = harness();
    const { email } = await signUp(h);
    await h.anonymous.post("/v1/auth/otp", { email });
    const link = await tokenIn(h, email, "verify_email");
    const code = (await letters(h, email)).find((one) => one.template === "email_otp")?.code ?? "none";
    const events = JSON.stringify(h.waiting());
    expect(events).toContain(email);
    expect(events).not.toContain(link);
    expect(events).not.toContain(`"${code}"`);
  });

  test("to one address are limited, whether or not it has an account", async () => {
    const h = harness();
    const { email } = await signUp(h);
    for (const [address, left] of [
      [email, 4],
      [newEmail("tiada"), 5],
    ] as const) {
      for (let i = 0; i < left; i += 1) {
        expect((await h.anonymous.post("/v1/auth/reset", { email: address })).status).toBe(202);
      }
      const answer = await h.anonymous.post("/v1/auth/magic-link", { email: address });
      expect([answer.status, answer.body.code]).toEqual([429, "auth.limited"]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  });

  test("an address is one whatever its case, and signing up checks what is given", async () => {
    const h = harness();
    const { email } = await signUp(h, newEmail("Sari").toUpperCase());
    expect((await signIn(h, { email: ` ${email.toLowerCase()} `, password: PASSWORD })).status).toBe(200);
    const bad = await h.anonymous.post("/v1/auth/sign-up", { email: "nobody", password: "short", name: " " });
    expect(bad.status).toBe(400);
    expect(bad.body.errors.map((one: { path: string }) => one.path).sort()).toEqual([
      "body.email",
      "body.name",
      "body.password",
    ]);
  });
});
