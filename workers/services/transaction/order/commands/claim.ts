import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { provedAddressQuery } from "#services/social/auth/index";
import { reassignPayments } from "#services/transaction/payment/index";
import { claimRedemptions } from "#services/transaction/voucher/index";
import { fail } from "../errors.ts";
import { claimGroups, guestGroupsQuery } from "../repository.ts";

/** A guest with more than this asks again. */
const CLAIM_MAX = 100;

/** Orders that were placed as a guest with the address which this person has proved to be his become his. */
export async function claimOrders(ctx: Ctx) {
  const userId = requireUser(ctx);
  // Asked of who proved it: an event that has not come yet would refuse somebody who has just signed up.
  const [email] = await ctx.db.load(provedAddressQuery(userId));
  if (email === undefined) throw fail("order.email_not_proved");
  const [orderGroupIds] = await ctx.db.load(guestGroupsQuery(email, CLAIM_MAX));
  if (orderGroupIds.length > 0) {
    const moved = [
      ...claimGroups(orderGroupIds, userId),
      reassignPayments(orderGroupIds, userId),
      claimRedemptions(ctx, { orderGroupIds, userId, email }),
    ];
    orThrow(await ctx.db.commit(moved), fail);
  }
  return { orderGroupIds };
}
