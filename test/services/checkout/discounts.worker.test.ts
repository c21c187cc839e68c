import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { order, orderLine } from "#schema/transaction/order";
import { refundToWallet } from "#services/transaction/wallet/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";
import { sandbox } from "../transaction/shopping.ts";

const PRICE = 10_000_000n;
const idr = (minor: bigint) => ({ minor: minor.toString(), currency: "IDR" });

async function makeVoucher(h: Harness, maker: Client, terms: { readonly [field: string]: unknown }) {
  const now = h.clock.now();
  const made = await maker.post(
    "/v1/vouchers",
    {
      titles: { en: "Save" },
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + DAY_MS).toISOString(),
      code: `C${h.ids.next("voucher").slice(-12).toUpperCase()}`,
      ...terms,
    },
    { key: crypto.randomUUID() },
  );
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.code as string;
}

/** Two shops, a voucher of one of them for a tenth, and one of the platform for the shipping. */
async function openMarket() {
  const h = harness();
  const [one, two] = [
    await openShop(h, [{ title: "Kopi", priceMinor: PRICE, stock: 50 }]),
    await openShop(h, [{ title: "Cangkir", priceMinor: PRICE, stock: 50 }]),
  ];
  const operator = await h.operator("admin");
  const member = await h.member(one.sellerId);
  const tenth = await makeVoucher(h, member, { benefit: { kind: "percent", basisPoints: 1_000 } });
  const free = await makeVoucher(h, operator, { benefit: { kind: "free_shipping" } });
  const offers = [one.offers[0]?.offerId, two.offers[0]?.offerId] as Id<"offer">[];
  return { h, one, two, operator, tenth, free, offers };
}

