import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { cashback } from "#services/transaction/wallet/index";
import { type BoughtLine, earnedOf } from "../domain/earning.ts";
import { expandAll } from "../queries/quote.ts";
import {
  type Earning,
  earn,
  earningsQuery,
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

function pay(ctx: Ctx, earning: Earning, lines: readonly BoughtLine[], at: number): readonly Statement[] {
  const { orderGroupId, voucherId, orderOf, sellerId, buyerId, benefit, currency } = earning;
  const minor = earnedOf({ ...earning, lines }, ctx.market.cashStepMinor);
  if (minor === 0n) return [release(ctx, [{ orderGroupId, sellerId: orderOf, voucherId }])];
  if (benefit.kind !== "cashback") throw new Error(`${voucherId} of ${orderGroupId} is no cashback`);
  return [
    earn(ctx, earning),
    cashback(ctx, {
      key: `${orderGroupId}/${voucherId}/${orderOf}`,
      // A guest is not quoted one.
      userId: buyerId as Id<"user">,
      amount: { minor, currency },
      expiresAt: at + benefit.validForDays * DAY_MS,
      fundedBy: sellerId ?? "platform",
    }),
  ];
}
