import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { originsQuery } from "#services/logistics/shipping/index";
import { savePlaces } from "../repository/listings.ts";

/** Where these shops are by now, whatever order they were told of in. */
export async function notePlaces(ctx: Ctx, sellerIds: readonly Id<"seller">[]): Promise<Statement[]> {
  const [origins] = await ctx.db.load(originsQuery(sellerIds));
  const places = origins.flatMap(({ sellerId, version, address: { latitude, longitude } }) =>
    latitude === null || longitude === null ? [] : [{ sellerId, latitude, longitude, version }],
  );
  const gone = sellerIds.filter((sellerId) => !places.some((place) => place.sellerId === sellerId));
  return savePlaces(places, gone);
}
