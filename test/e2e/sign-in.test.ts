import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { clientOf } from "../support/http-client.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { mailboxOf } from "../support/sandboxes.ts";

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await sharePlatform();
});

const chromium = findChromium();
if (!chromium)
  console.warn("sign-in: the passkey is skipped, because no Chromium was found (docs/testing.md)");

test("somebody signs up, confirms by mail, loses the password and comes back by mail", async () => {
  const anonymous = clientOf(platform);
  const mailbox = mailboxOf(platform);
  const email = "sari@example.com";
  const tokenIn = async (link: RegExp) => {
    const message = await mailbox.find(email, String(link), ({ text }) => link.test(text));
    return link.exec(message.text)?.[1] ?? "";
  };
  const forgotten = { email, password: "kopi-tubruk-pagi" };
  await anonymous.do("/v1/auth/sign-up", { ...forgotten, name: "Sari" });
  const token = await tokenIn(/\/verify-email#token=([\w-]{43})/);
  const verified = await anonymous.do("/v1/auth/verify", { token, password: forgotten.password });
  expect(verified.status).toBe("signed_in");
  const mine = clientOf(platform, { token: verified.accessToken });
  expect(await mine.read("/v1/auth/account")).toMatchObject({ email, isEmailVerified: true });

  await anonymous.do("/v1/auth/reset", { email });
  const reset = await tokenIn(/\/reset-password#token=([\w-]{43})/);
  const chosen = { email, password: "teh-botol-dingin" };
  await anonymous.do("/v1/auth/reset/confirm", { token: reset, password: chosen.password });
  expect((await mine.get("/v1/auth/account")).status).toBe(401);
  expect((await anonymous.post("/v1/auth/sign-in", forgotten)).status).toBe(401);
  expect((await anonymous.post("/v1/auth/sign-in", chosen)).body.status).toBe("signed_in");

  const asked = await anonymous.do("/v1/auth/otp", { email });
  const letter = await mailbox.find(email, "the code", ({ subject }) => subject === "Your sign-in code");
  const code = /^\s*(\d{6})\s*$/m.exec(letter.text)?.[1];
  const entered = await anonymous.do("/v1/auth/otp/confirm", { token: asked.token, code });
  expect(entered).toMatchObject({ status: "signed_in", userId: verified.userId });
});

type Told = {
  readonly status: number;
  readonly body: {
    readonly status?: string;
    readonly accessToken?: string;
    readonly refreshToken?: string;
    readonly userId?: string;
    readonly name?: string;
  };
};
type Sending = { readonly path: string; readonly body?: object; readonly token?: string | undefined };

/** A call as the storefront makes it: from our own page, with its cookies. */
const post = (page: Page, sending: Sending): Promise<Told> =>
  page.evaluate(async ({ path, body, token }) => {
    const response = await fetch(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-market": "id",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body ?? {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  }, sending);

/** Asks for options, lets the browser act on them, and sends what its authenticator answered. */
const passkey = (
  page: Page,
  sending: { verb: "create" | "get"; from: string; to: string; token?: string | undefined },
): Promise<Told> =>
  page.evaluate(async ({ verb, from, to, token }) => {
    const headers = {
      "content-type": "application/json",
      "x-market": "id",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const options: object = await (await fetch(from, { method: "POST", headers, body: "{}" })).json();
    const web = globalThis as unknown as {
      PublicKeyCredential: {
        parseCreationOptionsFromJSON(json: object): object;
        parseRequestOptionsFromJSON(json: object): object;
      };
      navigator: { credentials: { [verb: string]: (options: object) => Promise<{ toJSON(): object }> } };
    };
    const publicKey =
      verb === "create"
        ? web.PublicKeyCredential.parseCreationOptionsFromJSON(options)
        : web.PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = (await web.navigator.credentials[verb]?.({ publicKey }))?.toJSON();
    const response = await fetch(to, { method: "POST", headers, body: JSON.stringify({ credential }) });
    return { status: response.status, body: await response.json() };
  }, sending);

test.skipIf(!chromium)("a browser makes a passkey, signs in with it and stays signed in", async () => {
  const browser = await openBrowser(chromium ?? "");
  try {
    // WebAuthn's rpID is the host of the market's origin: localhost, and no number in its place.
    const origin = platform.url.replace("127.0.0.1", "localhost");
    const page = await browser.newPage();
    await page.goto(`${origin}/docs`);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });

    const person = { email: "passkey@example.com", password: "kopi-tubruk-pagi" };
    const signedUp = await post(page, { path: "/v1/auth/sign-up", body: { ...person, name: "Sari" } });
    expect(signedUp.status).toBe(202);
    const byPassword = await post(page, { path: "/v1/auth/sign-in", body: person });
    expect(byPassword.body).toMatchObject({ status: "signed_in" });
    expect(byPassword.body.refreshToken).toBeUndefined();

    const { accessToken: token, userId } = byPassword.body;
    const made = await passkey(page, {
      verb: "create",
      from: "/v1/auth/passkeys/registration",
      to: "/v1/auth/passkeys",
      token,
    });
    expect([made.status, made.body.name]).toEqual([201, "Passkey"]);

    expect((await post(page, { path: "/v1/auth/sign-out" })).status).toBe(204);
    expect((await post(page, { path: "/v1/auth/refresh" })).status).toBe(401);
    for (let round = 0; round < 3; round += 1) {
      const entered = await passkey(page, {
        verb: "get",
        from: "/v1/auth/passkeys/options",
        to: "/v1/auth/passkeys/sign-in",
      });
      expect(entered.body).toMatchObject({ status: "signed_in", userId });
    }

    // The cookie is the browser's own affair: no script sees it, and the next page is signed in by it.
    expect(await page.evaluate("document.cookie")).toBe("");
    await page.reload();
    const refreshed = await post(page, { path: "/v1/auth/refresh" });
    expect(refreshed.body).toMatchObject({ status: "signed_in", userId });
  } finally {
    await browser.close();
  }
});
