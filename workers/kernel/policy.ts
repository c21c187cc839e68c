import { type Actor, refuse } from "./actor.ts";
import {
  type OperatorPermission,
  operatorRoleGrants,
  type Scope,
  type ShopPermission,
  shopRoleGrants,
} from "./permission.ts";

/** Who may call a route, as data: the same value guards it, documents it and drives the common suite. */
export type Policy =
  | { readonly kind: "open" | "guest" | "buyer" }
  | { readonly kind: "seller"; readonly permission: ShopPermission }
  | { readonly kind: "operator"; readonly permission: OperatorPermission }
  | { readonly kind: "service"; readonly scope: Scope }
  | { readonly kind: "anyOf"; readonly policies: readonly Policy[] };

/** Anyone, signed in or not. */
export const open: Policy = { kind: "open" };
/** Holder of a cart token. */
export const guest: Policy = { kind: "guest" };
/** Any person with an account. */
export const buyer: Policy = { kind: "buyer" };
/** A member of the shop that the request acts for. */
export const seller = (permission: ShopPermission): Policy => ({ kind: "seller", permission });
export const operator = (permission: OperatorPermission): Policy => ({ kind: "operator", permission });
/** An API key with this scope. */
export const service = (scope: Scope): Policy => ({ kind: "service", scope });
export const anyOf = (...policies: readonly Policy[]): Policy => ({ kind: "anyOf", policies });

export function admits(policy: Policy, actor: Actor): boolean {
  switch (policy.kind) {
    case "open":
      return true;
    case "guest":
      return actor.kind === "guest";
    case "buyer":
      return actor.kind === "user";
    case "seller":
      return (
        actor.kind === "user" &&
        actor.shop !== undefined &&
        shopRoleGrants(actor.shop.role, policy.permission)
      );
    case "operator":
      return (
        actor.kind === "user" &&
        actor.operator !== undefined &&
        operatorRoleGrants(actor.operator, policy.permission)
      );
    case "service":
      return actor.kind === "service" && actor.scopes.includes(policy.scope);
    case "anyOf":
      return policy.policies.some((one) => admits(one, actor));
  }
}

export function authorise(policy: Policy, actor: Actor): void {
  if (!admits(policy, actor)) throw refuse(actor);
}
