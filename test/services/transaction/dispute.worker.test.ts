import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { payment, paymentRefund, paymentSplit } from "#schema/transaction/payment";
import { ledgerTransfer, walletSettlement } from "#schema/transaction/wallet";
import { refundOrder, refundPayment } from "#services/transaction/payment/index";
import { coverRefunds } from "#services/transaction/payment/repository/disputes";
import { finishRefund, refundQuery } from "#services/transaction/payment/repository/payments";
import { loseSplits } from "#services/transaction/payment/repository/splits";
import { type Harness, harness } from "../../support/harness.ts";
import { delivered } from "./returning.ts";
import { buy, key, openShop, sandbox } from "./shopping.ts";
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

type Share = { readonly minor: string; readonly ofMinor: string };

test("lost: each order bears its part, nothing is refunded again, the ledger comes to rest", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, desk, splits, row, ask } = await paidTogether(h);
  await desk.act(paymentId, "dispute");
  await desk.act(paymentId, "lose");
  const events = (await desk.events(paymentId)).filter(({ type }) => type.startsWith("charge.dispute"));
  for (const { body } of [...events].toReversed()) await desk.post(body);
  for (const { body } of events) await desk.post(body);
  const closed = h.waiting().filter(({ type }) => type === "payment.dispute_closed");
  const shares = closed.flatMap(({ payload }) => (payload as { readonly shares: readonly Share[] }).shares);
  await deliverTwice(h);
  const after = await splits();
  expect(shares.map(({ minor, ofMinor }) => [minor, ofMinor])).toEqual(
    after.map(({ capturedMinor }) => [`${capturedMinor}`, `${capturedMinor}`]),
  );
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

/** Two orders of which the first is called off before the money for both comes. */
async function halfCalledOff(h: Harness) {
  const shops = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops, method: "qris" });
  const [off, kept] = bought.orderIds;
  if (!off || !kept) throw new Error("two orders were placed");
  const cancelled = await buyer.post(`/v1/orders/${off}/cancel`, { reason: "changed_mind" }, key());
  expect(cancelled.status).toBe(200);
  const { read } = h.ctx().db;
  const provider = sandbox(h);
  const tell = async (paymentId: string) => {
    const told = (await provider.notifications(paymentId)).at(-1);
    if (told === undefined) throw new Error("nothing was told");
    expect((await provider.post(told)).status).toBe(200);
  };
  const splits = async (paymentId: Id<"payment">) => {
    const rows = await read.select().from(paymentSplit).where(eq(paymentSplit.paymentId, paymentId));
    return { off: rows.find((one) => one.orderId === off), kept: rows.find((one) => one.orderId === kept) };
  };
  /** The bank takes all of it back for good. */
  const lose = async (paymentId: string) => {
    await provider.act(paymentId, "chargeback");
    await tell(paymentId);
    const admin = await h.operator("admin");
    const { items } = (await admin.get("/v1/payments/disputes?limit=100")).body;
    const { id } = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
    await admin.post(`/v1/payments/disputes/${id}/close`, { outcome: "lost" }, key());
    return id as string;
  };
  const paid = (orderId: string) =>
    bought.placement.orders.find((one) => one.orderId === orderId)?.totalMinor ?? 0n;
  const offMinor = paid(off);
  const keptMinor = paid(kept);
  return { ...bought, buyer, provider, tell, splits, lose, off, kept, offMinor, keptMinor };
}

test("late money of an order that was called off goes back in its name, and it bears no loss", async () => {
  const h = harness();
  const { paymentId, provider, splits, lose, off, offMinor, keptMinor } = await halfCalledOff(h);
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  const refunds = await h
    .ctx()
    .db.read.select()
    .from(paymentRefund)
    .where(eq(paymentRefund.paymentId, paymentId));
  expect(refunds).toMatchObject([{ orderId: off, amountMinor: offMinor, reason: "too_late" }]);
  await h.runDue(refunds[0]?.id ?? "");
  await h.drain();
  const disputeId = await lose(paymentId);
  await deliverTwice(h);
  const parts = await splits(paymentId);
  expect(parts.off).toMatchObject({ refundedMinor: offMinor, lostMinor: 0n });
  expect(parts.kept).toMatchObject({ refundedMinor: 0n, lostMinor: keptMinor });
  const about = [`dispute/${disputeId}/%`];
  expect(await balanceOf(h, "disputes:platform:IDR", about)).toBe(0n);
});

