import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import type { ShopRole } from "#kernel/permission";
import { orThrow } from "#kernel/result";
import { seal } from "#kernel/seal";
import { decideAccept, decideLeave, decideRole, type Invitation, type Member } from "../domain/shop.ts";
import { fail } from "../errors.ts";
import { MemberChanged, MemberInvited, MemberJoined, MemberLeft } from "../facts.ts";
import * as sellers from "../repository/shops.ts";
import { requireOwn } from "./shop.ts";

/** A week: long enough for a holiday weekend, short enough for an address that was mistyped. */
const INVITATION_MS = 7 * 86_400_000;

/** Signed and not stored: it says that its bearer read the mail that went to this address. */
const tokenText = ({ id, email }: Pick<Invitation, "id" | "email">) => `seller-invitation\n${id}\n${email}`;

type Invite = {
  readonly sellerId: Id<"seller">;
  readonly email: string;
  readonly role: ShopRole;
  readonly locale?: Locale | undefined;
};

/** Inviting an address again takes the first invitation back. */
export async function inviteMember(ctx: Ctx, { sellerId, email, role, locale }: Invite) {
  requireOwn(ctx, sellerId, "member:write");
  const now = ctx.clock.now();
  const [shop] = await ctx.db.load(sellers.sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  const invitation = {
    id: ctx.ids.next("invitation"),
    sellerId,
    email,
    role,
    locale: locale ?? ctx.locale,
    invitedBy: requireUser(ctx),
    createdAt: now,
    expiresAt: now + INVITATION_MS,
    closedAt: null,
  };
  const token = ctx.keys.sign("link", tokenText(invitation));
  const link = `${ctx.config.origin}/shop/invitations/${invitation.id}#token=${token}`;
  const told = MemberInvited.make(
    ctx,
    { id: invitation.id, version: 1 },
    {
      sellerId,
      sellerName: shop.name,
      invitationId: invitation.id,
      email,
      role,
      locale: invitation.locale,
      sealed: await seal(ctx, { link }),
      expiresAt: invitation.expiresAt,
    },
  );
  const outcome = await ctx.db.commit([
    sellers.lockShop(sellerId),
    sellers.closeInvitations(sellerId, email, now),
    sellers.insertInvitation(invitation),
    sellers.assertFewMembers(sellerId),
    append(told),
  ]);
  orThrow(outcome, fail);
  return invitation;
}

type Accept = { readonly invitationId: Id<"invitation">; readonly token: string };

export async function acceptInvitation(ctx: Ctx, { invitationId, token }: Accept): Promise<Member> {
  const userId = requireUser(ctx);
  const now = ctx.clock.now();
  const [invitation] = await ctx.db.load(sellers.invitationQuery(invitationId));
  if (!invitation || !ctx.keys.verify("link", tokenText(invitation), token)) {
    throw fail("invitation.not_found");
  }
  orThrow(decideAccept(invitation, now), fail);
  const member: Member = {
    id: ctx.ids.next("member"),
    sellerId: invitation.sellerId,
    userId,
    role: invitation.role,
    email: invitation.email,
    createdAt: now,
    version: 1,
  };
  const outcome = await ctx.db.commit([
    sellers.closeInvitation(invitation, now),
    sellers.insertMember(member),
    sellers.assertFewShops(userId),
    append(MemberJoined.make(ctx, member, { sellerId: member.sellerId, userId, role: member.role })),
  ]);
  orThrow(outcome, fail);
  return member;
}

type Revoke = { readonly sellerId: Id<"seller">; readonly invitationId: Id<"invitation"> };

export async function revokeInvitation(ctx: Ctx, { sellerId, invitationId }: Revoke): Promise<null> {
  requireOwn(ctx, sellerId, "member:write");
  const now = ctx.clock.now();
  const outcome = await ctx.db.commit([sellers.closeInvitation({ id: invitationId, sellerId }, now)]);
  if (!outcome.ok) throw fail("invitation.not_found");
  return null;
}

type OfMember = { readonly sellerId: Id<"seller">; readonly memberId: Id<"member"> };

async function loadMember(ctx: Ctx, { sellerId, memberId }: OfMember) {
  const [members] = await ctx.db.load(sellers.membersQuery(sellerId));
  const member = members.find(({ id }) => id === memberId);
  if (!member) throw fail("member.not_found");
  return { members, member };
}

export async function changeRole(
  ctx: Ctx,
  { role, ...which }: OfMember & { readonly role: ShopRole },
): Promise<Member> {
  requireOwn(ctx, which.sellerId, "member:write");
  const outcome = await untilFresh("member.stale", async () => {
    const { members, member } = await loadMember(ctx, which);
    const decision = decideRole(members, member, role);
    if (!decision.ok || decision.value === member) return decision;
    const { sellerId, userId } = member;
    const committed = await ctx.db.commit([
      sellers.lockShop(sellerId),
      sellers.saveMember(decision.value),
      sellers.assertOwned(sellerId),
      append(MemberChanged.make(ctx, decision.value, { sellerId, userId, role })),
    ]);
    return committed.ok ? decision : committed;
  });
  return orThrow(outcome, fail);
}

/** An owner removes anybody; anybody leaves. The last owner stays. */
export async function removeMember(ctx: Ctx, which: OfMember): Promise<null> {
  const userId = requireUser(ctx);
  const outcome = await untilFresh("member.stale", async () => {
    const { members, member } = await loadMember(ctx, which);
    const isOwn = member.userId === userId;
    if (!isOwn) requireOwn(ctx, which.sellerId, "member:write");
    const decision = decideLeave(members, member);
    if (!decision.ok) return decision;
    const { sellerId, role } = member;
    const gone = { id: member.id, version: member.version + 1 };
    return ctx.db.commit([
      sellers.lockShop(sellerId),
      sellers.removeMember(member),
      sellers.assertOwned(sellerId),
      append(MemberLeft.make(ctx, gone, { sellerId, userId: member.userId, role })),
    ]);
  });
  orThrow(outcome, fail);
  return null;
}
