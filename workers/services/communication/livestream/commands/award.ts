import { MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { onLivestreamRoom } from "#objects/stubs";
import { offersQuery } from "#services/catalog/product/index";
import { claimFor, holdState, planLiveSale, takeBack } from "#services/marketing/flash-sale/index";
import { type AuctionAwarded, SETTLE_AWARD } from "../facts.ts";
import * as shows from "../repository.ts";

type Awarded = ReturnType<typeof AuctionAwarded.make>;

/** An order that was placed in time is waited for, so long between two looks. */
const LOOK_AGAIN_MS = 5 * SECOND_MS;

/** What was won is one unit in a sale of its own, at the price that it brought, until it is to be paid. */
export async function openAwards(ctx: Ctx, facts: readonly Awarded[]): Promise<readonly Statement<string>[]> {
  const [offers] = await ctx.db.load(offersQuery(facts.map(({ payload }) => payload.offerId)));
  const byId = new Map(offers.map((offer) => [offer.offerId, offer]));
  return facts.flatMap(({ payload }) => {
    const { livestreamId, auctionId, userId, offerId, payBy } = payload;
    const offer = byId.get(offerId);
    if (!offer) return [];
    const [saleId, holdId] = [ctx.ids.next("sale"), ctx.ids.next("hold")];
    const priceMinor = BigInt(payload.priceMinor);
    const now = ctx.clock.now();
    const holdMs = Math.max(SECOND_MS, payBy - now);
    // It would close by itself later than the award is looked at, which closes it in its own commit.
    const one = { quota: 1, perBuyer: 1, endsAt: now + holdMs + MINUTE_MS, holdMs };
    const award = { livestreamId, auctionId, userId, offerId, priceMinor, saleId, holdId, payBy };
    return [
      ...planLiveSale(ctx, { saleId, offer, priceMinor, ...one }),
      shows.insertAward({ ...award, state: "open", createdAt: now }),
      schedule(ctx, SETTLE_AWARD, toJob(award)),
    ];
  });
}

type AwardRef = {
  readonly livestreamId: Id<"livestream">;
  readonly auctionId: number;
  readonly userId: Id<"user">;
};
const toJob = ({ livestreamId, auctionId, userId }: AwardRef) => ({
  subject: `${livestreamId} ${auctionId} ${userId}`,
  payload: { livestreamId, auctionId, userId },
});

/**
 * Holds the unit for the winner, and looks what became of it: paid, and the auction is settled; not ordered
 * in time, and the next bidder wins. What has been ordered waits for its payment, which ends by itself.
 */
export async function settleAward(ctx: Ctx, ref: AwardRef): Promise<readonly Statement[]> {
  const [award] = await ctx.db.load(shows.awardQuery(ref));
  if (!award || award.state === "paid") return [];
  const { livestreamId, auctionId, userId, saleId, holdId, payBy } = award;
  const about = { auctionId, personId: userId };
  const pass = () => onLivestreamRoom(ctx, livestreamId, (room) => room.pass(about));
  if (award.state === "passed") {
    await pass();
    return [];
  }
  const held = { saleId, holdId, buyerId: userId };
  const state = (await holdState(ctx, held)) ?? (await claimAnew(ctx, held, payBy));
  if (state === "sold") {
    await onLivestreamRoom(ctx, livestreamId, (room) => room.settle(about));
    return [shows.closeAward(ref, "paid")];
  }
  const now = ctx.clock.now();
  const isWaited = state === "pledged" && now >= payBy;
  if (now < payBy || isWaited) {
    return [schedule(ctx, SETTLE_AWARD, { ...toJob(ref), dueAt: isWaited ? now + LOOK_AGAIN_MS : payBy })];
  }
  // The unit is on the shelf again before the next winner is named, for it is the one that he wins.
  const back = await takeBack(ctx, held);
  const committed = await ctx.db.commit([...back, shows.closeAward(ref, "passed")]);
  if (!committed.ok) throw new Error(`the sale of an award was refused: ${committed.code}`);
  await pass();
  return [];
}

async function claimAnew(ctx: Ctx, held: Parameters<typeof claimFor>[1], payBy: number) {
  if (ctx.clock.now() >= payBy) return undefined;
  await claimFor(ctx, held);
  return "held" as const;
}

/** Somebody has paid an order: what he had won is looked at at once. */
export async function lookAtAwards(ctx: Ctx, facts: readonly Fact[]): Promise<readonly Statement[]> {
  const buyers = facts.map(({ payload }) => (payload as { readonly buyerId: string }).buyerId);
  const userIds = buyers.filter((id): id is Id<"user"> => id.startsWith("usr_"));
  if (userIds.length === 0) return [];
  const [awards] = await ctx.db.load(shows.awardsOfQuery(userIds));
  const dueAt = ctx.clock.now() + SECOND_MS;
  return awards.map((award) => schedule(ctx, SETTLE_AWARD, { ...toJob(award), dueAt }));
}
