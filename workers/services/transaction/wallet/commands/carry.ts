import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { payableOf } from "../domain/accounts.ts";
import { BalanceCarried, CARRY_BALANCE } from "../facts.ts";
import { payableBalancesQuery } from "../repository/ledger.ts";

/** A shop that owes is told so each day, until its sales have paid. */
export async function carryBalance(ctx: Ctx, sellerId: Id<"seller">): Promise<readonly Statement[]> {
  const { currency } = ctx.market;
  const [balances] = await ctx.db.load(payableBalancesQuery([payableOf(sellerId, currency)]));
  const minor = -(balances.get(sellerId) ?? 0n);
  if (minor <= 0n) return [];
  const now = ctx.clock.now();
  const day = { id: sellerId, version: Math.floor(now / DAY_MS) };
  return [
    append(BalanceCarried.make(ctx, day, { sellerId, owed: toMoneyDto({ minor, currency }) })),
    schedule(ctx, CARRY_BALANCE, { subject: sellerId, payload: { sellerId }, dueAt: now + DAY_MS }),
  ];
}
