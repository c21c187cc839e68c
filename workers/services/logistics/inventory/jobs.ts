import { handleJob } from "#kernel/consume";
import { schedule } from "#kernel/due";
import { changed } from "./commands/place.ts";
import { EXPIRE_HOLD } from "./facts.ts";
import { expireHold } from "./repository/reservations.ts";
import * as stock from "./repository/stock.ts";

/** Gives back a lapsed hold and tells who shows stock. A prolonged one is looked at again in time. */
const expire = handleJob(EXPIRE_HOLD, async (ctx, { reservationId }) => {
  const [hold, offers] = await ctx.db.load(
    stock.holdQuery(reservationId),
    stock.heldOffersQuery(reservationId),
  );
  if (!hold || hold.state === "committed" || hold.state === "released") return [];
  if (hold.expiresAt !== null && hold.expiresAt > ctx.clock.now()) {
    return [
      schedule(ctx, EXPIRE_HOLD, {
        subject: reservationId,
        payload: { reservationId },
        dueAt: hold.expiresAt,
      }),
    ];
  }
  return [expireHold(ctx, [reservationId]), ...changed(ctx, reservationId, offers)];
});

export const jobs = [expire];
