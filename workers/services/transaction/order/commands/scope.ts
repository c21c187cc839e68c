import { requireBuyer, requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { OperatorPermission, ShopPermission } from "#kernel/permission";
import type { Scope } from "../repository.ts";

/** A command that adds up, with the key that its sender repeats it under. */
export type Keyed<I> = I & { readonly idempotencyKey: string };

type As = "buyer" | "seller" | "operator" | undefined;
type Right = Extract<ShopPermission & OperatorPermission, `order:${string}`>;

/** For whom the caller acts: as what he says, otherwise as a buyer; a shop's key acts for its shop. */
export function scopeOf(ctx: Ctx, as: As, right: Right): Exclude<Scope, { as: "system" }> {
  const role = as ?? (ctx.actor.kind === "service" ? "seller" : "buyer");
  if (role === "seller") return { as: "seller", sellerId: requireShop(ctx, right) };
  if (role === "buyer") return { as: "buyer", buyerId: requireBuyer(ctx) };
  requireOperator(ctx, right);
  return { as: "operator" };
}