test("a bank that is faster than the refund of an order that was never paid for stops nobody", async () => {
  const h = harness();
  const { paymentId, provider, tell, splits, lose, offMinor, keptMinor } = await halfCalledOff(h);
  await h.drain();
  await provider.act(paymentId, "pay");
  await tell(paymentId);
  const disputeId = await lose(paymentId);
  const isOfDispute = ({ type }: Fact) => type.startsWith("payment.dispute");
  // What becomes of the money first; of the dispute everybody hears afterwards.
  await h.deliver(h.waiting().filter((fact) => !isOfDispute(fact)));
  await h.deliver(h.waiting().filter((fact) => !isOfDispute(fact)));
  await deliverTwice(h);
  const parts = await splits(paymentId);
  expect(parts.off).toMatchObject({ refundedMinor: 0n, lostMinor: offMinor });
  expect(parts.kept).toMatchObject({ refundedMinor: 0n, lostMinor: keptMinor });
  const about = [`dispute/${disputeId}/%`, `payment/${paymentId}`, `order/${parts.kept?.orderId}/%`];
  expect(await balanceOf(h, "disputes:platform:IDR", about)).toBe(0n);
  expect(await balanceOf(h, "payments:platform:IDR", about)).toBe(0n);
  expect(await balanceOf(h, "loss:platform:IDR", about)).toBe(0n);
});

test("the next try has no part of an order that is owed no longer", async () => {
  const h = harness();
  const { orderGroupId, paymentId, buyer, provider, splits, off, kept, keptMinor } = await halfCalledOff(h);
  const again = await buyer.post("/v1/payments", { orderGroupId, method: "gopay" }, key());
  expect(again.body).toMatchObject({ attempt: 2, amount: { minor: keptMinor.toString() } });
  const nextId = again.body.id as Id<"payment">;
  await provider.act(nextId, "pay");
  await provider.notify(nextId);
  expect(await splits(nextId)).toMatchObject({ off: undefined, kept: { capturedMinor: keptMinor } });
  expect((await splits(paymentId)).off).toMatchObject({ capturedMinor: 0n });
  expect((await buyer.get(`/v1/orders/${kept}`)).body).toMatchObject({ state: "paid" });
  expect((await buyer.get(`/v1/orders/${off}`)).body).toMatchObject({ state: "cancelled" });
  expect((await buyer.get(`/v1/payments/${nextId}`)).body).toMatchObject({ refunds: [] });
});

test("a refund that the bank has covered meanwhile does not end on the older word of it", async () => {
  const h = harness({ market: "sg" });
  const { splits, refunds, ask } = await paidTogether(h);
  const [first] = await splits();
  if (!first) throw new Error("no split");
  expect((await ask(first.orderId, first.capturedMinor)).ok).toBe(true);
  const { db, clock } = h.ctx();
  const [row] = await refunds();
  if (!row) throw new Error("no refund");
  const [older] = await db.load(refundQuery(row.id));
  if (!older) throw new Error("no refund");
  await db.commit([coverRefunds(h.ids.next("dispute"), [{ refundId: row.id, minor: 1n }])]);
  const end = { state: "succeeded" as const, at: clock.now() };
  expect(await db.commit([finishRefund(older, end)])).toEqual({ ok: false, code: "payment.refund_stale" });
  const [newer] = await db.load(refundQuery(row.id));
  if (!newer) throw new Error("no refund");
  expect(await db.commit([finishRefund(newer, end)])).toEqual({ ok: true, value: undefined });
});

test("a refund that comes while a loss is being written gives back what the loss leaves", async () => {
  const h = harness({ market: "sg" });
  const { paymentId, splits } = await paidTogether(h);
  const [first] = await splits();
  if (!first) throw new Error("no split");
  const { orderId, capturedMinor } = first;
  const { db } = h.ctx();
  const losing = db.commit([
    { sql: sql`UPDATE ${payment} SET lost_minor = 1, version = version + 1 WHERE id = ${paymentId}` },
    loseSplits(paymentId, [{ orderId, minor: 1n }]),
    { sql: sql`SELECT pg_sleep(0.5)` },
  ]);
  await scheduler.wait(150);
  const amount = { minor: capturedMinor, currency: "SGD" as const };
  const back = { paymentId, orderId, amount, reason: "test", key: "test" };
  expect(await db.commit(refundPayment(h.ctx(), back))).toEqual({ ok: true, value: undefined });
  expect(await losing).toEqual({ ok: true, value: undefined });
  const [after] = await splits();
  expect(after).toMatchObject({ lostMinor: 1n, refundedMinor: capturedMinor - 1n });
});
