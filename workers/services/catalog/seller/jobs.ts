import { handleJob, type JobHandler } from "#kernel/consume";
import { movedStatements } from "./commands/shop.ts";
import { decideMove } from "./domain/shop.ts";
import { VacationEnds } from "./facts.ts";
import { sellerQuery } from "./repository/shops.ts";

/** A shop that came back early, or was suspended meanwhile, stays as it is. */
const endVacation = handleJob(VacationEnds, async (ctx, { sellerId }) => {
  const [shop] = await ctx.db.load(sellerQuery(sellerId));
  const now = ctx.clock.now();
  if (shop?.state !== "vacation" || shop.vacationUntil === null || shop.vacationUntil > now) return [];
  const decision = decideMove(shop, "resume", { now });
  // The row of the job goes away with its end, so nothing is left to take back.
  return decision.ok ? movedStatements(ctx, decision.value) : [];
});

export const jobs: readonly JobHandler[] = [endVacation];
