import { and, eq, gt, lte, sql } from "drizzle-orm";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Query, query, type Statement } from "#kernel/db";
import { ledgerAccount, ledgerDelta } from "#schema/transaction/wallet";

// What keeps the books: folding, closing, ending lots.

/** One run of the fold; what is left is taken by the next. */
const FOLD_MAX = 20_000;
/** Clocks of those who book differ by less. */
const CLOSE_PATIENCE_MS = 10 * MINUTE_MS;
/** A ledger that nobody has closed for long is caught up a month at a time. */
const CLOSE_MAX = 31;

const at = ({ clock }: Pick<Ctx, "clock">) => sql`${new Date(clock.now()).toISOString()}::timestamptz`;

export const foldDeltas = (ctx: Ctx): Statement => ({
  sql: sql`SELECT ledger_fold(${at(ctx)}, ${FOLD_MAX})`,
});

export const closeDays = (ctx: Ctx): Statement => ({
  sql: sql`SELECT ledger_close(${ctx.market.timeZone}, ${at(ctx)},
    make_interval(secs => ${CLOSE_PATIENCE_MS / 1_000}), ${CLOSE_MAX})`,
});

export const unfoldedQuery = (): Query<boolean> =>
  query(
    (read) => read.select({ id: ledgerDelta.id }).from(ledgerDelta).limit(1),
    (rows) => rows.length > 0,
  );

type Lot = { readonly id: string; readonly heldMinor: bigint };

export const lotQuery = (accountId: string): Query<Lot | undefined> =>
  query(
    (read) => read.select().from(ledgerAccount).where(eq(ledgerAccount.id, accountId)),
    ([row]) => row && { id: row.id, heldMinor: row.heldMinor },
  );

/** Lots of a person whose end has come, with something in them. */
export const endedLotsQuery = (owner: string, now: number): Query<readonly Lot[]> =>
  query(
    (read) =>
      read
        .select()
        .from(ledgerAccount)
        .where(
          and(
            eq(ledgerAccount.owner, owner),
            eq(ledgerAccount.kind, "bonus"),
            lte(ledgerAccount.expiresAt, now),
            gt(ledgerAccount.postedMinor, 0n),
          ),
        )
        .orderBy(ledgerAccount.id),
    (rows) => rows.map(({ id, heldMinor }) => ({ id, heldMinor })),
  );

export const endLot = (ctx: Ctx, { id }: Lot): Statement => ({
  sql: sql`SELECT wallet_end_lot(${id}, ${at(ctx)})`,
});
