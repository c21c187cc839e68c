import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { OfferLine } from "#services/logistics/inventory/domain";
import {
  availabilityQuery,
  commitHold,
  extendHold,
  oversoldUnits,
  reacquire,
  releaseAllocated,
  releaseHold,
  reservationDrift,
  reserve,
  shipAllocated,
} from "#services/logistics/inventory/index";
import { removeBundle } from "#services/logistics/inventory/repository/bundles";
import { expireHold } from "#services/logistics/inventory/repository/reservations";
import { adjust } from "#services/logistics/inventory/repository/stock";
import { send } from "#services/logistics/inventory/repository/transfers";
import { type Harness, harness } from "../../support/harness.ts";
import { histories, openBook, play, type Step } from "../../support/stock-history.ts";
import { one, openShop, type Shop } from "./stock-shop.ts";

const TICK_MS = 1_000;

/** A step of a history as the statement that does it, or none. */
function toStatement(h: Harness, shop: Shop, step: Step, at: (id: string) => Id<"reservation">) {
  const ctx = h.ctx();
  const until = (ticks: number | null) => (ticks === null ? null : h.clock.now() + ticks * TICK_MS);
  const toLines = (lines: readonly OfferLine[]) =>
    lines.map(({ offerId, quantity }) => ({ offerId: shop.offer(offerId), quantity }));
  switch (step.kind) {
    case "reserve":
      return reserve(ctx, {
        reservationId: at(step.id),
        owner: "test",
        expiresAt: until(step.ttl),
        lines: toLines(step.lines),
      });
    case "commit":
      return commitHold(ctx, at(step.id));
    case "release":
      return releaseHold(ctx, at(step.id));
    case "expire":
      return expireHold(ctx, [at(step.id)]);
    case "extend":
      return extendHold(ctx, at(step.id), h.clock.now() + step.ttl * TICK_MS);
    case "reacquire":
      return reacquire(ctx, at(step.id), until(step.ttl));
    case "ship":
    case "deallocate": {
      const part = { reservationId: at(step.id), ...(step.lines ? { lines: toLines(step.lines) } : {}) };
      return step.kind === "ship" ? shipAllocated(ctx, part) : releaseAllocated(ctx, part);
    }
    case "adjust":
      return adjust(ctx, {
        operation: h.ids.next("request"),
        kind: "adjust",
        reason: "test",
        actor: "test",
        places: [{ ...shop.place(step.itemId, step.locationId), quantity: step.quantity }],
      });
    case "send": {
      const { toId, ...from } = { ...shop.place(step.itemId, step.locationId), toId: shop.harbour };
      return send(ctx, {
        operation: h.ids.next("request"),
        sellerId: shop.sellerId,
        fromLocationId: from.locationId,
        toLocationId: toId,
        lines: [{ offerId: from.offerId, quantity: step.quantity }],
        actor: "test",
      });
    }
    case "define":
      return shop.bundle(step.bundleId, step.parts);
    case "remove":
      return removeBundle(shop.sellerId, shop.offer(step.bundleId));
    case "wait":
      return undefined;
  }
}

test("Postgres decides every history as the pure functions do", async () => {
  await fc.assert(
    fc.asyncProperty(histories(25), async (history) => {
      const h = harness();
      const shop = await openShop(h, history.stocked);
      const ids = new Map<string, Id<"reservation">>();
      const at = (name: string) => {
        const id = ids.get(name) ?? h.ids.next("reservation");
        ids.set(name, id);
        return id;
      };
      let book = openBook(history);
      let now = 0;
      for (const step of history.steps) {
        if (step.kind === "wait") {
          now += step.ticks;
          h.clock.advance(step.ticks * TICK_MS);
          continue;
        }
        const expected = play(book, step, now);
        book = expected.book;
        const statement = toStatement(h, shop, step, at) as Statement<string>;
        const done = await h.ctx().db.commit([statement]);
        expect([step, done.ok ? "ok" : done.code]).toEqual([step, expected.code]);
      }
      const levels = book.levels
        .map(({ itemId, locationId, onHand, reserved, allocated }) => {
          return { itemId, locationId, onHand, reserved, allocated };
        })
        .toSorted((a, b) => (a.itemId + a.locationId < b.itemId + b.locationId ? -1 : 1));
      expect(await shop.read()).toEqual(levels);
    }),
    { numRuns: 60 },
  );
  expect(await reservationDrift(harness().ctx())).toBe(0);
});

