import { purge } from "#kernel/cache";
import { type Consumer, defineConsumer } from "#kernel/consume";
import type { Id } from "#kernel/ids";
import { CategoryChanged } from "#services/catalog/category/facts";
import {
  OfferChanged,
  ProductArchived,
  ProductChanged,
  ProductPublished,
} from "#services/catalog/product/facts";
import { SellerChanged } from "#services/catalog/seller/facts";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { OrderCancelled, OrderPaid, OrderPlaced } from "#services/transaction/order/facts";
import { indexProducts } from "./commands.ts";
import { LISTING_TAG } from "./queries.ts";
import { affectedQuery, countSold } from "./repository.ts";

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
    handle: async (_, facts) => [countSold(facts.flatMap(({ payload }) => payload.lines))],
  }),
];
