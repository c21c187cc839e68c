import { expect, test } from "vitest";
import type { PaymentMethod } from "#services/transaction/payment/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, PAY_WITHIN_MS, sandbox } from "./shopping.ts";

const userIdOf = ({ actor }: Client) => (actor.kind === "user" ? actor.userId : undefined);

async function shopping(method: PaymentMethod = "qris") {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method });
  const provider = sandbox(h);
  // Signed in anew each time: a token does not outlive the jumps of a test's clock.
  const again = () => h.buyer(userIdOf(buyer));
  const payment = async () => (await (await again()).get(`/v1/payments/${bought.paymentId}`)).body;
  const order = async () => (await (await again()).get(`/v1/orders/${bought.orderId}`)).body;
  return { again, h, shop, buyer, provider, payment, order, ...bought };
}

test.each([
  ["qris", "qr"],
  ["virtual_account", "virtual_account"],
  ["gopay", "deeplink"],
  ["shopeepay", "deeplink"],
  ["convenience_store", "payment_code"],
  ["card", "redirect"],
] as const)("%s shows the buyer what to do", async (method, kind) => {
  const { action, payment, amount } = await shopping(method);
  expect(action?.kind).toBe(kind);
  const shown = await payment();
  expect(shown).toMatchObject({
    action: { kind },
    amount: { minor: amount.minor.toString(), currency: "IDR" },
  });
  expect(Date.parse(shown.payBefore)).toBeGreaterThan(Date.now());
});

test("paid by QRIS: order paid, stock sold, and a repeated notification changes nothing", async () => {
  const { h, shop, provider, paymentId, payment, order, buyer, orderId } = await shopping();
  expect(await order()).toMatchObject({ state: "awaiting_payment" });
  await provider.act(paymentId, "pay");
  expect((await provider.notify(paymentId)).status).toBe(200);
  const settled = await payment();
  expect(settled).toMatchObject({ state: "settled", action: { kind: "none" } });
  const paid = await order();
  expect(paid).toMatchObject({ state: "paid", invoice: { number: "INV-000001", isReady: true } });
  expect(await shop.available()).toBe(8);
  for (const body of await provider.notifications(paymentId))
    expect((await provider.post(body)).status).toBe(200);
  expect(h.waiting()).toEqual([]);
  expect([await order(), await payment()]).toEqual([paid, settled]);
  const timeline = await buyer.get(`/v1/orders/${orderId}/timeline`);
  expect(timeline.body.items.map((one: { move: string; by: string }) => [one.move, one.by])).toEqual([
    ["place", "buyer"],
    ["pay", "platform"],
  ]);
});

test("late and reordered: a pending that comes last does not undo the settlement", async () => {
  const { provider, paymentId, payment, order } = await shopping();
  await provider.act(paymentId, "pay");
  const bodies = await provider.notifications(paymentId);
  expect(bodies.length).toBeGreaterThanOrEqual(2);
  const [pending = "", settlement = ""] = bodies;
  expect([JSON.parse(pending).transaction_status, JSON.parse(settlement).transaction_status]).toEqual([
    "pending",
    "settlement",
  ]);
  await provider.notify(paymentId);
  expect((await provider.post(pending)).status).toBe(200);
  expect(await payment()).toMatchObject({ state: "settled" });
  expect(await order()).toMatchObject({ state: "paid" });
});