test("60 buyers at once on a stock of 20 get exactly 20, and the levels agree", async () => {
  const h = harness();
  const shop = await openShop(h, one(20));
  const buyers = Array.from({ length: 60 }, () => h.ids.next("reservation"));
  const outcomes = await Promise.all(
    buyers.map((reservationId) => {
      const ctx = h.ctx();
      const expiresAt = h.clock.now() + 60_000;
      const lines = [{ offerId: shop.offer("i0"), quantity: 1 }];
      return ctx.db.commit([reserve(ctx, { reservationId, owner: "test", expiresAt, lines })]);
    }),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(20);
  const refused = outcomes.filter((outcome) => !outcome.ok && outcome.code === "inventory.insufficient");
  expect(refused).toHaveLength(40);
  expect(await shop.read()).toMatchObject([{ onHand: 20, reserved: 20, allocated: 0 }]);
  expect(await oversoldUnits(h.ctx())).toBe(0);
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("orders of crossing items neither deadlock nor oversell", async () => {
  const h = harness();
  const shop = await openShop(
    h,
    ["i0", "i1", "i2"].flatMap((itemId) =>
      ["l0", "l1"].map((locationId) => ({ itemId, locationId, onHand: 20, safety: 0, backorderMax: 0 })),
    ),
  );
  const orders = Array.from({ length: 40 }, (_, i) => {
    const lines = ["i0", "i1", "i2"].map((itemId) => ({ offerId: shop.offer(itemId), quantity: 2 }));
    return { reservationId: h.ids.next("reservation"), lines: i % 2 ? lines : lines.toReversed() };
  });
  const outcomes = await Promise.all(
    orders.map(({ reservationId, lines }) => {
      const ctx = h.ctx();
      return ctx.db.commit([reserve(ctx, { reservationId, owner: "test", expiresAt: null, lines })]);
    }),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(20);
  for (const level of await shop.read()) expect(level.allocated).toBe(20);
});

test("buyers whose sessions are killed repeat themselves, and still exactly 20 of 20 are sold", async () => {
  const h = harness({ market: "gb" });
  const shop = await openShop(h, one(20));
  const database = new URL(h.config.databaseUrl).pathname.slice(1);
  const kill = sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${database}`;
  // From another market's database: its sessions are not the ones that are waited for.
  const killer = harness({ market: "sg" });
  let lost = 0;
  /** The first try lingers between taking and committing, where a death hurts most. */
  const linger = { sql: sql`SELECT pg_sleep(0.05)` };
  const buy = async (reservationId: Id<"reservation">, isFirst: boolean): Promise<string> => {
    const ctx = h.ctx();
    const lines = [{ offerId: shop.offer("i0"), quantity: 1 }];
    const take = reserve(ctx, { reservationId, owner: "test", expiresAt: null, lines });
    try {
      const done = await ctx.db.commit(isFirst ? [take, linger] : [take]);
      return done.ok ? "ok" : done.code;
    } catch {
      lost += 1;
      return buy(reservationId, false);
    }
  };
  const buyers = Array.from({ length: 60 }, () => buy(h.ids.next("reservation"), true));
  let isOver = false;
  const killing = (async () => {
    while (!isOver) {
      await killer.ctx().db.read.execute(kill);
      await scheduler.wait(15);
      if (lost > 20) return;
    }
  })();
  const outcomes = await Promise.all(buyers);
  isOver = true;
  await killing;
  expect(lost).toBeGreaterThan(0);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(20);
  expect(await shop.read()).toMatchObject([{ onHand: 20, allocated: 20 }]);
  expect(await oversoldUnits(h.ctx())).toBe(0);
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("of two who race for the last component, in a bundle and alone, one has it", async () => {
  const h = harness();
  const sold = ["i0", "i1"].map((itemId) => ({
    itemId,
    locationId: "l0",
    onHand: 2,
    safety: 0,
    backorderMax: 0,
  }));
  const shop = await openShop(h, sold);
  // A bundle is one i0 and two i1.
  const outcomes = await Promise.all(
    ["b0", "i1"].map((name) => {
      const ctx = h.ctx();
      const hold = { reservationId: h.ids.next("reservation"), owner: "test", expiresAt: null };
      return ctx.db.commit([reserve(ctx, { ...hold, lines: [{ offerId: shop.offer(name), quantity: 1 }] })]);
    }),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  expect(outcomes).toContainEqual({ ok: false, code: "inventory.insufficient" });
  const [i0, i1] = await shop.read();
  expect([i0?.allocated, i1?.allocated]).toEqual(outcomes[0]?.ok ? [1, 2] : [0, 1]);
});

test("a twin of a reservation takes nothing more, even at the same moment", async () => {
  const h = harness();
  const shop = await openShop(h, one(20));
  const reservationId = h.ids.next("reservation");
  const twins = Array.from({ length: 8 }, () => {
    const ctx = h.ctx();
    const lines = [{ offerId: shop.offer("i0"), quantity: 3 }];
    return ctx.db.commit([
      reserve(ctx, { reservationId, owner: "test", expiresAt: h.clock.now() + 60_000, lines }),
    ]);
  });
  for (const twin of await Promise.all(twins)) expect(twin.ok).toBe(true);
  expect(await shop.read()).toMatchObject([{ reserved: 3 }]);
});

test("one commit with two reservations is all or nothing", async () => {
  const h = harness();
  const shop = await openShop(h, one(5));
  const ctx = h.ctx();
  const wanted = [4, 2].map((quantity) => ({
    reservationId: h.ids.next("reservation"),
    owner: "test",
    expiresAt: null,
    lines: [{ offerId: shop.offer("i0"), quantity }],
  }));
  expect(await ctx.db.commit([reserve(ctx, ...wanted)])).toEqual({
    ok: false,
    code: "inventory.insufficient",
  });
  expect(await shop.read()).toMatchObject([{ allocated: 0 }]);
});

test("a lapsed hold is free before the sweep, which then gives it back once and says so", async () => {
  const h = harness();
  const shop = await openShop(h, one(3));
  const [first, second] = [h.ids.next("reservation"), h.ids.next("reservation")];
  const offerId = shop.offer("i0");
  const hold = async (reservationId: Id<"reservation">) => {
    const ctx = h.ctx();
    const lines = [{ offerId, quantity: 3 }];
    return ctx.db.commit([
      reserve(ctx, { reservationId, owner: "test", expiresAt: h.clock.now() + 60_000, lines }),
    ]);
  };
  const available = async () =>
    (await h.ctx().db.load(availabilityQuery(h.ctx(), [offerId])))[0].get(offerId);
  expect((await hold(first)).ok).toBe(true);
  expect((await hold(second)).ok).toBe(false);
  expect(await h.runDue(first)).toBe(0);
  h.clock.advance(60_000);
  expect(await available()).toBe(3);
  expect((await hold(second)).ok).toBe(true);
  expect(await available()).toBe(0);
  expect(await h.ctx().db.commit([commitHold(h.ctx(), first)])).toEqual({
    ok: false,
    code: "inventory.hold_dead",
  });
  expect(await h.runDue(first)).toBe(1);
  expect(h.waiting().map((fact) => [fact.type, fact.payload])).toEqual([
    ["inventory.changed", { sellerId: shop.sellerId, offerIds: [offerId] }],
  ]);
  expect(await shop.read()).toMatchObject([{ onHand: 3, reserved: 3 }]);
  h.clock.advance(60_000);
  expect(await h.runDue(second)).toBe(1);
  expect(await h.runDue(second)).toBe(0);
  expect(await shop.read()).toMatchObject([{ onHand: 3, reserved: 0 }]);
});

test("a prolonged hold outlives its first end, and a committed one leaves no work behind", async () => {
  const h = harness();
  const shop = await openShop(h, one(3));
  const reservationId = h.ids.next("reservation");
  const ctx = h.ctx();
  const lines = [{ offerId: shop.offer("i0"), quantity: 2 }];
  await ctx.db.commit([
    reserve(ctx, { reservationId, owner: "test", expiresAt: h.clock.now() + 10_000, lines }),
  ]);
  await ctx.db.commit([extendHold(ctx, reservationId, h.clock.now() + 30_000)]);
  h.clock.advance(20_000);
  expect(await h.runDue(reservationId)).toBe(0);
  expect((await ctx.db.commit([commitHold(ctx, reservationId)])).ok).toBe(true);
  expect((await ctx.db.commit([commitHold(ctx, reservationId)])).ok).toBe(true);
  h.clock.advance(60_000);
  expect(await h.runDue(reservationId)).toBe(0);
  expect(await shop.read()).toMatchObject([{ reserved: 0, allocated: 2 }]);
});

test("movements are never changed", async () => {
  const h = harness();
  const shop = await openShop(h, one(1));
  const change = h
    .ctx()
    .db.read.execute(sql`UPDATE stock_movement SET on_hand = 9 WHERE seller_id = ${shop.sellerId}`);
  await expect(change).rejects.toMatchObject({ cause: { message: /append-only/ } });
});

test("the invariants are scraped, and both are nought", async () => {
  const h = harness();
  const { body } = await h.anonymous.get("/metrics");
  for (const cell of ["id", "sg", "gb"]) {
    expect(body).toContain(`oversold_units{cell="${cell}"} 0\n`);
    expect(body).toContain(`reservation_drift_units{cell="${cell}"} 0\n`);
  }
});
