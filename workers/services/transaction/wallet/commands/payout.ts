import { actorKey, requireShop, requireUser } from "#kernel/actor";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { mayBeTakenBack, type PaidTo, waitOf } from "../domain/account.ts";
import { cashOf, heldBy, payableOf } from "../domain/accounts.ts";
import { sellerAccount } from "../domain/balance.ts";
import {
  decideReport,
  type Effect,
  isOver,
  isSameName,
  type Payout,
  type PayoutReport,
} from "../domain/payout.ts";
import type { LedgerRefusal } from "../domain/transfer.ts";
import { fail } from "../errors.ts";
import { PayoutCompleted, PayoutFailed, SEND_PAYOUT } from "../facts.ts";
import { iris } from "../providers/iris.ts";
import { PayoutSilent } from "../providers/port.ts";
import { balancesQuery, post } from "../repository/ledger.ts";
import {
  insertPayout,
  logPayout,
  payoutAccountQuery,
  payoutByKey,
  payoutQuery,
  savePayout,
} from "../repository/payout.ts";
import { settleReservation, type TakeRefusal, take } from "./compose.ts";

type Wanted = { readonly amountMinor?: bigint | undefined; readonly idempotencyKey: string };

/** The shop's available money, or part of it. What it owes was taken off before anything is available. */
export async function requestPayout(ctx: Ctx, { amountMinor, idempotencyKey: key }: Wanted): Promise<Payout> {
  const sellerId = requireShop(ctx, "payout:write");
  const [account, balances] = await ctx.db.load(payoutAccountQuery(sellerId), balancesQuery(sellerId));
  if (!account) throw fail("wallet.bank_account_missing");
  if (account.refusal !== null) throw fail("wallet.bank_account_refused");
  const { available } = sellerAccount(balances, ctx.market.currency);
  const whole = available.minor - (available.minor % ctx.market.cashStepMinor);
  const minor = amountMinor ?? whole;
  checkAmount(ctx, minor);
  const made = draft(ctx, { owner: sellerId, ownerKind: "seller", minor, account, key });
  const hold = post(ctx, [
    {
      id: `${made.id}/1`,
      kind: "payout",
      debit: payableOf(sellerId, made.currency),
      credit: heldBy("payouts", made.currency),
      amountMinor: minor,
      pending: { expiresAt: null },
      groupId: made.id,
    },
  ]);
  return begin(ctx, made, hold);
}

/** Cash of a wallet to its owner's bank account. Bonus stays: it is for orders. */
export async function requestWithdrawal(ctx: Ctx, { minor, key }: Withdrawal): Promise<Payout> {
  const userId = requireUser(ctx);
  const [account] = await ctx.db.load(payoutAccountQuery(userId));
  if (!account) throw fail("wallet.bank_account_missing");
  checkAmount(ctx, minor);
  const made = draft(ctx, { owner: userId, ownerKind: "user", minor, account, key });
  const hold = take<TakeRefusal>(ctx, {
    id: made.id,
    userId,
    amount: { minor, currency: made.currency },
    kind: "withdrawal",
    phase: "pending",
    credit: heldBy("payouts", made.currency),
    expiresAt: null,
    memo: "withdrawal",
    usesBonus: false,
  });
  return begin(ctx, made, hold);
}
type Withdrawal = { readonly minor: bigint; readonly key: string };

/**
 * The row goes first: of one request that came twice, the second finds the first before it holds any money.
 */
async function begin(ctx: Ctx, made: Payout, hold: Statement<LedgerRefusal | TakeRefusal>): Promise<Payout> {
  const done = await ctx.db.commit([...opened(ctx, made), hold]);
  if (done.ok || done.code !== "wallet.payout_repeated") {
    orThrow(done, fail);
    return made;
  }
  const [first] = await ctx.db.load(payoutByKey(made));
  if (!first) throw fail("wallet.payout_not_found");
  return first;
}

function checkAmount({ market }: Ctx, minor: bigint): void {
  if (minor < market.wallet.payoutMinMinor) throw fail("wallet.too_little");
  if (minor % market.cashStepMinor !== 0n) throw fail("wallet.off_step");
}

type Draft = Pick<Payout, "owner" | "ownerKind" | "key"> & {
  readonly minor: bigint;
  readonly account: PaidTo;
};

