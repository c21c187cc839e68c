import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { REDIS_WITHIN_MS } from "#kernel/cache";
import type { EngineName } from "../../local/engines.ts";
import { type Body, clientOf, until } from "../support/http-client.ts";
import { type Load, startLoad } from "../support/light-load.ts";
import { openStall, type Stall } from "../support/market-stall.ts";
import { parseMetrics, seriesSum } from "../support/prometheus.ts";
import { type RunningPlatform, runPlatform } from "../support/running-platform.ts";
import { mailboxOf } from "../support/sandboxes.ts";

const STOCK = 5_000;
/** Long enough for everybody to meet the fault, and for its engine to be killed again as it comes back. */
const OUTAGE_MS = 3_000;
const KILL_EVERY_MS = 100;
/** Nobody waits longer for an answer, whatever is away. */
const ANSWER_WITHIN_MS = 10_000;

let platform: RunningPlatform;
let stall: Stall;
beforeAll(async () => {
  // Queues and sweeps at the pace of a platform that people use: an outage is no time to hurry.
  platform = await runPlatform({ durable: true, waits: { sweepMs: 2_000, batchMs: 1_000 } });
  stall = await openStall(platform, [{ title: "Gayo coffee beans", priceMinor: 7_500_000n, stock: STOCK }]);
  const warm = clientOf(platform);
  const [offer] = stall.offers;
  await until("the goods in the shop window", async () => {
    const { body } = await warm.get("/v1/products");
    return body.items.some((item: Body) => item.id === offer?.productId);
  });
  return platform.stop;
});

const offerOf = () => {
  const [offer] = stall.offers;
  if (!offer) throw new Error("nothing is sold");
  return offer;
};

/** kill -9, again and again, for as long as the outage is to last; then waits until it is back. */
async function holdDown(engine: EngineName): Promise<void> {
  const endsAt = performance.now() + OUTAGE_MS;
  while (performance.now() < endsAt) {
    await platform.kill(engine);
    await sleep(KILL_EVERY_MS);
  }
  await until(`${engine} to be back`, async () => (await clientOf(platform).get("/readyz")).status === 200);
}

/** Load before, during and after the outage of an engine. */
async function loadThrough(engine: EngineName): Promise<Load> {
  const load = startLoad(platform, offerOf());
  await until("the first orders", async () => load.placed.length >= 2);
  const before = load.placed.length;
  await holdDown(engine);
  await until("orders after the outage", async () => load.placed.length >= before + 2);
  await load.end();
  return load;
}

const gauge = async (name: string): Promise<number> => {
  const { body } = await clientOf(platform).get("/metrics");
  return seriesSum(parseMetrics(body), name, { cell: "id" });
};

/** Every answer was one that a caller can act on, and came in time. */
function expectDecent({ seen }: Load): void {
  const refusals = seen.filter(({ status }) => status >= 400);
  const others = refusals.filter(({ status, code }) => status !== 503 && code !== "request.in_flight");
  expect(others).toEqual([]);
  for (const refusal of refusals) {
    expect(refusal.type).toBe("application/problem+json");
    expect(Number(refusal.retryAfter)).toBeGreaterThanOrEqual(1);
  }
  const slow = seen.filter(({ ms }) => ms > ANSWER_WITHIN_MS);
  expect(slow).toEqual([]);
}

/** What was answered is there, once, and everything that follows from it has happened. */
async function expectNothingLost({ placed }: Load, before: { readonly available: number }): Promise<void> {
  for (const { buyer, orderId } of placed) {
    const { items } = await buyer.read("/v1/orders");
    expect(items.map((order: Body) => [order.id, order.state])).toEqual([[orderId, "placed"]]);
  }
  const { available, held } = await stall.stockOf(offerOf().offerId);
  expect([available, held]).toEqual([before.available - placed.length, 0]);
  const mailbox = mailboxOf(platform);
  for (const { email } of placed) {
    await mailbox.find(email, "the order", ({ subject }) => subject === "We have your order");
  }
  await until("every event to be handled", async () => (await gauge("outbox_open_events")) === 0);
  for (const name of ["oversold_units", "reservation_drift_units", "due_dead_jobs", "dead_letters"]) {
    expect([name, await gauge(name)]).toEqual([name, 0]);
  }
}

