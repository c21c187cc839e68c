import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { payment, paymentRefund, paymentSplit } from "#schema/transaction/payment";
import { ledgerTransfer, walletSettlement } from "#schema/transaction/wallet";
import { refundOrder } from "#services/transaction/payment/index";
import { type Harness, harness } from "../../support/harness.ts";
import { delivered } from "./returning.ts";
import { buy, key, openShop } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

const FEE_MINOR = 1_500n;

/** Two shops' orders, paid together by one card. */
async function paidTogether(h: Harness) {
  const shops = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops, method: "card", cardToken: "pm_card_visa" });
  await h.drain();
  const paymentId = bought.paymentId as Id<"payment">;
  const { read } = h.ctx().db;
  const splits = () =>
    read
      .select()
      .from(paymentSplit)
      .where(eq(paymentSplit.paymentId, paymentId))
      .orderBy(paymentSplit.orderId);
  const row = async () => (await read.select().from(payment).where(eq(payment.id, paymentId)))[0];
  const refunds = () => read.select().from(paymentRefund).where(eq(paymentRefund.paymentId, paymentId));
  const ask = (orderId: Id<"order">, minor: bigint, to: "original" | "wallet" = "original") => {
    const about = { paymentId, orderId, reason: "test", key: `test ${orderId} ${to} ${minor}`, to };
    return h.ctx().db.commit(refundOrder(h.ctx(), { ...about, amount: { minor, currency: "SGD" } }));
  };
  return { buyer, paymentId, desk: stripeDesk(h), splits, row, refunds, ask };
}

/** What a dispute and the refunds beside it have left on an account: credits less debits. */
async function balanceOf(h: Harness, account: string, like: readonly string[]): Promise<bigint> {
  const { read } = h.ctx().db;
  const which = sql`${ledgerTransfer.id} LIKE ANY (ARRAY[${sql.join(
    like.map((one) => sql`${one}`),
    sql`, `,
  )}])`;
  const rows = await read.select().from(ledgerTransfer).where(which);
  return rows.reduce((sum, { debit, credit, amountMinor }) => {
    return sum + (credit === account ? amountMinor : 0n) - (debit === account ? amountMinor : 0n);
  }, 0n);
}

/** Everything that waits, once more and the newest first, as queues may bring it. */
async function deliverTwice(h: Harness): Promise<void> {
  const facts: readonly Fact[] = h.waiting();
  await h.deliver(facts.toReversed());
  await h.deliver(facts);
  await h.drain();
}

test("lost: each order bears its part, nothing is refunded again, the ledger comes to rest", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, desk, splits, row, ask } = await paidTogether(h);
  await desk.act(paymentId, "dispute");
  await desk.act(paymentId, "lose");
  const events = (await desk.events(paymentId)).filter(({ type }) => type.startsWith("charge.dispute"));
  for (const { body } of [...events].toReversed()) await desk.post(body);
  for (const { body } of events) await desk.post(body);
  await deliverTwice(h);
  const after = await splits();
  expect(after.map((one) => one.lostMinor)).toEqual(after.map((one) => one.capturedMinor));
  const paid = await row();
  expect(paid).toMatchObject({ state: "settled", lostMinor: paid?.settledMinor });
  for (const { orderId } of after) {
    for (const to of ["original", "wallet"] as const) {
      expect(await ask(orderId, 1n, to)).toEqual({ ok: false, code: "payment.refund_exceeds" });
    }
    const [settled] = await h
      .ctx()
      .db.read.select()
      .from(walletSettlement)
      .where(eq(walletSettlement.orderId, orderId));
    expect(settled).toMatchObject({
      paidMinor: 0n,
      creditMinor: 0n,
      escrowMinor: 0n,
      refunds: [expect.any(String)],
    });
  }
  const admin = await h.operator("admin");
  const { items } = (await admin.get("/v1/payments/disputes?state=lost&limit=100")).body;
  const { id } = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
  const about = [`dispute/${id}/%`];
  const settled = paid?.settledMinor ?? 0n;
  expect(await balanceOf(h, "disputes:platform:SGD", about)).toBe(0n);
  expect(await balanceOf(h, "payments:platform:SGD", about)).toBe(0n);
  expect(await balanceOf(h, "loss:platform:SGD", about)).toBe(0n);
  expect(await balanceOf(h, "provider_fee:platform:SGD", about)).toBe(-FEE_MINOR);
  expect(await balanceOf(h, "provider:stripe:SGD", about)).toBe(settled + FEE_MINOR);
});

