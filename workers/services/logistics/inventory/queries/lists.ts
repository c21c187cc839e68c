import { sql } from "drizzle-orm";
import { refuse, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, type Page, type PageQuery, toPage } from "#kernel/page";
import { fail } from "../errors.ts";
import * as stock from "../repository/stock.ts";
import type { Level, LevelList, Location, LowStock, Movement, MovementList } from "../schemas.ts";

/** Instants as the wire wants them, made by Postgres: a row needs no mapping of its own. */
const instant = (column: string) =>
  sql.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

const LEVEL = sql`o.offer_id AS "offerId", l.item_id AS "itemId", l.location_id AS "locationId",
  l.on_hand AS "onHand", l.reserved, l.allocated, l.safety, l.incoming, l.backorder_max AS "backorderMax",
  l.on_hand - l.reserved - l.allocated - l.safety + l.backorder_max AS available,
  ${instant("l.updated_at")} AS "updatedAt"`;

const rowsOf = <T extends Record<string, unknown>>(rows: ReturnType<typeof sql>) =>
  query(
    (read) => read.execute<T>(rows),
    (result) => result.rows,
  );

const readingShop = (ctx: Ctx): Id<"seller"> => requireShop(ctx, "inventory:read");

/** Where an offer's stock lies; the platform's own key may ask for every shop's. */
export async function getLevels(
  ctx: Ctx,
  { offerId }: { readonly offerId: Id<"offer"> },
): Promise<readonly Level[]> {
  const { actor } = ctx;
  const isPlatform = actor.kind === "service" && actor.sellerId === undefined;
  if (isPlatform && !actor.scopes.includes("inventory:write")) throw refuse(actor);
  const shop = isPlatform ? null : readingShop(ctx);
  const [levels] = await ctx.db.load(
    rowsOf<Level>(sql`SELECT ${LEVEL} FROM stock_offer o JOIN stock_level l ON l.item_id = o.item_id
      WHERE o.offer_id = ${offerId} AND (${shop}::text IS NULL OR o.seller_id = ${shop})
      ORDER BY l.location_id`),
  );
  if (levels.length === 0) throw fail("inventory.offer_not_found");
  return levels;
}

export async function listLevels(ctx: Ctx, { limit, cursor, ...only }: LevelList): Promise<Page<Level>> {
  const sellerId = readingShop(ctx);
  const locationId = only.locationId ?? null;
  const scope = `levels ${sellerId} ${locationId ?? ""}`;
  const [offer = "", location = ""] = decodeCursor(ctx, scope, cursor) ?? [];
  const [rows] = await ctx.db.load(
    rowsOf<Level>(sql`SELECT ${LEVEL} FROM stock_offer o JOIN stock_level l ON l.item_id = o.item_id
      WHERE o.seller_id = ${sellerId} AND (${locationId}::text IS NULL OR l.location_id = ${locationId})
        AND (o.offer_id, l.location_id) > (${offer}, ${location})
      ORDER BY o.offer_id, l.location_id LIMIT ${limit + 1}`),
  );
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    (row) => [row.offerId, row.locationId],
    (row) => row,
  );
}

/** The latest first. */
export async function listMovements(
  ctx: Ctx,
  { limit, cursor, ...only }: MovementList,
): Promise<Page<Movement>> {
  const sellerId = readingShop(ctx);
  const offerId = only.offerId ?? null;
  const scope = `movements ${sellerId} ${offerId ?? ""}`;
  const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(ctx, scope, cursor) ?? [];
  const [rows] = await ctx.db.load(
    rowsOf<Movement>(sql`SELECT m.seq::float8 AS seq, m.kind, m.item_id AS "itemId",
        m.location_id AS "locationId",
        m.on_hand AS "onHand", m.reserved, m.allocated, m.incoming, m.reservation_id AS "reservationId",
        m.reason, m.actor, ${instant("m.at")} AS at
      FROM stock_movement m
      WHERE m.seller_id = ${sellerId} AND m.seq < ${before} AND (${offerId}::text IS NULL OR m.item_id = (
        SELECT item_id FROM stock_offer WHERE offer_id = ${offerId}))
      ORDER BY m.seq DESC LIMIT ${limit + 1}`),
  );
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    (row) => [row.seq],
    (row) => row,
  );
}

/** Items of which no more is left than their threshold, or the market's. */
export async function listLowStock(ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<LowStock>> {
  const sellerId = readingShop(ctx);
  const scope = `low-stock ${sellerId}`;
  const [after = ""] = decodeCursor(ctx, scope, cursor) ?? [];
  const [rows] = await ctx.db.load(
    rowsOf<LowStock>(sql`
      SELECT i.id AS "itemId", s.available,
        coalesce(i.low_stock_at, ${ctx.market.inventory.lowStockAt}) AS "lowStockAt",
        ARRAY(SELECT offer_id FROM stock_offer o WHERE o.item_id = i.id ORDER BY 1) AS "offerIds"
      FROM stock_item i CROSS JOIN LATERAL (
        SELECT coalesce(sum(on_hand - reserved - allocated - safety), 0)::integer AS available
        FROM stock_level l WHERE l.item_id = i.id) s
      WHERE i.seller_id = ${sellerId} AND i.id > ${after}
        AND s.available <= coalesce(i.low_stock_at, ${ctx.market.inventory.lowStockAt})
      ORDER BY i.id LIMIT ${limit + 1}`),
  );
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    (row) => [row.itemId],
    (row) => row,
  );
}

export async function listLocations(ctx: Ctx): Promise<readonly Location[]> {
  const [locations] = await ctx.db.load(stock.locationsQuery(ctx, [readingShop(ctx)]));
  return locations.map(({ sellerId: _, ...location }) => location);
}
