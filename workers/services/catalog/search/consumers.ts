import { purge } from "#kernel/cache";
import { type Consumer, defineConsumer } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { CategoryChanged } from "#services/catalog/category/facts";
import {
  OfferChanged,
  ProductArchived,
  ProductChanged,
  ProductPublished,
} from "#services/catalog/product/facts";
import { ReviewChanged, ReviewHidden, ReviewPublished } from "#services/catalog/review/facts";
import { SellerChanged } from "#services/catalog/seller/facts";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { OriginChanged } from "#services/logistics/shipping/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { OrderCancelled, OrderPaid, OrderPlaced } from "#services/transaction/order/facts";
import { learnSoon, viewerOf } from "./commands/feedback.ts";
import { indexProducts } from "./commands/index-products.ts";
import { notePlaces } from "./commands/places.ts";
import { LISTING_TAG } from "./queries/tags.ts";
import { forgetViewers, saveSales } from "./repository/feedback.ts";
import { affectedQuery, countSold } from "./repository/listings.ts";

const FORGOTTEN = "What somebody did with results of searches is told of nobody any more.";

/** One statement carries this many listings well; a change of a large shop is written in several. */
const SLICE = 200;

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "search.listing",
    on: [
      ProductPublished,
      ProductChanged,
      ProductArchived,
      OfferChanged,
      SellerChanged,
      CategoryChanged,
      InventoryChanged,
      OrderPlaced,
      OrderCancelled,
      ReviewPublished,
      ReviewChanged,
      ReviewHidden,
    ],
    handle: async (ctx, facts) => {
      const named = new Set<Id<"product">>();
      const by = { offerIds: [] as string[], sellerIds: [] as string[], categoryIds: [] as string[] };
      for (const { type, payload } of facts) {
        if (type === "inventory.changed") by.offerIds.push(...payload.offerIds);
        else if (type === "seller.changed") by.sellerIds.push(payload.sellerId);
        else if (type === "category.changed") by.categoryIds.push(payload.categoryId);
        else if (type === "order.placed" || type === "order.cancelled") {
          for (const line of payload.lines) named.add(line.productId);
        } else named.add(payload.productId);
      }
      const [affected] = await ctx.db.load(affectedQuery(by));
      const productIds = [...new Set([...named, ...affected])];
      const statements = [];
      for (let from = 0; from < productIds.length; from += SLICE) {
        statements.push(...(await indexProducts(ctx, productIds.slice(from, from + SLICE))));
      }
      // Committed here and not with the record: a copy made between a purge and its commit would be old.
      await ctx.db.commit(statements);
      await purge(ctx, [LISTING_TAG]).catch(() => undefined);
      return [];
    },
  }),
  defineConsumer({
    name: "search.sold",
    on: [OrderPaid],
    handle: async (ctx, facts) => [
      countSold(facts.flatMap(({ payload }) => payload.lines)),
      saveSales(
        "purchase",
        facts.map((fact) => saleOf(ctx, fact)),
      ),
      learnSoon(ctx),
    ],
  }),
  defineConsumer({
    name: "search.undone",
    on: [OrderCancelled],
    handle: async (ctx, facts) => {
      const undone = facts.filter(({ payload }) => payload.wasPaid);
      return [
        saveSales(
          "undone",
          undone.map((fact) => saleOf(ctx, fact)),
        ),
      ];
    },
  }),
  defineConsumer({
    name: "search.places",
    on: [OriginChanged],
    handle: async (ctx, facts) => {
      const sellerIds = [...new Set(facts.map(({ payload }) => payload.sellerId))];
      // As listings are: a copy made between a purge and its commit would be old.
      await ctx.db.commit(await notePlaces(ctx, sellerIds));
      await purge(ctx, [LISTING_TAG]).catch(() => undefined);
      return [learnSoon(ctx)];
    },
  }),
  defineConsumer({
    name: "search.erasures",
    on: [UserErased],
    handle: async (ctx, facts) => {
      const at = ctx.clock.now();
      return facts.flatMap(({ payload: { userId } }) => [
        ...forgetViewers([viewerOf(ctx, userId)]),
        recordErasure([{ userId, store: "postgres.search_view", action: "erased", reason: FORGOTTEN, at }]),
      ]);
    },
  }),
];

type Told = {
  readonly at: number;
  readonly payload: {
    readonly orderId: Id<"order">;
    readonly buyerId: string;
    readonly lines: readonly { readonly productId: Id<"product"> }[];
  };
};
const saleOf = (ctx: Ctx, { at, payload: { orderId, buyerId, lines } }: Told) => ({
  viewer: viewerOf(ctx, buyerId),
  orderId,
  productIds: [...new Set(lines.map(({ productId }) => productId))],
  at,
});
