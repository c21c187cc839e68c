import { requireBuyer, requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Scope } from "../repository/cases.ts";
import type { As } from "../schemas.ts";

type Reached = Exclude<Scope, { as: "system" }>;

export const asBuyer = (ctx: Ctx): Reached => ({ as: "buyer", buyerId: requireBuyer(ctx) });
export const asSeller = (ctx: Ctx): Reached => ({ as: "seller", sellerId: requireShop(ctx, "order:write") });
export function asOperator(ctx: Ctx): Reached {
  requireOperator(ctx, "refund:decide");
  return { as: "operator" };
}

/** For whom the caller looks: as what he says, otherwise as a buyer; a shop's key looks for its shop. */
export function readScope(ctx: Ctx, { as }: As): Reached {
  const role = as ?? (ctx.actor.kind === "service" ? "seller" : "buyer");
  if (role === "buyer") return asBuyer(ctx);
  if (role === "seller") return { as: "seller", sellerId: requireShop(ctx, "order:read") };
  requireOperator(ctx, "order:read");
  return { as: "operator" };
}
