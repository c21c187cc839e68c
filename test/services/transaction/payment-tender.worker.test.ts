import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { createPayment } from "#services/transaction/payment/index";
import { balanceQuery, refundToWallet } from "#services/transaction/wallet/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, PAY_WITHIN_MS, sandbox } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

const userIdOf = ({ actor }: Client): Id<"user"> => {
  if (actor.kind !== "user") throw new Error("not a user");
  return actor.userId;
};

/** Somebody with money in his wallet, as a refund brings it there. */
async function withFunds(h: Harness, minor: bigint) {
  const buyer = await h.buyer();
  const userId = userIdOf(buyer);
  const { currency } = h.market;
  const amount = { minor, currency };
  const ctx = h.ctx();
  const given = await ctx.db.commit([refundToWallet(ctx, { key: userId, userId, amount, reason: "test" })]);
  expect(given.ok).toBe(true);
  const balance = async () => {
    const [{ available, held }] = await h.ctx().db.load(balanceQuery(h.ctx(), userId));
    return [available.minor, held.minor];
  };
  return { buyer, userId, balance, again: () => h.buyer(userId) };
}

test("the wallet pays for all: settled in the commit of complete, and refunded to the wallet", async () => {
  const h = harness();
  const { buyer, balance } = await withFunds(h, 100_000_000n);
  const shop = await openShop(h);
  const bought = await buy(h, { buyer, shops: [shop], method: "wallet" });
  const total = bought.amount.minor;
  expect(bought.action).toEqual({ kind: "none" });
  expect(await balance()).toEqual([100_000_000n - total, 0n]);
  await h.drain();
  const order = await buyer.get(`/v1/orders/${bought.orderId}`);
  expect(order.body).toMatchObject({ state: "paid" });
  const cancel = await buyer.post(`/v1/orders/${bought.orderId}/cancel`, { reason: "changed_mind" }, key());
  expect(cancel.body).toMatchObject({ state: "cancelled" });
  const payment = async () => (await buyer.get(`/v1/payments/${bought.paymentId}`)).body;
  for (const refund of (await payment()).refunds) await h.runDue(refund.id);
  expect(await payment()).toMatchObject({ state: "refunded", provider: "wallet" });
  expect(await balance()).toEqual([100_000_000n, 0n]);
});

test("too little in the wallet refuses the whole commit, and a guest has none", async () => {
  const h = harness();
  const { buyer, userId, balance } = await withFunds(h, 1_000n);
  const shop = await openShop(h);
  const ctx = h.ctx(buyer.actor);
  const [paymentId, orderGroupId] = [h.ids.next("payment"), h.ids.next("orderGroup")];
  const amount = { minor: 1_100n, currency: "IDR" as const };
  const about = { paymentId, orderGroupId, buyerId: userId, amount, payBy: h.clock.now() + 60_000 };
  const refused = { ok: false, code: "wallet.insufficient" };
  expect(await ctx.db.commit(createPayment(ctx, { ...about, method: "wallet" }))).toEqual(refused);
  const part = { ...about, method: "qris" as const, walletMinor: 1_001n };
  expect(await ctx.db.commit(createPayment(ctx, part))).toEqual(refused);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).status).toBe(404);
  expect(await balance()).toEqual([1_000n, 0n]);
  const guest = await h.guest();
  await expect(buy(h, { buyer: guest, shops: [shop], method: "wallet" })).rejects.toMatchObject({
    code: "payment.method_unavailable",
  });
});

test("a split: held at complete, taken with the settlement, and refunded by both ways", async () => {
  const h = harness();
  const walletMinor = 5_000_000n;
  const { buyer, balance } = await withFunds(h, 8_000_000n);
  const shop = await openShop(h);
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", walletMinor });
  const provider = sandbox(h);
  const rest = bought.amount.minor - walletMinor;
  expect(await balance()).toEqual([3_000_000n, walletMinor]);
  const wire = await provider.transaction(bought.paymentId);
  expect(wire).toMatchObject({ gross_amount: `${rest / 100n}.00` });
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  const payment = async () => (await buyer.get(`/v1/payments/${bought.paymentId}`)).body;
  expect(await payment()).toMatchObject({ state: "settled", wallet: { minor: walletMinor.toString() } });
  expect((await buyer.get(`/v1/orders/${bought.orderId}`)).body).toMatchObject({ state: "paid" });
  expect(await balance()).toEqual([3_000_000n, 0n]);
  await buyer.post(`/v1/orders/${bought.orderId}/cancel`, { reason: "changed_mind" }, key());
  for (const refund of (await payment()).refunds) await h.runDue(refund.id);
  expect(await payment()).toMatchObject({ state: "refunded", refunded: { minor: `${bought.amount.minor}` } });
  expect(await provider.transaction(bought.paymentId)).toMatchObject({ refund_amount: `${rest / 100n}.00` });
  expect(await balance()).toEqual([8_000_000n, 0n]);
});

