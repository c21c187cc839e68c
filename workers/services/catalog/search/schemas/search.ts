import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import { SORTS } from "../domain/words.ts";

const QUERY_CHARS_MAX = 200;
const zMinor = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);
const zFlag = z.stringbool();
const RADIUS_KM_MAX = 500;
/** `latitude,longitude` in degrees (WGS 84). */
const zPoint = z
  .string()
  .regex(/^-?\d{1,2}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?$/)
  .transform((text) => text.split(",").map(Number) as [number, number])
  .refine(([latitude, longitude]) => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180);

export const zSearch = zPageQuery.extend({
  q: z.string().trim().max(QUERY_CHARS_MAX).default(""),
  category: zId("category").optional(),
  seller: zId("seller").optional(),
  brand: z.string().max(100).optional(),
  /** Minor units of the market's currency. */
  priceMin: zMinor.optional(),
  priceMax: zMinor.optional(),
  inStock: zFlag.optional(),
  /** Of at least so many stars in the mean. */
  ratingMin: z.coerce.number().min(1).max(5).optional(),
  /** Sold by a shop no further than `radiusKm` from here. */
  near: zPoint.optional(),
  radiusKm: z.coerce.number().min(0.1).max(RADIUS_KM_MAX).default(25),
  sort: z.enum(SORTS).default("relevance"),
  explain: zFlag.default(false),
});
export type Search = z.output<typeof zSearch>;

/** What puts a hit where it is; the parts add up. */
const zScore = z.object({
  text: z.number(),
  /** Units sold, and what people did with it here and elsewhere, held against its places. */
  behaviour: z.number(),
  ratings: z.number(),
  freshness: z.number(),
  stock: z.number(),
  rule: z.number(),
  /** Taken off beyond two of near-identical products of one shop. */
  diversity: z.number(),
  total: z.number(),
});
export const zHit = z.object({
  productId: zId("product"),
  slug: z.string(),
  title: z.string(),
  /** The title as safe HTML, what the query met in `<mark>`. */
  highlight: z.string(),
  brand: z.string().nullable(),
  imageKey: z.string().nullable(),
  priceFrom: zMoney.nullable(),
  priceTo: zMoney.nullable(),
  /** The best offer: in stock first, then the cheapest. */
  offerId: zId("offer").nullable(),
  seller: z.object({ id: zId("seller").nullable(), name: z.string(), city: z.string() }),
  offers: z.int(),
  available: z.int(),
  pinned: z.boolean(),
  rating: z.object({ average: z.number().nullable(), count: z.int() }),
  /** To the nearest shop that sells it, where a place was named; in whole kilometres. */
  distanceKm: z.number().nullable(),
  score: zScore.optional(),
});
const zBucket = z.object({ value: z.string(), count: z.int() });
/** An advertisement, beside the hits and never among them; the same card, with the advertiser's own offer. */
export const zSponsored = zHit.omit({ score: true }).extend({
  isSponsored: z.literal(true),
  /** Goes back with `POST /v1/ads/impressions` and `POST /v1/ads/clicks`. */
  adId: z.string(),
  /** Its place among the advertisements. */
  position: z.int(),
  /** What it stands there for besides its bid. */
  score: z.object({ ad: z.object({ clickRate: z.number(), relevance: z.number() }) }).optional(),
});
export type SponsoredHit = z.input<typeof zSponsored>;
export const zResults = z.object({
  /** Names this page in `POST /v1/search/feedback`. */
  searchId: zId("search"),
  items: z.array(zHit),
  /** Labelled as such wherever they are shown. */
  sponsored: z.array(zSponsored),
  nextCursor: z.string().nullable(),
  total: z.int(),
  /** What was searched for instead, where the words as typed found nothing. */
  correctedTo: z.string().nullable(),
  /** What was perhaps meant, where the words as typed found something too. */
  didYouMean: z.string().nullable(),
  /** True when nothing was found and popular products are shown. */
  fallback: z.boolean(),
  facets: z.object({
    categories: z.array(zBucket),
    brands: z.array(zBucket),
    sellers: z.array(zBucket),
    price: z.object({ minMinor: z.string().nullable(), maxMinor: z.string().nullable() }),
  }),
});
export type Results = z.input<typeof zResults>;
export type Hit = z.input<typeof zHit>;

export const zBesideRef = z.object({ productId: zId("product") });
export type Beside = z.output<typeof zBesideRef>;
/** Labelled as such wherever they are shown. */
export const zBeside = z.object({ items: z.array(zSponsored) });

export const zSuggest = z.object({
  q: z.string().trim().max(QUERY_CHARS_MAX),
  limit: z.coerce.number().int().min(1).max(20).default(8),
});
export type Suggest = z.output<typeof zSuggest>;
export const zSuggestions = z.object({
  queries: z.array(z.string()),
  products: z.array(z.object({ productId: zId("product"), slug: z.string(), title: z.string() })),
});

const OFFERS_MAX = 100;
const ID_CHARS = 32;

export const zOffersQuery = z.object({
  ids: z
    .string()
    .max(OFFERS_MAX * ID_CHARS)
    .transform((text) => text.split(","))
    .pipe(z.array(zId("offer")).min(1).max(OFFERS_MAX)),
});
export type OffersQuery = z.output<typeof zOffersQuery>;
/** Left out is what is not on sale. */
export const zShownOffers = z.object({
  items: z.array(
    z.object({
      offerId: zId("offer"),
      productId: zId("product"),
      slug: z.string(),
      title: z.string(),
      imageKey: z.string().nullable(),
    }),
  ),
});
