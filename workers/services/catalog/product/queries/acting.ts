import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { operatorRoleGrants, type ShopPermission } from "#kernel/permission";
import { fail } from "../errors.ts";

/**
 * The shop that the request acts for. A key of the platform (an import, a seed) belongs to no shop and acts
 * for the one that it names; everybody else acts for his own, whatever he names.
 */
export function actingShop(
  ctx: Ctx,
  permission: ShopPermission,
  named?: Id<"seller"> | undefined,
): Id<"seller"> {
  const { actor } = ctx;
  if (actor.kind === "service" && actor.sellerId === undefined && actor.scopes.includes("catalogue:write")) {
    if (named === undefined) throw fail("product.shop_missing");
    return named;
  }
  return requireShop(ctx, permission);
}

export const isPlatform = ({ actor }: Ctx): boolean =>
  actor.kind === "service" && actor.sellerId === undefined;

export const isReviewer = ({ actor }: Ctx): boolean =>
  actor.kind === "user" &&
  actor.operator !== undefined &&
  operatorRoleGrants(actor.operator, "product:review");
