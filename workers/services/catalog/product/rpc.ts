import { anyOf, open, seller, service } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { ProductService } from "#proto/product/v1/product_pb";
import { archiveProduct, proposeProduct } from "./commands/lifecycle.ts";
import { reprice } from "./commands/offer.ts";
import { getOffer, getOwn, listMine, listOffers, toOfferDto } from "./queries/own.ts";
import { listProducts, showProduct } from "./queries/pages.ts";
import { zOfferRef, zOffers, zOffersQuery, zReprice, zRepriced } from "./schemas/offer.ts";
import {
  zIdOrSlug,
  zListQuery,
  zMineQuery,
  zOffer,
  zProduct,
  zProductCards,
  zProductPage,
  zProductRef,
  zProductRows,
} from "./schemas/product.ts";

const write = anyOf(seller("product:write"), service("catalogue:write"));
const price = anyOf(seller("offer:write"), service("catalogue:write"));

export const rpc = newRpc(ProductService, {
  listProducts: rpcMethod({
    policy: open,
    input: zListQuery,
    output: zProductCards,
    run: (ctx, input) => listProducts(ctx, input),
  }),
  getProduct: rpcMethod({
    policy: open,
    input: zIdOrSlug,
    output: zProductPage,
    run: async (ctx, { idOrSlug }) => {
      const shown = await showProduct(ctx, idOrSlug);
      if ("page" in shown) return shown.page;
      // A browser follows an old slug by itself; here nobody would, so it is followed at once.
      const moved = await showProduct(ctx, shown.movedTo);
      if ("page" in moved) return moved.page;
      throw new Error("a slug of today leads to its product");
    },
  }),
  listOwnProducts: rpcMethod({
    policy: write,
    input: zMineQuery,
    output: zProductRows,
    run: (ctx, input) => listMine(ctx, input),
  }),
  proposeProduct: rpcMethod({
    policy: write,
    input: zProductRef,
    output: zProduct,
    run: async (ctx, input) => getOwn(ctx, await proposeProduct(ctx, input)),
  }),
  archiveProduct: rpcMethod({
    policy: write,
    input: zProductRef,
    output: zProduct,
    run: async (ctx, input) => getOwn(ctx, await archiveProduct(ctx, input)),
  }),
  listOffers: rpcMethod({
    policy: price,
    input: zOffersQuery,
    output: zOffers,
    run: (ctx, input) => listOffers(ctx, input),
  }),
  getOffer: rpcMethod({
    policy: price,
    input: zOfferRef,
    output: zOffer,
    run: async (ctx, input) => toOfferDto(await getOffer(ctx, input.offerId)),
  }),
  setPrices: rpcMethod({
    policy: price,
    input: zReprice,
    output: zRepriced,
    run: (ctx, input) => reprice(ctx, input),
  }),
});