test("a refund waits for the bank; lost, the bank has paid it, and only the rest is taken", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, desk, splits, row, refunds, ask } = await paidTogether(h);
  await desk.act(paymentId, "dispute");
  await desk.notify(paymentId);
  const [first] = await splits();
  if (!first) throw new Error("no split");
  expect((await ask(first.orderId, first.capturedMinor)).ok).toBe(true);
  const [asked] = await refunds();
  if (!asked) throw new Error("no refund");
  await h.runDue(asked.id);
  expect((await refunds())[0]).toMatchObject({ state: "requested", coveredMinor: 0n });
  await desk.act(paymentId, "lose");
  await desk.notify(paymentId);
  await h.runDue(asked.id);
  await deliverTwice(h);
  const [mine, theirs] = await splits();
  expect(mine).toMatchObject({ lostMinor: 0n, refundedMinor: first.capturedMinor });
  expect(theirs).toMatchObject({ lostMinor: theirs?.capturedMinor, refundedMinor: 0n });
  const [covered] = await refunds();
  expect(covered).toMatchObject({ state: "succeeded", coveredMinor: first.capturedMinor });
  expect((await desk.see(paymentId)).refunds).toEqual([]);
  expect(await row()).toMatchObject({ lostMinor: theirs?.capturedMinor, refundedMinor: first.capturedMinor });
  const about = [`dispute/${covered?.disputeId}/%`, `payment_refund/${asked.id}%`];
  expect(await balanceOf(h, "disputes:platform:SGD", about)).toBe(0n);
  expect(await balanceOf(h, "loss:platform:SGD", about)).toBe(0n);
});

test("a buyer whose bank has paid him is refused by us; won, a refund that waited goes out", async () => {
  const h = harness({ market: "sg" });
  const lost = await paidTogether(h);
  const won = await paidTogether(h);
  for (const { desk, paymentId } of [lost, won]) {
    await desk.act(paymentId, "dispute");
    await desk.notify(paymentId);
  }
  const [waiting] = await won.splits();
  if (!waiting) throw new Error("no split");
  await won.buyer.post(`/v1/orders/${waiting.orderId}/cancel`, { reason: "changed_mind" }, key());
  await lost.desk.act(lost.paymentId, "lose");
  await lost.desk.notify(lost.paymentId);
  await won.desk.act(won.paymentId, "win");
  await won.desk.notify(won.paymentId);
  const [refund] = await won.refunds();
  if (!refund) throw new Error("no refund");
  expect(refund).toMatchObject({ coveredMinor: 0n, amountMinor: waiting.capturedMinor });
  expect(await won.row()).toMatchObject({ lostMinor: 0n });
  const [gone] = await lost.splits();
  const cancelled = await lost.buyer.post(
    `/v1/orders/${gone?.orderId}/cancel`,
    { reason: "changed_mind" },
    key(),
  );
  expect(cancelled.status).toBe(200);
  await h.drain();
  expect(await lost.refunds()).toEqual([]);
});

test("goods that come back after a lost chargeback are not paid for, and the shop sees why", async () => {
  const h = harness();
  const order = await delivered(h);
  const { id } = (await order.ask(order.units(1))).body;
  await order.provider.act(order.paymentId, "chargeback");
  const { provider, paymentId } = order;
  expect((await provider.post((await provider.notifications(paymentId)).at(-1) ?? "")).status).toBe(200);
  const admin = await h.operator("admin");
  const { items } = (await admin.get("/v1/payments/disputes?limit=100")).body;
  const dispute = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
  await admin.post(`/v1/payments/disputes/${dispute.id}/close`, { outcome: "lost" }, key());
  await deliverTwice(h);
  expect((await order.ask(order.units(1))).body).toMatchObject({ code: "refund.taken_by_bank" });
  await order.byShop(id, "approve", { returnless: true });
  for (let round = 0; round < 2; round += 1) {
    await h.runDue(id);
    const seen = (await order.shop.member.get(`/v1/refunds/${id}?as=seller`)).body;
    expect(seen).toMatchObject({ state: "settling", step: "pay", stuckNote: "payment.refund_exceeds" });
  }
  expect(h.waiting().filter(({ type }) => type === "refund.settled")).toEqual([]);
  expect((await order.buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ refunds: [] });
  expect(await balanceOf(h, "disputes:platform:IDR", [`dispute/${dispute.id}/%`])).toBe(0n);
});
