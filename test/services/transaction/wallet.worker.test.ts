import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { DAY_MS, HOUR_MS } from "#kernel/clock";
import { consumeFacts } from "#kernel/consume";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { hashPassword } from "#services/social/auth/index";
import { OrderCancelled, OrderCompleted, OrderDelivered, OrderPaid } from "#services/transaction/order/facts";
import { PaymentRefunded, PaymentSettled } from "#services/transaction/payment/facts";
import { RefundSettled } from "#services/transaction/refund/facts";
import { consumers } from "#services/transaction/wallet/consumers";
import { cashOf, payableOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { sellerAccountQuery } from "#services/transaction/wallet/index";
import { closeDays } from "#services/transaction/wallet/repository/books";
import { post } from "#services/transaction/wallet/repository/ledger";
import { changeOwner } from "#services/transaction/wallet/repository/owner";
import { savePayoutAccount } from "#services/transaction/wallet/repository/payout";
import { verifyText } from "../../../scripts/ledger-verify.ts";
import { type Harness, harness } from "../../support/harness.ts";

const BANK = {
  bank: "bca",
  accountNumber: "1234567891",
  holderName: "AYU LESTARI",
  email: "ayu@example.com",
};
const PIN = "271828";

/** An order of 100,000 with 11,000 off (6,000 by the shop), shipping 15,000 less 5,000 by the platform. */
const orderOf = (h: Harness, method: "qris" | "cod") => ({
  orderId: h.ids.next("order"),
  orderGroupId: h.ids.next("orderGroup"),
  sellerId: h.ids.next("seller"),
  buyerId: h.ids.next("user") as string,
  email: "ayu@example.com",
  locale: "id" as const,
  currency: "IDR",
  goodsMinor: "10000000",
  discountMinor: "1100000",
  sellerDiscountMinor: "600000",
  taxMinor: "881900",
  shippingMinor: "1500000",
  shippingDiscountMinor: "500000",
  sellerShippingDiscountMinor: "0",
  totalMinor: "9900000",
  commissionMinor: "470000",
  commissionTaxMinor: "51700",
  method,
  lines: [
    {
      lineId: h.ids.next("line"),
      offerId: h.ids.next("offer"),
      productId: h.ids.next("product"),
      categoryId: null,
      sku: "A-1",
      title: "Kopi",
      quantity: 1,
      unitPriceMinor: "10000000",
      goodsMinor: "10000000",
      discountMinor: "1100000",
    },
  ],
});

function tale(h: Harness, method: "qris" | "cod" = "qris") {
  const order = orderOf(h, method);
  const { orderId, sellerId } = order;
  const make = <E extends { make: typeof OrderPaid.make }>(event: E, version: number, more: object = {}) =>
    event.make(h.ctx(), { id: orderId, version }, { ...order, ...more } as never) as Fact;
  const about = {
    paymentId: h.ids.next("payment"),
    orderGroupId: order.orderGroupId,
    buyerId: order.buyerId,
    method,
    provider: "midtrans" as const,
    amount: { minor: order.totalMinor, currency: "IDR" as const },
    walletMinor: "0",
  };
  return {
    order,
    sellerId,
    orderId,
    settled: () => PaymentSettled.make(h.ctx(), { id: about.paymentId, version: 1 }, about) as Fact,
    refunded: () =>
      PaymentRefunded.make(
        h.ctx(),
        { id: about.paymentId, version: 2 },
        {
          ...about,
          refundId: h.ids.next("refund"),
          key: orderId,
          refunded: about.amount,
          reason: "cancelled",
          orderId,
        },
      ) as Fact,
    paid: () => make(OrderPaid, 2),
    delivered: () => make(OrderDelivered as never, 4),
    completed: () => make(OrderCompleted as never, 5),
    cancelled: () => make(OrderCancelled as never, 3, { reason: "out_of_stock", wasPaid: true }),
  };
}

/** To the ledger only: the orders and payments of these facts are nobody's. */
async function tell(h: Harness, facts: readonly Fact[]): Promise<void> {
  const failed = await consumeFacts(h.ctx(), consumers, facts);
  expect([...failed]).toEqual([]);
}

async function shopOf(h: Harness, sellerId: Id<"seller">) {
  const ctx = h.ctx();
  const [{ available, escrow, inPayout }] = await ctx.db.load(sellerAccountQuery(ctx, sellerId));
  return { available: available.minor, escrow: escrow.minor, inPayout: inPayout.minor };
}

async function bookedOf(h: Harness, orderId: Id<"order">) {
  const { rows } = await h.ctx().db.read.execute<{ kind: string; amount: string }>(sql`
    SELECT kind, sum(amount_minor) AS amount FROM ledger_transfer WHERE order_id = ${orderId}
    GROUP BY kind ORDER BY kind`);
  return Object.fromEntries(rows.map(({ kind, amount }) => [kind, Number(amount)]));
}

test("what a buyer paid waits in escrow, then is the shop's less commission and taxes", async () => {
  const h = harness();
  const told = tale(h);
  // Out of order and twice: each fact carries all amounts.
  await tell(h, [told.delivered(), told.settled(), told.paid()]);
  await tell(h, [told.paid(), told.settled()]);
  expect(await shopOf(h, told.sellerId)).toEqual({ available: 0n, escrow: 10_900_000n, inPayout: 0n });
  await tell(h, [told.completed()]);
  await h.runDue(told.orderId);
  expect((await shopOf(h, told.sellerId)).available).toBe(0n);
  h.clock.advance(3 * DAY_MS + 1);
  await h.runDue(told.orderId);
  // Turnover is 100,000 - 6,000 - 8,819 of tax within; of it half a per cent in whole rupiah.
  const withheld = 42_500n;
  const left = 10_900_000n - 470_000n - 51_700n - withheld;
  expect(await shopOf(h, told.sellerId)).toEqual({ available: left, escrow: 0n, inPayout: 0n });
  expect(await bookedOf(h, told.orderId)).toEqual({
    commission: 470_000,
    commission_tax: 51_700,
    promotion: 500_000,
    release: 10_900_000,
    sale: 8_018_100,
    sale_shipping: 1_000_000,
    sale_tax: 881_900,
    shipping_subsidy: 500_000,
    withholding: 42_500,
  });
});

test("a shop that is exempt has nothing withheld", async () => {
  const h = harness();
  const told = tale(h, "cod");
  const operator = await h.operator();
  const path = `/v1/ledger/owners/${told.sellerId}`;
  expect((await operator.patch(path, { exemption: "SKB-12/2026" })).status).toBe(204);
  await tell(h, [told.paid(), told.delivered(), told.completed()]);
  h.clock.advance(3 * DAY_MS + 1);
  await h.runDue(told.orderId);
  expect((await bookedOf(h, told.orderId)).withholding).toBeUndefined();
  expect((await bookedOf(h, told.orderId)).payment).toBe(9_900_000);
});

test("an order that is called off gives everybody back what he put in", async () => {
  const h = harness();
  const told = tale(h);
  await tell(h, [told.cancelled()]);
  await tell(h, [told.paid(), told.settled(), told.refunded()]);
  expect(await shopOf(h, told.sellerId)).toEqual({ available: 0n, escrow: 0n, inPayout: 0n });
  const { sale, sale_cancelled: off } = await bookedOf(h, told.orderId);
  expect(sale).toBe(off);
});

test("a refund comes out of escrow, and after the release out of what the shop has", async () => {
  const h = harness();
  const told = tale(h);
  const refund = (fromSellerMinor: bigint) => {
    const refundId = h.ids.next("refundCase");
    const { orderId, orderGroupId, sellerId, buyerId } = told.order;
    return RefundSettled.make(
      h.ctx(),
      { id: refundId, version: 3 },
      {
        refundId,
        kind: "return",
        orderId,
        orderGroupId,
        sellerId,
        buyerId,
        email: "ayu@example.com",
        locale: "id",
        currency: "IDR",
        reason: "damaged",
        isFault: true,
        lines: [],
        shippingMinor: "0",
        withheldMinor: "0",
        taxMinor: "0",
        toBuyerMinor: (fromSellerMinor - 50_000n).toString(),
        commissionBackMinor: "47000",
        commissionTaxBackMinor: "5100",
        fromSellerMinor: fromSellerMinor.toString(),
        fromPlatformMinor: "-50000",
        tender: "original",
        method: "qris",
        paymentId: null,
        isWhole: false,
      },
    ) as Fact;
  };
  await tell(h, [told.paid(), told.delivered(), told.completed(), refund(900_000n)]);
  expect((await shopOf(h, told.sellerId)).escrow).toBe(10_000_000n);
  h.clock.advance(3 * DAY_MS + 1);
  await h.runDue(told.orderId);
  const before = (await shopOf(h, told.sellerId)).available;
  expect(before).toBe(10_000_000n - (470_000n - 47_000n) - (51_700n - 5_100n) - 42_500n);
  await tell(h, [refund(10_000_000n)]);
  expect((await shopOf(h, told.sellerId)).available).toBe(before - 10_000_000n + 47_000n + 5_100n);
});

async function give(h: Harness, account: ReturnType<typeof cashOf>, minor: bigint) {
  const ctx = h.ctx();
  const id = `test/${h.ids.next("transfer")}`;
  const debit = platformOf("payments", "IDR");
  const given = post(ctx, [{ id, kind: "top_up", debit, credit: account, amountMinor: minor }]);
  expect((await ctx.db.commit([given])).ok).toBe(true);
}

/** A shop with money and a bank account, and what its payout becomes at the provider. */
async function payingShop(h: Harness, minor = 5_000_000n) {
  const sellerId = h.ids.next("seller");
  const owner = await h.member(sellerId);
  await give(h, payableOf(sellerId, "IDR"), minor);
  await h.ctx().db.commit([
    savePayoutAccount({
      ...BANK,
      owner: sellerId,
      setAt: h.clock.now(),
      usableFrom: null,
      checkedAt: h.clock.now(),
      refusal: null,
      version: 1,
    }),
  ]);
  const ask = async (key: string, body: object = {}) =>
    owner.post("/v1/wallet/seller/payouts", body, { key });
  return { sellerId, owner, ask };
}

const merchantKey = "IRIS-local-merchant-id";
const irisUrl = () => `${inject("engineUrls").midtrans}/sandbox/iris`;
async function atIris(path: string, method = "POST", body?: object) {
  const init = body ? { method, body: JSON.stringify(body) } : { method };
  return (await (await fetch(irisUrl() + path, init)).json()) as never;
}
const payoutsAtIris = async () =>
  (await atIris("/payouts", "GET")) as unknown as {
    items: { reference_no: string; notes: string; status: string }[];
  };

function notify(h: Harness, body: object, key = merchantKey) {
  const text = JSON.stringify(body);
  const signature = createHash("sha512")
    .update(text + key)
    .digest("hex");
  const headers = { "iris-signature": signature, "content-type": "application/json" };
  return h.anonymous.post("/v1/webhooks/iris", text, { headers });
}

test("a payout holds its money, is sent once, and is posted by the bank's word", async () => {
  const h = harness();
  const shop = await payingShop(h);
  const asked = await Promise.all([shop.ask("k1"), shop.ask("k1"), shop.ask("k2", { amountMinor: "100" })]);
  const made = asked.find((one) => one.status === 201)?.body;
  expect(asked.filter((one) => one.status === 201).every((one) => one.body.id === made.id)).toBe(true);
  expect(await shopOf(h, shop.sellerId)).toEqual({ available: 0n, escrow: 0n, inPayout: 5_000_000n });
  await h.runDue(made.id);
  h.clock.advance(HOUR_MS / 2);
  await h.runDue(made.id);
  const { items } = await payoutsAtIris();
  const [sent, ...more] = items.filter(({ notes }) => notes === `Payout ${made.id.slice(4)}`);
  expect(more).toEqual([]);
  const word = { reference_no: sent?.reference_no, amount: "50000.00", status: "completed", updated_at: "x" };
  expect((await notify(h, word, "another key")).status).toBe(401);
  const words = ["completed", "processed", "completed"].map((status) => notify(h, { ...word, status }));
  for (const { status } of await Promise.all(words)) expect(status).toBe(200);
  expect(await shopOf(h, shop.sellerId)).toEqual({ available: 0n, escrow: 0n, inPayout: 0n });
  const owner = await h.member(shop.sellerId);
  const { body } = await owner.get("/v1/wallet/seller/payouts");
  expect(body.items[0]).toMatchObject({ id: made.id, state: "completed", accountNumber: "******7891" });
});

test("a bank that gives back what it took gives it back to the shop, and a lie changes nothing", async () => {
  const h = harness();
  const shop = await payingShop(h);
  const { body: made } = await shop.ask("k");
  await h.runDue(made.id);
  const { items } = await payoutsAtIris();
  const reference = items.find(({ notes }) => notes === `Payout ${made.id.slice(4)}`)?.reference_no;
  const word = { reference_no: reference, amount: "50000.00", updated_at: "x" };
  // Another amount is asked about: the provider knows better, and nothing but its own word counts.
  await notify(h, { ...word, amount: "1.00", status: "failed" });
  expect((await shopOf(h, shop.sellerId)).inPayout).toBe(5_000_000n);
  await atIris(`/payouts/${reference}/completed`);
  await notify(h, { ...word, status: "completed" });
  await atIris(`/payouts/${reference}/failed`);
  await notify(h, { ...word, status: "failed", error_code: "002" });
  expect(await shopOf(h, shop.sellerId)).toEqual({ available: 5_000_000n, escrow: 0n, inPayout: 0n });
  await notify(h, { ...word, status: "completed" });
  expect((await shopOf(h, shop.sellerId)).available).toBe(5_000_000n);
});

async function person(h: Harness, minor: bigint) {
  const userId = h.ids.next("user");
  const client = await h.buyer(userId);
  if (minor > 0n) await give(h, cashOf(userId, "IDR"), minor);
  const { hash } = await hashPassword(PIN);
  await h.ctx().db.commit([changeOwner(h.ctx(), userId, { pinHash: hash })]);
  return { userId, client };
}

test("people send money within their limits, with their PIN, and not out of a frozen wallet", async () => {
  const h = harness();
  const ayu = await person(h, 300_000_000n);
  const budi = await person(h, 0n);
  const send = (amountMinor: string, key: string, pin = PIN) =>
    ayu.client.post("/v1/wallet/sends", { to: budi.userId, amountMinor, pin, note: "makan" }, { key });
  expect((await send("5000000", "a")).status).toBe(201);
  expect((await send("5000000", "a")).headers.get("idempotent-replayed")).toBe("true");
  expect((await send("5000000", "b", "000000")).body.code).toBe("wallet.pin_wrong");
  expect((await send("196000000", "c")).body.code).toBe("wallet.limit");
  const operator = await h.operator();
  const freeze = (reason: string | null) =>
    operator.put(`/v1/ledger/owners/${ayu.userId}/freeze`, { reason });
  expect((await freeze("takeover")).status).toBe(204);
  expect((await send("100", "d")).body.code).toBe("wallet.frozen");
  await freeze(null);
  const wrong = await Promise.all(Array.from({ length: 9 }, (_, n) => send("100", `w${n}`, "111111")));
  const codes = wrong.map((one) => one.body.code);
  expect(codes.filter((code) => code === "wallet.pin_wrong").length).toBe(5);
  expect((await send("100", "e")).body.code).toBe("wallet.pin_locked");
  const { body: wallet } = await budi.client.get("/v1/wallet");
  expect(wallet.available.minor).toBe("5000000");
  const { body: page } = await ayu.client.get("/v1/wallet/entries?limit=1");
  expect(page.items[0]).toMatchObject({ kind: "wallet_send", amount: { minor: "-5000000" }, memo: "makan" });
  const { body: next } = await ayu.client.get(`/v1/wallet/entries?limit=1&cursor=${page.nextCursor}`);
  expect(next.items[0]).toMatchObject({ kind: "top_up", balanceAfter: { minor: "300000000" } });
  const at = (ms: number) => encodeURIComponent(new Date(h.clock.now() + ms).toISOString());
  const { body: csv } = await ayu.client.get(`/v1/wallet/statement?from=${at(-HOUR_MS)}&to=${at(HOUR_MS)}`);
  expect(csv.trim().split("\r\n").length).toBe(3);
});

test("the ledger is read as it stood at any instant", async () => {
  // Where nobody else books anything.
  const h = harness({ at: Date.now() + 4_000 * DAY_MS });
  const standing = async (ms: number) => {
    const operator = await h.operator();
    const at = new Date(h.clock.now() + ms).toISOString();
    const { body } = await operator.get(`/v1/ledger/trial-balance?at=${encodeURIComponent(at)}`);
    expect(body).toMatchObject({ at, debit: body.credit });
    const cash = body.kinds.find(({ kind }: { kind: string }) => kind === "cash");
    return BigInt(cash?.balance.minor ?? "0");
  };
  const before = await standing(-1);
  await give(h, cashOf(h.ids.next("user"), "IDR"), 700n);
  h.clock.advance(HOUR_MS);
  await give(h, cashOf(h.ids.next("user"), "IDR"), 50n);
  expect([await standing(-HOUR_MS - 1), await standing(-1), await standing(0)]).toEqual([
    before,
    before + 700n,
    before + 750n,
  ]);
});

test("every balance and every closed day of this database follows from its log", async () => {
  const past = harness({ at: Date.now() - 3 * DAY_MS });
  await give(past, cashOf(past.ids.next("user"), "IDR"), 700n);
  const h = harness();
  await h.ctx().db.commit([closeDays(h.ctx())]);
  const operator = await h.operator();
  const { body: days } = await operator.get("/v1/ledger/days?limit=100");
  expect(days.items.length).toBeGreaterThan(1);
  const { body: text } = await operator.get("/v1/ledger/export");
  const findings = verifyText(text);
  expect(findings.drift).toEqual([]);
  expect(findings.days).toBe(days.items.length);
  expect(findings.lastHash).toBe(days.items[0].hash);
  const { body: trial } = await operator.get("/v1/ledger/trial-balance");
  expect(trial.debit).toEqual(trial.credit);
  const [line] = text.split("\n").filter((one: string) => one.includes('"kind":"transfer"'));
  const forged = line.replace(/"amountMinor":"(\d+)"/, '"amountMinor":"1$1"');
  expect(verifyText(text.replace(line, forged)).drift).not.toEqual([]);
});
