import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { holdState } from "#services/marketing/flash-sale/index";
import { awardsOfQuery } from "../repository.ts";

/** What the caller has won and may buy now: a checkout takes the hold. */
export async function listAwards(ctx: Ctx) {
  const buyerId = requireUser(ctx);
  const [awards] = await ctx.db.load(awardsOfQuery([buyerId]));
  // A moment passes between the award and the hold of its unit.
  const states = await Promise.all(
    awards.map(({ saleId, holdId }) => holdState(ctx, { saleId, holdId, buyerId })),
  );
  const held = awards.filter((_, i) => states[i] === "held");
  const items = held.map(({ livestreamId, auctionId, offerId, priceMinor, saleId, holdId, payBy }) => ({
    ...{ livestreamId, auctionId, offerId, saleId, holdId },
    price: { minor: priceMinor.toString(), currency: ctx.market.currency },
    payBy: new Date(payBy).toISOString(),
  }));
  return { items };
}