test("forged, of another market's key, of an unknown payment, of another shape: no effect", async () => {
  const { h, provider, paymentId, payment } = await shopping();
  await provider.act(paymentId, "pay");
  const body = (await provider.notifications(paymentId)).at(-1) ?? "";
  const before = await payment();
  const forged = provider.signed(body, {}, "SB-Mid-server-local-sg");
  const unknown = provider.signed(body, { order_id: `id-${h.ids.next("payment")}` });
  const elsewhere = provider.signed(body, { order_id: `sg-${paymentId}` });
  const answers = [
    await provider.post(forged),
    await provider.post(body.replace("settlement", "settlemenT")),
    await provider.post(JSON.stringify({ ...JSON.parse(body), signature_key: "00" })),
    await provider.post(elsewhere),
    await provider.post(unknown),
    await provider.post("{"),
    await provider.post("[]"),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([403, 400, 400, 403, 404, 400, 400]);
  expect(answers[0]?.body).toMatchObject({ code: "payment.signature_invalid" });
  expect(await payment()).toEqual(before);
  expect(h.waiting().filter((fact) => fact.type.startsWith("payment."))).toEqual([]);
});

test("a wrong amount is doubted: the provider is asked, and only its truth counts", async () => {
  const { h, provider, paymentId, payment } = await shopping();
  const [pending = ""] = await provider.notifications(paymentId);
  const lie = { transaction_status: "settlement", status_code: "200", gross_amount: "1.00" };
  expect((await provider.post(provider.signed(pending, lie))).status).toBe(200);
  expect(await payment()).toMatchObject({ state: "pending" });
  const other = provider.signed(pending, { ...lie, gross_amount: "265000.00", currency: "SGD" });
  expect((await provider.post(other)).status).toBe(200);
  expect(await payment()).toMatchObject({ state: "pending" });
  await provider.act(paymentId, "pay");
  await provider.faults(paymentId, { statusFails: "http503", times: 1 });
  expect((await provider.post(provider.signed(pending, lie))).status).toBe(503);
  expect((await provider.post(provider.signed(pending, lie))).status).toBe(200);
  await h.drain();
  expect(await payment()).toMatchObject({ state: "settled" });
});

test("a code of one shop's tills, then of another's, then by telephone: the last one pays", async () => {
  const bought = await shopping("convenience_store");
  const { h, provider, buyer, paymentId, orderGroupId, payment, order } = bought;
  const pay = (body: object) => buyer.post("/v1/payments", { orderGroupId, ...body }, key());
  const second = (await pay({ method: "convenience_store", store: "alfamart" })).body;
  expect(second).toMatchObject({ attempt: 2, action: { kind: "payment_code", store: "alfamart" } });
  expect(await payment()).toMatchObject({ state: "cancelled" });
  const third = (await pay({ method: "shopeepay" })).body;
  expect(third).toMatchObject({ attempt: 3, action: { kind: "deeplink", qrString: null } });
  await provider.act(third.id, "pay");
  await provider.notify(third.id);
  await h.runDue(paymentId);
  expect(await provider.transaction(paymentId)).toMatchObject({ transaction_status: "cancel" });
  expect(await order()).toMatchObject({ state: "paid", paymentMethod: "convenience_store" });
});

test("denied, then paid by another method", async () => {
  const { h, provider, buyer, paymentId, orderGroupId, payment, order, shop } = await shopping();
  await provider.act(paymentId, "deny");
  await provider.notify(paymentId);
  expect(await payment()).toMatchObject({ state: "denied", action: { kind: "none" } });
  expect(await order()).toMatchObject({ state: "awaiting_payment" });
  const body = { orderGroupId, method: "virtual_account", bank: "bni" };
  expect((await buyer.post("/v1/payments", body)).status).toBe(400);
  const stranger = await h.buyer();
  expect((await stranger.post("/v1/payments", body, key())).status).toBe(404);
  const once = key();
  const again = await buyer.post("/v1/payments", body, once);
  expect(again.status).toBe(201);
  expect(again.body).toMatchObject({ attempt: 2, action: { kind: "virtual_account", bank: "bni" } });
  const repeated = await buyer.post("/v1/payments", body, once);
  expect(repeated.body).toEqual(again.body);
  expect(repeated.headers.get("idempotent-replayed")).toBe("true");
  await provider.act(again.body.id, "pay");
  await provider.notify(again.body.id);
  expect(await order()).toMatchObject({ state: "paid" });
  expect(await shop.available()).toBe(8);
  expect((await buyer.post("/v1/payments", body, key())).body).toMatchObject({ code: "payment.not_payable" });
});

test("paid twice, by the old way and the new: the second money goes back", async () => {
  const { h, provider, buyer, paymentId, orderGroupId, order, payment } = await shopping();
  const again = await buyer.post("/v1/payments", { orderGroupId, method: "qris" }, key());
  expect(again.status).toBe(201);
  await provider.act(again.body.id, "pay");
  await provider.notify(again.body.id);
  expect(await order()).toMatchObject({ state: "paid" });
  // The first one was given up here, but the provider had not heard of it when the money came.
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  await refunded(h, buyer, paymentId);
  expect(await payment()).toMatchObject({
    state: "refunded",
    refunds: [{ state: "succeeded", reason: "too_late" }],
  });
  expect(await provider.transaction(paymentId)).toMatchObject({ transaction_status: "refund" });
  expect(await order()).toMatchObject({ state: "paid" });
});

/** Runs the refund's own due row, as the sweep does. */
async function refunded(
  h: Harness,
  buyer: { get(path: string): Promise<{ body: { refunds: { id: string }[] } }> },
  paymentId: string,
) {
  const { body } = await buyer.get(`/v1/payments/${paymentId}`);
  for (const refund of body.refunds) await h.runDue(refund.id);
  await h.drain();
}

test("money that comes after the end goes back, and the buyer is told", async () => {
  const { h, provider, again, paymentId, orderGroupId, order, payment, shop } = await shopping();
  h.clock.advance(PAY_WITHIN_MS + 120_000);
  await h.runDue(orderGroupId);
  await h.drain();
  expect(await order()).toMatchObject({ state: "cancelled", cancelReason: "unpaid" });
  expect(await shop.available()).toBe(10);
  const buyer = await again();
  const refused = await buyer.post("/v1/payments", { orderGroupId, method: "qris" }, key());
  expect(refused.body).toMatchObject({ code: expect.stringMatching(/^payment\.(too_late|nothing_owed)$/) });
  await provider.act(paymentId, "pay");
  const told: string[] = [];
  const body = (await provider.notifications(paymentId)).at(-1) ?? "";
  await provider.post(body);
  await h.drain();
  const { body: shown } = await buyer.get(`/v1/payments/${paymentId}`);
  expect(shown).toMatchObject({ state: "settled", refunds: [{ state: "requested", reason: "too_late" }] });
  await h.runDue(shown.refunds[0].id);
  told.push(...h.waiting().map((fact) => fact.type));
  await h.drain();
  expect(told).toContain("payment.refunded");
  expect(await payment()).toMatchObject({ state: "refunded" });
  expect(await order()).toMatchObject({ state: "cancelled" });
  expect(await shop.available()).toBe(10);
});

test("a lost notification is found by the sweep, and what is not paid in time is ended", async () => {
  const paid = await shopping();
  await paid.provider.act(paid.paymentId, "pay");
  paid.h.clock.advance(120_000);
  expect(await paid.h.runDue(paid.paymentId)).toBe(1);
  await paid.h.drain();
  expect(await paid.order()).toMatchObject({ state: "paid" });

  const unpaid = await shopping();
  unpaid.h.clock.advance(PAY_WITHIN_MS + 10_000);
  expect(await unpaid.h.runDue(unpaid.paymentId)).toBe(1);
  expect(await unpaid.payment()).toMatchObject({ state: "expired" });
  expect(await unpaid.provider.transaction(unpaid.paymentId)).toMatchObject({ transaction_status: "cancel" });
});

test.each(["lost", "reset", "http500", "malformed"])(
  "an answer that is %s is no second charge",
  async (fault) => {
    const h = harness();
    const shop = await openShop(h);
    const buyer = await h.buyer();
    const bought = await buy(h, { buyer, shops: [shop], method: "qris", unstarted: true });
    const provider = sandbox(h);
    await provider.faults(bought.paymentId, { chargeFails: fault, times: 1 });
    const shown = await buyer.get(`/v1/payments/${bought.paymentId}`);
    expect(shown.body).toMatchObject({ state: "pending", action: { kind: "qr" } });
    const before = await provider.transaction(bought.paymentId);
    expect((await buyer.get(`/v1/payments/${bought.paymentId}`)).body).toEqual(shown.body);
    expect(await provider.transaction(bought.paymentId)).toEqual(before);
  },
);

test("a provider that stays away: the buyer is told to wait, and finds his payment later", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", unstarted: true });
  const provider = sandbox(h);
  await provider.faults(bought.paymentId, { chargeFails: "http503", times: 2 });
  expect((await buyer.get(`/v1/payments/${bought.paymentId}`)).body).toMatchObject({
    action: { kind: "wait" },
  });
  expect((await buyer.get(`/v1/payments/${bought.paymentId}`)).body).toMatchObject({
    action: { kind: "qr" },
  });
});

