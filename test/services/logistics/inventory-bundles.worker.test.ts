import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import {
  availabilityQuery,
  commitHold,
  lend,
  reserve,
  restock,
  shipAllocated,
} from "#services/logistics/inventory/index";
import { defineBundle } from "#services/logistics/inventory/repository/bundles";
import {
  adjust,
  insertLocation,
  setLevels,
  shareStock,
} from "#services/logistics/inventory/repository/stock";
import { send } from "#services/logistics/inventory/repository/transfers";
import { type Harness, harness } from "../../support/harness.ts";
import type { Stocked } from "../../support/stock-history.ts";
import { one, openShop } from "./stock-shop.ts";

const TWO: readonly Stocked[] = [
  { itemId: "i0", locationId: "l0", onHand: 5, safety: 0, backorderMax: 0 },
  { itemId: "i1", locationId: "l0", onHand: 7, safety: 0, backorderMax: 0 },
];

/** What was told of which offers, in the order of the telling. */
const told = (h: Harness) =>
  h.waiting().map(({ type, payload }) => [type, [...(payload as { offerIds: string[] }).offerIds].sort()]);

test("a bundle has what its scarcest component gives, is told of, and comes back as components", async () => {
  const h = harness();
  const { offer, place, read, sellerId } = await openShop(h, TWO);
  const ctx = h.ctx();
  const [b0, i1] = [offer("b0"), offer("i1")];
  // One i0 and two i1.
  const left = async () => (await ctx.db.load(availabilityQuery(ctx, [b0, i1])))[0];
  expect(Object.fromEntries(await left())).toEqual({ [b0]: 3, [i1]: 7 });
  const reservationId = h.ids.next("reservation");
  const hold = { reservationId, owner: "test", expiresAt: null, lines: [{ offerId: b0, quantity: 2 }] };
  await ctx.db.commit([reserve(ctx, hold), shipAllocated(ctx, { reservationId })]);
  expect(Object.fromEntries(await left())).toEqual({ [b0]: 1, [i1]: 3 });
  const back = async (offerId: Id<"offer">) => {
    const what = {
      operation: `back ${offerId}`,
      sellerId,
      reason: "test",
      lines: [{ offerId, quantity: 1 }],
    };
    return (await ctx.db.commit<string>(await restock(ctx, what))).ok;
  };
  expect([await back(b0), await back(b0)]).toEqual([true, true]);
  expect(await read()).toMatchObject([{ onHand: 4 }, { onHand: 5 }]);
  expect(told(h)[0]).toEqual(["inventory.changed", [b0, offer("i0"), i1].sort()]);
  expect(await back(i1)).toBe(true);
  expect(told(h).at(-1)).toEqual(["inventory.changed", [b0, i1].sort()]);
  const counted = await ctx.db.commit<string>([
    setLevels(ctx, "test", [{ ...place("i0", "l0"), offerId: b0, onHand: 1 }]),
  ]);
  expect(counted).toEqual({ ok: false, code: "inventory.is_bundle" });
});

test("what is lent of a bundle is what the lender took; lapsed holds and low parts are told", async () => {
  const h = harness();
  const { offer, bundle, read, sellerId } = await openShop(h, TWO);
  const ctx = h.ctx();
  const [b0, i1] = [offer("b0"), offer("i1")];
  const reservation = (quantity: number, expiresAt: number | null) => {
    const reservationId = h.ids.next("reservation");
    return { reservationId, owner: "test", expiresAt, lines: [{ offerId: b0, quantity }] };
  };
  const lender = reservation(2, null);
  const lent = reservation(2, h.clock.now() + 60_000);
  await ctx.db.commit([reserve(ctx, lender), bundle("b0", [{ itemId: "i1", quantity: 1 }])]);
  expect((await ctx.db.commit([lend(ctx, lender.reservationId, lent)])).ok).toBe(true);
  const { reservationId } = lent;
  const lines = [{ offerId: b0, quantity: 1 }];
  const shipped = await ctx.db.commit([
    commitHold(ctx, reservationId),
    shipAllocated(ctx, { reservationId, lines }),
  ]);
  expect(shipped.ok).toBe(true);
  expect(await read()).toMatchObject([
    { onHand: 4, allocated: 1 },
    { onHand: 5, allocated: 2 },
  ]);
  const hold = reservation(1, h.clock.now() + 60_000);
  await ctx.db.commit([reserve(ctx, hold)]);
  h.clock.advance(60_000);
  expect(await h.runDue(hold.reservationId)).toBe(1);
  expect(told(h)).toEqual([["inventory.changed", [b0, i1].sort()]]);
  await h.deliver([InventoryChanged.make(ctx, { id: b0, version: 9 }, { sellerId, offerIds: [b0] })]);
  expect(told(h).slice(1)).toEqual([["inventory.low", [i1]]]);
});