/** Analytics knows of every order that was ever placed here. */
async function expectCounted(): Promise<void> {
  const { items } = await stall.operator.read("/v1/orders?as=operator&limit=1");
  expect(items).toHaveLength(1);
  const orders = STOCK - (await stall.stockOf(offerOf().offerId)).available;
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  let steps: Body;
  const look = async () => {
    const { status, body } = await stall.operator.get(`/v1/analytics/funnel?from=${day(-1)}&to=${day(1)}`);
    steps = body.steps ?? status;
    return body.steps?.some((step: Body) => step.type === "order.placed" && step.visitors === orders);
  };
  await until(`${orders} buyers in analytics`, look, { seen: () => steps });
}

const readsOf = (load: Load) => load.seen.filter(({ what }) => what === "product" || what === "list");
const statusesOf = (seen: readonly { readonly status: number }[]) =>
  [...new Set(seen.map(({ status }) => status))].toSorted();

describe("an engine that is killed under load", () => {
  it("Postgres: the window stays lit, buyers wait, nothing is lost", async () => {
    const before = await stall.stockOf(offerOf().offerId);
    const load = await loadThrough("postgres");
    expectDecent(load);
    // What the cache holds is answered without the database.
    expect(statusesOf(readsOf(load))).toEqual([200]);
    expect(load.seen.some(({ status }) => status === 503)).toBe(true);
    await expectNothingLost(load, before);
    await expectCounted();
  });

  it("Redis: everybody is served, and what it held is nobody's loss", async () => {
    const before = await stall.stockOf(offerOf().offerId);
    const load = await loadThrough(platform.redisBackend === "built-in" ? "redis" : "redis-server");
    expectDecent(load);
    expect(statusesOf(load.seen)).toEqual([200, 201]);
    await expectNothingLost(load, before);
  });

  it("Redis that is there and says nothing: the window waits for it once, and not each time", async () => {
    const pid = await platform.pidOf("redis");
    const visitor = clientOf(platform);
    const took = async (path: string) => {
      const startedAt = performance.now();
      expect([path, (await visitor.get(path)).status]).toEqual([path, 200]);
      return performance.now() - startedAt;
    };
    process.kill(pid ?? 0, "SIGSTOP");
    onTestFinished(() => void process.kill(pid ?? 0, "SIGCONT"));
    const pages = ["/v1/products?limit=7", "/v1/products?limit=8", "/v1/search?q=silence"];
    const waits: number[] = [];
    for (const path of pages) waits.push(await took(path));
    const [first = 0, ...others] = waits;
    expect(first).toBeLessThanOrEqual(ANSWER_WITHIN_MS);
    for (const wait of others) expect(wait).toBeLessThan(REDIS_WITHIN_MS);
  });

  it("ClickHouse: nobody who buys notices, and analytics catches up", async () => {
    const before = await stall.stockOf(offerOf().offerId);
    const day = new Date().toISOString().slice(0, 10);
    const asked: { readonly status: number; readonly retryAfter: string | null; readonly type: string }[] =
      [];
    const asking = new AbortController();
    const ask = async () => {
      while (!asking.signal.aborted) {
        const answer = await stall.operator.get(`/v1/analytics/sales?from=${day}&to=${day}`);
        const retryAfter = answer.headers.get("retry-after");
        asked.push({ status: answer.status, retryAfter, type: answer.headers.get("content-type") ?? "" });
        await sleep(KILL_EVERY_MS);
      }
    };
    const askers = ask();
    const load = await loadThrough("clickhouse");
    asking.abort();
    await askers;
    expectDecent(load);
    expect(statusesOf(load.seen)).toEqual([200, 201]);
    expect(statusesOf(asked)).toEqual([200, 503]);
    for (const { type, retryAfter } of asked.filter(({ status }) => status === 503)) {
      expect([type, Number(retryAfter) >= 1]).toEqual(["application/problem+json", true]);
    }
    await expectNothingLost(load, before);
    await expectCounted();
  });
});
