import { join } from "node:path";
import { ids, signIn } from "../../bench/people.ts";
import { call, type Ground, type MadeSale, makeSale, newBuyers, ticketOf } from "../../bench/sale-world.ts";
import { openStage } from "../../bench/stage.ts";
import { freePorts } from "../../local/processes.ts";
import type { Id } from "../../workers/kernel/ids.ts";
import type { BuyerId } from "../../workers/services/marketing/flash-sale/domain/entry.ts";
import { shardOf } from "../../workers/services/marketing/flash-sale/domain/sale.ts";
import { verifyExport } from "../flash-sale-verify.ts";
import { ADDRESS } from "./address.ts";
import { Claimant, Ledger } from "./claimants.ts";
import { Runtime, signalRuntimeOf } from "./runtime.ts";

const QUOTA = 1_000;
const PER_BUYER = 2;
const SHARDS = 4;
const BUYERS = 8_000;
const KEYS = 4;
const SOCKETS_PER_SHARD = 8;
const IN_FLIGHT = 64;
/** Short, so that holds run out and are sold again all the while. */
const HOLD_MS = 4_000;
const ORDER_EVERY_MS = 400;
/** The sweep waits longer each time that it sends a fact again, and a run of kills makes it do so often. */
const SOLD_TRIES_MAX = 80;
const SOLD_POLL_MS = 3_000;

export type ChaosReport = {
  readonly claims: number;
  readonly kills: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly expired: number;
  readonly sold: number;
  readonly orders: number;
  readonly oversold: number;
  readonly stranded: number;
  readonly doubleHolds: number;
  readonly lostHolds: number;
  /** Orders that were answered and are not sold in their shard. */
  readonly unsoldOrders: number;
  readonly violations: readonly string[];
  readonly seconds: number;
};
type Wanted = { readonly claims: number; readonly kills: number };

/** Kills the runtime in the middle of claims, again and again, and then counts what is left. */
export async function chaosFlashSale(wanted: Wanted, say: (line: string) => void): Promise<ChaosReport> {
  const startedAt = performance.now();
  const stage = await openStage(say, {
    inspected: false,
    markets: { id: { flashSale: { holdMs: HOLD_MS } } },
  });
  const [port = 0] = await freePorts(1);
  const { bindings } = stage;
  const runtime = new Runtime({ port, bindings, dataDir: join(stage.dataDir, "killed") });
  try {
    // One runtime alone takes up events: the objects that they are for are where it keeps them.
    signalRuntimeOf(stage.pid, "SIGSTOP");
    await runtime.start();
    const ground = { url: `http://127.0.0.1:${port}`, bindings };
    const sale = await makeSale(ground, { quota: QUOTA, perBuyer: PER_BUYER, shards: SHARDS, minutes: 120 });
    const ledger = new Ledger();
    const orders = { placed: 0 };
    const kills = await storm({ ...wanted, runtime, ground, sale, ledger, orders, say });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    return { ...(await audit({ ground, sale, ledger, orders, say })), kills, seconds };
  } finally {
    await runtime.stop();
    signalRuntimeOf(stage.pid, "SIGCONT");
    await stage.stop();
  }
}

type Storm = Wanted & {
  readonly runtime: Runtime;
  readonly ground: Ground;
  readonly sale: MadeSale;
  readonly ledger: Ledger;
  readonly orders: { placed: number };
  readonly say: (line: string) => void;
};

async function storm(about: Storm): Promise<number> {
  const { runtime, ground, sale, ledger, claims, kills, say } = about;
  const claimants = claimantsOf(ledger);
  let killed = 0;
  for (;;) {
    await openAll(ground, sale, claimants);
    const next = Math.round(((killed + 1) * claims) / (kills + 1));
    const ordering = keepOrdering(about);
    while (ledger.claims < next) await new Promise((resolve) => setTimeout(resolve, 50));
    if (killed < kills) await runtime.kill();
    await ordering.stop();
    if (killed === kills) break;
    killed += 1;
    for (const { claimant } of claimants) claimant.close();
    say(`kill ${killed} of ${kills} after ${ledger.claims} claims, ${ledger.accepted} accepted`);
    await runtime.start();
  }
  for (const { claimant } of claimants) {
    await claimant.drain();
    claimant.close();
  }
  return killed;
}

type Placed = { readonly shard: number; readonly claimant: Claimant };

/** Each socket speaks for buyers of its shard; their keys are few, so that many claims are repeats. */
function claimantsOf(ledger: Ledger): readonly Placed[] {
  const byShard = Map.groupBy(newBuyers(BUYERS), (buyerId) => shardOf(buyerId, SHARDS));
  return [...byShard].flatMap(([shard, buyers]) =>
    Array.from({ length: SOCKETS_PER_SHARD }, (_, n) => {
      let turn = n;
      const own = buyers.filter((_, i) => i % SOCKETS_PER_SHARD === n);
      const next = () => {
        turn += 1;
        const who = Math.floor(Math.random() * own.length);
        const buyerId = own[who] as BuyerId;
        const round = Math.floor(turn / (own.length * KEYS));
        return { buyerId, cid: `chaos-${round}-${Math.floor(Math.random() * KEYS)}-${who}` };
      };
      return { shard, claimant: new Claimant(ledger, IN_FLIGHT, next) };
    }),
  );
}