test("what was sold ahead goes to who came first, and a hold that lapsed waits no more", async () => {
  const h = harness();
  const shop = await openShop(h, [{ itemId: "i0", locationId: "l0", onHand: 0, safety: 0, backorderMax: 6 }]);
  const [first, held, last] = [0, 1, 2].map(() => h.ids.next("reservation")) as [
    Id<"reservation">,
    Id<"reservation">,
    Id<"reservation">,
  ];
  const commit = async (statement: Statement<string>) => {
    const done = await h.ctx().db.commit([statement]);
    return done.ok ? "ok" : done.code;
  };
  const lines = [{ offerId: shop.offer("i0"), quantity: 2 }];
  for (const reservationId of [first, held, last]) {
    const expiresAt = reservationId === held ? h.clock.now() + 60_000 : null;
    expect(await commit(reserve(h.ctx(), { reservationId, owner: "test", expiresAt, lines }))).toBe("ok");
  }
  const about = { kind: "receive", reason: "test", actor: "test" };
  const places = [{ ...shop.place("i0", "l0"), quantity: 2 }];
  const receive = () => commit(adjust(h.ctx(), { ...about, operation: h.ids.next("request"), places }));
  const ship = (reservationId: Id<"reservation">) => commit(shipAllocated(h.ctx(), { reservationId }));
  await receive();
  expect([await ship(last), await ship(first)]).toEqual(["inventory.not_allocated", "ok"]);
  await receive();
  expect(await ship(last)).toBe("inventory.not_allocated");
  h.clock.advance(60_000);
  expect(await ship(last)).toBe("ok");
  expect(await shop.read()).toMatchObject([{ onHand: 0, reserved: 0, allocated: 0 }]);
});

test("a bundle is made of counted offers of its own shop, and of no bundle", async () => {
  const h = harness();
  const { offer, sellerId } = await openShop(h, TWO);
  const stranger = await openShop(h, one(1));
  const define = async (offerId: Id<"offer">, ...parts: Id<"offer">[]) => {
    const components = parts.map((part) => ({ offerId: part, quantity: 1 }));
    const done = await h.ctx().db.commit([defineBundle({ sellerId, offerId, components })]);
    return done.ok ? "ok" : done.code;
  };
  const fresh = h.ids.next("offer");
  expect(await define(fresh, offer("i0"), stranger.offer("i0"))).toBe("inventory.offer_not_found");
  expect(await define(fresh, h.ids.next("offer"))).toBe("inventory.offer_not_found");
  expect(await define(fresh)).toBe("inventory.offer_not_found");
  expect(await define(fresh, offer("b0"))).toBe("inventory.bundle_nested");
  expect(await define(offer("i0"), offer("i1"))).toBe("inventory.item_exists");
  expect(await define(stranger.offer("i0"), offer("i1"))).toBe("inventory.item_exists");
  const shared = await h.ctx().db.commit([shareStock(sellerId, fresh, offer("b0"))]);
  expect(shared).toEqual({ ok: false, code: "inventory.is_bundle" });
  expect(await define(fresh, offer("i1"))).toBe("ok");
});

test("goods sent leave once, and are expected where they go until they are counted in", async () => {
  const h = harness();
  const shop = await openShop(h, TWO);
  const ctx = h.ctx();
  const { sellerId } = shop;
  const from = shop.place("i0", "l0");
  const move = async (operation: string, toLocationId: Id<"location">, ...quantities: number[]) => {
    const lines = quantities.map((quantity) => ({ offerId: from.offerId, quantity }));
    const about = { sellerId, fromLocationId: from.locationId, toLocationId, actor: "test" };
    const done = await h.ctx().db.commit([send(h.ctx(), { ...about, operation, lines })]);
    return done.ok ? "ok" : done.code;
  };
  const elsewhere = (await openShop(h, one(1))).harbour;
  const id = h.ids.next("location");
  const closed = { id, sellerId, name: "closed", priority: 1, version: 1, createdAt: 0, closedAt: 1 };
  const hold = { reservationId: h.ids.next("reservation"), owner: "test", expiresAt: null };
  await ctx.db.commit<string>([
    insertLocation(closed),
    setLevels(ctx, "test", [{ ...from, backorderMax: 5 }]),
    reserve(ctx, { ...hold, lines: [{ offerId: from.offerId, quantity: 1 }] }),
  ]);
  expect(await move("a", elsewhere, 1)).toBe("inventory.location_not_found");
  expect(await move("a", closed.id, 1)).toBe("inventory.location_not_found");
  expect(await move("a", from.locationId, 1)).toBe("inventory.location_not_found");
  expect(await move("a", shop.harbour, 2, 3)).toBe("inventory.below_promised");
  const twins = Array.from({ length: 4 }, () => move(`a ${sellerId}`, shop.harbour, 1, 2));
  expect(await Promise.all(twins)).toEqual(["ok", "ok", "ok", "ok"]);
  expect(await shop.read()).toMatchObject([{ onHand: 2 }, { onHand: 7 }]);
  const there = async () => {
    const { rows } = await ctx.db.read.execute(sql`SELECT on_hand, incoming FROM stock_level
      WHERE location_id = ${shop.harbour}`);
    return rows;
  };
  expect(await there()).toEqual([{ on_hand: 0, incoming: 3 }]);
  const places = [{ ...from, locationId: shop.harbour, quantity: 3 }];
  const about = { operation: `b ${sellerId}`, kind: "receive", reason: "test", actor: "test" };
  expect((await ctx.db.commit([adjust(ctx, { ...about, places })])).ok).toBe(true);
  expect(await there()).toEqual([{ on_hand: 3, incoming: 0 }]);
});
