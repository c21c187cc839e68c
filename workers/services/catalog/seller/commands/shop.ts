import { requireOperator, requireShop, requireUser } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { slugFor } from "#kernel/slug";
import { textIn } from "#kernel/texts";
import { decideMove, type Member, needsPapers, type Seller, type SellerMove } from "../domain/shop.ts";
import { fail } from "../errors.ts";
import {
  SellerActivated,
  SellerApplied,
  SellerChanged,
  SellerPaused,
  SellerRejected,
  SellerReturned,
  SellerSubmitted,
  SellerSuspended,
  SellerTakenOn,
  SellerTerminated,
  VacationEnds,
} from "../facts.ts";
import { openRequirements } from "../queries/profile.ts";
import { SELLERS_TAG } from "../queries/shops.ts";
import * as sellers from "../repository/shops.ts";
import type { Apply, UpdateSeller } from "../schemas/shop.ts";

export const purgeShops = (ctx: Ctx) =>
  ctx.defer(
    purge(ctx, [SELLERS_TAG]).catch((error) => ctx.log.warn("purge.failed", { reason: String(error) })),
  );

const payloadOf = ({ id, name, slug, state, city, email }: Seller) => ({
  sellerId: id,
  name,
  slug,
  state,
  city,
  email,
});

/** Whoever applies owns the shop; it trades once an operator has approved it. */
export async function applySeller(ctx: Ctx, { slug, ...profile }: Apply): Promise<Seller> {
  const userId = requireUser(ctx);
  const now = ctx.clock.now();
  const id = ctx.ids.next("seller");
  const shop: Seller = {
    ...profile,
    id,
    slug: slug ?? slugFor(profile.name, id),
    state: "applied",
    reason: null,
    vacationUntil: null,
    createdAt: now,
    activatedAt: null,
    version: 1,
  };
  const owner: Member = {
    id: ctx.ids.next("member"),
    sellerId: id,
    userId,
    role: "owner",
    email: shop.email,
    createdAt: now,
    version: 1,
  };
  const outcome = await ctx.db.commit([
    sellers.insert(shop),
    sellers.claimSlug(shop.slug, id, now),
    sellers.insertMember(owner),
    sellers.assertFewShops(userId),
    append(SellerApplied.make(ctx, shop, payloadOf(shop)), SellerChanged.make(ctx, shop, payloadOf(shop))),
  ]);
  orThrow(outcome, fail);
  return shop;
}

type OwnRight = "seller:write" | "member:write" | "payout:write";

/** Another shop's id answers like one that is not there. */
export function requireOwn(ctx: Ctx, sellerId: Id<"seller">, permission: OwnRight) {
  if (requireShop(ctx, permission) !== sellerId) throw fail("seller.not_found");
}

export async function updateSeller(
  ctx: Ctx,
  { sellerId, ifMatch, ...change }: UpdateSeller & { readonly ifMatch: number },
): Promise<Seller> {
  requireOwn(ctx, sellerId, "seller:write");
  const before = await load(ctx, sellerId);
  if (before.version !== ifMatch) throw fail("seller.stale");
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const shop: Seller = { ...before, ...given, version: before.version + 1 };
  const claim = shop.slug === before.slug ? [] : [sellers.claimSlug(shop.slug, sellerId, ctx.clock.now())];
  const outcome = await ctx.db.commit([
    sellers.save(shop),
    ...claim,
    append(SellerChanged.make(ctx, shop, payloadOf(shop))),
  ]);
  orThrow(outcome, fail);
  purgeShops(ctx);
  return shop;
}

async function load(ctx: Ctx, sellerId: Id<"seller">): Promise<Seller> {
  const [shop] = await ctx.db.load(sellers.sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  return shop;
}

type About = { readonly reason?: string | undefined; readonly until?: string | undefined };

/** What an operator decides over a shop. */
export function reviewSeller(
  ctx: Ctx,
  {
    sellerId,
    move,
    ...about
  }: About & {
    readonly sellerId: Id<"seller">;
    readonly move: Exclude<SellerMove, "submit" | "reapply" | "pause" | "resume">;
  },
): Promise<Seller> {
  requireOperator(ctx, "seller:review");
  return moveSeller(ctx, sellerId, move, about);
}

/** What a shop decides over itself. */
export function steerSeller(
  ctx: Ctx,
  {
    sellerId,
    move,
    ...about
  }: About & {
    readonly sellerId: Id<"seller">;
    readonly move: Extract<SellerMove, "submit" | "reapply" | "pause" | "resume">;
  },
): Promise<Seller> {
  requireOwn(ctx, sellerId, "seller:write");
  return moveSeller(ctx, sellerId, move, about);
}

/** Names each one, so that the shop or the operator knows what to do. */
async function refuseOpen(ctx: Ctx, sellerId: Id<"seller">): Promise<void> {
  const open = await openRequirements(ctx, sellerId);
  if (open.length === 0) return;
  const errors = open.map(({ code, requirement: { names } }) => ({
    path: `requirements.${code}`,
    code: "open",
    message: textIn(names, ctx.locale),
  }));
  throw fail("requirement.open", { errors });
}

async function moveSeller(
  ctx: Ctx,
  sellerId: Id<"seller">,
  move: SellerMove,
  { reason, until }: About,
): Promise<Seller> {
  const now = ctx.clock.now();
  const about = { now, reason, until: until === undefined ? undefined : Date.parse(until) };
  const outcome = await untilFresh("seller.stale", async () => {
    const before = await load(ctx, sellerId);
    const decision = decideMove(before, move, about);
    if (!decision.ok || decision.value === before) return decision;
    if (needsPapers(move)) await refuseOpen(ctx, sellerId);
    const committed = await ctx.db.commit(movedStatements(ctx, decision.value));
    return committed.ok ? decision : committed;
  });
  if (!outcome.ok && outcome.code === "seller.stale") throw fail("seller.busy");
  purgeShops(ctx);
  return orThrow(outcome, fail);
}

/** The shop, what tells of its new state, and the end of a holiday that has one. */
export function movedStatements(ctx: Ctx, shop: Seller): Statement<"seller.stale">[] {
  const payload = payloadOf(shop);
  const explained = { ...payload, reason: shop.reason ?? "" };
  const told = {
    applied: () => SellerApplied.make(ctx, shop, payload),
    onboarding: () =>
      shop.reason === null
        ? SellerTakenOn.make(ctx, shop, payload)
        : SellerReturned.make(ctx, shop, explained),
    review: () => SellerSubmitted.make(ctx, shop, payload),
    active: () => SellerActivated.make(ctx, shop, payload),
    vacation: () => SellerPaused.make(ctx, shop, payload),
    rejected: () => SellerRejected.make(ctx, shop, explained),
    suspended: () => SellerSuspended.make(ctx, shop, explained),
    terminated: () => SellerTerminated.make(ctx, shop, explained),
  }[shop.state]();
  const alarm =
    shop.vacationUntil === null
      ? unschedule(VacationEnds, shop.id)
      : schedule(ctx, VacationEnds, {
          subject: shop.id,
          payload: { sellerId: shop.id },
          dueAt: shop.vacationUntil,
        });
  return [sellers.save(shop), append(told, SellerChanged.make(ctx, shop, payload)), alarm];
}
