import * as z from "zod";

/** What a member of a shop may do there, by role. */
export const SHOP_ROLES = ["owner", "manager", "staff"] as const;
export type ShopRole = (typeof SHOP_ROLES)[number];
const SHOP_PERMISSIONS = [
  "seller:read",
  "seller:write",
  "member:write",
  "product:write",
  "offer:write",
  "inventory:read",
  "inventory:write",
  "order:read",
  "order:write",
  "analytics:read",
  "payout:read",
  "payout:write",
  "chat:write",
  "review:write",
  "voucher:write",
  "ad:write",
] as const;
export type ShopPermission = (typeof SHOP_PERMISSIONS)[number];

const STAFF: readonly ShopPermission[] = [
  "seller:read",
  "inventory:read",
  "order:read",
  "order:write",
  "chat:write",
  "review:write",
];
const GRANTS: { readonly [R in ShopRole]: readonly ShopPermission[] } = {
  owner: SHOP_PERMISSIONS,
  // Who may come in and where the money goes is the owner's alone.
  manager: SHOP_PERMISSIONS.filter((one) => one !== "member:write" && one !== "payout:write"),
  staff: STAFF,
};
export const shopRoleGrants = (role: ShopRole, permission: ShopPermission): boolean =>
  GRANTS[role].includes(permission);

/** What a person of the platform may do, by role. */
export const OPERATOR_ROLES = ["admin", "support", "catalogue"] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];
const OPERATOR_PERMISSIONS = [
  "seller:review",
  "commission:write",
  "product:review",
  "category:write",
  "order:read",
  "order:write",
  "payment:read",
  "payment:write",
  "refund:decide",
  "ledger:read",
  "ledger:write",
  "user:read",
  "user:write",
  "user:act",
  "chat:moderate",
  "review:moderate",
  "analytics:read",
  "platform:read",
  "platform:write",
  "marketing:write",
] as const;
export type OperatorPermission = (typeof OPERATOR_PERMISSIONS)[number];
const OPERATOR_GRANTS: { readonly [R in OperatorRole]: readonly OperatorPermission[] } = {
  admin: OPERATOR_PERMISSIONS,
  support: [
    "order:read",
    "payment:read",
    "refund:decide",
    "user:read",
    "user:act",
    "chat:moderate",
    "review:moderate",
    "platform:read",
  ],
  catalogue: ["seller:review", "product:review", "category:write"],
};
export const operatorRoleGrants = (role: OperatorRole, permission: OperatorPermission): boolean =>
  OPERATOR_GRANTS[role].includes(permission);

/** What an API key may be given. A key of a shop acts for that shop only. */
export const SCOPES = [
  "catalogue:write",
  "inventory:write",
  "order:read",
  "order:write",
  "buy",
  "platform",
] as const;
export type Scope = (typeof SCOPES)[number];
export const zScope = z.enum(SCOPES);
