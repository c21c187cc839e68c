import { refuse, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { FieldError } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { offersQuery } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { InventoryChanged } from "../facts.ts";
import * as stock from "../repository/stock.ts";

type Wanted = { readonly offerId: Id<"offer">; readonly locationId?: Id<"location"> | undefined };
export type Owned = { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> };

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
export async function place<W extends Wanted>(ctx: Ctx, rows: readonly W[]): Promise<Placed<W>> {
  const shop = actingShop(ctx);
  const offerIds = [...new Set(rows.map((row) => row.offerId))];
  const [offers, sharers, known] = await ctx.db.load(
    offersQuery(offerIds),
    stock.sharersQuery(offerIds),
    stock.locationsQuery(ctx, shop === undefined ? [] : [shop]),
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
  const [locations] = shop === undefined ? await ctx.db.load(stock.locationsQuery(ctx, sellerIds)) : [known];
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
export const firstLocationId = (sellerId: Id<"seller">) => `loc_${sellerId.slice(4)}` as Id<"location">;

/** One fact a shop, naming all offers that sell the counted items. */
export function changed(ctx: Ctx, subject: string, offers: readonly Owned[]): readonly Statement[] {
  const byShop = Map.groupBy(offers, (offer) => offer.sellerId);
  const facts = [...byShop].map(([sellerId, owned], i) => {
    const offerIds = [...new Set(owned.map((offer) => offer.offerId))];
    return InventoryChanged.make(ctx, { id: subject, version: i + 1 }, { sellerId, offerIds });
  });
  return facts.length === 0 ? [] : [append(...facts)];
}
