import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { fromMoneyDto } from "#kernel/money";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import * as stock from "../repository/stock.ts";
import type { Location, LocationRef, NewLocation, PatchLocation } from "../schemas.ts";

/** A shop with more warehouses than this needs a warehouse system and not a list. */
const LOCATIONS_MAX = 50;

/** In the market's currency: where a parcel leaves from is chosen by comparing these. */
function costOf(ctx: Ctx, parcelCost: NewLocation["parcelCost"]): bigint | null {
  if (parcelCost === null) return null;
  const { minor, currency } = fromMoneyDto(parcelCost);
  if (currency !== ctx.market.currency || minor < 0n) throw fail("inventory.wrong_currency");
  return minor;
}

export async function addLocation(ctx: Ctx, { name, priority, parcelCost }: NewLocation): Promise<Location> {
  const sellerId = requireShop(ctx, "inventory:write");
  const location = { id: ctx.ids.next("location"), name, priority, parcelCost, version: 1 };
  const { parcelCost: _, ...own } = location;
  const parcelCostMinor = costOf(ctx, parcelCost);
  const row = { ...own, parcelCostMinor, sellerId, createdAt: ctx.clock.now(), closedAt: null };
  const statements = [stock.insertLocation(row), stock.assertLocations(sellerId, LOCATIONS_MAX)];
  orThrow(await ctx.db.commit(statements), fail);
  return location;
}

export async function changeLocation(
  ctx: Ctx,
  { locationId, name, priority, parcelCost, ifMatch }: PatchLocation,
): Promise<Location> {
  const sellerId = requireShop(ctx, "inventory:write");
  const [known] = await ctx.db.load(stock.locationQuery(ctx, { sellerId, locationId }));
  if (!known) throw fail("inventory.location_not_found");
  if (known.version !== ifMatch) throw fail("inventory.stale");
  const location = {
    ...known,
    name: name ?? known.name,
    priority: priority ?? known.priority,
    parcelCost: parcelCost === undefined ? known.parcelCost : parcelCost,
    version: known.version + 1,
  };
  orThrow(
    await ctx.db.commit([stock.saveLocation(sellerId, location, costOf(ctx, location.parcelCost))]),
    fail,
  );
  return location;
}

export async function closeLocation(ctx: Ctx, { locationId }: LocationRef): Promise<null> {
  const sellerId = requireShop(ctx, "inventory:write");
  orThrow(await ctx.db.commit(stock.closeLocation({ sellerId, locationId }, ctx.clock.now())), fail);
  return null;
}