test("by hand goes what the provider was to send, and the wallet has its part by itself", async () => {
  const h = harness();
  const walletMinor = 5_000_000n;
  const { buyer, balance } = await withFunds(h, walletMinor);
  const shop = await openShop(h);
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", walletMinor });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  await provider.faults(bought.paymentId, { refundFails: "denied" });
  await buyer.post(`/v1/orders/${bought.orderId}/cancel`, { reason: "changed_mind" }, key());
  const [refund] = (await buyer.get(`/v1/payments/${bought.paymentId}`)).body.refunds;
  await h.runDue(refund.id);
  const admin = await h.operator("admin");
  const { items } = (await admin.get("/v1/payments/refunds?state=manual&limit=100")).body;
  const amount = { minor: `${bought.amount.minor}` };
  const byHand = { minor: `${bought.amount.minor - walletMinor}` };
  expect(items.find((one: { id: string }) => one.id === refund.id)).toMatchObject({ amount, byHand });
  const confirmed = await admin.post(
    `/v1/payments/refunds/${refund.id}/confirm`,
    { evidence: "Transfer 88213" },
    key(),
  );
  expect(confirmed.body).toMatchObject({ state: "paid_by_hand" });
  expect(await balance()).toEqual([walletMinor, 0n]);
});

test("a split that fails gives the wallet its part back, and late money goes back too", async () => {
  const h = harness();
  const { buyer, balance, again } = await withFunds(h, 8_000_000n);
  const shop = await openShop(h);
  const split = { buyer, shops: [shop], method: "qris" as const, walletMinor: 5_000_000n };
  const denied = await buy(h, split);
  const provider = sandbox(h);
  await provider.act(denied.paymentId, "deny");
  await provider.notify(denied.paymentId);
  expect(await balance()).toEqual([8_000_000n, 0n]);

  const expired = await buy(h, split);
  h.clock.advance(PAY_WITHIN_MS + 120_000);
  await h.runDue(expired.orderGroupId);
  await h.runDue(expired.paymentId);
  expect(await balance()).toEqual([8_000_000n, 0n]);
  // The provider had ended it, so that the late word is one of a notification gone wrong: it is asked.
  const late = await buy(h, { ...split, buyer: await again() });
  h.clock.advance(PAY_WITHIN_MS + 120_000);
  await h.runDue(late.orderGroupId);
  await provider.act(late.paymentId, "pay");
  await h.runDue(late.paymentId);
  await h.drain();
  const payment = async () => (await (await again()).get(`/v1/payments/${late.paymentId}`)).body;
  for (const refund of (await payment()).refunds) await h.runDue(refund.id);
  await h.drain();
  const shown = await payment();
  expect(["expired", "cancelled", "refunded"]).toContain(shown.state);
  expect(shown.refunds).toMatchObject([{ state: "succeeded" }]);
  expect(await provider.transaction(late.paymentId)).toMatchObject({ transaction_status: "refund" });
  expect(await balance()).toEqual([8_000_000n, 0n]);
});

test("paying again moves the wallet's part from the try that is left to the next", async () => {
  const h = harness();
  const { buyer, balance } = await withFunds(h, 8_000_000n);
  const shop = await openShop(h);
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", walletMinor: 5_000_000n });
  const body = { orderGroupId: bought.orderGroupId, method: "gopay", walletMinor: "7000000" };
  const again = await buyer.post("/v1/payments", body, key());
  expect(again.body).toMatchObject({ attempt: 2, wallet: { minor: "7000000" } });
  expect(await balance()).toEqual([1_000_000n, 7_000_000n]);
  const tooMuch = { ...body, walletMinor: "9000000" };
  expect((await buyer.post("/v1/payments", tooMuch, key())).body).toMatchObject({
    code: "payment.wallet_refused",
  });
  expect(await balance()).toEqual([1_000_000n, 7_000_000n]);
});

async function held(h: Harness) {
  Object.assign(h.market.payment, { capture: "manual" });
  const shops = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops, method: "card", cardToken: "pm_card_visa" });
  Object.assign(h.market.payment, { capture: "automatic" });
  const admin = await h.operator("admin");
  const capture = (body: object) => admin.post(`/v1/payments/${bought.paymentId}/capture`, body, key());
  return { ...bought, buyer, capture, desk: stripeDesk(h) };
}

test("a held card is captured by order, and the rest is let go once it is owed no longer", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, orderIds, placement, capture, buyer, desk } = await held(h);
  const [first, second] = orderIds;
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "authorised" });
  expect((await capture({ orderIds: [first], isFinal: true })).body).toMatchObject({
    code: "payment.capture_incomplete",
  });
  await buyer.post(`/v1/orders/${second}/cancel`, { reason: "changed_mind" }, key());
  const captured = await capture({ orderIds: [first], isFinal: true });
  expect(captured.body).toMatchObject({ state: "settled" });
  await h.drain();
  expect((await buyer.get(`/v1/orders/${first}`)).body).toMatchObject({ state: "paid" });
  expect((await buyer.get(`/v1/orders/${second}`)).body).toMatchObject({ state: "cancelled" });
  const received = Number(placement.orders[0]?.totalMinor);
  expect((await desk.see(paymentId)).intent).toMatchObject({
    amount_received: received,
    amount_capturable: 0,
  });
  expect((await capture({})).body).toMatchObject({ code: "payment.not_held" });
});

test("several captures add up, and a lost answer captures nothing twice", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, orderIds, amount, capture, desk } = await held(h);
  await desk.faults(paymentId, { captureFails: "lost", times: 1 });
  const lost = await capture({ orderIds: [orderIds[0]], isFinal: false });
  expect([200, 503]).toContain(lost.status);
  await capture({ orderIds: [orderIds[0]], isFinal: false });
  const last = await capture({ isFinal: true });
  expect(last.body).toMatchObject({ state: "settled" });
  expect((await desk.see(paymentId)).intent).toMatchObject({ amount_received: Number(amount.minor) });
});
