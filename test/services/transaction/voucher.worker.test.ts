import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import { balanceQuery } from "#services/transaction/wallet/index";
import { harness } from "../../support/harness.ts";
import { toldOrder } from "../social/told-orders.ts";
import {
  calledOff,
  cancelled,
  codeOf,
  completed,
  hear,
  idr,
  make,
  placed,
  redeem,
  returned,
  tally,
  usageOf,
} from "./voucher-desk.ts";

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));

test("64 at once on a quota of 10: exactly 10, and each that is given back is used again", async () => {
  const h = harness();
  const maker = await h.operator();
  const voucher = await make(h, maker, { quota: 10 });
  const uses = Array.from({ length: 64 }, () => ({
    orderGroupId: h.ids.next("orderGroup"),
    buyerId: h.ids.next("user"),
    sellerId: h.ids.next("seller"),
  }));
  const results = await Promise.all(
    uses.map((use) => redeem(h, [voucher], { ...use, parts: [[use.sellerId, 500_000n]] })),
  );
  expect(tally(results)).toEqual({ ok: 10, "voucher.exhausted": 54 });
  expect(await usageOf(maker, voucher)).toMatchObject({ redeemed: 10, quotaLeft: 0, amount: idr(5_000_000) });

  const ended = uses.filter((_, i) => results[i] === "ok").slice(0, 3);
  const facts = ended.map((use) => cancelled(h, use));
  // Told together, again, and again as news: the use comes back once.
  await hear(h, ...facts);
  await hear(h, ...facts.toReversed());
  await hear(h, ...ended.map((use) => cancelled(h, use)));
  expect(await usageOf(maker, voucher)).toMatchObject({ redeemed: 7, released: 3, quotaLeft: 3 });
  const again = await times(16, () => redeem(h, [voucher]));
  expect(tally(again)).toEqual({ ok: 3, "voucher.exhausted": 13 });
});

test("a budget is never passed by a unit, and goes back by the share of each order", async () => {
  const h = harness();
  const maker = await h.operator();
  const voucher = await make(h, maker, { budget: idr(10_000_000) });
  const [one, two] = [h.ids.next("seller"), h.ids.next("seller")];
  const uses = Array.from({ length: 32 }, (_, i) => ({
    orderGroupId: h.ids.next("orderGroup"),
    buyerId: h.ids.next("user"),
    parts: [[one, BigInt(i + 1) * 10_000n] as const, [two, 700_100n] as const],
  }));
  const results = await Promise.all(uses.map((use) => redeem(h, [voucher], use)));
  const live = uses.filter((_, i) => results[i] === "ok");
  const spent = live.flatMap(({ parts }) => parts).reduce((sum, [, minor]) => sum + minor, 0n);
  expect(spent).toBeLessThanOrEqual(10_000_000n);
  expect(live.length).toBeGreaterThan(8);
  expect((await usageOf(maker, voucher)).budgetLeft).toEqual(idr(10_000_000n - spent));

  // Both orders of a group end at once: each share comes back once, the use with the last.
  const [first, second] = live;
  if (!first || !second) throw new Error("two were redeemed");
  await hear(h, cancelled(h, { ...first, sellerId: one }));
  const back = first.parts[0]?.[1] ?? 0n;
  expect(await usageOf(maker, voucher)).toMatchObject({
    redeemed: live.length,
    budgetLeft: idr(10_000_000n - spent + back),
  });
  await Promise.all([
    hear(h, cancelled(h, { ...first, sellerId: two })),
    hear(h, cancelled(h, { ...second, sellerId: one })),
    hear(h, cancelled(h, { ...second, sellerId: two })),
  ]);
  const gone = [...first.parts, ...second.parts].reduce((sum, [, minor]) => sum + minor, 0n);
  expect(await usageOf(maker, voucher)).toMatchObject({
    redeemed: live.length - 2,
    released: 2,
    budgetLeft: idr(10_000_000n - spent + gone),
  });
});

