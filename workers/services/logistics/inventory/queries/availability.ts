import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { type OfferQuote, quoteOffers } from "#services/catalog/product/index";
import type { StockLine } from "../repository/reservations.ts";

/** An isolate's own copies live this long; what is sold is checked again where it is reserved. */
const MEMORY_MS = 2_000;
/** Offers remembered by an isolate; the oldest leave first. */
const MEMORY_OFFERS_MAX = 20_000;

/**
 * Offers of one item share its stock, so whoever asks for several adds them up by `itemId`. A bundle has an
 * id of its own there: that it shares components is seen where it is reserved.
 */
export type Stock = {
  readonly itemId: Id<"stockItem">;
  /** What can be sold now, and how much of that is there to leave today. */
  readonly available: number;
  readonly onShelf: number;
  /** How the rest is sold; a bundle as the part that comes last. Null where nothing is. */
  readonly ahead: { readonly kind: "preorder" | "backorder"; readonly promisedAt: number | null } | null;
  /** What one unit is made of; nothing but for bundles. */
  readonly components: readonly StockLine[];
};

type Row = Omit<Stock, "ahead"> & {
  readonly offerId: Id<"offer">;
  readonly kind: "preorder" | "backorder" | null;
  readonly promisedMs: number | null;
};

/** Units that could be reserved now. A lapsed hold counts as given back. Offers never stocked are absent. */
export function stockQuery(
  { clock }: Pick<Ctx, "clock">,
  offerIds: readonly Id<"offer">[],
): Query<ReadonlyMap<Id<"offer">, Stock>> {
  const now = clock.now();
  const rows = sql`
    SELECT o.offer_id AS "offerId", coalesce(o.item_id, 'sti_' || substr(o.offer_id, 5)) AS "itemId",
      min((s.shelf + s.ahead) / p.quantity)::integer AS available,
      min(s.shelf / p.quantity)::integer AS "onShelf",
      max(CASE WHEN s.ahead > 0 THEN coalesce(i.ahead_kind, 'backorder') END) AS kind,
      max(CASE WHEN s.ahead > 0 THEN extract(epoch FROM i.promised_at) END)::float8 * 1000 AS "promisedMs",
      coalesce(
        jsonb_agg(jsonb_build_object('offerId', c.offer_id, 'quantity', c.quantity) ORDER BY c.offer_id)
        FILTER (WHERE c.offer_id IS NOT NULL), '[]') AS components
    FROM jsonb_array_elements_text(${JSON.stringify(offerIds)}::jsonb) AS w (id)
      JOIN stock_offer o ON o.offer_id = w.id
      LEFT JOIN stock_component c ON c.bundle_id = o.offer_id
      CROSS JOIN LATERAL (
        SELECT coalesce(o.item_id, c.item_id) AS item_id, coalesce(c.quantity, 1) AS quantity) p
      LEFT JOIN stock_item i ON i.id = p.item_id
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.on_hand - l.reserved - l.allocated - l.safety), 0)
          + (SELECT coalesce(sum(h.quantity), 0)
            FROM stock_reservation r JOIN stock_hold h ON h.reservation_id = r.id
            WHERE r.state = 'held' AND r.expires_at <= ${new Date(now).toISOString()}::timestamptz
              AND h.item_id = p.item_id) AS shelf,
          coalesce(sum(l.backorder_max), 0) AS ahead
        FROM stock_level l WHERE l.item_id = p.item_id) s
    GROUP BY o.offer_id`;
  return query(
    (read) => read.execute<Row>(rows),
    (result) => new Map(result.rows.map((row) => [row.offerId, toStock(row, now)])),
  );
}

/** A promise that has passed says nothing of when it will be there. */
function toStock({ itemId, available, onShelf, kind, promisedMs, components }: Row, now: number): Stock {
  const promisedAt = promisedMs !== null && promisedMs > now ? promisedMs : null;
  return { itemId, available, onShelf, ahead: kind === null ? null : { kind, promisedAt }, components };
}

/** By offer, as `stockQuery`, and 0 for an offer that was never stocked. */
export function availabilityQuery(
  ctx: Pick<Ctx, "clock">,
  offerIds: readonly Id<"offer">[],
): Query<ReadonlyMap<Id<"offer">, number>> {
  const { run, parse } = stockQuery(ctx, offerIds);
  return {
    run,
    parse: (rows) => {
      const stock = parse(rows);
      return new Map(offerIds.map((offerId) => [offerId, stock.get(offerId)?.available ?? 0]));
    },
  };
}

type Copy = { readonly stock: Stock | undefined; readonly until: number };
const memories = new WeakMap<object, Map<string, Copy>>();

