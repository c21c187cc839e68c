import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Applied } from "../domain/quote.ts";
import { dayOf, emailKeyOf } from "../queries/quote.ts";
import { type RedeemRefusal, redeem } from "../repository/redemptions.ts";

export type RedeemVouchers = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly email: string;
  readonly applied: readonly Applied[];
};

/**
 * Uses what was quoted, as part of the commit that places the orders; put it late in the batch, since a
 * limited voucher's row is everybody's. Refused when a limit is reached by then, or the voucher is not what
 * was quoted.
 */
export function redeemVouchers(
  ctx: Ctx,
  { orderGroupId, buyerId, email, applied }: RedeemVouchers,
): readonly Statement<RedeemRefusal>[] {
  if (applied.length === 0) return [];
  const emailKey = emailKeyOf(ctx, email);
  return [redeem(ctx, { orderGroupId, buyerId, emailKey, day: dayOf(ctx), applied })];
}
