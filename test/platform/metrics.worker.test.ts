import { expect, test } from "vitest";
import { keepDeadLetters } from "#kernel/dead-letter";
import { createIds, firstIdAt } from "#kernel/ids";
import { buy, openShop, sandbox } from "../services/transaction/shopping.ts";
import { harness } from "../support/harness.ts";
import { type Family, parseMetrics, seriesSum } from "../support/prometheus.ts";

const scrape = async (h: ReturnType<typeof harness>): Promise<ReadonlyMap<string, Family>> => {
  const { status, headers, body } = await h.anonymous.get("/metrics");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseMetrics(body);
};

test("orders, payments and dead letters are counted by market, and what must be nought is", async () => {
  const h = harness();
  const shop = await openShop(h);
  const before = await scrape(h);
  const buyer = await h.buyer();
  await buy(h, { buyer, shops: [shop], method: "qris" });
  const paid = await buy(h, { buyer, shops: [shop], method: "qris" });
  const provider = sandbox(h);
  await provider.act(paid.paymentId, "pay");
  await provider.notify(paid.paymentId);
  await h.drain();
  await keepDeadLetters(h.ctx(), "email-dlq", [{ cell: "id", id: h.ids.next("event"), stored: true }]);
  const after = await scrape(h);
  const grown = (name: string, labels: Readonly<Record<string, string>>) =>
    seriesSum(after, name, { cell: "id", ...labels }) - seriesSum(before, name, { cell: "id", ...labels });
  expect(grown("orders", { state: "awaiting_payment" })).toBe(1);
  expect(grown("orders", { state: "paid" })).toBe(1);
  expect(grown("payments", { state: "pending" })).toBe(1);
  expect(grown("payments", { state: "settled" })).toBe(1);
  expect(grown("dead_letters", {})).toBe(1);
  for (const name of ["oversold_units", "reservation_drift_units"]) {
    const values = after.get(name)?.samples.map(({ labels, value }) => [labels.cell, value]);
    expect(values?.toSorted()).toEqual([
      ["gb", 0],
      ["id", 0],
      ["sg", 0],
    ]);
  }
});

test("a range of time is a range of ids", () => {
  const at = Date.UTC(2026, 10, 22);
  const made = (ms: number) => createIds({ now: () => ms }).next("order");
  expect(made(at - 1) < firstIdAt("order", at)).toBe(true);
  expect(made(at) >= firstIdAt("order", at)).toBe(true);
});
