import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { actorKey, type BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import { refundBook, refundCase, refundEvent } from "#schema/transaction/refund";
import { takeStep } from "#services/transaction/refund/commands/settle";
import { addToStanding, standingQuery } from "#services/transaction/refund/repository/books";
import { balanceQuery, sellerAccountQuery } from "#services/transaction/wallet/index";
import { type Harness, harness } from "../../support/harness.ts";
import { again, DAY_MS, delivered, desk, handOver, PARCEL, reopened, returned } from "./returning.ts";
import { key, openShop, paidOrder } from "./shopping.ts";

const UNIT_MINOR = 12_500_000n;
const SHIPPING_MINOR = 1_500_000n;
const PDF = new TextEncoder().encode("%PDF-1.7 shown");

/** The log of a case in the order in which it was written. */
const logOf = (h: Harness, id: string) =>
  h
    .ctx()
    .db.read.select()
    .from(refundEvent)
    .where(eq(refundEvent.refundId, id as Id<"refundCase">))
    .orderBy(asc(refundEvent.seq));

test("a return: asked for with a photo, approved, sent, looked at, paid back, restocked", async () => {
  const h = harness();
  const order = await delivered(h);
  const { buyer, shop } = order;
  expect(await shop.available()).toBe(8);
  const at = `/v1/refunds/evidence?orderId=${order.orderId}`;
  const upload = await buyer.post(at, PDF, { headers: { "content-type": "application/pdf" } });
  expect(upload.status).toBe(201);
  const { attachmentId } = upload.body;
  const asked = await order.ask({ ...order.units(1), evidence: [attachmentId], text: "Too small." });
  expect(asked.body).toMatchObject({
    state: "requested",
    quoted: { minor: UNIT_MINOR.toString() },
    evidence: [{ attachmentId, by: "buyer", contentType: "application/pdf" }],
  });
  const { id } = asked.body;
  expect((await (await h.buyer()).get(`/v1/refunds/${id}`)).status).toBe(404);
  expect((await order.byShop(id, "ask", { text: "Which size?" })).body).toMatchObject({ state: "asked" });
  expect((await order.by(id, "reply", { text: "M." })).body).toMatchObject({ state: "requested" });
  expect((await order.byShop(id, "approve")).body).toMatchObject({ state: "approved", goodsBack: true });
  await order.by(id, "send", PARCEL);
  expect((await order.by(id, "cancel")).body).toMatchObject({ code: "refund.wrong_state" });
  await order.back(id, { resellable: 1 });
  const done = await order.settle(id);
  expect(done).toMatchObject({
    state: "resolved",
    step: null,
    amounts: { toBuyer: { minor: UNIT_MINOR.toString() }, shipping: { minor: "0" } },
    creditNote: { number: "CN-000001", isReady: true },
  });
  expect(done.amounts.fromSeller).toBeUndefined();
  const seen = (await shop.member.get(`/v1/refunds/${id}?as=seller`)).body.amounts;
  expect(seen).toMatchObject({ fromSeller: { minor: "12500000" }, commissionBack: { minor: "625000" } });
  expect(await shop.available()).toBe(9);
  expect(await order.provider.transaction(order.paymentId)).toMatchObject({
    transaction_status: "partial_refund",
  });
  const note = await buyer.get(`/v1/refunds/${id}/credit-note`);
  expect(new TextDecoder().decode(note.bytes.slice(0, 5))).toBe("%PDF-");
  expect((await shop.member.get(`/v1/refunds/${id}/evidence/${attachmentId}?as=seller`)).bytes).toEqual(PDF);
  const { items } = (await buyer.get(`/v1/refunds/${id}/timeline`)).body;
  expect(items.map((one: { seq: number }) => one.seq)).toEqual(items.map((_: unknown, i: number) => i + 1));
  const ordered = (await buyer.get(`/v1/orders/${order.orderId}`)).body;
  expect(ordered.lines).toMatchObject([{ quantity: 2, returnedQuantity: 1 }]);
});

test("the last unit brings it to all that was paid, and no unit more can be asked for", async () => {
  const h = harness();
  const order = await delivered(h, { quantity: 3 });
  const first = await order.settle(await returned(order, 1));
  expect(first.amounts).toMatchObject({ toBuyer: { minor: UNIT_MINOR.toString() } });
  const second = await order.settle(await returned(order, 1, { damaged: 1 }));
  expect(second.creditNote).toMatchObject({ number: "CN-000002" });
  expect((await order.ask(order.units(2))).body).toMatchObject({ code: "refund.quantity_exceeded" });
  const last = await order.settle(await returned(order, 1));
  expect(last.amounts).toMatchObject({
    toBuyer: { minor: (UNIT_MINOR + SHIPPING_MINOR).toString() },
    shipping: { minor: SHIPPING_MINOR.toString() },
  });
  const payment = (await order.buyer.get(`/v1/payments/${order.paymentId}`)).body;
  expect(payment).toMatchObject({ state: "refunded", refunded: { minor: order.amount.minor.toString() } });
  const [account] = await h.ctx().db.load(sellerAccountQuery(h.ctx(), order.shop.sellerId));
  expect(account).toMatchObject({ escrow: { minor: 0n }, available: { minor: 0n } });
  // What came back damaged is not on the shelf.
  expect(await order.shop.available()).toBe(9);
});

const PREFIXES = [
  [0, 1, 2],
  [3, 4, 5],
  [5, 6, 7],
];

test.each(PREFIXES)(
  "after %i, %i or %i steps it dies, and the sweep brings it to the same end",
  async (...died) => {
    const h = harness();
    const order = await delivered(h, { quantity: 4, stock: 4 });
    const system = h.ctx();
    const ends: unknown[] = [];
    for (const steps of died) {
      const id = (await returned(order, 1)) as Id<"refundCase">;
      for (let taken = 0; taken < steps; taken += 1) {
        // Two workers at once: one of them finds the step taken.
        const both = await Promise.all([takeStep(system, id), takeStep(h.ctx(), id)]);
        if (!both.includes("waits")) continue;
        await order.sendMoney();
        expect(await takeStep(system, id)).toBe("taken");
      }
      const { amounts, state, lines, creditNote } = await order.settle(id);
      const { refunds } = (await order.buyer.get(`/v1/payments/${order.paymentId}`)).body;
      const [book] = await system.db.read
        .select()
        .from(refundBook)
        .where(eq(refundBook.orderId, order.orderId));
      const ordered = (await order.buyer.get(`/v1/orders/${order.orderId}`)).body;
      const times = BigInt(ends.length + 1);
      expect([BigInt(refunds.length), book?.toBuyerMinor]).toEqual([times, times * UNIT_MINOR]);
      expect([ordered.lines[0].returnedQuantity, await order.shop.available()]).toEqual([
        ends.length + 1,
        ends.length + 1,
      ]);
      expect(creditNote.number).toBe(`CN-00000${times}`);
      // The tax within a unit is a share of the whole, and not the same to the last digit.
      const { toBuyer, shipping, withheld } = amounts;
      ends.push({ toBuyer, shipping, withheld, state, resellable: lines[0].resellable });
      const moves = await logOf(h, id);
      const settled = moves.filter(({ detail }) => "done" in detail).map(({ detail }) => detail.done);
      expect(settled).toEqual(["assess", "pay", "paying", "book", "take_back", "credit", "restock"]);
    }
    const end = {
      toBuyer: { minor: UNIT_MINOR.toString() },
      shipping: { minor: "0" },
      withheld: { minor: "0" },
    };
    for (const one of ends) expect(one).toMatchObject({ ...end, state: "resolved", resellable: 1 });
  },
);

test("of two who move a case at once one does: approving, receiving, cancelling", async () => {
  const h = harness();
  const order = await delivered(h, { quantity: 4 });
  const asked = await Promise.all([order.ask(order.units(3)), order.ask(order.units(3))]);
  expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const { id } = asked.find(({ status }) => status === 201)?.body ?? {};
  const approved = await Promise.all([order.byShop(id, "approve"), order.byShop(id, "approve")]);
  expect(approved.map(({ body }) => body.state)).toEqual(["approved", "approved"]);
  await order.by(id, "send", PARCEL);
  const seen = await Promise.all([order.back(id, { resellable: 3 }), order.back(id, { resellable: 3 })]);
  expect(seen.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(await order.settle(id)).toMatchObject({ state: "resolved", lines: [{ resellable: 3 }] });
  const other = (await order.ask(order.units(1))).body.id;
  const [cancel, approve] = await Promise.all([order.by(other, "cancel"), order.byShop(other, "approve")]);
  const { state } = (await order.buyer.get(`/v1/refunds/${other}`)).body;
  const rows = await logOf(h, other);
  expect(rows.map(({ move }) => move).at(-1)).toBe(state === "cancelled" ? "cancel" : "approve");
  expect([cancel.status, approve.status]).toContain(200);
});

test("the provider's word twice, late, and of another refund moves nothing twice", async () => {
  const h = harness();
  const order = await delivered(h);
  const id = await returned(order, 1);
  await h.runDue(id);
  const { body } = await order.buyer.get(`/v1/payments/${order.paymentId}`);
  await h.runDue(body.refunds[0].id);
  const told = h.waiting().filter(({ type }) => type === "payment.refunded");
  expect(told).toHaveLength(1);
  await Promise.all([h.deliver(told), h.deliver(told)].map((one) => one.catch(() => undefined)));
  await h.deliver(told);
  await h.drain();
  const done = await order.settle(id);
  expect(done).toMatchObject({ state: "resolved" });
  await h.deliver(told);
  const [row] = await h.ctx().db.read.select().from(refundCase).where(eq(refundCase.id, done.id));
  expect(row?.paidMinor).toBe(UNIT_MINOR);
  expect(row?.version).toBe(done.version);
});

test("into the wallet by choice: credited once, and nothing is asked of the provider", async () => {
  const h = harness();
  const order = await delivered(h);
  const asked = await order.ask({ ...order.units(1), tender: "wallet" });
  const { id } = asked.body;
  await order.byShop(id, "approve", { returnless: true });
  const { actor } = order.buyer;
  if (actor.kind !== "user") throw new Error("a buyer is a user");
  expect(await order.settle(id)).toMatchObject({ state: "resolved", tender: "wallet", goodsBack: false });
  const [balance] = await h.ctx().db.load(balanceQuery(h.ctx(), actor.userId));
  expect(balance).toMatchObject({ available: { minor: UNIT_MINOR } });
  const payment = (await order.buyer.get(`/v1/payments/${order.paymentId}`)).body;
  expect(payment).toMatchObject({ state: "partially_refunded", refunds: [{ state: "succeeded" }] });
  expect((await order.provider.transaction(order.paymentId)).transaction_status).toBe("settlement");
  expect(await order.shop.available()).toBe(8);
});

test("after its money was released the shop pays it back, and has its commission back", async () => {
  const h = harness();
  const order = await delivered(h);
  const accountOf = async () => {
    const [account] = await h.ctx().db.load(sellerAccountQuery(h.ctx(), order.shop.sellerId));
    return account;
  };
  h.clock.advance(8 * DAY_MS);
  for (let round = 0; round < 2; round += 1) {
    await h.runDue(order.orderId);
    await h.drain();
  }
  const before = await accountOf();
  expect([before.escrow.minor, before.available.minor > 0n]).toEqual([0n, true]);
  const late = { ...order, ...(await desk(h, { ...order, buyer: await again(h, order.buyer) })) };
  const member = await h.member(order.shop.sellerId);
  const { id } = (await late.ask({ ...late.units(1), kind: "claim", reason: "incomplete" })).body;
  await member.post(`/v1/refunds/${id}/approve`, { returnless: true }, key());
  const { amounts } = await late.settle(id);
  // Half of the shipping goes with half of the goods; its fault is the shop's.
  const paid = BigInt(amounts.toBuyer.minor);
  expect(paid).toBe(UNIT_MINOR + SHIPPING_MINOR / 2n);
  const after = await accountOf();
  // Half a per cent of the price without its 11 per cent of tax, in whole rupiah, comes back from the state.
  const withheld = ((UNIT_MINOR * 100n) / 111n / 200n / 100n) * 100n;
  expect(before.available.minor - after.available.minor).toBe(paid - UNIT_MINOR / 20n - withheld);
});

test("silence: the shop's agrees, the buyer's gives up, the platform's favours the buyer", async () => {
  const h = harness();
  const order = await delivered(h, { quantity: 3 });
  const quiet = (await order.ask(order.units(1))).body.id;
  const asked = (await order.ask(order.units(1))).body.id;
  const fought = (await order.ask(order.units(1))).body.id;
  await order.byShop(asked, "ask", { text: "Why?" });
  expect((await order.byShop(fought, "reject", { text: "Worn." })).body).toMatchObject({ isFinal: false });
  expect((await order.by(fought, "escalate", { text: "No." })).body).toMatchObject({ state: "disputed" });
  h.clock.advance(6 * DAY_MS);
  for (const id of [quiet, asked, fought]) await h.runDue(id);
  const buyer = await again(h, order.buyer);
  const stateOf = async (id: string) => (await buyer.get(`/v1/refunds/${id}`)).body;
  expect(await stateOf(quiet)).toMatchObject({ state: "approved" });
  expect(await stateOf(asked)).toMatchObject({ state: "cancelled" });
  expect(await order.settle(fought)).toMatchObject({ state: "resolved", goodsBack: false });
  h.clock.advance(8 * DAY_MS);
  await h.runDue(quiet);
  const sent = await again(h, buyer);
  expect((await sent.get(`/v1/refunds/${quiet}`)).body).toMatchObject({ state: "cancelled" });
});

test("an operator decides who bears it; a refusal is final and frees the units", async () => {
  const h = harness();
  const order = await delivered(h);
  const operator = await h.operator();
  const fight = async (outcome: string, bearer: string) => {
    const { id } = (await order.ask({ ...order.units(1), reason: "defective" })).body;
    await order.byShop(id, "reject", { text: "No." });
    expect((await order.by(id, "escalate")).status).toBe(200);
    const decided = await operator.post(`/v1/refunds/${id}/decide`, { outcome, bearer }, key());
    return { id, body: decided.body };
  };
  const refused = await fight("reject", "seller");
  expect(refused.body).toMatchObject({ state: "rejected", isFinal: true });
  expect((await order.by(refused.id, "escalate")).body).toMatchObject({ code: "refund.final" });
  const kept = await fight("refund", "platform");
  await order.settle(kept.id);
  const { amounts } = (await order.shop.member.get(`/v1/refunds/${kept.id}?as=seller`)).body;
  const half = (UNIT_MINOR + SHIPPING_MINOR / 2n).toString();
  expect(amounts).toMatchObject({
    toBuyer: { minor: half },
    fromSeller: { minor: "0" },
    fromPlatform: { minor: half },
    commissionBack: { minor: "0" },
  });
});

test("an exchange: the replacement is put by, and leaves once the goods are back", async () => {
  const h = harness();
  const order = await delivered(h);
  const { id } = (await order.ask({ ...order.units(2), kind: "exchange", reason: "wrong_size" })).body;
  await order.byShop(id, "approve");
  expect(await order.shop.available()).toBe(6);
  await order.by(id, "send", PARCEL);
  expect((await order.byShop(id, "replacement", PARCEL)).body).toMatchObject({ code: "refund.wrong_state" });
  await order.back(id, { resellable: 1, missing: 1 });
  const sent = await order.byShop(id, "replacement", PARCEL);
  expect(sent.body).toMatchObject({ state: "settling", replacement: PARCEL });
  expect(await order.settle(id)).toMatchObject({ state: "resolved", amounts: null, creditNote: null });
  // One went out and one came in; the one that never came back was not replaced.
  expect(await order.shop.available()).toBe(8);
  expect((await order.ask(order.units(2))).status).toBe(201);
});

test("an exchange that nobody can fulfil becomes money, by silence and not by itself", async () => {
  const h = harness();
  const order = await delivered(h, { stock: 2 });
  const { id } = (await order.ask({ ...order.units(1), kind: "exchange", reason: "defective" })).body;
  expect((await order.byShop(id, "approve")).body).toMatchObject({ code: "refund.replacement_out_of_stock" });
  h.clock.advance(2 * DAY_MS);
  await h.runDue(id);
  const buyer = await again(h, order.buyer);
  const after = (await buyer.get(`/v1/refunds/${id}`)).body;
  expect(after).toMatchObject({ kind: "exchange", state: "approved", resolution: "refund" });
});

test("a parcel that never came is claimed when it is long gone, and paid back", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await paidOrder(h, { buyer, shops: [shop] });
  const at = `/v1/orders/${bought.orderId}`;
  await shop.member.post(`${at}/confirm`, {}, key());
  await shop.member.post(`${at}/ship`, PARCEL, key());
  await h.drain();
  const early = await desk(h, { buyer, shop, ...bought });
  const claim = { kind: "claim", reason: "not_received", ...early.units(2) };
  expect((await early.ask(early.units(1))).body).toMatchObject({ code: "refund.order_not_delivered" });
  expect((await early.ask(claim)).body).toMatchObject({ code: "refund.too_early" });
  h.clock.advance(8 * DAY_MS);
  const late = await desk(h, { buyer: await again(h, buyer), shop, ...bought });
  const { id } = (await late.ask(claim)).body;
  const member = await again(h, shop.member);
  const approved = await member.post(`/v1/refunds/${id}/approve`, {}, key());
  expect(approved.body).toMatchObject({ state: "settling", goodsBack: false });
  const done = await late.settle(id);
  expect(done).toMatchObject({
    state: "resolved",
    amounts: { toBuyer: { minor: bought.amount.minor.toString() } },
  });
  expect(await shop.available()).toBe(8);
});

test("a part of the price for keeping the goods, within the price and in whole rupiah", async () => {
  const h = harness();
  const order = await delivered(h);
  const { id } = (await order.ask({ ...order.units(1), reason: "not_as_described" })).body;
  const offer = (amountMinor: string) => order.byShop(id, "offer", { amountMinor });
  expect((await offer("99999999900")).body).toMatchObject({ code: "refund.offer_exceeded" });
  expect((await offer("150")).body).toMatchObject({ code: "refund.offer_exceeded" });
  expect((await offer("3000000")).body).toMatchObject({ state: "offered", offer: { minor: "3000000" } });
  expect((await order.by(id, "decline")).body).toMatchObject({ state: "requested", offer: null });
  await offer("5000000");
  expect((await order.by(id, "accept")).body).toMatchObject({ state: "settling", goodsBack: false });
  const done = await order.settle(id);
  expect(done).toMatchObject({ state: "resolved", amounts: { toBuyer: { minor: "5000000" } } });
  const ordered = (await order.buyer.get(`/v1/orders/${order.orderId}`)).body;
  expect(ordered.lines).toMatchObject([{ returnedQuantity: 0 }]);
});

test("who is trusted has his money when the goods leave him; what never comes is remembered", async () => {
  const h = harness();
  const order = await delivered(h);
  const buyerId = actorKey(order.buyer.actor) as BuyerId;
  await h.ctx().db.commit([addToStanding(buyerId, { orders: 5, unitsBought: 20 })]);
  const asked = await order.ask(order.units(1));
  expect(asked.body).toMatchObject({ state: "approved", isInstant: true });
  const { id } = asked.body;
  expect((await order.by(id, "send", PARCEL)).body).toMatchObject({ state: "settling" });
  const paid = await order.settle(id);
  expect(paid).toMatchObject({
    state: "settling",
    step: "restock",
    amounts: { toBuyer: { minor: "12500000" } },
  });
  h.clock.advance(11 * DAY_MS);
  await h.runDue(id);
  expect(await order.settle(id)).toMatchObject({ state: "resolved", lines: [{ missing: 1, resellable: 0 }] });
  const [standing] = await h.ctx().db.load(standingQuery(buyerId));
  expect(standing).toMatchObject({ unitsBack: 1, unitsMissed: 1 });
  const later = await desk(h, { ...order, buyer: await again(h, order.buyer) });
  expect((await later.ask(later.units(1))).body).toMatchObject({ state: "requested", isInstant: false });
});

test("windows close, files are what they say, and a guest has no wallet", async () => {
  const h = harness();
  const order = await delivered(h);
  const html = new TextEncoder().encode("<html>");
  const at = `/v1/refunds/evidence?orderId=${order.orderId}`;
  const told = { headers: { "content-type": "image/png" } };
  expect((await order.buyer.post(at, html, told)).body).toMatchObject({ code: "refund.evidence_invalid" });
  const foreign = h.ids.next("attachment");
  const shown = await order.ask({ ...order.units(1), evidence: [foreign] });
  expect(shown.body).toMatchObject({ code: "refund.evidence_not_found" });
  const wrong = await order.ask({ ...order.units(1), reason: "not_received" });
  expect(wrong.body).toMatchObject({ code: "refund.reason_invalid" });
  h.clock.advance(15 * DAY_MS);
  const late = await desk(h, { ...order, buyer: await again(h, order.buyer) });
  expect((await late.ask(late.units(1))).body).toMatchObject({ code: "refund.window_over" });
  const claim = { ...late.units(1), kind: "claim", reason: "arrived_damaged" };
  expect((await late.ask(claim)).status).toBe(201);
  const guest = await h.guest();
  const shop = await openShop(h);
  const bought = await paidOrder(h, { buyer: guest, shops: [shop] });
  await handOver(guest, await reopened(h, shop), bought.orderId);
  const theirs = await desk(h, { buyer: guest, shop, ...bought });
  const wallet = await theirs.ask({ ...theirs.units(1), tender: "wallet" });
  expect(wallet.body).toMatchObject({ code: "refund.tender_fixed" });
  expect((await theirs.ask(theirs.units(1))).status).toBe(201);
});
