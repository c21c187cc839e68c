import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { OFFER_STATES } from "../domain/offer.ts";
import { zOffer, zOfferTerms, zPrice } from "./product.ts";

/** One request reprices a shop's whole shelf; beyond this the next request goes on. */
const PRICES_MAX = 500;

export const zCreateOffer = z.object({ variantId: zId("variant"), ...zOfferTerms.shape });
export const zUpdateOffer = z.object({ ...zOfferTerms.shape, state: z.enum(OFFER_STATES) }).partial();
export const zOfferRef = z.object({ offerId: zId("offer") });
export const zOffersQuery = z.object({
  ...zPageQuery.shape,
  /** For a key of the platform: whose offers. */
  sellerId: zId("seller").optional(),
  productId: zId("product").optional(),
  state: z.enum(OFFER_STATES).optional(),
  /** Only these, parted by commas: what a list of stock or of sales is about. */
  offerIds: z
    .string()
    .transform((ids) => ids.split(","))
    .pipe(z.array(zId("offer")).max(100))
    .optional(),
});
export const zOffers = zPage(zOffer);

export const zReprice = z.object({
  prices: z
    .array(z.object({ offerId: zId("offer"), price: zPrice }))
    .min(1)
    .max(PRICES_MAX)
    .refine(
      (prices) => new Set(prices.map(({ offerId }) => offerId)).size === prices.length,
      "An offer is named twice.",
    ),
});
export const zRepriced = z.object({ changed: z.int(), unchanged: z.int() });

export const zPriceLog = z.object({
  items: z.array(
    z.object({
      price: zMoney,
      from: zMoney.nullable(),
      at: z.iso.datetime(),
      actor: z.string(),
      version: z.int(),
    }),
  ),
});

export type CreateOffer = z.output<typeof zCreateOffer>;
export type UpdateOffer = z.output<typeof zUpdateOffer>;
export type Reprice = z.output<typeof zReprice>;
