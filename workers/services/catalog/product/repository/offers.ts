import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import {
  among,
  build,
  insertMany,
  type Query,
  query,
  recordset,
  type Statement,
  statement,
} from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { offer, priceLog, pricePromotion, variant } from "#schema/catalog/product";
import type { Offer, OfferState } from "../domain/offer.ts";
import { fromOffer, toOffer } from "./products.ts";

export const offersByIdQuery = (ids: readonly Id<"offer">[]): Query<readonly Offer[]> =>
  query(
    (read) => read.select().from(offer).where(among(offer.id, ids)),
    (rows) => rows.map(toOffer),
  );

/** Every shop's offers of these products. */
export const offerIdsOfQuery = (productIds: readonly Id<"product">[]): Query<readonly Id<"offer">[]> =>
  query(
    (read) => read.select({ id: offer.id }).from(offer).where(among(offer.productId, productIds)),
    (rows) => rows.map(({ id }) => id),
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
  readonly offerIds?: readonly Id<"offer">[] | undefined;
  readonly before: string | undefined;
  readonly limit: number;
};

/** A shop's offers, the newest first, one more than asked for. */
export const listQuery = ({
  sellerId,
  productId,
  state,
  offerIds,
  before,
  limit,
}: Listing): Query<readonly Offer[]> =>
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
            offerIds === undefined ? undefined : among(offer.id, offerIds),
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
 * A further reduction keeps the prior price of the first (article 6a, 5) for as long as that is announced.
 * Refused when one of them changed meanwhile.
 */
export function saveOffers(
  offers: readonly Offer[],
  { actor, now, reductionMs }: By & { readonly reductionMs: number },
): Statement<"offer.stale" | "offer.exists" | "offer.sku_taken"> {
  const { from } = recordset(offer, offers.map(fromOffer));
  const at = new Date(now).toISOString();
  const started = sql`o.reduced_at > ${at}::timestamptz - make_interval(secs => ${reductionMs / 1_000})`;
  return {
    sql: sql`WITH w AS (SELECT w.*, w.price_minor < o.price_minor AND ${started} IS TRUE AS runs,
          CASE WHEN w.price_minor < o.price_minor
            THEN offer_prior_price(o.id, w.price_minor, ${at}::timestamptz) END AS prior
        FROM ${from} JOIN ${offer} AS o ON o.id = w.id),
      before AS (SELECT o.id, o.price_minor FROM ${offer} AS o JOIN w ON w.id = o.id),
      done AS (UPDATE ${offer} AS o SET product_id = w.product_id, variant_id = w.variant_id, sku = w.sku,
          state = w.state, price_minor = w.price_minor,
          min_quantity = w.min_quantity, step_quantity = w.step_quantity, max_quantity = w.max_quantity,
          version = w.version,
          prior_minor = CASE WHEN w.price_minor = o.price_minor OR w.runs THEN o.prior_minor ELSE w.prior END,
          reduced_at = CASE WHEN w.price_minor = o.price_minor OR w.runs THEN o.reduced_at
            WHEN w.prior IS NOT NULL THEN ${at}::timestamptz END
        FROM w WHERE o.id = w.id AND o.version = w.version - 1
        RETURNING o.id, o.version, o.price_minor, o.currency),
      logged AS (INSERT INTO ${priceLog} (offer_id, version, price_minor, from_minor, currency, at, actor)
        SELECT done.id, done.version, done.price_minor, before.price_minor, done.currency, ${at}::timestamptz,
          ${actor}::text
        FROM done JOIN before ON before.id = done.id WHERE before.price_minor <> done.price_minor)
      SELECT assert_that((SELECT count(*) FROM done) = ${offers.length}, 'offer.stale')`,
    constraints: { offer_once: "offer.exists", offer_sku: "offer.sku_taken" },
  };
}

type Promotion = {
  readonly offerId: Id<"offer">;
  /** The sale that it is the price of; the same again is the same row. */
  readonly ref: string;
  readonly price: Money;
  readonly startsAt: number;
  readonly endsAt: number;
};

/**
 * For the commit that makes a sale: a price that everybody may buy at counts when the lowest of the last days
 * is looked for, though it never was the offer's own.
 */
export const logPromotion = ({ offerId, ref, price, startsAt, endsAt }: Promotion): Statement =>
  statement(
    build
      .insert(pricePromotion)
      .values({ offerId, ref, priceMinor: price.minor, currency: price.currency, startsAt, endsAt })
      .onConflictDoNothing(),
  );

type Reduction = {
  /** What the answer is found by. */
  readonly ref: string;
  readonly offerId: Id<"offer">;
  readonly price: Money;
  readonly startsAt: number;
};

/**
 * The lowest price of the 30 days before each of these reductions, by its `ref`; none where that is no more
 * than the reduced price, so that there is nothing to announce. Once a reduction has started it is for good.
 */
export const priorsQuery = (reductions: readonly Reduction[]): Query<ReadonlyMap<string, bigint>> => {
  const asked = reductions.map(({ ref, offerId, price, startsAt }) => ({
    ...{ ref, id: offerId, minor: price.minor.toString() },
    at: new Date(startsAt).toISOString(),
  }));
  return query(
    (read) =>
      read
        .select({ ref: sql<string>`w.ref`, minor: sql<string>`offer_prior_price(w.id, w.minor, w.at)::text` })
        .from(
          sql`jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
            AS w (ref text, id text, minor bigint, at timestamptz)`,
        ),
    (rows) =>
      new Map(rows.flatMap(({ ref, minor }) => (minor === null ? [] : [[ref, BigInt(minor)] as const]))),
  );
};

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
