import { sql } from "drizzle-orm";
import { type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { searchAnswer } from "#schema/catalog/search";
import type { Box, Circle } from "../domain/place.ts";
import type { Candidate, Sort } from "../domain/words.ts";

/** What drizzle/migrations/0030_search_functions.sql is asked. */
export type Wanted = {
  readonly words: readonly string[];
  readonly phrase: string;
  readonly category: Id<"category"> | undefined;
  readonly shop: Id<"seller"> | undefined;
  readonly brand: string | undefined;
  readonly priceMin: string | undefined;
  readonly priceMax: string | undefined;
  readonly starsMin: number | undefined;
  readonly inStock: boolean | undefined;
  readonly near: (Circle & Box) | undefined;
  readonly sort: Sort;
  readonly limit: number;
  /** Place and id of the last hit seen. */
  readonly after: readonly (string | number)[] | undefined;
  /** Rules hold by the instant; what ages does so by the day, so that a walk over pages keeps its order. */
  readonly at: string;
  readonly today: string;
};

export const SCORE_PARTS = [
  "text",
  "behaviour",
  "ratings",
  "freshness",
  "stock",
  "rule",
  "diversity",
] as const;
export type Parts = { readonly [part in (typeof SCORE_PARTS)[number]]: number };

export type Row = Parts & {
  readonly productId: Id<"product">;
  readonly slug: string;
  readonly titles: Texts;
  readonly brand: string | null;
  readonly imageKey: string | null;
  readonly priceFromMinor: string | null;
  readonly priceToMinor: string | null;
  readonly currency: Currency;
  readonly bestOfferId: Id<"offer"> | null;
  readonly bestSellerId: Id<"seller"> | null;
  readonly sellerName: string;
  readonly sellerCity: string;
  readonly offers: number;
  readonly available: number;
  readonly reviews: number;
  readonly starsHundredths: number;
  readonly km: number | null;
  readonly place: number;
  /** Where it is pinned; null: it stands where its score puts it. */
  readonly position: number | null;
};
type Bucket = { readonly value: string; readonly count: number };
export type Found = {
  /** One more than asked for when there is a next page; pinned ones beside. */
  readonly rows: readonly Row[];
  readonly total: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly facets: { readonly [name in "categories" | "brands" | "sellers"]?: readonly Bucket[] };
  /** What a word that nothing is known of may have been meant to be. */
  readonly alike: readonly (Candidate & { readonly typed: string })[];
};

export const findQuery = (wanted: Wanted): Query<Found> =>
  query(
    (read) =>
      read
        .select({ found: sql<Found>`found` })
        .from(sql`search_find(${JSON.stringify(wanted)}::jsonb) AS found`),
    ([row]) => row?.found ?? { rows: [], total: 0, min: null, max: null, facets: {}, alike: [] },
  );

/** A page as it was made: who saw it says so by its id. */
export const saveAnswer = (answer: typeof searchAnswer.$inferSelect): Statement => ({
  sql: sql`INSERT INTO search_answer (id, query, ranked, first_position, product_ids, total, at)
    VALUES (${answer.id}, ${answer.query}, ${answer.ranked}, ${answer.firstPosition},
      ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(answer.productIds)}::jsonb)), ${answer.total},
      ${new Date(answer.at).toISOString()})`,
});
