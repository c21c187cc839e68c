import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { offersQuery } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { getBundle } from "../queries/bundles.ts";
import * as bundles from "../repository/bundles.ts";
import type { Bundle, PutBundle } from "../schemas.ts";
import { changed } from "./place.ts";

/** What the offer is made of from now on. What is reserved keeps what it was made of then. */
export async function defineBundle(ctx: Ctx, { offerId, components }: PutBundle): Promise<Bundle> {
  const sellerId = requireShop(ctx, "inventory:write");
  if (components.reduce((sum, { quantity }) => sum + quantity, 0) < 2) {
    throw fail("inventory.bundle_of_one");
  }
  const wanted = [offerId, ...components.map((part) => part.offerId)];
  const [offers] = await ctx.db.load(offersQuery(wanted));
  const mine = new Set(offers.filter((one) => one.sellerId === sellerId).map((one) => one.offerId));
  if (!mine.has(offerId)) throw fail("inventory.offer_not_found");
  const errors = components.flatMap((part, i) =>
    mine.has(part.offerId)
      ? []
      : [{ path: `body.components.${i}.offerId`, code: "missing", message: "No such offer." }],
  );
  if (errors.length > 0) throw fail("inventory.offer_not_found", { errors });
  const statements = [
    bundles.defineBundle({ sellerId, offerId, components }),
    ...changed(ctx, ctx.requestId, [{ offerId, sellerId }]),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return getBundle(ctx, { offerId });
}

type OfferRef = { readonly offerId: Id<"offer"> };

/** The offer has no stock until it is counted as itself. */
export async function removeBundle(ctx: Ctx, { offerId }: OfferRef): Promise<null> {
  const sellerId = requireShop(ctx, "inventory:write");
  const statements = [
    bundles.removeBundle(sellerId, offerId),
    ...changed(ctx, ctx.requestId, [{ offerId, sellerId }]),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return null;
}
