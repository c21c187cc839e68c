import { fail } from "./errors.ts";
import type { Id } from "./ids.ts";
import {
  type OperatorPermission,
  type OperatorRole,
  operatorRoleGrants,
  type Scope,
  type ShopPermission,
  type ShopRole,
  shopRoleGrants,
} from "./permission.ts";

/** Who buys: a person with an account, or a visitor who holds a cart token. */
export type BuyerId = Id<"user"> | Id<"guest">;
type Shop = { readonly sellerId: Id<"seller">; readonly role: ShopRole };

export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "guest"; readonly guestId: Id<"guest"> }
  | {
      readonly kind: "user";
      readonly userId: Id<"user">;
      readonly sessionId: Id<"session">;
      /** How they signed in (RFC 8176), and when, in epoch ms: step-up routes look at both. */
      readonly amr: readonly string[];
      readonly authenticatedAt: number;
      readonly operator: OperatorRole | undefined;
      readonly shops: readonly Shop[];
      /** The shop this request acts for: named by X-Seller, or the only one there is. */
      readonly shop: Shop | undefined;
      /** The operator who acts in this person's name (RFC 8693, 4.1), if it is not the person himself. */
      readonly actingBy?: Id<"user"> | undefined;
    }
  | {
      readonly kind: "service";
      readonly keyId: Id<"apiKey">;
      readonly scopes: readonly Scope[];
      readonly sellerId: Id<"seller"> | undefined;
    }
  /** Our own queue consumers and sweeps. */
  | { readonly kind: "system" };

export const ANONYMOUS: Actor = { kind: "anonymous" };
export const SYSTEM: Actor = { kind: "system" };

type Acting = { readonly actor: Actor };

/** Somebody whom a limit counts: an actor, or a person known by a ticket alone. */
export type Counted = Actor | { readonly kind: "user"; readonly userId: BuyerId };

/** Stable name of who acts: the owner of idempotency keys, rate buckets and audit rows. */
export function actorKey(actor: Counted): string {
  if (actor.kind === "user") return actor.userId;
  if (actor.kind === "guest") return actor.guestId;
  return actor.kind === "service" ? actor.keyId : actor.kind;
}

/** Whether it is support in the name of the person, and not the person. */
export const isActing = (actor: Actor): boolean => actor.kind === "user" && actor.actingBy !== undefined;

export const refuse = (actor: Actor) =>
  fail(actor.kind === "anonymous" ? "actor.unauthenticated" : "actor.forbidden");

// Commands ask again, because routes are not the only way to reach them.

export function requireBuyer({ actor }: Acting): BuyerId {
  if (actor.kind === "user") return actor.userId;
  if (actor.kind === "guest") return actor.guestId;
  throw refuse(actor);
}

export function requireUser({ actor }: Acting): Id<"user"> {
  if (actor.kind === "user") return actor.userId;
  throw refuse(actor);
}

/** The shop acted for; a shop's API key acts for its shop with every permission that its scopes name. */
export function requireShop({ actor }: Acting, permission: ShopPermission): Id<"seller"> {
  if (actor.kind === "user" && actor.shop && shopRoleGrants(actor.shop.role, permission)) {
    return actor.shop.sellerId;
  }
  if (actor.kind === "service" && actor.sellerId) return actor.sellerId;
  throw refuse(actor);
}

export function requireOperator({ actor }: Acting, permission: OperatorPermission): Id<"user"> {
  if (actor.kind === "user" && actor.operator && operatorRoleGrants(actor.operator, permission)) {
    return actor.userId;
  }
  throw refuse(actor);
}