test("a person's limits hold for account and address, a day's limit for the market's day", async () => {
  // Five in the afternoon in UTC is midnight in Jakarta.
  const h = harness({ at: Date.parse("2031-03-04T12:00:00Z") });
  const maker = await h.operator();
  const voucher = await make(h, maker, { perBuyer: 3, perBuyerDay: 2, perDay: 5 });
  const buyerId = h.ids.next("user");
  const own = await times(12, () => redeem(h, [voucher], { buyerId }));
  expect(tally(own)).toEqual({ ok: 2, "voucher.exhausted": 10 });
  // A visitor is a new one at each request; his address stays the same however he writes it.
  const email = `${buyerId}-g@example.com`;
  const guests = await times(12, (i) =>
    redeem(h, [voucher], { buyerId: h.ids.next("guest"), email: i % 2 ? email : email.toUpperCase() }),
  );
  expect(tally(guests)).toEqual({ ok: 2, "voucher.exhausted": 10 });
  // Five are left of the day, and one of them for everybody else.
  expect(tally(await times(8, () => redeem(h, [voucher])))).toEqual({ ok: 1, "voucher.exhausted": 7 });
  h.clock.set(Date.parse("2031-03-04T16:59:59Z"));
  expect(await redeem(h, [voucher])).toBe("voucher.exhausted");
  h.clock.set(Date.parse("2031-03-04T17:00:00Z"));
  expect(tally(await times(6, () => redeem(h, [voucher], { buyerId })))).toEqual({
    ok: 1,
    "voucher.exhausted": 5,
  });
});

test("a checkout's vouchers are used all or none, and once however often its commit is tried", async () => {
  const h = harness();
  const maker = await h.operator();
  const scarce = await make(h, maker, { quota: 1 });
  const plenty = await make(h, maker, { quota: 100 });
  const use = { orderGroupId: h.ids.next("orderGroup"), buyerId: h.ids.next("user") };
  expect(tally(await times(8, () => redeem(h, [plenty, scarce], use)))).toEqual({ ok: 8 });
  expect(tally(await times(8, () => redeem(h, [scarce, plenty])))).toEqual({ "voucher.exhausted": 8 });
  expect(await usageOf(maker, plenty)).toMatchObject({ redeemed: 1, quotaLeft: 99 });

  // What was quoted must be what it is now.
  const patch = await maker.patch(
    `/v1/vouchers/${plenty.id}`,
    { quota: 50 },
    { headers: { "if-match": '"1"' } },
  );
  expect(patch.body).toMatchObject({ quota: 50, version: 2 });
  expect(await redeem(h, [plenty])).toBe("voucher.changed");
  const fresh = { ...plenty, version: 2 };
  expect(await redeem(h, [fresh])).toBe("ok");
  expect((await maker.post(`/v1/vouchers/${plenty.id}/pause`)).body.state).toBe("paused");
  expect(await redeem(h, [{ ...fresh, version: 3 }])).toBe("voucher.changed");
  expect((await maker.post(`/v1/vouchers/${plenty.id}/resume`)).body.state).toBe("active");
  h.clock.advance(DAY_MS);
  expect(await redeem(h, [{ ...fresh, version: 4 }])).toBe("voucher.changed");
});

test("a first order is one, of all such vouchers, by account and address, until it ends", async () => {
  const h = harness();
  const maker = await h.operator();
  const first = await make(h, maker, { firstOrder: true });
  const other = await make(h, maker, { firstOrder: true });
  const buyerId = h.ids.next("user");
  const use = { orderGroupId: h.ids.next("orderGroup"), buyerId, sellerId: h.ids.next("seller") };
  const parts = [[use.sellerId, 500_000n] as const];
  // Both in one checkout are one first order.
  expect(await redeem(h, [first, other], { ...use, parts })).toBe("ok");
  expect(await redeem(h, [other], { buyerId })).toBe("voucher.changed");
  expect(await redeem(h, [other], { email: `${buyerId}@EXAMPLE.com` })).toBe("voucher.changed");
  const order = { ...use, orderId: h.ids.next("order") };
  // The end may be heard of before the beginning.
  await hear(h, cancelled(h, order));
  await hear(h, placed(h, order));
  const tries = await times(6, () => redeem(h, [first], { buyerId }));
  expect(tally(tries)).toEqual({ ok: 1, "voucher.changed": 5 });

  const patron = { ...use, buyerId: h.ids.next("user"), orderId: h.ids.next("order") };
  await hear(h, placed(h, patron));
  expect(await redeem(h, [first], { buyerId: patron.buyerId })).toBe("voucher.changed");
  await hear(h, cancelled(h, patron));
  expect(await redeem(h, [first], { buyerId: patron.buyerId })).toBe("ok");
});

