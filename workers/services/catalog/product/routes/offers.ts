import { defineRoute, newApp } from "#kernel/app";
import { anyOf, operator, seller, service } from "#kernel/policy";
import { createOffer, reprice, updateOffer } from "../commands/offer.ts";
import { getOffer, listOffers, listPrices, toOfferDto } from "../queries/own.ts";
import * as s from "../schemas/offer.ts";
import { zOffer } from "../schemas/product.ts";

const write = anyOf(seller("offer:write"), service("catalogue:write"));
/** Hundreds of ids and prices. */
const PRICES_BYTES_MAX = 256 * 1024;
const offerId = "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const price = { minor: "19900000", currency: "IDR" };

export const app = newApp("/v1/offers")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "The shop's offers, the newest first.",
      policy: write,
      request: { query: s.zOffersQuery },
      responses: { 200: s.zOffers },
      example: { state: "active" },
    }),
    (ctx, input) => listOffers(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Offers a variant under the shop's own SKU and price.",
      policy: write,
      request: { body: s.zCreateOffer },
      responses: { 201: zOffer },
      example: { variantId: "var_01jd8zt4w8h5vc6q1m9a2r7sxy", sku: "BTK-RED-M", price },
    }),
    async (ctx, input) => toOfferDto(await createOffer(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/prices",
      summary: "Sets the prices of up to 500 offers, all or none.",
      policy: write,
      request: { body: s.zReprice, bytesMax: PRICES_BYTES_MAX },
      responses: { 200: s.zRepriced },
      example: { prices: [{ offerId, price }] },
    }),
    (ctx, input) => reprice(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{offerId}",
      summary: "One of the shop's offers, with the version that a change must name.",
      policy: write,
      request: { params: s.zOfferRef },
      responses: { 200: zOffer },
      example: { offerId },
    }),
    async (ctx, input) => toOfferDto(await getOffer(ctx, input.offerId)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{offerId}",
      summary: "Changes price, SKU, quantities or state of an offer.",
      policy: write,
      request: { params: s.zOfferRef, body: s.zUpdateOffer },
      responses: { 200: zOffer },
      concurrency: "if-match",
      example: { offerId, price },
    }),
    async (ctx, input) => toOfferDto(await updateOffer(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{offerId}/prices",
      summary: "Every price that the offer has had, with who set it and when.",
      policy: anyOf(seller("offer:write"), service("catalogue:write"), operator("product:review")),
      request: { params: s.zOfferRef },
      responses: { 200: s.zPriceLog },
      example: { offerId },
    }),
    (ctx, input) => listPrices(ctx, input.offerId),
  );
