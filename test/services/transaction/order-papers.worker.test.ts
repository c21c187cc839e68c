import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { invoice, order as orderTable } from "#schema/transaction/order";
import { seedUser } from "#services/social/auth/index";
import { harness } from "../../support/harness.ts";
import { buy, key, openShop, paidOrder, sandbox } from "./shopping.ts";

test("twelve payments of one shop at once: invoice numbers without gaps, one document each", async () => {
  const h = harness();
  const shop = await openShop(h, 100);
  const provider = sandbox(h);
  const bought = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const buyer = await h.buyer();
      const one = await buy(h, { buyer, shops: [shop], method: "qris", quantity: 1 });
      await provider.act(one.paymentId, "pay");
      return { ...one, buyer };
    }),
  );
  const bodies = await Promise.all(
    bought.map(async (one) => (await provider.notifications(one.paymentId)).at(-1) ?? ""),
  );
  await Promise.all(bodies.map((body) => provider.post(body)));
  const settled = h.waiting().filter((fact) => fact.type === "payment.settled");
  expect(settled).toHaveLength(12);
  await Promise.all(settled.map((fact) => h.deliver([fact])));
  // Somebody delivers them all a second time.
  await h.drain();
  const ctx = h.ctx();
  const rows = await ctx.db.read
    .select()
    .from(invoice)
    .where(eq(invoice.sellerId, shop.sellerId))
    .orderBy(invoice.seq);
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  const [first] = bought;
  if (!first) throw new Error("twelve were bought");
  const pdf = await first.buyer.get(`/v1/orders/${first.orderId}/invoice`);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(new TextDecoder().decode(pdf.bytes.slice(0, 5))).toBe("%PDF-");
  expect((await shop.member.get(`/v1/orders/${first.orderId}/invoice?as=seller`)).bytes).toEqual(pdf.bytes);
  expect((await (await h.buyer()).get(`/v1/orders/${first.orderId}/invoice`)).status).toBe(404);
  expect(
    (
      await ctx.db.read
        .select({ state: orderTable.state })
        .from(orderTable)
        .where(eq(orderTable.sellerId, shop.sellerId))
    ).every((row) => row.state === "paid"),
  ).toBe(true);
});

test("an invoice that is not issued takes no number", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const first = await paidOrder(h, { buyer, shops: [shop] });
  const unpaid = await buy(h, { buyer, shops: [shop], method: "qris" });
  await buyer.post(`/v1/orders/${unpaid.orderId}/cancel`, { reason: "other" }, key());
  const last = await paidOrder(h, { buyer, shops: [shop] });
  const numbers = [first, last].map(
    async ({ orderId }) => (await buyer.get(`/v1/orders/${orderId}`)).body.invoice.number,
  );
  expect(await Promise.all(numbers)).toEqual(["INV-000001", "INV-000002"]);
});

test("lists are one's own, filtered, and each order comes once", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h, 50), await openShop(h, 50)];
  const buyer = await h.buyer();
  const mine: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const { orderIds } = await buy(h, { buyer, shops: [shop, other], method: "cod", quantity: 1 });
    mine.push(...orderIds);
    h.clock.advance(1);
  }
  const seen: string[] = [];
  let cursor = "";
  for (let page = 0; page < 5; page += 1) {
    const { body } = await buyer.get(`/v1/orders?limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`);
    seen.push(...body.items.map((item: { id: string }) => item.id));
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(mine.toSorted().reverse());
  const shops = await shop.member.get("/v1/orders?as=seller&state=placed&limit=100");
  expect(shops.body.items).toHaveLength(5);
  expect(shops.body.items[0]).toMatchObject({ lineCount: 1, units: 1, firstTitle: "Kemeja batik" });
  expect((await shop.member.get(`/v1/orders?as=seller&cursor=${cursor}`)).status).toBe(400);
  expect((await buyer.get("/v1/orders?state=paid")).body.items).toEqual([]);
  expect((await buyer.get("/v1/orders?as=seller")).status).toBe(403);
  const csv = await shop.member.get("/v1/orders/export?state=placed");
  expect(csv.headers.get("content-type")).toContain("text/csv");
  const rows = csv.body.trimEnd().split("\r\n");
  expect(rows).toHaveLength(6);
  expect(rows[1]).toContain(",KEMEJA-L,Kemeja batik,L,1,IDR,12500000,12500000,");
  expect((await buyer.get("/v1/orders/export")).status).toBe(403);
  const operator = await h.operator("support");
  const all = await operator.get(`/v1/orders?as=operator&sellerId=${other.sellerId}`);
  expect(all.body.items).toHaveLength(5);
});

test("a guest reads with his token; whoever proves his address claims the orders, once", async () => {
  const h = harness();
  const shop = await openShop(h, 20);
  const guest = await h.guest();
  const email = `${h.ids.next("email")}@example.com`;
  const bought = await buy(h, { buyer: guest, shops: [shop], method: "qris", email });
  await h.drain();
  expect((await guest.get(`/v1/orders/${bought.orderId}`)).status).toBe(200);
  expect((await guest.get(`/v1/payments/${bought.paymentId}`)).status).toBe(200);
  // Nothing that they say of themselves has been delivered: whoever has just signed up may claim at once.
  const join = async (address: string, isVerified: boolean) =>
    h.buyer(await seedUser(h.ctx(), { email: address, name: "Sari", verified: isVerified }));
  const somebody = await join(`x${email}`, false);
  expect((await somebody.post("/v1/orders/claim")).body).toMatchObject({ code: "order.email_not_proved" });
  const stranger = await join(`y${email}`, true);
  const owner = await join(email.toUpperCase(), true);
  expect((await stranger.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [] });
  expect((await owner.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [bought.orderGroupId] });
  expect((await owner.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [] });
  expect((await owner.get(`/v1/orders/${bought.orderId}`)).status).toBe(200);
  expect((await owner.get(`/v1/payments/${bought.paymentId}`)).status).toBe(200);
  expect((await guest.get(`/v1/orders/${bought.orderId}`)).status).toBe(404);
  await sandbox(h).act(bought.paymentId, "pay");
  await sandbox(h).notify(bought.paymentId);
  expect((await owner.get(`/v1/orders/${bought.orderId}`)).body).toMatchObject({ state: "paid" });
  expect((await guest.post("/v1/orders/claim")).status).toBe(403);
});
