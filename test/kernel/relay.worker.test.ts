import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Fact } from "#kernel/facts";
import { openSystemCtx } from "#kernel/open-ctx";
import { append, inbox } from "#kernel/outbox";
import { type Message, sendFacts } from "#kernel/relay";
import { OrderPlaced } from "#services/transaction/order/facts";
import { consumeBatch, sweepCell } from "../../workers/jobs.ts";
import { type Harness, harness } from "../support/harness.ts";

/** An order of so many lines, as its event tells of it. */
function placed(h: Harness, lines: number): Fact {
  const orderId = h.ids.next("order");
  const about = {
    orderId,
    orderGroupId: h.ids.next("orderGroup"),
    sellerId: h.ids.next("seller"),
    buyerId: h.ids.next("user"),
    email: "many@example.com",
    locale: "en" as const,
    currency: "GBP",
    goodsMinor: (BigInt(lines) * 255n).toString(),
    discountMinor: "0",
    sellerDiscountMinor: "0",
    taxMinor: "0",
    shippingMinor: "0",
    shippingDiscountMinor: "0",
    sellerShippingDiscountMinor: "0",
    commissionMinor: "0",
    commissionTaxMinor: "0",
    totalMinor: (BigInt(lines) * 255n).toString(),
    method: "cod" as const,
    payBy: h.clock.now(),
    lines: Array.from({ length: lines }, (_, i) => ({
      lineId: h.ids.next("line"),
      offerId: h.ids.next("offer"),
      productId: h.ids.next("product"),
      categoryId: null,
      sku: `SKU-${i}`,
      title: "WHITE HANGING HEART T-LIGHT HOLDER",
      quantity: 1,
      unitPriceMinor: "255",
      goodsMinor: "255",
      discountMinor: "0",
    })),
  };
  return OrderPlaced.make(h.ctx(), { id: orderId, version: 1 }, about);
}

/** What each `sendBatch` was given. */
function listening() {
  const batches: Message[][] = [];
  const queue = {
    sendBatch: async (batch: Iterable<{ body: Message }>) => {
      batches.push([...batch].map(({ body }) => body));
    },
  } as unknown as Queue;
  const others = { EMAIL: queue, INVOICE: queue, NOTIFICATION: queue, ANALYTICS: queue, WEBHOOK: queue };
  const env = { EVENTS: queue, ...others };
  return { env, batches };
}

test("batches keep to the queue's limits of number and weight, and lose nothing", async () => {
  const h = harness();
  const facts = [1, 300, 1, 500, 500, 1_100, ...Array.from({ length: 120 }, () => 1)].map((n) =>
    placed(h, n),
  );
  const { env, batches } = listening();
  await sendFacts(env, facts);
  for (const batch of batches) {
    expect(batch.length).toBeLessThanOrEqual(100);
    expect(Math.max(...batch.map((body) => JSON.stringify(body).length))).toBeLessThan(128_000);
    expect(batch.reduce((sum, body) => sum + JSON.stringify(body).length, 0)).toBeLessThan(256_000);
  }
  const sent = batches.flat().map((body) => ("id" in body ? body.id : ""));
  // Once to the services, once to analytics.
  expect(sent.toSorted()).toEqual([...facts, ...facts].map((fact) => fact.id).toSorted());
});

test("a fact too large for a queue is read from the outbox and consumed like any other", async () => {
  const h = harness({ market: "gb" });
  const ctx = h.ctx();
  const fact = placed(h, 1_100);
  expect((await ctx.db.commit([append(fact)])).ok).toBe(true);
  const body = { cell: h.cell, id: fact.id, stored: true };
  const seen: string[] = [];
  const message = {
    body,
    attempts: 1,
    ack: () => seen.push("ack"),
    retry: () => seen.push("retry"),
  } as unknown as MessageBatch<unknown>["messages"][number];
  const batch = { queue: "events", messages: [message] } as unknown as MessageBatch<unknown>;
  await consumeBatch(batch, h.env, () => undefined);
  expect(seen).toEqual(["ack"]);
  const rows = await ctx.db.read.select().from(inbox).where(eq(inbox.eventId, fact.id));
  expect(rows.map((row) => row.consumer)).toContain("notification.orders");
});

test("an event that nobody can handle is sent again ever more rarely", async () => {
  const h = harness({ market: "gb" });
  const fact = placed(h, 1);
  expect((await h.ctx().db.commit([append(fact)])).ok).toBe(true);
  const { env, batches } = listening();
  const ctx = openSystemCtx({ ...h.env, ...env }, h.cell, { defer: () => undefined, clock: h.clock });
  const isSent = async () => {
    batches.length = 0;
    await sweepCell(ctx);
    return batches.flat().some((body) => "id" in body && body.id === fact.id);
  };
  const from = h.clock.now();
  const sentAt: number[] = [];
  for (let second = 0; second <= 300; second += 5) {
    h.clock.set(from + second * 1_000);
    if (await isSent()) sentAt.push(second);
  }
  // 15 seconds after it was written, then 30, 60 and 120 after the time before, seen every five seconds.
  expect(sentAt).toEqual([20, 55, 120, 245]);
});
