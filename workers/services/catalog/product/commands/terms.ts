import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import type { CategoryNode } from "#services/catalog/category/index";
import type { SellerCard } from "#services/catalog/seller/index";
import type { Terms } from "../domain/edit.ts";
import type { Product } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { isPlatform } from "../queries/acting.ts";

/** What an edit of a product of this category and shop must obey. */
export function termsOf(ctx: Ctx, node: CategoryNode, sellerId: Id<"seller">): Terms {
  const { currency, cashStepMinor, locales } = ctx.market;
  return {
    ids: ctx.ids,
    now: ctx.clock.now(),
    sellerId,
    rules: node.attributes,
    taxClass: node.taxClass,
    currency,
    cashStepMinor,
    locale: locales[0] ?? "en",
  };
}

export function openCategory(nodes: readonly CategoryNode[], categoryId: Id<"category">): CategoryNode {
  const node = nodes.find(({ id }) => id === categoryId);
  if (node?.state !== "active") throw fail("product.category_missing");
  return node;
}

/** What the platform imports was looked at; a shop's product is sold unseen where the market says so. */
export const needsReview = (
  ctx: Ctx,
  node: Pick<CategoryNode, "restricted">,
  { reason }: Pick<Product, "reason">,
): boolean => !isPlatform(ctx) && (!ctx.market.catalogue.autoPublish || node.restricted || reason !== null);

/** A shop on holiday still tends its shelf; one that was never approved, or is suspended, does not sell. */
export function requireSelling(shop: SellerCard | undefined): SellerCard {
  if (shop?.state !== "active" && shop?.state !== "vacation") throw fail("product.shop_not_open");
  return shop;
}
