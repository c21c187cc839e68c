import { actorKey, requireShop } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { getTerms } from "../queries/terms.ts";
import * as stock from "../repository/stock.ts";
import { keepThreshold, sellAhead } from "../repository/terms.ts";
import type { PatchTerms, Terms } from "../schemas.ts";
import { changed, place } from "./place.ts";

/** A promise for later than this is a guess. */
const PROMISE_MS_MAX = 365 * DAY_MS;

/** How an offer's item is sold ahead, and when its shop is told that little is left. */
export async function changeTerms(ctx: Ctx, { offerId, lowStockAt, ahead }: PatchTerms): Promise<Terms> {
  requireShop(ctx, "inventory:write");
  const promisedAt = promiseOf(ctx, ahead?.promisedAt ?? null);
  const { places, offers } = await place(ctx, [{ offerId, locationId: ahead?.locationId }]);
  const statements = [
    stock.setLevels(ctx, actorKey(ctx.actor), places),
    ...(lowStockAt === undefined ? [] : [keepThreshold(offerId, lowStockAt)]),
    ...(ahead === undefined
      ? []
      : [sellAhead(ctx, places, { kind: ahead?.kind ?? null, units: ahead?.units ?? 0, promisedAt })]),
    ...changed(ctx, ctx.requestId, offers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return getTerms(ctx, { offerId });
}

function promiseOf({ clock }: Ctx, promised: string | null): number | null {
  if (promised === null) return null;
  const promisedAt = Date.parse(promised);
  const now = clock.now();
  if (promisedAt <= now || promisedAt > now + PROMISE_MS_MAX) {
    const errors = [
      { path: "body.ahead.promisedAt", code: "date", message: "Later than now, and within a year." },
    ];
    throw fail("inventory.promise_not_ahead", { errors });
  }
  return promisedAt;
}
