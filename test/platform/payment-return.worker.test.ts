import { expect, test } from "vitest";
import { harness } from "../support/harness.ts";

test("a payer comes back to a page in his language that says nothing of the payment", async () => {
  const h = harness();
  const path = `/payments/${h.ids.next("payment")}/return`;
  for (const [language, title] of [
    ["id-ID,id;q=0.9", "Kembali dari pembayaran"],
    ["en", "Back from the payment"],
  ] as const) {
    const { status, headers, body } = await h.anonymous.get(path, {
      headers: { "accept-language": language },
    });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(body).toContain(`<h1>${title}</h1>`);
    expect(body).not.toContain("<script");
  }
  expect((await h.anonymous.get("/payments/no-payment/return")).status).toBe(400);
});