async function openAll(ground: Ground, sale: MadeSale, claimants: readonly Placed[]): Promise<void> {
  await Promise.all(
    claimants.map(async ({ shard, claimant }) => claimant.open(await ticketOf(ground, sale, shard))),
  );
}

/** Orders the newest hold, to be paid at the door, now and then. */
function keepOrdering({ ground, sale, orders, ledger }: Storm) {
  let isStopping = false;
  const loop = async () => {
    while (!isStopping) {
      // A kill in between leaves an order or nothing; what was not answered is not counted.
      const placed = await order(ground, sale, ledger).catch(() => false);
      if (placed) orders.placed += 1;
      await new Promise((resolve) => setTimeout(resolve, ORDER_EVERY_MS));
    }
  };
  const running = loop();
  return {
    async stop() {
      isStopping = true;
      await running;
    },
  };
}

async function order(ground: Ground, { saleId }: MadeSale, { latest }: Ledger): Promise<boolean> {
  if (latest === undefined) return false;
  const headers = await signIn(ground, latest.buyerId);
  const start = {
    email: "ani@example.com",
    address: ADDRESS,
    paymentMethod: "cod",
    saleHold: { saleId, holdId: latest.holdId },
  };
  const checkout = await call<{ id: string }>(ground, "/v1/checkouts", headers, start);
  const complete = `/v1/checkouts/${checkout.id}/complete`;
  await call(ground, complete, { ...headers, "idempotency-key": ids.next("event") }, {});
  return true;
}

type Audited = Omit<ChaosReport, "kills" | "seconds">;

/** Lets holds run out, sells what is left to new buyers, and compares everything with everything. */
async function audit(about: Pick<Storm, "ground" | "sale" | "ledger" | "orders" | "say">): Promise<Audited> {
  const { ground, sale, ledger, orders, say } = about;
  say("waiting for the holds to run out, then selling all that is left");
  await new Promise((resolve) => setTimeout(resolve, HOLD_MS + 3_000));
  await untilSold(ground, sale, orders.placed);
  await sellRest(ground, sale);
  const lines = await exportOf(ground, sale);
  const findings = await verifyExport(lines.values() as unknown as AsyncIterable<string>);
  const text = lines.join("\n");
  const known = new Set(text.match(/hld_[0-9a-z]{26}/g));
  const lost = [...ledger.holds.values()].filter((holdId) => !known.has(holdId));
  const out = findings.sold + findings.held;
  return {
    claims: ledger.claims,
    accepted: ledger.accepted,
    duplicates: ledger.duplicates,
    expired: text.split('\\"expire\\"').length - 1,
    sold: findings.sold,
    orders: orders.placed,
    oversold: Math.max(0, out - QUOTA),
    stranded: Math.max(0, QUOTA - out),
    doubleHolds: ledger.doubleHolds,
    lostHolds: lost.length,
    unsoldOrders: Math.max(0, orders.placed - findings.sold),
    violations: findings.violations,
  };
}

/** Facts of orders that a kill delayed are sent again by the sweep. */
async function untilSold(ground: Ground, sale: MadeSale, placed: number): Promise<void> {
  for (let tries = 0; tries < SOLD_TRIES_MAX; tries += 1) {
    const lines = await exportOf(ground, sale);
    const { sold } = await verifyExport(lines.values() as unknown as AsyncIterable<string>);
    if (sold >= placed) return;
    await new Promise((resolve) => setTimeout(resolve, SOLD_POLL_MS));
  }
}

/** New buyers until nobody gets anything: whatever is free must find a buyer. */
async function sellRest(ground: Ground, sale: MadeSale): Promise<void> {
  const ledger = new Ledger();
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  await Promise.all(
    shards.map(async (shard) => {
      let n = 0;
      const buyers = newBuyers(QUOTA * 8).filter((buyerId) => shardOf(buyerId, SHARDS) === shard);
      const next = () => {
        n += 1;
        return { buyerId: buyers[n % buyers.length] as BuyerId, cid: `rest-${n}` };
      };
      const claimant = new Claimant(ledger, 8, next);
      await claimant.open(await ticketOf(ground, sale, shard));
      const before = () => ledger.refused.get("flash_sale.sold_out") ?? 0;
      while (before() < QUOTA * 2) await new Promise((resolve) => setTimeout(resolve, 10));
      await claimant.drain();
      claimant.close();
    }),
  );
}

async function exportOf(ground: Ground, { saleId, operator }: MadeSale): Promise<readonly string[]> {
  const path = `${ground.url}/v1/flash-sales/${saleId as Id<"sale">}/export`;
  const response = await fetch(path, { headers: { ...operator, "x-market": "id" } });
  if (!response.ok) throw new Error(`export: ${response.status} ${await response.text()}`);
  return (await response.text()).trim().split("\n");
}
