import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";

/** Lists of products. */
export const LIST_TAG = "catalogue";
/** Whatever shows a shop's name, or whether it is open. */
export const SHOPS_TAG = "shops";

type Touched = {
  /** A page is asked for by id or by slug, the old slugs too, so each is a tag. */
  readonly products?: readonly { readonly id: Id<"product">; readonly slugs: readonly string[] }[];
  readonly offerIds?: readonly Id<"offer">[];
  readonly others?: readonly string[];
};

/** After a commit; what is lost here is out of date for as long as the copies are fresh. */
export function purgeTouched(ctx: Ctx, { products = [], offerIds = [], others = [] }: Touched): void {
  const tags = [
    ...products.flatMap(({ id, slugs }) => [`product:${id}`, ...slugs.map((slug) => `product:${slug}`)]),
    ...offerIds.map((id) => `offer:${id}`),
    ...others,
    ...(products.length > 0 ? [LIST_TAG] : []),
  ];
  ctx.defer(purge(ctx, tags).catch((error) => ctx.log.warn("purge.failed", { reason: String(error) })));
}