function draft(ctx: Ctx, { owner, ownerKind, minor, account, key }: Draft): Payout {
  const { bank, accountNumber, holderName, email } = account;
  return {
    id: ctx.ids.next("payout"),
    owner,
    ownerKind,
    amountMinor: minor,
    currency: ctx.market.currency,
    bank,
    accountNumber,
    holderName,
    email,
    provider: ctx.market.wallet.payoutProvider,
    state: "created",
    referenceNo: null,
    note: null,
    requestedBy: actorKey(ctx.actor),
    key,
    createdAt: ctx.clock.now(),
    sendFrom: waitOf(account, ctx.clock.now()),
    checkedAt: null,
    doneAt: null,
    version: 1,
  };
}

const opened = (ctx: Ctx, made: Payout): readonly Statement<"wallet.payout_repeated">[] => [
  insertPayout(made),
  logPayout(ctx, made, "platform"),
  ...(made.provider === "iris" ? [watch(ctx, made.id, firstAskOf(made))] : []),
];

const firstAskOf = ({ createdAt, sendFrom }: Payout): number => sendFrom ?? createdAt;

const watch = (ctx: Ctx, payoutId: Id<"payout">, dueAt: number): Statement =>
  schedule(ctx, SEND_PAYOUT, { subject: payoutId, payload: { payoutId }, dueAt });

export type PayoutRefusal = "wallet.stale" | "wallet.not_reserved" | LedgerRefusal;

/** What a word on a payout changes, money and state in one commit; nothing when it is no news. */
export function applyReport(
  ctx: Ctx,
  payout: Payout,
  report: PayoutReport,
  source: "answer" | "notification" | "query" | "operator" | "owner",
): readonly Statement<PayoutRefusal>[] {
  const { payout: after, effect } = decideReport(payout, report, ctx.clock.now());
  if (after === payout) return [];
  return [...savePayout(ctx, after, source), ...effectOf(ctx, after, effect), ...told(ctx, after, effect)];
}

function told(ctx: Ctx, payout: Payout, effect: Effect): readonly Statement[] {
  if (effect === "none") return [];
  const { id: payoutId, owner, ownerKind, amountMinor: minor, currency, bank, accountNumber, note } = payout;
  const amount = toMoneyDto({ minor, currency });
  const about = { payoutId, owner, ownerKind, amount, bank, lastDigits: accountNumber.slice(-4) };
  const subject = { id: payoutId, version: payout.version };
  if (effect === "post") return [append(PayoutCompleted.make(ctx, subject, about))];
  return [append(PayoutFailed.make(ctx, subject, { ...about, note, isReturned: effect === "return" }))];
}

function effectOf(ctx: Ctx, payout: Payout, effect: Effect): readonly Statement<PayoutRefusal>[] {
  const { id, owner, ownerKind, currency, amountMinor } = payout;
  if (effect === "post" || effect === "void") return [settleReservation(ctx, id, effect)];
  if (effect === "none") return [];
  const credit = ownerKind === "user" ? cashOf(owner, currency) : payableOf(owner as Id<"seller">, currency);
  const debit = heldBy("payouts", currency);
  return [post(ctx, [{ id: `${id}/back`, kind: "payout_return", debit, credit, amountMinor, forced: true }])];
}

/** A payout that nobody speaks of is asked about: soon at first, and for as long as a bank may take. */
const ASK_AFTER_MS = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, DAY_MS] as const;
const ASK_FOR_MS = 7 * DAY_MS;

/** A provider forgets keys in time; what has no answer after this is for an operator, never sent again. */
const SEND_FOR_MS = HOUR_MS;

function nextAsk(payout: Payout, now: number): number | undefined {
  const since = firstAskOf(payout);
  if (now > since + ASK_FOR_MS) return undefined;
  const age = now - since;
  return now + (ASK_AFTER_MS.find((ms) => ms > age) ?? DAY_MS);
}

/** A call takes seconds, and clocks differ by less. */
const SEND_MARGIN_MS = MINUTE_MS;

/**
 * Whether a call that sends it may be under way while nobody knows of it yet: whoever ended it now would give
 * its money back, and the bank pays all the same.
 */
export const mayBeSending = (payout: Payout, now: number): boolean =>
  payout.provider === "iris" &&
  payout.state === "created" &&
  payout.referenceNo === null &&
  !mayBeTakenBack(payout, now) &&
  now <= (payout.checkedAt ?? payout.createdAt) + SEND_FOR_MS + SEND_MARGIN_MS;

