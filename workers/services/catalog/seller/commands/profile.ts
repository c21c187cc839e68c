import { requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { seal } from "#kernel/seal";
import { codeOf, type Mark, nextClosure, type PayoutAccount, type Profile } from "../domain/profile.ts";
import { isOpenToFollowers } from "../domain/shop.ts";
import { fail } from "../errors.ts";
import { CLOSURE_BEGINS, PayoutAccountChanged, SellerFollowed, SellerUnfollowed } from "../facts.ts";
import * as profiles from "../repository/profiles.ts";
import { lockShop, sellerQuery } from "../repository/shops.ts";
import type { PatchProfile, PutPayoutAccount } from "../schemas/profile.ts";
import { logged } from "./log.ts";
import { purgeShops, requireOwn } from "./shop.ts";

type OfShop = { readonly sellerId: Id<"seller"> };

export const scheduleClosure = (ctx: Ctx, sellerId: Id<"seller">, dueAt: number): Statement =>
  schedule(ctx, CLOSURE_BEGINS, { subject: sellerId, payload: { sellerId }, dueAt });

export async function patchProfile(
  ctx: Ctx,
  { sellerId, ifMatch, ...change }: PatchProfile & OfShop & { readonly ifMatch: number },
): Promise<Profile> {
  requireOwn(ctx, sellerId, "seller:write");
  const [before] = await ctx.db.load(profiles.profileQuery(sellerId));
  if (before.version !== ifMatch) throw fail("seller.stale");
  const { taxId = before.taxId, returnAddress = before.returnAddress } = change;
  const { storefront = before.storefront } = change;
  const closures =
    change.closures?.map(({ from, until, name }) => {
      return { from: Date.parse(from), until: Date.parse(until), name };
    }) ?? before.closures;
  const profile: Profile = { taxId, returnAddress, storefront, closures, version: before.version + 1 };
  const next = nextClosure(closures, ctx.clock.now());
  const outcome = await ctx.db.commit([
    profiles.saveProfile(sellerId, profile),
    next ? scheduleClosure(ctx, sellerId, next.from) : unschedule(CLOSURE_BEGINS, sellerId),
  ]);
  orThrow(outcome, fail);
  purgeShops(ctx);
  return profile;
}

/** Whoever calls it has just shown who he is: the route asks for a fresh sign-in. */
export async function putPayoutAccount(
  ctx: Ctx,
  { sellerId, number, ...fields }: PutPayoutAccount & OfShop,
): Promise<PayoutAccount> {
  requireOwn(ctx, sellerId, "payout:write");
  const [shop] = await ctx.db.load(sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  const by = requireUser(ctx);
  const id = ctx.ids.next("payoutAccount");
  const sealedNumber = await seal(ctx, number, { about: id });
  const { bankCode, holderName } = fields;
  const account: PayoutAccount = {
    ...fields,
    id,
    sellerId,
    sealedNumber,
    lastDigits: number.slice(-4),
    createdBy: by,
    createdAt: ctx.clock.now(),
    replacedAt: null,
  };
  const told = { sellerId, payoutAccountId: id, bankCode, holderName, email: shop.email, sealedNumber };
  const outcome = await ctx.db.commit([
    lockShop(sellerId),
    ...profiles.replaceAccount(account),
    logged(ctx, { sellerId, action: "payout_account.changed", subject: id, by }),
    append(PayoutAccountChanged.make(ctx, { id, version: 1 }, told)),
  ]);
  orThrow(outcome, fail);
  return account;
}

type MarkIt = OfShop & { readonly code: string; readonly reason?: string | undefined };

/**
 * A shop attests, an operator verifies; either may take it back. An operator may override any, saying why:
 * the log keeps who did what, and the last word on a requirement counts.
 */
export async function markRequirement(
  ctx: Ctx,
  mark: Mark,
  { sellerId, code, reason }: MarkIt,
): Promise<null> {
  const isShops = mark === "attested";
  if (isShops) requireOwn(ctx, sellerId, "member:write");
  else requireOperator(ctx, "seller:review");
  const by = requireUser(ctx);
  const requirement = ctx.market.seller.requirements.find((one) => codeOf(one) === code);
  if (!requirement) throw fail("requirement.not_found");
  const fits = mark === "overridden" || mark === "withdrawn" || mark === requirement.kind;
  if (!fits) throw fail("requirement.other_kind");
  const [shop] = await ctx.db.load(sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  const entry = { sellerId, action: profiles.actionOf(mark), subject: code, reason: reason ?? null, by };
  orThrow(await ctx.db.commit([logged(ctx, entry)]), fail);
  return null;
}

/** Following twice is following once; the count moves by what really changed. */
export async function setFollowing(
  ctx: Ctx,
  { sellerId, following }: OfShop & { readonly following: boolean },
): Promise<{ readonly following: boolean; readonly followers: number }> {
  const userId = requireUser(ctx);
  const now = ctx.clock.now();
  const [shop] = await ctx.db.load(sellerQuery(sellerId));
  if (!shop || (following && !isOpenToFollowers(shop.state))) throw fail("seller.not_found");
  const who = { sellerId, userId };
  const event = following ? SellerFollowed : SellerUnfollowed;
  const outcome = await ctx.db.commit([
    following ? profiles.follow(who, now) : profiles.unfollow(who),
    // A hint that is told at each call; its time stands for a version, since a pair has none.
    append(event.make(ctx, { id: `${sellerId} ${userId}`, version: Math.floor(now / 1_000) }, who)),
  ]);
  orThrow(outcome, fail);
  const [followers] = await ctx.db.load(profiles.followersQuery(sellerId));
  return { following, followers };
}
