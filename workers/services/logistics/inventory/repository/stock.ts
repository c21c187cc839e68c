import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { type Currency, toMoneyDto } from "#kernel/money";
import { stockLocation, stockReservation } from "#schema/logistics/inventory";
import type { Location } from "../schemas.ts";

/** What a location made on a shop's first count is called. */
export const FIRST_LOCATION_NAME = "Main";
export const PROMISED = {
  stock_level_not_oversold: "inventory.below_promised",
  stock_level_counts: "inventory.below_promised",
} as const;

const at = ({ clock }: Pick<Ctx, "clock">) => new Date(clock.now()).toISOString();

export type Place = {
  readonly offerId: Id<"offer">;
  readonly sellerId: Id<"seller">;
  readonly locationId: Id<"location">;
  /** The shop has no location yet, and this one is to be made. */
  readonly isFirst: boolean;
};
type Counts = {
  readonly onHand?: number | undefined;
  readonly safety?: number | undefined;
  readonly incoming?: number | undefined;
  readonly backorderMax?: number | undefined;
};
export type Refused =
  | "inventory.below_promised"
  | "inventory.location_not_found"
  | "inventory.offer_not_found"
  | "inventory.is_bundle";

export const toRow = ({ offerId, sellerId, locationId, isFirst }: Place) => ({
  offer_id: offerId,
  seller_id: sellerId,
  location_id: locationId,
  is_first: isFirst,
});

export function setLevels(
  ctx: Pick<Ctx, "clock">,
  actor: string,
  places: readonly (Place & Counts)[],
): Statement<Refused> {
  const rows = places.map((place) => ({
    ...toRow(place),
    on_hand: place.onHand,
    safety: place.safety,
    incoming: place.incoming,
    backorder_max: place.backorderMax,
  }));
  return {
    sql: sql`SELECT inventory_set(${JSON.stringify(rows)}::jsonb, ${FIRST_LOCATION_NAME}, ${actor},
      ${at(ctx)}::timestamptz)`,
    constraints: PROMISED,
  };
}

type Adjustment = {
  /** Names the command: what was moved under this name is not moved again. */
  readonly operation: string;
  readonly kind: string;
  readonly reason: string;
  readonly actor: string;
  readonly places: readonly (Place & { readonly quantity: number })[];
};

export function adjust(
  ctx: Pick<Ctx, "clock">,
  { operation, kind, reason, actor, places }: Adjustment,
): Statement<Refused> {
  const rows = places.map((place) => ({ ...toRow(place), quantity: place.quantity }));
  return {
    sql: sql`SELECT inventory_adjust(${operation}, ${kind}, ${reason}, ${JSON.stringify(rows)}::jsonb,
      ${FIRST_LOCATION_NAME}, ${actor}, ${at(ctx)}::timestamptz)`,
    constraints: PROMISED,
  };
}

/** The first offer sells the second one's item from now on; refused once it has an item or components. */
export const shareStock = (
  sellerId: Id<"seller">,
  offerId: Id<"offer">,
  otherId: Id<"offer">,
): Statement<"inventory.offer_not_found" | "inventory.item_exists" | "inventory.is_bundle"> => ({
  sql: sql`WITH done AS (
      INSERT INTO stock_offer (offer_id, item_id, seller_id)
      SELECT ${offerId}, item_id, seller_id FROM stock_offer
      WHERE offer_id = ${otherId} AND seller_id = ${sellerId}
      ON CONFLICT (offer_id) DO UPDATE SET item_id = excluded.item_id
        WHERE stock_offer.item_id = excluded.item_id
      RETURNING 1)
    SELECT assert_that(EXISTS (SELECT 1 FROM stock_offer
        WHERE offer_id = ${otherId} AND seller_id = ${sellerId}), 'inventory.offer_not_found'),
      assert_that(EXISTS (SELECT 1 FROM stock_offer
        WHERE offer_id = ${otherId} AND item_id IS NOT NULL), 'inventory.is_bundle'),
      assert_that((SELECT count(*) FROM done) = 1, 'inventory.item_exists')`,
});

type LocationRow = typeof stockLocation.$inferSelect;

const toLocation = (
  { id, name, priority, parcelCostMinor: minor, version }: LocationRow,
  currency: Currency,
): Location => ({
  id,
  name,
  priority,
  parcelCost: minor === null ? null : toMoneyDto({ minor, currency }),
  version,
});

