import { desc, lt, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { ledgerDay } from "#schema/transaction/wallet";
import { type AccountKind, CHART } from "../domain/accounts.ts";

type Row = { kind: AccountKind; accounts: string; balance: string };
type Sales = { gmv: string };

const instant = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`;

/**
 * Every kind of account at an instant, from the log alone: both sides are the same, or the ledger is broken.
 */
const kindsQuery = (at: number) =>
  query(
    (read) =>
      read.execute<Row>(sql`
        WITH side AS (
          SELECT debit AS account, -sum(amount_minor) AS amount FROM ledger_transfer
          WHERE phase IN ('direct', 'post') AND at <= ${instant(at)} GROUP BY debit
          UNION ALL
          SELECT credit, sum(amount_minor) FROM ledger_transfer
          WHERE phase IN ('direct', 'post') AND at <= ${instant(at)} GROUP BY credit)
        SELECT a.kind, count(DISTINCT a.id) AS accounts, sum(s.amount)::bigint AS balance
        FROM side s JOIN ledger_account a ON a.id = s.account GROUP BY a.kind ORDER BY a.kind`) as never,
    (result: { readonly rows: readonly Row[] }) => result.rows,
  );

const salesQuery = (at: number) =>
  query(
    (read) =>
      read.execute<Sales>(sql`
        SELECT coalesce(sum(CASE kind WHEN 'sale' THEN amount_minor ELSE -amount_minor END), 0)::bigint AS gmv
        FROM ledger_transfer
        WHERE kind IN ('sale', 'sale_cancelled') AND at <= ${instant(at)}`) as never,
    (result: { readonly rows: readonly Sales[] }) => BigInt(result.rows[0]?.gmv ?? 0),
  );

const lastDayQuery = query(
  (read) => read.select().from(ledgerDay).orderBy(desc(ledgerDay.day)).limit(1),
  ([row]) => row,
);

export async function trialBalance(ctx: Ctx, { at = ctx.clock.now() }: { readonly at?: number | undefined }) {
  const [kinds, gmv, last] = await ctx.db.load(kindsQuery(at), salesQuery(at), lastDayQuery);
  const money = (minor: bigint) => ({ minor: minor.toString(), currency: ctx.market.currency });
  const sum = (isMine: (minor: bigint) => boolean) =>
    kinds
      .map((row) => BigInt(row.balance))
      .filter(isMine)
      .reduce((total, minor) => total + minor, 0n);
  return {
    at: new Date(at).toISOString(),
    kinds: kinds.map(({ kind, accounts, balance }) => {
      const { side } = CHART[kind];
      const minor = BigInt(balance);
      return { kind, side, accounts: Number(accounts), balance: money(side === "credit" ? minor : -minor) };
    }),
    debit: money(-sum((minor) => minor < 0n)),
    credit: money(sum((minor) => minor > 0n)),
    gmv: money(gmv),
    lastDay: last ? { day: last.day, hash: last.hash } : null,
  };
}

/**
 * The closed days, newest first: whoever keeps a hash elsewhere can show later that nothing before it
 * changed.
 */
export async function listDays(ctx: Ctx, { limit, cursor }: PageQuery) {
  const scope = "ledger.days";
  const [day] = decodeCursor(ctx, scope, cursor) ?? [];
  const which = day === undefined ? undefined : lt(ledgerDay.day, String(day));
  const rows = await ctx.db.read
    .select()
    .from(ledgerDay)
    .where(which)
    .orderBy(desc(ledgerDay.day))
    .limit(limit + 1);
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    (row) => [row.day],
    (row) => ({
      day: row.day,
      closedUntil: new Date(row.closedUntil).toISOString(),
      transfers: row.transfers.toString(),
      accounts: row.accounts,
      moved: { minor: row.movedMinor.toString(), currency: ctx.market.currency },
      previousHash: row.previousHash,
      hash: row.hash,
    }),
  );
}
