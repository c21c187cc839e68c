import { eq, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { walletOwner } from "#schema/transaction/wallet";
import { cashOf, payableOf } from "../domain/accounts.ts";
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

type TopUpLimits = { readonly roomMinor: bigint; readonly dailyMaxMinor: bigint };

/** How much a person's wallet may still hold, and take in a day, by how well he is known. */
export function topUpLimitsQuery({ market }: Pick<Ctx, "market">, userId: Id<"user">): Query<TopUpLimits> {
  const owned = sql<string>`coalesce((SELECT posted_minor FROM ledger_account
    WHERE id = ${cashOf(userId, market.currency).id}), 0)::text`;
  return query(
    (read) =>
      read
        .select({ tier: walletOwner.tier, cash: owned })
        .from(sql`(SELECT 1) AS one`)
        .leftJoin(walletOwner, eq(walletOwner.owner, userId)),
    ([row]) => {
      const { balanceMaxMinor, dailyMaxMinor } = market.wallet.tiers[row?.tier ?? "basic"];
      return { roomMinor: balanceMaxMinor - BigInt(row?.cash ?? 0), dailyMaxMinor };
    },
  );
}

export function sellerAccountQuery({ market }: Asking, sellerId: Id<"seller">): Query<SellerAccount> {
  const { run, parse } = balancesQuery(sellerId);
  return { run, parse: (rows) => sellerAccount(parse(rows), market.currency) };
}
