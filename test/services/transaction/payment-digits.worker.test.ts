import { expect, test } from "vitest";
import { harness } from "../../support/harness.ts";
import { mailsTo, person } from "../social/postbox.ts";
import { buy, key, openShop } from "./shopping.ts";

test("a till's code and its time are mailed once, and the next code in a mail of its own", async () => {
  const h = harness();
  const email = `${h.ids.next("user")}@example.com`;
  const [shop, buyer] = [await openShop(h), await h.buyer()];
  const { orderGroupId, paymentId, action } = await buy(h, {
    buyer,
    shops: [shop],
    method: "convenience_store",
    email,
  });
  const asked = h.waiting().filter(({ type }) => type === "payment.asked");
  await h.drain();
  await h.deliver(asked);
  await h.drain();
  const howTo = async () => (await mailsTo(email)).filter(({ subject }) => /^Cara membayar/.test(subject));
  const [mail, ...more] = await howTo();
  const code = action?.kind === "payment_code" ? action.code : "none";
  expect(mail?.subject).toBe("Cara membayar Rp 265.000");
  expect(mail?.text).toContain(`Kode bayar: ${code}`);
  expect(mail?.text).toMatch(/Bayar sampai: \d+ .+ pukul \d\d\.\d\d WIB/);
  expect(more).toEqual([]);
  const again = { orderGroupId, method: "virtual_account", bank: "bni" };
  const first = (await buyer.get(`/v1/payments/${paymentId}`)).body;
  h.clock.advance(60_000);
  const second = (await buyer.post("/v1/payments", again, key())).body;
  // Its stock is held for the time of the first method, and for no more by choosing another.
  expect(second.payBefore).toBe(first.payBefore);
  await h.drain();
  const texts = (await howTo()).map(({ text }) => text).join();
  expect(texts).toContain(`Nomor virtual account: ${second.action.number}`);
  const scanned = { orderGroupId, method: "qris" };
  expect((await buyer.post("/v1/payments", scanned, key())).status).toBe(201);
  await h.drain();
  expect(await howTo()).toHaveLength(2);
});

test("the code of a top-up at a till is mailed, and leads to the wallet", async () => {
  const h = harness();
  const buyer = await person(h);
  const ask = { amountMinor: "5000000", method: "convenience_store", store: "alfamart" };
  const { action } = (await buyer.post("/v1/payments/top-ups", ask, { key: "till" })).body;
  await h.drain();
  const [mail] = await mailsTo(buyer.email);
  expect(mail?.subject).toBe("Cara membayar Rp 50.000");
  for (const words of [action.code, "Alfamart", "/account/wallet"]) expect(mail?.text).toContain(words);
});
