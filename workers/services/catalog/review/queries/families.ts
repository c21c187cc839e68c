import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { familiesOf } from "#services/catalog/product/index";
import { addRatings, type Histogram, NO_RATINGS } from "../domain/rating.ts";
import { ratingsQuery } from "../repository/reviews.ts";

/** The product and those that became part of it: what was said of them is said of it. */
export async function familyOf(ctx: Ctx, productId: Id<"product">): Promise<readonly Id<"product">[]> {
  return (await familiesOf(ctx, [productId])).get(productId) ?? [productId];
}

/** Stars of products, of what became part of them too. */
export async function productRatings(
  ctx: Ctx,
  productIds: readonly Id<"product">[],
): Promise<ReadonlyMap<Id<"product">, Histogram>> {
  const families = await familiesOf(ctx, productIds);
  const [ratings] = await ctx.db.load(ratingsQuery("product", [...new Set([...families.values()].flat())]));
  const of = (id: Id<"product">) =>
    (families.get(id) ?? [])
      .map((member) => ratings.get(member) ?? NO_RATINGS)
      .reduce(addRatings, NO_RATINGS);
  return new Map(productIds.map((id) => [id, of(id)]));
}
