import { expect, test } from "vitest";
import { harness } from "../support/harness.ts";

test("a payer who comes back is led to the page of his payment, which tells nobody else", async () => {
  const h = harness();
  const paymentId = h.ids.next("payment");
  const { status, headers, body } = await h.anonymous.get(`/payments/${paymentId}/return?status=paid`);
  expect([status, headers.get("location")]).toEqual([302, `/pay/${paymentId}`]);
  expect(body ?? "").toBe("");
  expect((await h.anonymous.get(`/v1/payments/${paymentId}`)).status).toBe(401);
  expect((await h.anonymous.get("/payments/no-payment/return")).status).toBe(400);
});
