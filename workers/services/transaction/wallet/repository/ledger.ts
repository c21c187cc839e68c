import { eq, sql } from "drizzle-orm";
import { actorKey } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { among, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { JobKind } from "#kernel/job";
import { ledgerAccount } from "#schema/transaction/wallet";
import { type Account, CHART } from "../domain/accounts.ts";
import {
  chargedShops,
  endOf,
  type LedgerRefusal,
  type NewTransfer,
  type Settling,
} from "../domain/transfer.ts";
import { CARRY_BALANCE } from "../facts.ts";

const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Something to do later that belongs to what is booked; scheduled once. */
type Due<P = unknown> = {
  readonly job: JobKind<P>;
  readonly subject: string;
  readonly payload: P;
  readonly dueAt: number;
};
export const due = <P>(job: JobKind<P>, wanted: Omit<Due<P>, "job">): Due => ({
  job: job as JobKind,
  ...wanted,
});

export const accountRow = ({ expiresAt, ...account }: Account) => ({
  ...account,
  mode: CHART[account.kind].mode,
  may_overdraw: CHART[account.kind].mayOverdraw,
  expires_at: at(expiresAt),
});

function dueRows(ctx: Pick<Ctx, "ids">, dues: readonly Due[]) {
  return dues.map(({ job, subject, payload, dueAt }) => {
    const id = ctx.ids.next("due");
    return { id, kind: job.kind, subject, payload, due_at: at(dueAt) };
  });
}

function transferRow(transfer: NewTransfer) {
  const { id, kind, debit, credit, amountMinor, pending, groupId, forced, orderId, memo } = transfer;
  return {
    id,
    phase: pending ? "pending" : "direct",
    kind,
    debit: debit.id,
    credit: credit.id,
    currency: debit.currency,
    amount_minor: amountMinor.toString(),
    group_id: groupId ?? null,
    expires_at: at(pending?.expiresAt ?? null),
    forced: forced ?? false,
    order_id: orderId ?? null,
    memo: memo ?? null,
  };
}

const settlingRow = ({ pendingId, phase, amountMinor }: Settling) => ({
  id: endOf(pendingId),
  phase,
  pending_id: pendingId,
  ...(amountMinor === undefined ? {} : { amount_minor: amountMinor.toString() }),
});

/**
 * Books transfers, all or none, in one call however many there are. The accounts that they name are opened by
 * it, and what is booked already stays booked once. Whether a shop that was charged owes, a day later says.
 */
export function post(
  ctx: Pick<Ctx, "ids" | "clock" | "actor">,
  transfers: readonly (NewTransfer | Settling)[],
  dues: readonly Due[] = [],
): Statement<LedgerRefusal> {
  const accounts = new Map<string, Account>();
  const rows = transfers.map((one) => {
    if ("pendingId" in one) return settlingRow(one);
    for (const account of [one.debit, one.credit]) accounts.set(account.id, account);
    return transferRow(one);
  });
  const now = ctx.clock.now();
  const carried = chargedShops(transfers).map((sellerId) =>
    due(CARRY_BALANCE, { subject: sellerId, payload: { sellerId }, dueAt: now + DAY_MS }),
  );
  const batch = {
    now: at(now),
    actor: actorKey(ctx.actor),
    accounts: [...accounts.values()].map(accountRow),
    transfers: rows,
    dues: dueRows(ctx, [...dues, ...carried]),
  };
  return { sql: sql`SELECT ledger_post(${JSON.stringify(batch)}::jsonb)` };
}

export type AccountBalance = {
  readonly accountId: string;
  readonly kind: string;
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
  readonly expiresAt: number | null;
};

/** Every account of an owner, as it is now. */
export const balancesQuery = (owner: string): Query<readonly AccountBalance[]> =>
  query(
    (read) =>
      read
        .select({
          accountId: ledgerAccount.id,
          kind: ledgerAccount.kind,
          postedMinor: sql<string>`ledger_balance(${ledgerAccount.id})`,
          heldMinor: ledgerAccount.heldMinor,
          expiresAt: ledgerAccount.expiresAt,
        })
        .from(ledgerAccount)
        .where(eq(ledgerAccount.owner, owner))
        .orderBy(ledgerAccount.kind, ledgerAccount.expiresAt, ledgerAccount.id),
    (rows) => rows.map((row) => ({ ...row, postedMinor: BigInt(row.postedMinor) })),
  );

/** Balances of strict accounts, which their rows have whole; by owner. */
export const payableBalancesQuery = (
  accounts: readonly Account[],
): Query<ReadonlyMap<Id<"seller">, bigint>> =>
  query(
    (read) =>
      read
        .select({ owner: ledgerAccount.owner, postedMinor: ledgerAccount.postedMinor })
        .from(ledgerAccount)
        .where(
          among(
            ledgerAccount.id,
            accounts.map(({ id }) => id),
          ),
        ),
    (rows) => new Map(rows.map(({ owner, postedMinor }) => [owner as Id<"seller">, postedMinor])),
  );
