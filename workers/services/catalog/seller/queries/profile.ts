import { type Actor, requireShop, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { operatorRoleGrants } from "#kernel/permission";
import { type Checked, checkRequirements, openOnes } from "../domain/profile.ts";
import { fail } from "../errors.ts";
import * as profiles from "../repository/profiles.ts";
import { toPayoutAccountDto, toProfileDto, toRequirementDto } from "../schemas/profile.ts";
import { requireSight } from "./shops.ts";

async function readRequirements(ctx: Ctx, sellerId: Id<"seller">): Promise<readonly Checked[]> {
  const { requirements } = ctx.market.seller;
  if (requirements.length === 0) return [];
  const [profile, account, documentKinds, marks] = await ctx.db.load(
    profiles.profileQuery(sellerId),
    profiles.payoutAccountQuery(sellerId),
    profiles.documentKindsQuery(sellerId),
    profiles.marksQuery(sellerId),
  );
  const papers = { profile, documentKinds, marks, hasPayoutAccount: account !== undefined };
  return checkRequirements(requirements, papers);
}

export const openRequirements = async (ctx: Ctx, sellerId: Id<"seller">): Promise<readonly Checked[]> =>
  openOnes(await readRequirements(ctx, sellerId));

export async function listRequirements(ctx: Ctx, sellerId: Id<"seller">) {
  requireSight(ctx, sellerId);
  const checked = await readRequirements(ctx, sellerId);
  return { complete: openOnes(checked).length === 0, items: checked.map(toRequirementDto) };
}

export async function showProfile(ctx: Ctx, sellerId: Id<"seller">) {
  requireSight(ctx, sellerId);
  const [profile] = await ctx.db.load(profiles.profileQuery(sellerId));
  return toProfileDto(profile);
}

const isReviewer = ({ actor }: { readonly actor: Actor }): boolean =>
  actor.kind === "user" &&
  actor.operator !== undefined &&
  operatorRoleGrants(actor.operator, "seller:review");

export async function showPayoutAccount(ctx: Ctx, sellerId: Id<"seller">) {
  if (!isReviewer(ctx) && requireShop(ctx, "payout:read") !== sellerId) throw fail("seller.not_found");
  const [account] = await ctx.db.load(profiles.payoutAccountQuery(sellerId));
  return { account: account ? toPayoutAccountDto(account) : null };
}

type Paging = { readonly limit: number; readonly cursor?: string | undefined };

/** The shops that the caller follows. */
export async function listFollowed(ctx: Ctx, { limit, cursor }: Paging) {
  const userId = requireUser(ctx);
  const scope = `followed ${userId}`;
  const before = decodeCursor(ctx, scope, cursor)?.[0]?.toString();
  const [rows] = await ctx.db.load(profiles.followedQuery(userId, { before, limit }));
  const toItem = ({ sellerId, since }: (typeof rows)[number]) => ({
    sellerId,
    since: new Date(since).toISOString(),
  });
  return toPage(ctx, scope, limit, rows, ({ sellerId }) => [sellerId], toItem);
}
