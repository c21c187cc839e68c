import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { among, insertMany, type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { offer, priceLog, variant } from "#schema/catalog/product";
import type { Offer, OfferState } from "../domain/offer.ts";
import { fromOffer, toOffer } from "./products.ts";

/** Directive 98/6/EC, article 6a. */
const PRIOR_WINDOW = sql`interval '30 days'`;

export const offersByIdQuery = (ids: readonly Id<"offer">[]): Query<readonly Offer[]> =>
  query(
    (read) => read.select().from(offer).where(among(offer.id, ids)),
    (rows) => rows.map(toOffer),
  );

export const variantQuery = (
  variantId: Id<"variant">,
): Query<{ readonly id: Id<"variant">; readonly productId: Id<"product">; archived: boolean } | undefined> =>
  query(
    (read) =>
      read
        .select({ id: variant.id, productId: variant.productId, archived: variant.archived })
        .from(variant)
        .where(eq(variant.id, variantId)),
    ([row]) => row,
  );

type Listing = {
  readonly sellerId: Id<"seller">;
  readonly productId?: Id<"product"> | undefined;
  readonly state?: OfferState | undefined;
  readonly before: string | undefined;
  readonly limit: number;
};

/** A shop's offers, the newest first, one more than asked for. */
export const listQuery = ({ sellerId, productId, state, before, limit }: Listing): Query<readonly Offer[]> =>
  query(
    (read) =>
      read
        .select()
        .from(offer)
        .where(
          and(
            eq(offer.sellerId, sellerId),
            productId === undefined ? undefined : eq(offer.productId, productId),
            state === undefined ? undefined : eq(offer.state, state),
            before === undefined ? undefined : lt(offer.id, before as Id<"offer">),
          ),
        )
        .orderBy(desc(offer.id))
        .limit(limit + 1),
    (rows) => rows.map(toOffer),
  );

type By = { readonly actor: string; readonly now: number };

/** New offers with the first entry of their price log. */
export const insertOffers = (
  offers: readonly Offer[],
  { actor, now }: By,
): readonly Statement<"offer.exists" | "offer.sku_taken">[] => [
  {
    ...insertMany(offer, offers.map(fromOffer)),
    constraints: { offer_once: "offer.exists", offer_sku: "offer.sku_taken" },
  },
  insertMany(
    priceLog,
    offers.map(({ id, price, version }) => ({
      offerId: id,
      version,
      priceMinor: price.minor,
      currency: price.currency,
      at: now,
      actor,
    })),
  ),
];

/**
 * Saves offers, logs the prices that changed and works out the prior price of a reduction, in one statement.
 * A further reduction keeps the prior price of the first. Refused when one of them changed meanwhile.
 */
export function saveOffers(
  offers: readonly Offer[],
  { actor, now }: By,
): Statement<"offer.stale" | "offer.sku_taken"> {
  const { from } = recordset(offer, offers.map(fromOffer));
  const at = new Date(now).toISOString();
  // Of the log, what was set inside the window, and the price that held when the window opened.
  const lowest = sql`SELECT min(l.price_minor) FROM ${priceLog} AS l
    WHERE l.offer_id = o.id AND l.at >= coalesce((SELECT max(b.at) FROM ${priceLog} AS b
      WHERE b.offer_id = o.id AND b.at <= ${at}::timestamptz - ${PRIOR_WINDOW}), '-infinity')`;
  return {
    sql: sql`WITH w AS (SELECT * FROM ${from}),
      before AS (SELECT o.id, o.price_minor FROM ${offer} AS o JOIN w ON w.id = o.id),
      done AS (UPDATE ${offer} AS o SET sku = w.sku, state = w.state, price_minor = w.price_minor,
          min_quantity = w.min_quantity, step_quantity = w.step_quantity, max_quantity = w.max_quantity,
          version = w.version, prior_minor = CASE
            WHEN w.price_minor < o.price_minor THEN coalesce(o.prior_minor, (${lowest}))
            WHEN w.price_minor > o.price_minor THEN NULL
            ELSE o.prior_minor END
        FROM w WHERE o.id = w.id AND o.version = w.version - 1
        RETURNING o.id, o.version, o.price_minor, o.currency),
      logged AS (INSERT INTO ${priceLog} (offer_id, version, price_minor, from_minor, currency, at, actor)
        SELECT done.id, done.version, done.price_minor, before.price_minor, done.currency, ${at}::timestamptz,
          ${actor}::text
        FROM done JOIN before ON before.id = done.id WHERE before.price_minor <> done.price_minor)
      SELECT assert_that((SELECT count(*) FROM done) = ${offers.length}, 'offer.stale')`,
    constraints: { offer_sku: "offer.sku_taken" },
  };
}

const LOG_SHOWN = 200;

export const logQuery = (offerId: Id<"offer">): Query<readonly (typeof priceLog.$inferSelect)[]> =>
  query(
    (read) =>
      read
        .select()
        .from(priceLog)
        .where(eq(priceLog.offerId, offerId))
        .orderBy(desc(priceLog.at), desc(priceLog.version))
        .limit(LOG_SHOWN),
    (rows) => rows,
  );

/** A shop's live offers that have one of these SKUs. */
export const offersBySkuQuery = (sellerId: Id<"seller">, skus: readonly string[]): Query<readonly Offer[]> =>
  query(
    (read) =>
      read
        .select()
        .from(offer)
        .where(and(eq(offer.sellerId, sellerId), among(offer.sku, skus), sql`${offer.state} <> 'archived'`))
        .orderBy(asc(offer.id)),
    (rows) => rows.map(toOffer),
  );
