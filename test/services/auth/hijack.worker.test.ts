import { expect, test } from "vitest";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { letters, member, newEmail, signedIn, signIn, signUp, tokenIn } from "./people.ts";

// Somebody is in by theft and takes the account to an address of his own.

const PASSWORD = "teh-botol-dingin";

async function moved(h: Harness, client: Client, to: string): Promise<void> {
  expect((await client.post("/v1/auth/email", { email: to })).status).toBe(202);
  const token = await tokenIn(h, to, "confirm_new_email");
  expect((await client.post("/v1/auth/email/confirm", { token })).status).toBe(204);
}

const undo = (h: Harness, token: string) => h.anonymous.post("/v1/auth/email/undo", { token });

async function byMail(h: Harness, email: string): Promise<Client> {
  await h.anonymous.post("/v1/auth/magic-link", { email });
  const token = await tokenIn(h, email, "magic_link");
  const { body } = await h.anonymous.post("/v1/auth/magic-link/confirm", { token });
  return h.withToken(body.accessToken);
}

type Thief = {
  readonly h: Harness;
  readonly client: Client;
  readonly email: string;
  readonly owner: string;
};
const THEFTS = {
  "signs everybody out": async ({ client }: Thief) => {
    expect((await client.delete("/v1/auth/sessions")).status).toBe(204);
  },
  "sets a password by mail": async ({ h, email }: Thief) => {
    await h.anonymous.post("/v1/auth/reset", { email });
    const token = await tokenIn(h, email, "reset_password");
    const asked = { token, password: PASSWORD };
    expect((await h.anonymous.post("/v1/auth/reset/confirm", asked)).status).toBe(204);
  },
  "changes the password": async ({ client }: Thief) => {
    expect((await client.put("/v1/auth/password", { password: PASSWORD })).status).toBe(200);
  },
  "takes the old address for another account": async ({ h, owner }: Thief) => {
    // Answered as ever; there is no such account.
    await signUp(h, owner, PASSWORD);
    expect((await signIn(h, { email: owner, password: PASSWORD })).status).toBe(401);
  },
  "undoes a change of his own": async ({ h, client, email }: Thief) => {
    h.clock.advance(1_000);
    await moved(h, client, newEmail("maling"));
    expect((await undo(h, await tokenIn(h, email, "email_changed"))).status).toBe(204);
    await moved(h, await byMail(h, email), newEmail("maling"));
  },
};

test.for(Object.keys(THEFTS) as (keyof typeof THEFTS)[])(
  "the owner takes the address back though the thief %s",
  async (what) => {
    const h = harness();
    const person = await member(h);
    const { client, userId } = await signedIn(h, person);
    const email = newEmail("maling");
    await moved(h, client, email);
    const own = await tokenIn(h, person.email, "email_changed");
    await THEFTS[what]({ h, client, email, owner: person.email });
    expect((await undo(h, own)).status).toBe(204);
    const back = await byMail(h, person.email);
    expect((await back.get("/v1/auth/account")).body).toMatchObject({ userId, email: person.email });
    // What came after it is undone too: no letter of the thief's takes the account back to him.
    const his = (await letters(h, email)).filter(({ template }) => template === "email_changed");
    for (const { link = "" } of his) {
      expect((await undo(h, link.split("#token=")[1] ?? "")).status).toBe(401);
    }
  },
);

test("links that went to the old address are dead once there is a new one", async () => {
  const h = harness();
  const person = await member(h);
  const { client } = await signedIn(h, person);
  const { email } = person;
  for (const path of ["reset", "magic-link"]) await h.anonymous.post(`/v1/auth/${path}`, { email });
  const token = await tokenIn(h, email, "reset_password");
  const link = await tokenIn(h, email, "magic_link");
  await moved(h, client, newEmail("baru"));
  const answers = [
    await h.anonymous.post("/v1/auth/magic-link/confirm", { token: link }),
    await h.anonymous.post("/v1/auth/reset/confirm", { token, password: PASSWORD }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
});
