import type { Ctx } from "#kernel/ctx";
import type { Query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { payableOf } from "../domain/accounts.ts";
import { type SellerAccount, sellerAccount, type WalletBalance, walletBalance } from "../domain/balance.ts";
import { balancesQuery, payableBalancesQuery } from "../repository/ledger.ts";

type Asking = Pick<Ctx, "clock" | "market">;

/** Read with others in one round trip. */
export function balanceQuery({ clock, market }: Asking, userId: Id<"user">): Query<WalletBalance> {
  const { run, parse } = balancesQuery(userId);
  return { run, parse: (rows) => walletBalance(parse(rows), market.currency, clock.now()) };
}

/** What each shop may have paid out, below nought where it owes; a shop that never sold is left out. */
export const payablesQuery = (
  currency: Currency,
  sellerIds: readonly Id<"seller">[],
): Query<ReadonlyMap<Id<"seller">, bigint>> =>
  payableBalancesQuery(sellerIds.map((sellerId) => payableOf(sellerId, currency)));

export function sellerAccountQuery({ market }: Asking, sellerId: Id<"seller">): Query<SellerAccount> {
  const { run, parse } = balancesQuery(sellerId);
  return { run, parse: (rows) => sellerAccount(parse(rows), market.currency) };
}
