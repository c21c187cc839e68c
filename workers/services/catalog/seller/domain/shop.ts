import type { Id } from "#kernel/ids";
import type { ShopRole } from "#kernel/permission";
import { err, ok, type Result } from "#kernel/result";
import type { Texts } from "#kernel/texts";
import type { SellerState } from "../facts.ts";

export const SELLER_MOVES = [
  "onboard",
  "submit",
  "return",
  "approve",
  "reject",
  "reapply",
  "pause",
  "resume",
  "suspend",
  "reinstate",
  "terminate",
] as const;
export type SellerMove = (typeof SELLER_MOVES)[number];
export const DOCUMENT_KINDS = ["identity", "business", "tax", "bank", "evidence", "other"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** The whole state machine. A move that is not written here is refused. */
const NEXT: { readonly [S in SellerState]: { readonly [M in SellerMove]?: SellerState } } = {
  applied: {
    onboard: "onboarding",
    submit: "review",
    approve: "active",
    reject: "rejected",
    terminate: "terminated",
  },
  onboarding: { submit: "review", reject: "rejected", terminate: "terminated" },
  review: { return: "onboarding", approve: "active", reject: "rejected", terminate: "terminated" },
  rejected: { reapply: "applied", terminate: "terminated" },
  active: { pause: "vacation", suspend: "suspended", terminate: "terminated" },
  vacation: { resume: "active", suspend: "suspended", terminate: "terminated" },
  suspended: { reinstate: "active", terminate: "terminated" },
  terminated: {},
};
/** Where a repeated move has already led: doing it again changes nothing. */
const REACHED: { readonly [M in SellerMove]: SellerState } = {
  onboard: "onboarding",
  submit: "review",
  return: "onboarding",
  approve: "active",
  reject: "rejected",
  reapply: "applied",
  pause: "vacation",
  resume: "active",
  suspend: "suspended",
  reinstate: "active",
  terminate: "terminated",
};
const EXPLAINED: readonly SellerMove[] = ["return", "reject", "suspend", "terminate"];
/** What a shop may do only once nothing that the market requires is open. */
export const needsPapers = (move: SellerMove): boolean => move === "submit" || move === "approve";

export type Seller = {
  readonly id: Id<"seller">;
  readonly state: SellerState;
  readonly slug: string;
  readonly name: string;
  readonly descriptions: Texts | null;
  readonly city: string;
  readonly legalName: string;
  readonly email: string;
  readonly phone: string | null;
  readonly reason: string | null;
  readonly vacationUntil: number | null;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly version: number;
};

type About = {
  readonly now: number;
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
};

export function decideMove(
  shop: Seller,
  move: SellerMove,
  { now, reason, until }: About,
): Result<Seller, "seller.not_movable" | "seller.reason_missing"> {
  const state = NEXT[shop.state][move];
  if (!state) return REACHED[move] === shop.state ? ok(shop) : err("seller.not_movable");
  if (EXPLAINED.includes(move) && reason === undefined) return err("seller.reason_missing");
  return ok({
    ...shop,
    state,
    reason: EXPLAINED.includes(move) ? (reason ?? null) : null,
    vacationUntil: state === "vacation" ? (until ?? null) : null,
    activatedAt: state === "active" ? (shop.activatedAt ?? now) : shop.activatedAt,
    version: shop.version + 1,
  });
}

export type Member = {
  readonly id: Id<"member">;
  readonly sellerId: Id<"seller">;
  readonly userId: Id<"user">;
  readonly role: ShopRole;
  readonly email: string;
  readonly createdAt: number;
  readonly version: number;
};

/** A shop without an owner could never be managed again. */
export function decideLeave(
  members: readonly Member[],
  leaving: Member,
): Result<Member, "member.last_owner"> {
  const owners = members.filter(({ role }) => role === "owner");
  const isLast = leaving.role === "owner" && owners.length === 1;
  return isLast ? err("member.last_owner") : ok(leaving);
}

export function decideRole(
  members: readonly Member[],
  member: Member,
  role: ShopRole,
): Result<Member, "member.last_owner"> {
  if (member.role === role) return ok(member);
  const allowed = role === "owner" ? ok(member) : decideLeave(members, member);
  return allowed.ok ? ok({ ...member, role, version: member.version + 1 }) : allowed;
}

export type Invitation = {
  readonly id: Id<"invitation">;
  readonly sellerId: Id<"seller">;
  readonly email: string;
  readonly role: ShopRole;
  readonly expiresAt: number;
  readonly closedAt: number | null;
};

export function decideAccept(
  invitation: Invitation,
  now: number,
): Result<Invitation, "invitation.closed" | "invitation.expired"> {
  if (invitation.closedAt !== null) return err("invitation.closed");
  if (invitation.expiresAt <= now) return err("invitation.expired");
  return ok({ ...invitation, closedAt: now });
}

/** Open for business: what it offers can be bought. */
export const isTrading = (state: SellerState): boolean => state === "active";

/** Seen by everybody: what follows it hears of it, and nobody follows what he cannot see. */
export const isOpenToFollowers = (state: SellerState): boolean => state === "active" || state === "vacation";