test("an order that is called off unit by unit gives its uses back with the last of them", async () => {
  const h = harness();
  const maker = await h.operator();
  const terms = { firstOrder: true, perBuyer: 1, quota: 1, budget: idr(500_000) };
  const voucher = await make(h, maker, terms);
  const buyerId = h.ids.next("user");
  const order = {
    ...{ orderGroupId: h.ids.next("orderGroup"), sellerId: h.ids.next("seller"), buyerId },
    orderId: h.ids.next("order"),
  };
  const parts = [[order.sellerId, 500_000n] as const];
  expect(await redeem(h, [voucher], { ...order, parts })).toBe("ok");
  await hear(h, placed(h, order));
  const next = () => redeem(h, [voucher], { buyerId });
  await hear(h, calledOff(h, order, false));
  expect(await next()).not.toBe("ok");
  const last = calledOff(h, order, true);
  await hear(h, last);
  await hear(h, last);
  expect(tally(await times(3, next))).toMatchObject({ ok: 1 });
});

test("what must be collected is collected first", async () => {
  const h = harness();
  const maker = await h.operator();
  const voucher = await make(h, maker, { mustCollect: true, isListed: true, code: codeOf(h, "CLAIM") });
  const buyerId = h.ids.next("user");
  const buyer = await h.buyer(buyerId);
  expect(await redeem(h, [voucher], { buyerId })).toBe("voucher.not_collected");
  expect((await buyer.post(`/v1/vouchers/${voucher.id}/collect`)).status).toBe(200);
  expect((await buyer.post(`/v1/vouchers/${voucher.id}/collect`)).status).toBe(200);
  expect(await redeem(h, [voucher], { buyerId })).toBe("ok");
  const mine = (await buyer.get("/v1/vouchers/mine")).body.items;
  expect(mine).toMatchObject([{ id: voucher.id, whyNot: null }]);
  expect((await maker.post(`/v1/vouchers/${voucher.id}/end`)).body.state).toBe("ended");
  const over = (await buyer.get("/v1/vouchers/mine")).body.items;
  expect(over).toMatchObject([{ id: voucher.id, whyNot: { reason: "ended", detail: "It is over." } }]);
  expect(await redeem(h, [{ ...voucher, version: 2 }], { buyerId })).toBe("voucher.changed");
});

test("a cashback is the buyer's once the order is complete, of what he kept, and once", async () => {
  const h = harness();
  const maker = await h.operator();
  const benefit = { kind: "cashback", basisPoints: 1_000, validForDays: 30 };
  const voucher = await make(h, maker, { benefit, budget: idr(9_000_000) });
  const buyerId = h.ids.next("user");
  const order = (sellerId = h.ids.next("seller")) => {
    const { lines } = toldOrder(h.ids, { buyerId, email: "b@example.com" });
    return { orderGroupId: h.ids.next("orderGroup"), sellerId, buyerId, lines };
  };
  const bonus = async () => {
    const ctx = h.ctx();
    const [balance] = await ctx.db.load(balanceQuery(ctx, buyerId));
    return balance.bonus.minor;
  };
  const [kept, part, gone, ended] = [order(), order(), order(), order()];
  for (const { orderGroupId, sellerId } of [kept, part, gone, ended]) {
    const parts = [[sellerId, 1_500_000n] as const];
    expect(await redeem(h, [voucher], { orderGroupId, buyerId, parts })).toBe("ok");
  }
  // Of 150,000 rupiah one unit of 50,000 comes back: two thirds of the goods are kept.
  await hear(h, returned(h, part, 1));
  await hear(h, returned(h, gone, 2), returned(h, { ...gone, lines: gone.lines.toReversed() }, 1));
  await hear(h, cancelled(h, ended), completed(h, kept), completed(h, part), completed(h, gone));
  expect(await bonus()).toBe(1_500_000n + 1_000_000n);
  await hear(h, completed(h, kept), completed(h, part), cancelled(h, kept));
  expect(await bonus()).toBe(2_500_000n);
  // What was never earned is the voucher's again: two of four uses.
  expect(await usageOf(maker, voucher)).toMatchObject({
    redeemed: 2,
    released: 2,
    budgetLeft: idr(6_000_000),
  });
});
