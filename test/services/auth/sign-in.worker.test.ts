import { expect, test } from "vitest";
import { harness } from "../../support/harness.ts";
import { newEmail, PASSWORD, signedIn, signIn, signUp } from "./people.ts";

test("signs up, signs in and is known by the token", async () => {
  const h = harness();
  const person = await signUp(h);
  const { client, userId } = await signedIn(h, person);
  const me = await client.get("/v1/users/me");
  expect(me.status).toBe(200);
  expect(me.body).toMatchObject({ userId, email: person.email, name: "Sari" });
});

test("signing up with an address that has an account is answered like any other", async () => {
  const h = harness();
  const { email } = await signUp(h);
  const again = await h.anonymous.post("/v1/auth/sign-up", { email, password: "lain-sekali-1", name: "X" });
  const fresh = await h.anonymous.post("/v1/auth/sign-up", {
    email: newEmail(),
    password: PASSWORD,
    name: "X",
  });
  expect([again.status, again.body]).toEqual([fresh.status, fresh.body]);
  expect((await signIn(h, { email, password: "lain-sekali-1" })).status).toBe(401);
});