/**
 * Sends what was never answered for, approves what is sent, asks about the rest. Each step is safe to repeat:
 * the provider knows the payout by its id, and a call without an answer is made again under the same one.
 */
export async function pursuePayout(ctx: Ctx, payoutId: Id<"payout">): Promise<readonly Statement<string>[]> {
  const [payout] = await ctx.db.load(payoutQuery(payoutId));
  if (!payout || isOver(payout)) return [];
  const { sendFrom } = payout;
  if (sendFrom !== null && ctx.clock.now() < sendFrom) return [watch(ctx, payoutId, sendFrom)];
  const dueAt = nextAsk(payout, ctx.clock.now());
  const later = dueAt === undefined ? [] : [watch(ctx, payoutId, dueAt)];
  try {
    return [...later, ...(await takeStep(ctx, payout))];
  } catch (error) {
    if (!(error instanceof PayoutSilent)) throw error;
    ctx.log.warn("payout.silent", { payoutId, reason: error.message });
    return later;
  }
}

async function takeStep(ctx: Ctx, payout: Payout): Promise<readonly Statement<string>[]> {
  const provider = iris(ctx);
  const { amountMinor, referenceNo } = payout;
  if (referenceNo === null) {
    if (payout.sendFrom !== null && payout.checkedAt === null) return askName(ctx, payout);
    if (ctx.clock.now() > (payout.checkedAt ?? payout.createdAt) + SEND_FOR_MS) {
      ctx.log.error("payout.unknown", { payoutId: payout.id });
      return [];
    }
    const sent = await provider.send(payout);
    if (sent.kind === "refused") {
      const refused = { referenceNo: payout.id, state: "failed", amountMinor, note: sent.note } as const;
      return applyReport(ctx, payout, refused, "answer");
    }
    const { payout: known } = decideReport(payout, sent.report, ctx.clock.now());
    await provider.approve(known).catch(ignoreSilence);
    return applyReport(ctx, payout, sent.report, "answer");
  }
  if (payout.state === "sent") await provider.approve(payout).catch(ignoreSilence);
  const report = await provider.find(referenceNo);
  if (!report || report.amountMinor !== amountMinor) {
    ctx.log.error("payout.unlike", { payoutId: payout.id, referenceNo });
    return [];
  }
  return applyReport(ctx, payout, report, "query");
}

/**
 * Before money goes to an account that had to wait, the bank is asked once more whose it is; that it was is
 * written down before anything is sent, since what may have been sent is not voided.
 */
async function askName(ctx: Ctx, payout: Payout): Promise<readonly Statement<string>[]> {
  const { id, amountMinor, holderName, version } = payout;
  const holder = await iris(ctx).holderOf(payout);
  if (holder !== undefined && isSameName(holderName, holder)) {
    const after = { ...payout, checkedAt: ctx.clock.now(), version: version + 1 };
    return [...savePayout(ctx, after, "query"), watch(ctx, id, ctx.clock.now())];
  }
  const note = holder === undefined ? "The bank has no such account." : "The bank has another name for it.";
  return applyReport(ctx, payout, { referenceNo: id, state: "failed", amountMinor, note }, "query");
}

/** Its owner takes back a payout that waits and that nobody can have sent. */
export async function cancelPayout(
  ctx: Ctx,
  { payoutId }: { readonly payoutId: Id<"payout"> },
): Promise<Payout> {
  const sellerId = requireShop(ctx, "payout:write");
  const outcome = await untilFresh<Payout, PayoutRefusal>("wallet.stale", async () => {
    const [payout] = await ctx.db.load(payoutQuery(payoutId));
    if (payout?.owner !== sellerId) throw fail("wallet.payout_not_found");
    if (payout.state === "failed" && payout.note === TAKEN_BACK) return ok(payout);
    if (!mayBeTakenBack(payout, ctx.clock.now())) throw fail("wallet.payout_under_way");
    const { id: referenceNo, amountMinor } = payout;
    const report = { referenceNo, state: "failed", amountMinor, note: TAKEN_BACK } as const;
    const { payout: after } = decideReport(payout, report, ctx.clock.now());
    const committed = await ctx.db.commit(applyReport(ctx, payout, report, "owner"));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, fail);
}
const TAKEN_BACK = "Taken back by the shop.";

function ignoreSilence(error: unknown): void {
  if (!(error instanceof PayoutSilent)) throw error;
}