async function check(client: Client, offers: readonly Id<"offer">[], more: object) {
  const { body } = await client.post("/v1/carts");
  const lines = offers.map((offerId) => ({ offerId, quantity: 1 }));
  const filled = await client.post(`/v1/carts/${body.cart.id}/lines`, { lines });
  expect(filled.status, JSON.stringify(filled.body)).toBe(201);
  const asked = { email: "ani@example.com", address: ADDRESS, paymentMethod: "cod", ...more };
  const answer = await client.post("/v1/checkouts", asked);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

const complete = (client: Client, id: string) =>
  client.post(`/v1/checkouts/${id}/complete`, {}, { key: crypto.randomUUID() });

test("who bears a discount stands on the order, and commission is on what the shop asks for", async () => {
  const { h, one, tenth, free, offers } = await openMarket();
  const client = await h.buyer();
  const checkout = await check(client, offers, { voucherCodes: [tenth, free, "GIBT-ES-NICHT"] });
  const { totals, vouchers } = checkout;
  expect(totals.goods).toEqual(idr(2n * PRICE));
  expect(totals.discount).toEqual(idr(PRICE / 10n));
  expect(totals.shippingDiscount).toEqual(totals.shipping);
  expect(totals.total).toEqual(idr(2n * PRICE - PRICE / 10n));
  expect(vouchers.rejected).toMatchObject([{ code: "GIBT-ES-NICHT", reason: "unknown" }]);
  const done = await complete(client, checkout.id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  const { read } = h.ctx().db;
  const [mine] = await read.select().from(order).where(eq(order.sellerId, one.sellerId));
  expect(mine).toMatchObject({
    discountMinor: PRICE / 10n,
    sellerDiscountMinor: PRICE / 10n,
    sellerShippingDiscountMinor: 0n,
    totalMinor: PRICE - PRICE / 10n,
    commissionMinor: (PRICE - PRICE / 10n) / 20n,
  });
  expect(mine?.shippingDiscountMinor).toBe(mine?.shippingMinor);
  expect(mine?.shippingChoice).toMatchObject({ provider: "table" });
  const lines = await read
    .select()
    .from(orderLine)
    .where(eq(orderLine.orderId, mine?.id as Id<"order">));
  expect(lines.map((line) => line.commissionMinor)).toEqual([mine?.commissionMinor]);
});

test("of many who use the last of a voucher at once, as many as it is for get it", async () => {
  const { h, operator, offers } = await openMarket();
  const code = await makeVoucher(h, operator, {
    benefit: { kind: "fixed", amount: idr(1_000_000n) },
    quota: 3,
  });
  const [offer] = offers;
  const buyers = await Promise.all(Array.from({ length: 10 }, () => h.buyer()));
  const checkouts = await Promise.all(
    buyers.map((client) => check(client, [offer as Id<"offer">], { voucherCodes: [code] })),
  );
  expect(checkouts.every(({ totals }) => totals.discount.minor === "1000000")).toBe(true);
  const answers = await Promise.all(
    checkouts.map(({ id }, i) => complete(buyers[i] as Client, id as string)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(["checkout.voucher_lost"]));
  // Nothing of a refused complete stands: without the voucher the same checkout goes through.
  const [late] = checkouts.filter((_, i) => answers[i]?.status !== 200);
  const client = buyers[checkouts.indexOf(late)] as Client;
  const again = await client.patch(`/v1/checkouts/${late.id}`, { voucherCodes: [code] });
  expect(again.body.vouchers.rejected).toMatchObject([{ code, reason: "exhausted" }]);
  expect((await complete(client, late.id)).status).toBe(200);
});

test("a quoted rate is chosen, one that was not is refused", async () => {
  const { h, offers } = await openMarket();
  const client = await h.buyer();
  const [offer] = offers as [Id<"offer">];
  const checkout = await check(client, [offer], {});
  const [{ sellerId, rates, rateId }] = checkout.parcels;
  expect(rates.map((rate: { id: string }) => rate.id)).toContain(rateId);
  const path = `/v1/checkouts/${checkout.id}`;
  expect((await client.patch(path, { rates: [{ sellerId, rateId }] })).status).toBe(200);
  const wrong = await client.patch(path, { rates: [{ sellerId, rateId: "table:nobody:never" }] });
  expect([wrong.status, wrong.body.code]).toEqual([409, "checkout.rate_unavailable"]);
});

test("what vouchers pay for altogether is not asked to be paid, and can be called off", async () => {
  const { h, operator, free, offers } = await openMarket();
  const client = await h.buyer();
  const [offer] = offers as [Id<"offer">];
  const all = await makeVoucher(h, operator, { benefit: { kind: "percent", basisPoints: 10_000 } });
  const checkout = await check(client, [offer], { paymentMethod: "qris", voucherCodes: [all, free] });
  expect(checkout.totals.total).toEqual(idr(0n));
  const done = await complete(client, checkout.id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  expect(done.body.payment.action).toEqual({ kind: "none" });
  await h.drain();
  const path = `/v1/orders/${done.body.orders[0].id}`;
  expect((await client.get(path)).body.state).toBe("paid");
  const cancelled = await client.post(
    `${path}/cancel`,
    { reason: "changed_mind" },
    { key: crypto.randomUUID() },
  );
  expect(cancelled.status, JSON.stringify(cancelled.body)).toBe(200);
  expect(cancelled.body.state).toBe("cancelled");
  await h.drain();
  const again = await check(client, [offer], { paymentMethod: "qris", voucherCodes: [all] });
  expect(again.vouchers.applied).toMatchObject([{ code: all }]);
});

test("the wallet pays all or a part, and what it has not got is not spent", async () => {
  const { h, offers } = await openMarket();
  const client = await h.buyer();
  const [offer] = offers as [Id<"offer">];
  const { userId } = client.actor as { readonly userId: Id<"user"> };
  const total = PRICE + 1_500_000n;
  const key = crypto.randomUUID();
  const credit = { key, userId, amount: { minor: total + 2_000_000n, currency: "IDR" as const } };
  const filled = await h.ctx().db.commit([refundToWallet(h.ctx(), { ...credit, reason: "test" })]);
  expect(filled.ok).toBe(true);
  const whole = await check(client, [offer], { paymentMethod: "wallet" });
  const done = await complete(client, whole.id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  await h.drain();
  expect((await client.get(`/v1/orders/${done.body.orders[0].id}`)).body.state).toBe("paid");
  const atDoor = await check(client, [offer], { paymentMethod: "cod" });
  const refused = await client.post(
    `/v1/checkouts/${atDoor.id}/complete`,
    { wallet: idr(1_000_000n) },
    { key: crypto.randomUUID() },
  );
  expect([refused.status, refused.body.code]).toEqual([409, "checkout.wallet_part"]);
  const part = await check(client, [offer], { paymentMethod: "qris" });
  const pay = (minor: bigint) =>
    client.post(`/v1/checkouts/${part.id}/complete`, { wallet: idr(minor) }, { key: crypto.randomUUID() });
  expect((await pay(BigInt(part.totals.total.minor))).body.code).toBe("checkout.wallet_part");
  expect((await pay(2_000_100n)).body.code).toBe("wallet.insufficient");
  const split = await pay(2_000_000n);
  expect(split.status, JSON.stringify(split.body)).toBe(200);
  const { payment, orders } = split.body;
  const provider = sandbox(h);
  await provider.act(payment.id, "pay");
  await provider.notify(payment.id);
  expect((await client.get(`/v1/orders/${orders[0].id}`)).body.state).toBe("paid");
});
