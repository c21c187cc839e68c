import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { cashOf, payableOf, platformOf } from "../domain/accounts.ts";
import { toDecimal, toRow } from "../domain/csv.ts";
import { isOver, type Payout, payoutFileKey } from "../domain/payout.ts";
import { fail } from "../errors.ts";
import { post } from "../repository/ledger.ts";
import { changeOwner } from "../repository/owner.ts";
import { payoutQuery, payoutsQuery, savePayout } from "../repository/payout.ts";
import { applyReport, mayBeSending, type PayoutRefusal } from "./payout.ts";

type Owner = Id<"user"> | Id<"seller">;

/** Nothing goes out of a frozen wallet but what is owed; money comes in as before. */
export async function freezeOwner(ctx: Ctx, owner: Owner, reason: string | null): Promise<void> {
  requireOperator(ctx, "ledger:write");
  const frozenAt = reason === null ? null : ctx.clock.now();
  await ctx.db.commit([changeOwner(ctx, owner, { frozenAt, frozenReason: reason })]);
  ctx.log.info("wallet.freeze", { owner, isFrozen: reason !== null });
}

type Standing = {
  readonly tier?: "basic" | "verified" | undefined;
  readonly exemption?: string | null | undefined;
};

/** How well an owner is known, and by which document he is exempt of withholding. */
export async function setStanding(ctx: Ctx, owner: Owner, { tier, exemption }: Standing): Promise<void> {
  requireOperator(ctx, "ledger:write");
  const change = {
    ...(tier === undefined ? {} : { tier }),
    ...(exemption === undefined ? {} : { exemption }),
  };
  await ctx.db.commit([changeOwner(ctx, owner, change)]);
}

export type Adjustment = {
  readonly owner: Owner;
  /** Above nought to the owner, below it from him. */
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly idempotencyKey: string;
};

/**
 * Sets right by hand what went wrong, at the platform's cost or to its benefit; the reason stays in the log.
 */
export async function adjust(
  ctx: Ctx,
  { owner, amountMinor, reason, idempotencyKey }: Adjustment,
): Promise<string> {
  const operatorId = requireOperator(ctx, "ledger:write");
  const { currency } = ctx.market;
  const own = isSeller(owner) ? payableOf(owner, currency) : cashOf(owner, currency);
  const loss = platformOf("loss", currency);
  const isGiven = amountMinor > 0n;
  const transferId = `adjustment/${operatorId}/${idempotencyKey}`;
  const transfer = {
    id: transferId,
    kind: "adjustment",
    debit: isGiven ? loss : own,
    credit: isGiven ? own : loss,
    amountMinor: isGiven ? amountMinor : -amountMinor,
    forced: true,
    memo: reason,
  } as const;
  orThrow(await ctx.db.commit([post(ctx, [transfer])]), fail);
  return transferId;
}

const isSeller = (owner: Owner): owner is Id<"seller"> => owner.startsWith("slr_");

/** An operator has seen in the bank what became of a payout. */
export async function confirmPayout(ctx: Ctx, { payoutId, outcome, note }: Confirming): Promise<Payout> {
  requireOperator(ctx, "ledger:write");
  const done = await untilFresh<undefined, PayoutRefusal>("wallet.stale", async () => {
    const [payout] = await ctx.db.load(payoutQuery(payoutId));
    if (!payout) throw fail("wallet.payout_not_found");
    if (mayBeSending(payout, ctx.clock.now())) throw fail("wallet.payout_under_way");
    const report = { referenceNo: payout.referenceNo ?? payout.id, state: outcome, note } as const;
    const statements = applyReport(ctx, payout, { ...report, amountMinor: payout.amountMinor }, "operator");
    if (statements.length === 0 && isOver(payout) && payout.state !== outcome)
      throw fail("wallet.payout_over");
    return ctx.db.commit(statements);
  });
  orThrow(done, fail);
  const [payout] = await ctx.db.load(payoutQuery(payoutId));
  if (!payout) throw fail("wallet.payout_not_found");
  return payout;
}
type Confirming = {
  readonly payoutId: Id<"payout">;
  readonly outcome: "completed" | "failed";
  readonly note: string | null;
};

/** A file is one day's work of a bank clerk. */
const FILE_PAYOUTS_MAX = 1_000;

/** Writes what waits for the bank into one file; each payout is in one file only. */
export async function writePayoutFile(
  ctx: Ctx,
): Promise<{ readonly fileId: Id<"document">; readonly key: string; readonly payouts: number } | undefined> {
  requireOperator(ctx, "ledger:write");
  const [waiting] = await ctx.db.load(
    payoutsQuery({
      state: "created",
      provider: "file",
      readyAt: ctx.clock.now(),
      limit: FILE_PAYOUTS_MAX,
    }),
  );
  if (waiting.length === 0) return undefined;
  const fileId = ctx.ids.next("document");
  const key = payoutFileKey(ctx.cell, fileId);
  await ctx.buckets.DOCUMENTS.put(key, toCsv(waiting), { httpMetadata: { contentType: "text/csv" } });
  // A file that lost a race is not answered, so nobody has it: what it names is in the other's.
  const sent = waiting.flatMap((payout) =>
    savePayout(ctx, { ...payout, state: "sent", note: key, version: payout.version + 1 }, "platform"),
  );
  orThrow(await ctx.db.commit(sent), fail);
  return { fileId, key, payouts: waiting.length };
}

const HEADER = ["payout_id", "bank", "account_number", "holder_name", "currency", "amount", "email"];

const toCsv = (payouts: readonly Payout[]): string => [HEADER, ...payouts.map(cellsOf)].map(toRow).join("");

const cellsOf = ({ id, bank, accountNumber, holderName, currency, amountMinor, email }: Payout) => [
  id,
  bank,
  accountNumber,
  holderName,
  currency,
  toDecimal(amountMinor),
  email,
];