/** Open locations of these shops, the first to be emptied first. */
export const locationsQuery = (
  { market }: Pick<Ctx, "market">,
  sellerIds: readonly Id<"seller">[],
): Query<readonly (Location & { readonly sellerId: Id<"seller"> })[]> =>
  query(
    (read) =>
      read
        .select()
        .from(stockLocation)
        .where(
          sql`${stockLocation.closedAt} IS NULL AND ${stockLocation.sellerId} IN (
            SELECT jsonb_array_elements_text(${JSON.stringify(sellerIds)}::jsonb))`,
        )
        .orderBy(asc(stockLocation.priority), asc(stockLocation.id)),
    (rows) => rows.map((row) => ({ ...toLocation(row, market.currency), sellerId: row.sellerId })),
  );

/** Every offer that sells one of the items which these sell, themselves and bundles included. */
export const sharersQuery = (
  offerIds: readonly Id<"offer">[],
): Query<readonly { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> }[]> =>
  query(
    (read) =>
      read.execute<{ offerId: Id<"offer">; sellerId: Id<"seller"> }>(sql`
        SELECT offer_id AS "offerId", seller_id AS "sellerId"
        FROM inventory_sellers_of(inventory_sold_by(inventory_ids(${JSON.stringify(offerIds)}::jsonb)))`),
    (result) => result.rows,
  );

type Hold = Pick<typeof stockReservation.$inferSelect, "state" | "expiresAt">;

export const holdQuery = (reservationId: Id<"reservation">): Query<Hold | undefined> =>
  query(
    (read) =>
      read
        .select({ state: stockReservation.state, expiresAt: stockReservation.expiresAt })
        .from(stockReservation)
        .where(eq(stockReservation.id, reservationId)),
    ([row]) => row,
  );

/** The offers whose stock a reservation touches. */
export const heldOffersQuery = (
  reservationId: Id<"reservation">,
): Query<readonly { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> }[]> =>
  query(
    (read) =>
      read.execute<{ offerId: Id<"offer">; sellerId: Id<"seller"> }>(sql`
        SELECT offer_id AS "offerId", seller_id AS "sellerId"
        FROM inventory_sellers_of(inventory_items_of(ARRAY[${reservationId}]))`),
    (result) => result.rows,
  );

export const insertLocation = (row: typeof stockLocation.$inferInsert): Statement =>
  insertMany(stockLocation, [row]);

/** Counted after the insert, so that the limit holds for the shop as it then is. */
export const assertLocations = (
  sellerId: Id<"seller">,
  max: number,
): Statement<"inventory.location_limit"> => ({
  sql: sql`SELECT assert_that((SELECT count(*) FROM ${stockLocation}
    WHERE seller_id = ${sellerId} AND closed_at IS NULL) <= ${max}, 'inventory.location_limit')`,
});

type OwnedLocation = { readonly sellerId: Id<"seller">; readonly locationId: Id<"location"> };

export const locationQuery = (
  { market }: Pick<Ctx, "market">,
  owned: OwnedLocation,
): Query<Location | undefined> =>
  query(
    (read) => read.select().from(stockLocation).where(mine(owned)),
    ([row]) => row && toLocation(row, market.currency),
  );

const mine = ({ sellerId, locationId }: OwnedLocation) =>
  and(eq(stockLocation.id, locationId), eq(stockLocation.sellerId, sellerId), isNull(stockLocation.closedAt));

export const saveLocation = (
  sellerId: Id<"seller">,
  { id, name, priority, version }: Location,
  parcelCostMinor: bigint | null,
): Statement<"inventory.stale"> =>
  guarded(
    build
      .update(stockLocation)
      .set({ name, priority, parcelCostMinor, version })
      .where(and(mine({ sellerId, locationId: id }), eq(stockLocation.version, version - 1))),
    1,
    "inventory.stale",
  );

/** Closing waits for counts that are being written there, and sees them. */
export const closeLocation = (
  owned: OwnedLocation,
  now: number,
): readonly Statement<"inventory.location_not_found" | "inventory.location_in_use">[] => [
  guarded(
    build.update(stockLocation).set({ closedAt: now }).where(mine(owned)),
    1,
    "inventory.location_not_found",
  ),
  {
    sql: sql`SELECT assert_that(NOT EXISTS (SELECT 1 FROM stock_level WHERE location_id = ${owned.locationId}
      AND on_hand + reserved + allocated + incoming + backorder_max > 0), 'inventory.location_in_use')`,
  },
];