test("a card with 3D Secure is captured; one that the bank denies may be paid otherwise", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const provider = sandbox(h);
  const good = await buy(h, { buyer, shops: [shop], method: "card", cardToken: await provider.cardToken() });
  expect(good.action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/v2/3ds/redirect/") });
  await provider.act(good.paymentId, "pay");
  await provider.notify(good.paymentId);
  expect((await buyer.get(`/v1/orders/${good.orderId}`)).body).toMatchObject({ state: "paid" });

  const bad = await provider.cardToken("4911111111111113");
  const denied = await buy(h, { buyer, shops: [shop], method: "card", cardToken: bad });
  await provider.act(denied.paymentId, "pay");
  await provider.notify(denied.paymentId);
  expect((await buyer.get(`/v1/payments/${denied.paymentId}`)).body).toMatchObject({ state: "denied" });

  // A token that the first provider refuses was never charged: the next one shows his page.
  const wrong = await buy(h, { buyer, shops: [shop], method: "card", cardToken: "no-such-token" });
  expect(wrong.action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/pay/cs_test_") });
  expect((await buyer.get(`/v1/payments/${wrong.paymentId}`)).body).toMatchObject({ state: "created" });
});

test("another's payment is not found, and nobody reads one without being somebody", async () => {
  const { h, paymentId } = await shopping();
  const stranger = await h.buyer();
  expect((await stranger.get(`/v1/payments/${paymentId}`)).status).toBe(404);
  expect((await h.anonymous.get(`/v1/payments/${paymentId}`)).status).toBe(401);
  const operator = await h.operator("support");
  expect((await operator.get(`/v1/payments/${paymentId}`)).status).toBe(200);
});

test.each(["virtual_account", "convenience_store"] as const)(
  "what %s cannot send back waits for an operator's hand",
  async (method) => {
    const { h, provider, buyer, paymentId, orderId } = await shopping(method);
    await provider.act(paymentId, "pay");
    await provider.notify(paymentId);
    const cancelled = await buyer.post(`/v1/orders/${orderId}/cancel`, { reason: "changed_mind" }, key());
    expect(cancelled.body).toMatchObject({ state: "cancelled" });
    await refunded(h, buyer, paymentId);
    const [refund] = (await buyer.get(`/v1/payments/${paymentId}`)).body.refunds;
    expect(refund).toMatchObject({ state: "manual" });
    const support = await h.operator("support");
    expect(
      (await support.post(`/v1/payments/refunds/${refund.id}/confirm`, { evidence: "Transfer 88213" }, key()))
        .status,
    ).toBe(403);
    const admin = await h.operator("admin");
    const list = await admin.get("/v1/payments/refunds?state=manual&limit=100");
    expect(list.body.items.map((one: { id: string }) => one.id)).toContain(refund.id);
    const confirmed = await admin.post(
      `/v1/payments/refunds/${refund.id}/confirm`,
      { evidence: "Transfer 88213" },
      key(),
    );
    expect(confirmed.body).toMatchObject({ state: "paid_by_hand" });
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "refunded" });
  },
);

