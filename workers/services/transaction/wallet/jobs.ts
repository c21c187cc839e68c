import { HOUR_MS, SECOND_MS } from "#kernel/clock";
import { handleJob, type JobHandler } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import { checkAccount } from "./commands/account.ts";
import { carryBalance } from "./commands/carry.ts";
import { pursuePayout } from "./commands/payout.ts";
import { decideRelease, releaseAt } from "./domain/settlement.ts";
import {
  CARRY_BALANCE,
  CHECK_ACCOUNT,
  CLOSE_DAYS,
  END_LOT,
  END_LOTS,
  FOLD,
  RELEASE_ORDER,
  SEND_PAYOUT,
} from "./facts.ts";
import {
  closeDays,
  endedLotsQuery,
  endLot,
  foldDeltas,
  lotQuery,
  unfoldedQuery,
} from "./repository/books.ts";
import { post } from "./repository/ledger.ts";
import { exemptQuery, saveSettlements, settlementsQuery } from "./repository/settlement.ts";

const FOLD_EVERY_MS = 30 * SECOND_MS;
const CLOSE_EVERY_MS = HOUR_MS;

export const jobs: readonly JobHandler[] = [
  handleJob(RELEASE_ORDER, async (ctx, { orderId }) => {
    const [found] = await ctx.db.load(settlementsQuery([orderId]));
    const settlement = found.get(orderId);
    const at = settlement && releaseAt(settlement, ctx.market.wallet.releaseAfterMs);
    if (!settlement || at === undefined) return [];
    if (at > ctx.clock.now()) {
      return [schedule(ctx, RELEASE_ORDER, { subject: orderId, payload: { orderId }, dueAt: at })];
    }
    const [exempt] = await ctx.db.load(exemptQuery([settlement.sellerId]));
    const withholding = exempt.has(settlement.sellerId) ? undefined : ctx.market.wallet.withholding;
    const terms = { withholding, cashStepMinor: ctx.market.cashStepMinor };
    const released = decideRelease(settlement, terms, ctx.clock.now());
    if (released.settlement === settlement) return [];
    return [saveSettlements([released.settlement]), post(ctx, released.transfers)];
  }),
  handleJob(END_LOT, async (ctx, payload) => {
    const [lot] = await ctx.db.load(lotQuery(payload.accountId));
    if (!lot) return [];
    // A part that a payment holds ends with that payment, one way or the other.
    const again = schedule(ctx, END_LOT, {
      subject: payload.accountId,
      payload,
      dueAt: ctx.clock.now() + HOUR_MS,
    });
    return [endLot(ctx, lot), ...(lot.heldMinor > 0n ? [again] : [])];
  }),
  handleJob(END_LOTS, async (ctx, { userId }) => {
    const [lots] = await ctx.db.load(endedLotsQuery(userId, ctx.clock.now()));
    const dueAt = ctx.clock.now() + HOUR_MS;
    return [
      ...lots.map((lot) => endLot(ctx, lot)),
      ...lots.flatMap(({ id: accountId, heldMinor }) =>
        heldMinor > 0n ? [schedule(ctx, END_LOT, { subject: accountId, payload: { accountId }, dueAt })] : [],
      ),
    ];
  }),
  handleJob(CARRY_BALANCE, (ctx, { sellerId }) => carryBalance(ctx, sellerId)),
  handleJob(CHECK_ACCOUNT, (ctx, { owner }) => checkAccount(ctx, owner)),
  handleJob(SEND_PAYOUT, (ctx, { payoutId }) => pursuePayout(ctx, payoutId)),
  handleJob(FOLD, async (ctx) => {
    const [isLeft] = await ctx.db.load(unfoldedQuery());
    return isLeft ? [foldDeltas(ctx), ...again(ctx, FOLD, FOLD_EVERY_MS)] : [];
  }),
  handleJob(CLOSE_DAYS, async (ctx) => [closeDays(ctx), ...again(ctx, CLOSE_DAYS, CLOSE_EVERY_MS)]),
];

const again = (ctx: Ctx, job: typeof FOLD, everyMs: number): readonly Statement[] => [
  schedule(ctx, job, { subject: "ledger", payload: {}, dueAt: ctx.clock.now() + everyMs }),
];