/** A quick look, at most two seconds old, for carts and lists: one read for all that is not remembered. */
export async function stockOf(
  ctx: Ctx,
  offerIds: readonly Id<"offer">[],
): Promise<ReadonlyMap<Id<"offer">, Stock>> {
  const memory = memories.get(ctx.env) ?? new Map<string, Copy>();
  memories.set(ctx.env, memory);
  const now = Date.now();
  const found = new Map<Id<"offer">, Stock>();
  const missing: Id<"offer">[] = [];
  for (const offerId of new Set(offerIds)) {
    const copy = memory.get(`${ctx.cell} ${offerId}`);
    if (!copy || copy.until <= now) missing.push(offerId);
    else if (copy.stock) found.set(offerId, copy.stock);
  }
  if (missing.length === 0) return found;
  const [fresh] = await ctx.db.load(stockQuery(ctx, missing));
  for (const offerId of missing) {
    const stock = fresh.get(offerId);
    if (stock) found.set(offerId, stock);
    memory.delete(`${ctx.cell} ${offerId}`);
    memory.set(`${ctx.cell} ${offerId}`, { stock, until: now + MEMORY_MS });
  }
  for (const oldest of memory.keys()) {
    if (memory.size <= MEMORY_OFFERS_MAX) break;
    memory.delete(oldest);
  }
  return found;
}

/** As `stockOf`, as a number for every offer asked for. */
export async function availableOf(
  ctx: Ctx,
  offerIds: readonly Id<"offer">[],
): Promise<ReadonlyMap<Id<"offer">, number>> {
  const stock = await stockOf(ctx, offerIds);
  return new Map(offerIds.map((offerId) => [offerId, stock.get(offerId)?.available ?? 0]));
}

/** How offers are sold, as a product is told of: by offer, and only those that are there or are coming. */
export function soldOf(stock: ReadonlyMap<Id<"offer">, Stock>) {
  const coming = [...stock].flatMap(([offerId, { available, onShelf, ahead }]) =>
    ahead && available > onShelf
      ? [[offerId, { kind: ahead.kind, onShelf, promisedAt: isoOf(ahead.promisedAt) }] as const]
      : [],
  );
  return {
    available: Object.fromEntries([...stock].map(([offerId, { available }]) => [offerId, available])),
    ahead: Object.fromEntries(coming),
  };
}

const isoOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** The public face of it: no location, nothing reserved, only what is left, and when the rest comes. */
export async function showAvailability(ctx: Ctx, offerIds: readonly Id<"offer">[]) {
  const stock = await stockOf(ctx, offerIds);
  const parts = [...stock.values()].flatMap(({ components }) => components.map((part) => part.offerId));
  const quoted = await quoteOffers(ctx, [...new Set(parts)]);
  const quotes = new Map(quoted.map((quote) => [quote.offerId, quote]));
  return {
    items: [...new Set(offerIds)].map((offerId) => {
      const one = stock.get(offerId);
      const available = Math.max(0, one?.available ?? 0);
      const onShelf = Math.max(0, Math.min(one?.onShelf ?? 0, available));
      const ahead = available > onShelf ? (one?.ahead ?? null) : null;
      return {
        offerId,
        available,
        onShelf,
        ahead: ahead && {
          kind: ahead.kind,
          units: available - onShelf,
          promisedAt: isoOf(ahead.promisedAt),
        },
        contents: (one?.components ?? []).flatMap((part) => {
          const quote = quotes.get(part.offerId);
          return quote ? [toPartDto(part, quote)] : [];
        }),
      };
    }),
  };
}

const toPartDto = ({ offerId, quantity }: StockLine, { title, variantLabel, slug }: OfferQuote) => ({
  offerId,
  quantity,
  title,
  variantLabel,
  slug,
});

/** Units promised to buyers beyond what is there and what a seller lets be sold on backorder: always 0. */
export async function oversoldUnits(ctx: Ctx): Promise<number> {
  const { rows } = await ctx.db.read.execute<{ units: number }>(sql`
    SELECT coalesce(sum(greatest(reserved + allocated - on_hand - backorder_max, 0)), 0)::integer AS units
    FROM stock_level`);
  return rows[0]?.units ?? 0;
}

/** Units by which levels and the reservations behind them differ: always 0, whatever was killed. */
export async function reservationDrift(ctx: Ctx): Promise<number> {
  const { rows } = await ctx.db.read.execute<{ units: number }>(sql`
    SELECT coalesce(sum(abs(l.reserved - coalesce(h.held, 0))
      + abs(l.allocated - coalesce(h.committed, 0))), 0)::integer AS units
    FROM stock_level l LEFT JOIN (
      SELECT item_id, location_id, coalesce(sum(quantity) FILTER (WHERE state = 'held'), 0) AS held,
        coalesce(sum(quantity) FILTER (WHERE state = 'committed'), 0) AS committed
      FROM stock_reservation r JOIN stock_hold h ON h.reservation_id = r.id
      WHERE r.state IN ('held', 'committed') GROUP BY item_id, location_id) h USING (item_id, location_id)`);
  return rows[0]?.units ?? 0;
}