test("a card that is not settled yet: all of it is voided, a part of it waits", async () => {
  const h = harness();
  const shops = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const provider = sandbox(h);
  const cardToken = await provider.cardToken();
  const { paymentId, orderIds } = await buy(h, { buyer, shops, method: "card", cardToken });
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  expect(await provider.transaction(paymentId)).toMatchObject({ transaction_status: "capture" });
  const states = async () => {
    await refunded(h, buyer, paymentId);
    const { body } = await buyer.get(`/v1/payments/${paymentId}`);
    return [body.state, ...body.refunds.map((refund: { state: string }) => refund.state)];
  };
  await buyer.post(`/v1/orders/${orderIds[0]}/cancel`, { reason: "other" }, key());
  expect(await states()).toEqual(["settled", "requested"]);
  h.clock.advance(1);
  await buyer.post(`/v1/orders/${orderIds[1]}/cancel`, { reason: "other" }, key());
  // The first waits an hour for the card to settle; the second finds that all of it goes back.
  expect(await states()).toEqual(["partially_refunded", "requested", "succeeded"]);
  expect(await provider.transaction(paymentId)).toMatchObject({ transaction_status: "cancel" });
  const [, voided = ""] = (await provider.notifications(paymentId)).slice(-2);
  expect((await provider.post(voided)).status).toBe(200);
  h.clock.advance(3_600_000);
  const [first] = (await (await h.buyer(userIdOf(buyer))).get(`/v1/payments/${paymentId}`)).body.refunds;
  expect(await h.runDue(first.id)).toBe(1);
  const last = (await (await h.buyer(userIdOf(buyer))).get(`/v1/payments/${paymentId}`)).body;
  expect(last).toMatchObject({ state: "refunded", refunded: last.amount });
});

test("five who ask at once for the same unstarted payment: one transaction, one answer", async () => {
  const h = harness();
  const buyer = await h.buyer();
  const { paymentId } = await buy(h, { buyer, shops: [await openShop(h)], method: "qris", unstarted: true });
  const read = () => buyer.get(`/v1/payments/${paymentId}`);
  const answers = await Promise.all([read(), read(), read(), read(), read()]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
  const shown = (await read()).body;
  expect(shown).toMatchObject({ state: "pending", action: { kind: "qr" } });
  for (const { body } of answers) expect(["wait", "qr"]).toContain(body.action.kind);
  expect(await sandbox(h).notifications(paymentId)).toHaveLength(1);
});

test("in another market the same provider takes another currency, by that market's key", async () => {
  const h = harness({ market: "sg" });
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [await openShop(h)], method: "qris" });
  expect(bought.action?.kind).toBe("qr");
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  expect((await provider.notify(bought.paymentId)).status).toBe(200);
  const { body } = await buyer.get(`/v1/payments/${bought.paymentId}`);
  expect(body).toMatchObject({ state: "settled", amount: { currency: "SGD" } });
});
