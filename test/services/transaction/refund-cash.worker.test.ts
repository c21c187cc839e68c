import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { paymentSplit } from "#schema/transaction/payment";
import { refundOrder } from "#services/transaction/payment/index";
import { harness } from "../../support/harness.ts";
import { desk, PARCEL } from "./returning.ts";
import { buy, key, openShop } from "./shopping.ts";

const UNIT_MINOR = 12_500_000n;

test("what was paid at the door goes back by hand, out of what that order was paid and no more", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop, other], method: "cod" });
  const { orderId, paymentId } = bought;
  const move = (name: string, body: object = {}) =>
    shop.member.post(`/v1/orders/${orderId}/${name}?as=seller`, body, key());
  await move("confirm");
  await move("ship", PARCEL);
  expect((await move("deliver")).body).toMatchObject({ state: "delivered" });
  await h.drain();
  const order = await desk(h, { buyer, shop, orderId, paymentId });
  const { id } = (await order.ask(order.units(1))).body;
  await order.byShop(id, "approve");
  await order.by(id, "send", PARCEL);
  await order.back(id, { resellable: 1 });
  await h.runDue(id);
  await order.sendMoney();
  const operator = await h.operator("admin");
  const { items } = (await operator.get("/v1/payments/refunds?state=manual&limit=100")).body;
  const row = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
  expect(row).toMatchObject({ amount: { minor: UNIT_MINOR.toString() } });
  const confirmed = await operator.post(
    `/v1/payments/refunds/${row.id}/confirm`,
    { evidence: "Transfer 88213" },
    key(),
  );
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  await h.drain();
  expect(await order.settle(id)).toMatchObject({
    state: "resolved",
    amounts: { toBuyer: { minor: UNIT_MINOR.toString() } },
  });
  const splits = await h
    .ctx()
    .db.read.select()
    .from(paymentSplit)
    .where(eq(paymentSplit.paymentId, paymentId as Id<"payment">));
  const [mine, theirs] = [shop, other].map(({ sellerId }) => splits.find((one) => one.sellerId === sellerId));
  expect(mine).toMatchObject({ capturedMinor: mine?.authorisedMinor, refundedMinor: UNIT_MINOR });
  // The other shop's parcel is still on its way, and nothing of it has been paid.
  expect(theirs).toMatchObject({ capturedMinor: 0n, refundedMinor: 0n });
  const left = (mine?.authorisedMinor ?? 0n) - UNIT_MINOR;
  const ask = (minor: bigint) => {
    const amount = { minor, currency: "IDR" as const };
    const about = { paymentId: paymentId as Id<"payment">, orderId: orderId as Id<"order">, reason: "test" };
    return h.ctx().db.commit(refundOrder(h.ctx(), { ...about, amount, key: `test ${minor}` }));
  };
  expect(await ask(left + 1n)).toEqual({ ok: false, code: "payment.refund_exceeds" });
  expect(await ask(left)).toEqual({ ok: true, value: undefined });
});
