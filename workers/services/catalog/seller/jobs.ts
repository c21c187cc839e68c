import { handleJob, type JobHandler } from "#kernel/consume";
import { scheduleClosure } from "./commands/profile.ts";
import { movedStatements } from "./commands/shop.ts";
import { evaluate, tellLate } from "./commands/standing.ts";
import { nextClosure } from "./domain/profile.ts";
import { decideMove } from "./domain/shop.ts";
import { APPEAL_DUE, CLOSURE_BEGINS, EVALUATE, VacationEnds } from "./facts.ts";
import { profileQuery } from "./repository/profiles.ts";
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

/** A closure begins: the shop goes on holiday until it ends, and the next one is waited for. */
const beginClosure = handleJob(CLOSURE_BEGINS, async (ctx, { sellerId }) => {
  const [shop, { closures }] = await ctx.db.load(sellerQuery(sellerId), profileQuery(sellerId));
  const now = ctx.clock.now();
  const closure = nextClosure(closures, now);
  if (!shop || !closure) return [];
  if (closure.from > now) return [scheduleClosure(ctx, sellerId, closure.from)];
  const following = nextClosure(closures, closure.until);
  const again = following ? [scheduleClosure(ctx, sellerId, following.from)] : [];
  const decision = decideMove(shop, "pause", { now, until: closure.until });
  const isMoved = decision.ok && decision.value !== shop;
  return [...(isMoved ? movedStatements(ctx, decision.value) : []), ...again];
});

export const jobs: readonly JobHandler[] = [
  endVacation,
  beginClosure,
  handleJob(EVALUATE, evaluate),
  handleJob(APPEAL_DUE, (ctx, { appealId }) => tellLate(ctx, appealId)),
];
