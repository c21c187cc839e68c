import { type Consumer, defineConsumer } from "#kernel/consume";
import { CategoryChanged } from "#services/catalog/category/facts";
import { readTree, TREE_TAG } from "#services/catalog/category/index";
import { SellerChanged } from "#services/catalog/seller/facts";
import { sellersQuery } from "#services/catalog/seller/index";
import { findDuplicates } from "./commands/duplicate.ts";
import { ProductChanged, ProductProposed, ProductPublished } from "./facts.ts";
import { LIST_TAG, purgeTouched, SHOPS_TAG } from "./queries/tags.ts";
import { lockShopProducts, refreshShopPrices, saveShops, saveTaxClasses } from "./repository/products.ts";

/** A shop that opens, closes or is renamed: its copy here, and what its products cost at least. */
const shops = defineConsumer({
  name: "product.shops",
  on: [SellerChanged],
  handle: async (ctx, facts) => {
    const ids = [...new Set(facts.map(({ payload }) => payload.sellerId))];
    const [cards] = await ctx.db.load(sellersQuery(ids));
    // Committed here, so that the copies are dropped after it and not before; doing it twice does no harm.
    await ctx.db.commit([lockShopProducts(ids), saveShops(cards), refreshShopPrices(ids)]);
    purgeTouched(ctx, { others: [LIST_TAG, SHOPS_TAG] });
    return [];
  },
});

/** A category that changes its tax class, or moves below another, takes its products along. */
const categories = defineConsumer({
  name: "product.categories",
  on: [CategoryChanged],
  handle: async (ctx) => {
    const nodes = await readTree(ctx);
    await ctx.db.commit([saveTaxClasses(nodes.map(({ id, taxClass }) => ({ categoryId: id, taxClass })))]);
    purgeTouched(ctx, { others: [TREE_TAG] });
    return [];
  },
});

/** Whatever is new or different may be something that is there already. */
const duplicates = defineConsumer({
  name: "product.duplicates",
  on: [ProductPublished, ProductProposed, ProductChanged],
  handle: (ctx, facts) => findDuplicates(ctx, [...new Set(facts.map(({ payload }) => payload.productId))]),
});

export const consumers: readonly Consumer[] = [shops, categories, duplicates];
