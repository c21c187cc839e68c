import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { cashback, takeBackCashback } from "#services/transaction/wallet/index";
import { type BoughtLine, earnedOf, keptAfterLoss, keptOf, weightsOf } from "../domain/earning.ts";
import { RECLAIM } from "../facts.ts";
import { expandAll } from "../queries/quote.ts";
import {
  type Earning,
  earn,
  earnedQuery,
  earningsQuery,
  lossesQuery,
  type Returned,
  release,
  returnsQuery,
} from "../repository/redemptions.ts";

type CompletedLine = Omit<BoughtLine, "unitPriceMinor" | "returned"> & { readonly unitPriceMinor: string };
type CompletedOrder = {
  readonly at: number;
  readonly payload: {
    readonly orderGroupId: Id<"orderGroup">;
    readonly sellerId: Id<"seller">;
    readonly lines: readonly CompletedLine[];
  };
};

/**
 * What these orders earned, as bonus in the buyer's wallet. Of an order whose goods all came back nothing
 * is earned, and its share goes back to the budget.
 */
export async function payEarnings(
  ctx: Ctx,
  orders: readonly CompletedOrder[],
): Promise<readonly Statement[]> {
  const groups = [...new Set(orders.map(({ payload }) => payload.orderGroupId))];
  const [held, returns] = await ctx.db.load(earningsQuery(groups), returnsQuery(groups));
  const earnings = await expandAll(ctx, held);
  return orders.flatMap(({ at, payload }) => {
    const { orderGroupId, sellerId } = payload;
    const isIts = (one: { readonly orderGroupId: string }) => one.orderGroupId === orderGroupId;
    const lines = boughtLines(
      payload.lines,
      returns.filter((one) => isIts(one) && one.sellerId === sellerId),
    );
    const own = earnings.filter((one) => isIts(one) && one.orderOf === sellerId);
    return own.flatMap((earning) => pay(ctx, earning, lines, at));
  });
}

function boughtLines(lines: readonly CompletedLine[], returns: readonly Returned[]): readonly BoughtLine[] {
  const back = returns.flatMap((one) => one.lines);
  return lines.map(({ unitPriceMinor, ...line }) => ({
    ...line,
    unitPriceMinor: BigInt(unitPriceMinor),
    returned: back
      .filter(({ lineId }) => lineId === line.lineId)
      .reduce((sum, { quantity }) => sum + quantity, 0),
  }));
}

type Named = Pick<Earning, "orderGroupId" | "voucherId" | "orderOf">;
const keyOf = ({ orderGroupId, voucherId, orderOf }: Named): string =>
  `${orderGroupId}/${voucherId}/${orderOf}`;

/**
 * A return and the end of an order may be told of at once, each without knowing of the other: whoever is
 * later sees both.
 */
export const reclaimSoon = (ctx: Ctx, orderGroupId: Id<"orderGroup">): Statement =>
  schedule(ctx, RECLAIM, { subject: orderGroupId, payload: { orderGroupId } });

/**
 * What was paid for goods that came back afterwards, or whose money a bank took back: exactly their share,
 * and never more than was paid.
 */
export async function reclaim(ctx: Ctx, orderGroupId: Id<"orderGroup">): Promise<readonly Statement[]> {
  const [earned, returns, losses] = await ctx.db.load(
    earnedQuery(orderGroupId),
    returnsQuery([orderGroupId]),
    lossesQuery(orderGroupId),
  );
  return earned.flatMap(({ buyerId, sellerId, currency, ...share }) => {
    const back = returns.filter((one) => one.sellerId === share.orderOf).flatMap((one) => one.lines);
    const ofUnits = keptOf(share.amountMinor, share.weights, back, ctx.market.cashStepMinor);
    const lost = losses.filter((one) => one.sellerId === share.orderOf);
    const kept = keptAfterLoss(ofUnits, lost, ctx.market.cashStepMinor);
    const total = { minor: share.paidMinor - kept, currency };
    if (total.minor <= 0n) return [];
    const fundedBy = sellerId ?? "platform";
    return [takeBackCashback(ctx, { key: keyOf(share), userId: buyerId as Id<"user">, total, fundedBy })];
  });
}

function pay(ctx: Ctx, earning: Earning, lines: readonly BoughtLine[], at: number): readonly Statement[] {
  const { orderGroupId, voucherId, orderOf, sellerId, buyerId, benefit, currency } = earning;
  const minor = earnedOf({ ...earning, lines }, ctx.market.cashStepMinor);
  if (minor === 0n) return [release(ctx, [{ orderGroupId, sellerId: orderOf, voucherId }])];
  if (benefit.kind !== "cashback") throw new Error(`${voucherId} of ${orderGroupId} is no cashback`);
  return [
    earn(ctx, earning, { paidMinor: minor, weights: weightsOf({ ...earning, lines }) }),
    reclaimSoon(ctx, orderGroupId),
    ...cashback(ctx, {
      key: keyOf(earning),
      // A guest is not quoted one.
      userId: buyerId as Id<"user">,
      amount: { minor, currency },
      expiresAt: at + benefit.validForDays * DAY_MS,
      fundedBy: sellerId ?? "platform",
    }),
  ];
}
