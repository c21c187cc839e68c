import { HOUR_MS, SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { onLivestreamRoom } from "#objects/stubs";
import { type OfferQuote, offersQuery } from "#services/catalog/product/index";
import { claimFor, holdState, planLiveSale, takeBack } from "#services/marketing/flash-sale/index";
import { type AuctionAwarded, AuctionWithdrawn, SETTLE_AWARD } from "../facts.ts";
import { loadShow } from "../queries/shows.ts";
import * as shows from "../repository.ts";
import { dropLot, takeLot } from "./lot.ts";

type Awarded = ReturnType<typeof AuctionAwarded.make>;

/** An order that was placed in time is waited for, so long between two looks. */
const LOOK_AGAIN_MS = 5 * SECOND_MS;

/** What was won is one unit in a sale of its own, at the price that it brought, until it is to be paid. */
export async function openAwards(ctx: Ctx, facts: readonly Awarded[]): Promise<readonly Statement<string>[]> {
  const [offers, before] = await ctx.db.load(
    offersQuery(facts.map(({ payload }) => payload.offerId)),
    shows.passedAwardsQuery(facts.map(({ payload }) => payload.livestreamId)),
  );
  const byId = new Map(offers.map((offer) => [offer.offerId, offer]));
  const gone = facts.filter(({ payload }) => !isSold(byId.get(payload.offerId)));
  const withdrawn = await Promise.all(gone.map(({ payload }) => withdraw(ctx, payload)));
  const opened = facts.flatMap(({ payload }) => {
    const { livestreamId, auctionId, userId, offerId, payBy } = payload;
    const offer = byId.get(offerId);
    if (!isSold(offer)) return [];
    const [saleId, holdId] = [ctx.ids.next("sale"), ctx.ids.next("hold")];
    const priceMinor = BigInt(payload.priceMinor);
    const now = ctx.clock.now();
    const holdMs = Math.max(SECOND_MS, payBy - now);
    // It would close by itself later than the award is looked at, which closes it in its own commit.
    const one = { quota: 1, perBuyer: 1, endsAt: now + holdMs + HOUR_MS, holdMs };
    const award = { livestreamId, auctionId, userId, offerId, priceMinor, saleId, holdId, payBy };
    const lotId = lotOf(payload, before);
    // In this order and one commit: the unit goes from the auction to its winner, past everybody else.
    return [
      ...(lotId ? dropLot(ctx, lotId) : []),
      ...planLiveSale(ctx, { saleId, offer, priceMinor, ...one }),
      shows.insertAward({ ...award, keptAs: null, state: "open", createdAt: now }),
      schedule(ctx, SETTLE_AWARD, toJob(award)),
    ];
  });
  return [...withdrawn.flat(), ...opened];
}

/** What a checkout would take: anything else can be won, and not be paid for. */
const isSold = (offer: OfferQuote | undefined): offer is OfferQuote =>
  offer?.status === "active" && offer.productStatus === "published";

/** What keeps the unit: of the auction itself, or since the winner before was passed over. */
function lotOf(
  { livestreamId, auctionId, passed, reservationId }: Awarded["payload"],
  before: readonly shows.Award[],
): Id<"reservation"> | undefined {
  const last = passed.at(-1);
  if (last === undefined) return reservationId;
  const isLast = (one: shows.Award) =>
    one.livestreamId === livestreamId && one.auctionId === auctionId && one.userId === last;
  return before.find(isLast)?.keptAs ?? undefined;
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
 * What the shop has stopped selling ends the auction for everybody, and who had won it and the shop hear of
 * it. The job that keeps the unit sees the end in the room, and gives it back.
 */
async function withdraw(
  ctx: Ctx,
  { livestreamId, auctionId, userId }: AwardRef,
): Promise<readonly Statement[]> {
  const outcome = { t: "auction_withdrawn", auctionId, personId: userId } as const;
  const isHis = await onLivestreamRoom(ctx, livestreamId, (room) => room.conclude(outcome));
  if (!isHis) return [];
  const [[show], auction] = await Promise.all([
    ctx.db.load(shows.showQuery(livestreamId)),
    onLivestreamRoom(ctx, livestreamId, (room) => room.auction(auctionId)),
  ]);
  if (!show) return [];
  const about = { livestreamId, sellerId: show.sellerId, auctionId, title: auction?.title ?? "", userId };
  return [append(AuctionWithdrawn.make(ctx, show, about))];
}

/**
 * Holds the unit for the winner, and looks what became of it: paid, and the auction is settled; not ordered
 * in time, and the next bidder wins. What has been ordered waits for its payment, which ends by itself.
 */
export async function settleAward(ctx: Ctx, ref: AwardRef): Promise<readonly Statement[]> {
  const [award] = await ctx.db.load(shows.awardQuery(ref));
  if (!award || award.state === "paid") return [];
  const { livestreamId, auctionId, userId, offerId, saleId, holdId, payBy } = award;
  const conclude = (t: "auction_paid" | "auction_passed") =>
    onLivestreamRoom(ctx, livestreamId, (room) => room.conclude({ t, auctionId, personId: userId }));
  if (award.state === "passed") {
    await conclude("auction_passed");
    return [];
  }
  const held = { saleId, holdId, buyerId: userId };
  const state = (await holdState(ctx, held)) ?? (await claimAnew(ctx, held, payBy));
  if (state === "sold") {
    await conclude("auction_paid");
    return [shows.closeAward(ref, "paid", null)];
  }
  const now = ctx.clock.now();
  const isWaited = state === "pledged" && now >= payBy;
  if (now < payBy || isWaited) {
    return [schedule(ctx, SETTLE_AWARD, { ...toJob(ref), dueAt: isWaited ? now + LOOK_AGAIN_MS : payBy })];
  }
  const [[offer]] = await ctx.db.load(offersQuery([offerId]));
  await keepForNext(ctx, award, await takeBack(ctx, held));
  // He could not have paid, and neither can the next one.
  if (!isSold(offer)) return withdraw(ctx, award);
  await conclude("auction_passed");
  return [];
}

/** The sale ends and the auction has its unit again in one commit: it is the one that the next one wins. */
async function keepForNext(
  ctx: Ctx,
  award: shows.Award,
  back: readonly Statement<"flash_sale.stale">[],
): Promise<void> {
  const { livestreamId, auctionId, offerId } = award;
  const reservationId = ctx.ids.next("reservation");
  const { sellerId } = await loadShow(ctx, award);
  const lot = { livestreamId, sellerId, auctionId, reservationId, offerId, endsAt: ctx.clock.now() };
  const kept = await ctx.db.commit([
    ...back,
    ...takeLot(ctx, lot),
    shows.closeAward(award, "passed", reservationId),
  ]);
  if (kept.ok) return;
  // Somebody bought it by the passed one's hold after all: the auction goes on with what stock there is.
  const gone = kept.code === "inventory.insufficient";
  const closed = gone ? await ctx.db.commit([...back, shows.closeAward(award, "passed", null)]) : kept;
  if (!closed.ok) throw new Error(`the sale of an award was refused: ${closed.code}`);
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
