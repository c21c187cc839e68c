import { actorKey, refuse, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { FieldError } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { offersQuery } from "#services/catalog/product/index";
import { fail } from "./errors.ts";
import { InventoryChanged } from "./facts.ts";
import { getLevels } from "./queries/lists.ts";
import { componentsQuery } from "./repository/bundles.ts";
import * as stock from "./repository/stock.ts";
import type {
  Adjust,
  Level,
  Location,
  LocationRef,
  NewLocation,
  PatchLocation,
  PutLevel,
  SetLevels,
  ShareStock,
} from "./schemas.ts";

/** A shop with more warehouses than this needs a warehouse system and not a list. */
const LOCATIONS_MAX = 50;

type Wanted = { readonly offerId: Id<"offer">; readonly locationId?: Id<"location"> | undefined };
type Owned = { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> };

/** The shop acted for; undefined for the platform's own key, which may count every shop's stock. */
function actingShop(ctx: Ctx): Id<"seller"> | undefined {
  const { actor } = ctx;
  if (actor.kind !== "service") return requireShop(ctx, "inventory:write");
  if (!actor.scopes.includes("inventory:write")) throw refuse(actor);
  return actor.sellerId;
}

type Placed<W> = {
  readonly places: readonly (W & stock.Place)[];
  /** These offers and all others that sell the same items. */
  readonly offers: readonly Owned[];
};

/** Whose offer each row is, and where its stock lies: the named location or the shop's first. */
async function place<W extends Wanted>(ctx: Ctx, rows: readonly W[]): Promise<Placed<W>> {
  const shop = actingShop(ctx);
  const offerIds = [...new Set(rows.map((row) => row.offerId))];
  const [offers, sharers, known] = await ctx.db.load(
    offersQuery(offerIds),
    stock.sharersQuery(offerIds),
    stock.locationsQuery(shop === undefined ? [] : [shop]),
  );
  const sellerOf = new Map(offers.map(({ offerId, sellerId }) => [offerId, sellerId]));
  const missing: FieldError[] = [];
  for (const [i, { offerId }] of rows.entries()) {
    const sellerId = sellerOf.get(offerId);
    if (sellerId !== undefined && (shop === undefined || sellerId === shop)) continue;
    missing.push({ path: `body.rows.${i}.offerId`, code: "missing", message: "No such offer." });
  }
  if (missing.length > 0) throw fail("inventory.offer_not_found", { errors: missing });
  const sellerIds = [...new Set(sellerOf.values())];
  const [locations] = shop === undefined ? await ctx.db.load(stock.locationsQuery(sellerIds)) : [known];
  const places = rows.flatMap((row) => {
    const sellerId = sellerOf.get(row.offerId);
    if (sellerId === undefined) return [];
    const first = locations.find((location) => location.sellerId === sellerId)?.id;
    const locationId = row.locationId ?? first ?? firstLocationId(sellerId);
    return [{ ...row, sellerId, locationId, isFirst: row.locationId === undefined && first === undefined }];
  });
  return { places, offers: [...offers, ...sharers] };
}

/** Made from the shop's own id, so that two counts at once make the same one. */
const firstLocationId = (sellerId: Id<"seller">) => `loc_${sellerId.slice(4)}` as Id<"location">;

/** One fact a shop, naming all offers that sell the counted items. */
export function changed(ctx: Ctx, subject: string, offers: readonly Owned[]): readonly Statement[] {
  const byShop = Map.groupBy(offers, (offer) => offer.sellerId);
  const facts = [...byShop].map(([sellerId, owned], i) => {
    const offerIds = [...new Set(owned.map((offer) => offer.offerId))];
    return InventoryChanged.make(ctx, { id: subject, version: i + 1 }, { sellerId, offerIds });
  });
  return facts.length === 0 ? [] : [append(...facts)];
}

export async function setLevels(ctx: Ctx, { rows }: SetLevels): Promise<{ readonly rows: number }> {
  const { places, offers } = await place(ctx, rows);
  const statements = [
    stock.setLevels(ctx, actorKey(ctx.actor), places),
    ...changed(ctx, ctx.requestId, offers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return { rows: places.length };
}

export async function putLevel(ctx: Ctx, { offerId, ...counts }: PutLevel): Promise<readonly Level[]> {
  await setLevels(ctx, { rows: [{ offerId, ...counts }] });
  return getLevels(ctx, { offerId });
}

/** The operation's name makes a retry nothing, even when the kept answer was lost. */
export async function adjustStock(
  ctx: Ctx,
  { kind, reason, rows, idempotencyKey }: Adjust,
): Promise<{ readonly rows: number }> {
  if (kind === "receive" || kind === "return") refuseBelowOne(rows);
  const { places, offers } = await place(ctx, rows);
  const actor = actorKey(ctx.actor);
  const operation = `${actor}/${idempotencyKey}`;
  const statements = [
    stock.adjust(ctx, { operation, kind, reason, actor, places }),
    ...changed(ctx, operation, offers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return { rows: places.length };
}

function refuseBelowOne(rows: readonly { readonly quantity: number }[]): void {
  const errors = rows.flatMap(({ quantity }, i) =>
    quantity > 0
      ? []
      : [
          {
            path: `body.rows.${i}.quantity`,
            code: "too_small",
            message: "What comes in is counted from one.",
          },
        ],
  );
  if (errors.length > 0) throw fail("inventory.nothing_received", { errors });
}

type Restock = {
  /** Names what came back: under one name it is put back once. */
  readonly operation: string;
  readonly sellerId: Id<"seller">;
  readonly reason: string;
  readonly lines: readonly { readonly offerId: Id<"offer">; readonly quantity: number }[];
};

/**
 * Goods that were sold are back and can be sold again; for another service's commit. A bundle comes back as
 * what it is made of today.
 */
export async function restock(
  ctx: Ctx,
  { operation, sellerId, reason, lines }: Restock,
): Promise<readonly Statement<stock.Refused>[]> {
  if (lines.length === 0) return [];
  const offerIds = lines.map(({ offerId }) => offerId);
  const [sharers, [first], bundles] = await ctx.db.load(
    stock.sharersQuery(offerIds),
    stock.locationsQuery([sellerId]),
    componentsQuery(offerIds),
  );
  const locationId = first?.id ?? firstLocationId(sellerId);
  const places = lines.flatMap(({ offerId, quantity }) =>
    (bundles.get(offerId) ?? [{ offerId, quantity: 1 }]).map((part) => ({
      offerId: part.offerId,
      quantity: part.quantity * quantity,
      sellerId,
      locationId,
      isFirst: first === undefined,
    })),
  );
  const actor = actorKey(ctx.actor);
  return [
    stock.adjust(ctx, { operation, kind: "return", reason, actor, places }),
    ...changed(ctx, operation, [...lines.map(({ offerId }) => ({ offerId, sellerId })), ...sharers]),
  ];
}

export async function shareStock(
  ctx: Ctx,
  { offerId, sharesStockOf }: ShareStock,
): Promise<readonly Level[]> {
  const sellerId = requireShop(ctx, "inventory:write");
  const [offers] = await ctx.db.load(offersQuery([offerId, sharesStockOf]));
  const isMine = (id: Id<"offer">) => offers.some((one) => one.offerId === id && one.sellerId === sellerId);
  if (!isMine(offerId) || !isMine(sharesStockOf)) throw fail("inventory.offer_not_found");
  const statements = [
    stock.shareStock(sellerId, offerId, sharesStockOf),
    ...changed(ctx, ctx.requestId, [{ offerId, sellerId }]),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return getLevels(ctx, { offerId });
}

export async function addLocation(ctx: Ctx, { name, priority }: NewLocation): Promise<Location> {
  const sellerId = requireShop(ctx, "inventory:write");
  const location = { id: ctx.ids.next("location"), name, priority, version: 1 };
  const row = { ...location, sellerId, createdAt: ctx.clock.now(), closedAt: null };
  const statements = [stock.insertLocation(row), stock.assertLocations(sellerId, LOCATIONS_MAX)];
  orThrow(await ctx.db.commit(statements), fail);
  return location;
}

export async function changeLocation(
  ctx: Ctx,
  { locationId, name, priority, ifMatch }: PatchLocation,
): Promise<Location> {
  const sellerId = requireShop(ctx, "inventory:write");
  const [known] = await ctx.db.load(stock.locationQuery({ sellerId, locationId }));
  if (!known) throw fail("inventory.location_not_found");
  if (known.version !== ifMatch) throw fail("inventory.stale");
  const location = {
    ...known,
    name: name ?? known.name,
    priority: priority ?? known.priority,
    version: known.version + 1,
  };
  orThrow(await ctx.db.commit([stock.saveLocation(sellerId, location)]), fail);
  return location;
}

export async function closeLocation(ctx: Ctx, { locationId }: LocationRef): Promise<null> {
  const sellerId = requireShop(ctx, "inventory:write");
  orThrow(await ctx.db.commit(stock.closeLocation({ sellerId, locationId }, ctx.clock.now())), fail);
  return null;
}
