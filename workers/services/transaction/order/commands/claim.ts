import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { reassignPayments } from "#services/transaction/payment/index";
import { claimRedemptions } from "#services/transaction/voucher/index";
import { fail } from "../errors.ts";
import { claimantQuery, claimGroups, guestGroupsQuery } from "../repository.ts";

/** A guest with more than this asks again. */
const CLAIM_MAX = 100;

/** Orders that were placed as a guest with the address which this person has proved to be his become his. */
export async function claimOrders(ctx: Ctx) {
  const userId = requireUser(ctx);
  const [claimant] = await ctx.db.load(claimantQuery(userId));
  if (!claimant) throw fail("order.email_not_proved");
  const [orderGroupIds] = await ctx.db.load(guestGroupsQuery(claimant.email, CLAIM_MAX));
  if (orderGroupIds.length > 0) {
    const moved = [
      ...claimGroups(orderGroupIds, userId),
      reassignPayments(orderGroupIds, userId),
      claimRedemptions(ctx, { orderGroupIds, userId, email: claimant.email }),
    ];
    orThrow(await ctx.db.commit(moved), fail);
  }
  return { orderGroupIds };
}
