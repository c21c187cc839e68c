import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { PaymentDisputeClosed } from "#services/transaction/payment/facts";
import { payableOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { balanceQuery, clawback } from "#services/transaction/wallet/index";
import { post } from "#services/transaction/wallet/repository/ledger";
import { type Harness, harness } from "../../support/harness.ts";
import { toldOrder } from "../social/told-orders.ts";
import { key } from "./shopping.ts";
import { completed, hear, idr, make, redeem, returned } from "./voucher-desk.ts";

const carriedOf = (h: Harness, sellerId: string) =>
  h.waiting().flatMap(({ type, payload }: Fact) => {
    const told = payload as { readonly sellerId?: string; readonly owed?: { readonly minor: string } };
    return type === "wallet.balance_carried" && told.sellerId === sellerId ? [told.owed?.minor] : [];
  });

test("a shop that owes hears of it once a day, until it has paid", async () => {
  const h = harness();
  const sellerId = h.ids.next("seller");
  const charge = async (minor: bigint, name: string) => {
    const about = { key: `${sellerId}/${name}`, sellerId, reason: "test", orderId: h.ids.next("order") };
    const done = await h
      .ctx()
      .db.commit([clawback(h.ctx(), { ...about, amount: { minor, currency: "IDR" } })]);
    expect(done.ok).toBe(true);
  };
  const aDayLater = async () => {
    h.clock.advance(DAY_MS);
    await h.runDue(sellerId);
    await h.runDue(sellerId);
  };
  await charge(500n, "first");
  await charge(200n, "second");
  await h.runDue(sellerId);
  expect(carriedOf(h, sellerId)).toEqual([]);
  await aDayLater();
  expect(carriedOf(h, sellerId)).toEqual(["700"]);
  await aDayLater();
  expect(carriedOf(h, sellerId)).toEqual(["700", "700"]);
  const paid = {
    id: `test/${h.ids.next("transfer")}`,
    kind: "adjustment" as const,
    ...{ debit: platformOf("payments", "IDR"), credit: payableOf(sellerId, "IDR"), amountMinor: 700n },
  };
  expect((await h.ctx().db.commit([post(h.ctx(), [paid])])).ok).toBe(true);
  await aDayLater();
  await aDayLater();
  expect(carriedOf(h, sellerId)).toEqual(["700", "700"]);
});

const CSV = { headers: { "content-type": "text/csv" } };
const HEADER = "reporting_category,payment_intent_id,gross,fee,net,currency,created_utc";

test("what a settlement file and we do not agree on is open until somebody explains it", async () => {
  const h = harness({ market: "sg", at: Date.parse("2033-05-03T03:00:00Z") });
  const [admin, support] = [await h.operator("admin"), await h.operator("support")];
  const row = (name: string) =>
    `charge,pi_${h.ids.next("request")}_${name},12.34,0.50,11.84,sgd,2033-05-03 02:00:00`;
  const file = `${HEADER}\n${row("a")}\nfee,txn_1,-1.00,0,-1.00,sgd,2033-05-03 02:00:00\n${row("b")}\n`;
  const files = "/v1/payments/settlement-files";
  const { id } = (await admin.post(`${files}?provider=stripe`, file, CSV)).body;
  const list = async (state: string) => {
    const path = `/v1/payments/settlement-mismatches?provider=stripe&limit=1&state=${state}`;
    const found: { fileId: string; line: number }[] = [];
    let cursor = "";
    // The newest file comes first, so both of its rows are on the first pages.
    for (let page = 0; page < 2; page += 1) {
      const { body } = await admin.get(`${path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      found.push(...body.items);
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    return found.filter(({ fileId }) => fileId === id);
  };
  expect(await list("open")).toMatchObject([
    { line: 2, outcome: "missing_here", state: "open", provider: "stripe", note: null, explainedBy: null },
    { line: 4, outcome: "missing_here", state: "open", gross: { minor: "1234" } },
  ]);
  const explain = (line: number, note: string, as = admin) =>
    as.post(`${files}/${id}/rows/${line}/explain`, { note }, key());
  expect((await explain(2, "Ours of the old shop.", support)).status).toBe(403);
  expect((await explain(3, "A fee is no mismatch.")).body).toMatchObject({
    code: "payment.mismatch_not_found",
  });
  const actor = admin.actor.kind === "user" ? admin.actor.userId : "";
  const explained = {
    line: 2,
    state: "explained",
    note: "Ours of the old shop.",
    explainedBy: expect.stringContaining(actor),
    explainedAt: "2033-05-03T03:00:00.000Z",
  };
  expect((await explain(2, "Ours of the old shop.")).body).toMatchObject(explained);
  expect((await explain(2, "Ours of the old shop.")).body).toMatchObject(explained);
  expect((await explain(2, "No, another's.")).body).toMatchObject({ code: "payment.mismatch_explained" });
  expect(await list("open")).toMatchObject([{ line: 4 }]);
  expect(await list("explained")).toMatchObject([explained]);
});

/** An order that earned a cashback of 15,000, and what its owner has of it. */
async function earned(h: Harness) {
  const benefit = { kind: "cashback", basisPoints: 1_000, validForDays: 30 };
  const voucher = await make(h, await h.operator(), { benefit, budget: idr(9_000_000) });
  const buyerId = h.ids.next("user");
  const { lines } = toldOrder(h.ids, { buyerId, email: "b@example.com" });
  const order = { orderGroupId: h.ids.next("orderGroup"), sellerId: h.ids.next("seller"), buyerId, lines };
  const parts = [[order.sellerId, 1_500_000n] as const];
  expect(await redeem(h, [voucher], { orderGroupId: order.orderGroupId, buyerId, parts })).toBe("ok");
  const bonus = async () => {
    const [{ bonus: has, owed }] = await h.ctx().db.load(balanceQuery(h.ctx(), buyerId));
    return [has.minor, owed.minor];
  };
  const lost = (minor: bigint, ofMinor: bigint, sellerId: Id<"seller"> = order.sellerId) => {
    const disputeId = h.ids.next("dispute");
    const share = { orderId: h.ids.next("order"), minor: `${minor}`, sellerId, ofMinor: `${ofMinor}` };
    return PaymentDisputeClosed.make(
      h.ctx(),
      { id: disputeId, version: 2 },
      {
        ...{ disputeId, paymentId: h.ids.next("payment"), orderGroupId: order.orderGroupId },
        ...{
          provider: "stripe",
          amount: { minor: `${minor}`, currency: "IDR" },
          reason: "fraudulent",
          outcome: "lost",
        },
        ...{ takenMinor: `${minor}`, shares: [share] },
      },
    );
  };
  return { order, bonus, lost };
}

test("a lost dispute takes the cashback of its order back in proportion, told twice or early", async () => {
  const h = harness();
  const { order, bonus, lost } = await earned(h);
  await hear(h, completed(h, order));
  expect(await bonus()).toEqual([1_500_000n, 0n]);
  const run = () => h.runDue(order.orderGroupId);
  const half = lost(4_000n, 8_000n);
  await hear(h, half, lost(9_000n, 9_000n, h.ids.next("seller")));
  await hear(h, half);
  await run();
  expect(await bonus()).toEqual([750_000n, 0n]);
  // Of three units one comes back: two thirds of a half are left, and then nothing.
  await hear(h, returned(h, order, 1));
  await run();
  expect(await bonus()).toEqual([500_000n, 0n]);
  await hear(h, lost(2_000n, 2_000n));
  await run();
  expect(await bonus()).toEqual([0n, 0n]);
  const early = await earned(h);
  await hear(h, early.lost(1n, 1n));
  await hear(h, completed(h, early.order));
  await h.runDue(early.order.orderGroupId);
  expect(await early.bonus()).toEqual([0n, 0n]);
});
