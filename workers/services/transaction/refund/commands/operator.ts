import type { Ctx } from "#kernel/ctx";
import { zId } from "#kernel/ids";
import { larger, smaller } from "#kernel/money";
import { ok } from "#kernel/result";
import { paymentQuery, splitsQuery } from "#services/transaction/payment/index";
import { type Case, decideDispute } from "../domain/case.ts";
import { decideUnstick } from "../domain/unstick.ts";
import { fail } from "../errors.ts";
import { load } from "../repository/cases.ts";
import type { Decide, Unstick } from "../schemas.ts";
import { act, saying } from "./act.ts";
import { asOperator } from "./scope.ts";

/** The platform has the last word. */
export const decideCase = (ctx: Ctx, { refundId, outcome, bearer, text }: Decide): Promise<Case> =>
  act(ctx, {
    scope: asOperator(ctx),
    refundId,
    detail: saying(text, { outcome, bearer }),
    decide: (before) => {
      const decided = decideDispute(before, { outcome, bearer }, ctx.market.refund, ctx.clock.now());
      return decided.ok ? ok([decided.value]) : decided;
    },
  });

const zUserId = zId("user");

/** What of an order's money is left to give back, by us or by anybody. */
async function leftOf(ctx: Ctx, { paymentId, orderId }: Case): Promise<bigint> {
  if (paymentId === null) return 0n;
  const [payment, splits] = await ctx.db.load(paymentQuery(paymentId), splitsQuery(paymentId));
  const own = splits.find((split) => split.orderId === orderId);
  const ofAll = payment ? payment.settledMinor - payment.refundRequestedMinor - payment.lostMinor : 0n;
  const ofOrder = own ? own.capturedMinor - own.refundedMinor - own.lostMinor : ofAll;
  return larger(0n, smaller(ofAll, ofOrder));
}

/** A case whose money does not go: once more, into the wallet, or as paid by others, with the proof of it. */
export async function unstickCase(ctx: Ctx, { refundId, way, evidence }: Unstick): Promise<Case> {
  const scope = asOperator(ctx);
  const before = await load(ctx, scope, refundId);
  if (!before) throw fail("refund.not_found");
  const leftMinor = await leftOf(ctx, before);
  const mayUseWallet = ctx.market.refund.tenderChoice && zUserId.safeParse(before.buyerId).success;
  return act(ctx, {
    scope,
    refundId,
    detail: { way, evidence, leftMinor: leftMinor.toString() },
    decide: (now) => {
      const decided = decideUnstick(now, { way, mayUseWallet, leftMinor });
      return decided.ok ? ok([{ move: "unstick" as const, after: decided.value }]) : decided;
    },
  });
}
