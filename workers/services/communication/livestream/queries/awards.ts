import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { awardsOfQuery } from "../repository.ts";

/** What the caller has won and may buy now: a checkout takes the hold. */
export async function listAwards(ctx: Ctx) {
  const [awards] = await ctx.db.load(awardsOfQuery([requireUser(ctx)]));
  const items = awards.map(({ livestreamId, auctionId, offerId, priceMinor, saleId, holdId, payBy }) => ({
    ...{ livestreamId, auctionId, offerId, saleId, holdId },
    price: { minor: priceMinor.toString(), currency: ctx.market.currency },
    payBy: new Date(payBy).toISOString(),
  }));
  return { items };
}
