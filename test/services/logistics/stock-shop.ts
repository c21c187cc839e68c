import { sql } from "drizzle-orm";
import { expect } from "vitest";
import type { Id } from "#kernel/ids";
import type { ItemLine } from "#services/logistics/inventory/domain";
import { defineBundle } from "#services/logistics/inventory/repository/bundles";
import { insertLocation, setLevels } from "#services/logistics/inventory/repository/stock";
import type { Harness } from "../../support/harness.ts";
import { BUNDLES, PLACES, type Stocked } from "../../support/stock-history.ts";

type Read = Record<"itemId" | "locationId" | "moved", string> &
  Record<"onHand" | "reserved" | "allocated", number>;

/** A shop of its own with two locations, and items named by the test. */
export async function openShop(h: Harness, rows: readonly Stocked[]) {
  const ctx = h.ctx();
  const sellerId = h.ids.next("seller");
  const locations = new Map(rows.map((row) => [row.locationId, h.ids.next("location")]));
  const names = [...rows.map((row) => row.itemId), ...Object.keys(BUNDLES)];
  const offers = new Map(names.map((name) => [name, h.ids.next("offer")]));
  const nameOf = new Map([...locations, ...offers].map(([name, id]) => [id.slice(4), name]));
  /** Where transfers go: no test reads it. */
  const harbour = h.ids.next("location");
  const offer = (itemId: string) => offers.get(itemId) as Id<"offer">;
  const place = (itemId: string, locationId: string) => {
    return { offerId: offer(itemId), sellerId, locationId: idOf(locationId), isFirst: false };
  };
  const bundle = (name: string, parts: readonly ItemLine[]) => {
    const components = parts.map(({ itemId, quantity }) => ({ offerId: offer(itemId), quantity }));
    return defineBundle({ sellerId, offerId: offer(name), components });
  };
  const idOf = (locationId: string) => locations.get(locationId) as Id<"location">;
  const places = rows.map(({ itemId, locationId, ...counts }) => ({
    ...place(itemId, locationId),
    ...counts,
  }));
  const about = { sellerId, version: 1, createdAt: h.clock.now(), closedAt: null };
  const made = [...locations].map(([name, id]) => {
    const { priority = 0, costMinor = 0 } = PLACES.find((one) => one.locationId === name) ?? {};
    return insertLocation({ ...about, id, name, priority, parcelCostMinor: BigInt(costMinor) });
  });
  made.push(insertLocation({ ...about, id: harbour, name: "harbour", priority: 1_000 }));
  const isSold = (itemId: string) => rows.some((row) => row.itemId === itemId);
  const bundles = Object.entries(BUNDLES)
    .filter(([, parts]) => parts.every((part) => isSold(part.itemId)))
    .map(([name, parts]) => bundle(name, parts));
  const committed = await ctx.db.commit<string>([...made, setLevels(ctx, "test", places), ...bundles]);
  expect(committed.ok).toBe(true);
  /** What the database holds, in the test's names. */
  const read = async () => {
    const { rows: levels } = await ctx.db.read.execute<Read>(sql`
      SELECT l.item_id AS "itemId", l.location_id AS "locationId", l.on_hand AS "onHand",
        l.reserved, l.allocated,
        (SELECT sum(on_hand) || ' ' || sum(reserved) || ' ' || sum(allocated) FROM stock_movement m
          WHERE m.item_id = l.item_id AND m.location_id = l.location_id) AS moved
      FROM stock_level l WHERE seller_id = ${sellerId} AND location_id <> ${harbour}`);
    return levels
      .map(({ moved, ...level }) => {
        expect(moved).toBe(`${level.onHand} ${level.reserved} ${level.allocated}`);
        const name = (id: string) => nameOf.get(id.slice(4)) ?? id;
        return { ...level, itemId: name(level.itemId), locationId: name(level.locationId) };
      })
      .toSorted((a, b) => (a.itemId + a.locationId < b.itemId + b.locationId ? -1 : 1));
  };
  return { sellerId, place, offer, bundle, harbour, read };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** One item in one place. */
export const one = (onHand: number): readonly Stocked[] => [
  { itemId: "i0", locationId: "l0", onHand, safety: 0, backorderMax: 0 },
];
