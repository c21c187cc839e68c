import type { Ctx } from "#kernel/ctx";
import { ok } from "#kernel/result";
import { type Case, decideApprove, decideOffer, decideReceive, decideReject, moved } from "../domain/case.ts";
import type { Approve, Offer, Receive, Say, SendBack } from "../schemas.ts";
import { act, saying } from "./act.ts";
import { asSeller } from "./scope.ts";
import { replaceNow } from "./settle.ts";

/** The shop agrees. */
export const approveRefund = (ctx: Ctx, { refundId, returnless }: Approve): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    decide: (before) => {
      if (before.state === "approved" || before.state === "settling") return ok([]);
      const by = { by: "seller" as const, returnless };
      const decided = decideApprove(before, by, ctx.market.refund, ctx.clock.now());
      return decided.ok ? ok([decided.value]) : decided;
    },
  });

export const rejectRefund = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) => {
      if (before.state === "rejected") return ok([]);
      const after = decideReject(before, ctx.market.refund, ctx.clock.now());
      return after.ok ? ok([{ move: "reject", after: after.value }]) : after;
    },
  });

export const askBuyer = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) => {
      const after = moved(before, "ask", { dueAt: ctx.clock.now() + ctx.market.refund.replyWithinMs });
      return after.ok ? ok([{ move: "ask", after: after.value }]) : after;
    },
  });

/** A part of the price, and the buyer keeps the goods. */
export const offerPart = (ctx: Ctx, { refundId, amountMinor, text, evidence }: Offer): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    evidence,
    detail: saying(text, { amountMinor }),
    decide: (before) => {
      const offer = { offerMinor: BigInt(amountMinor), stepMinor: ctx.market.cashStepMinor };
      const after = decideOffer(before, offer, ctx.market.refund, ctx.clock.now());
      return after.ok ? ok([{ move: "offer", after: after.value }]) : after;
    },
  });

/** Goods are back, and were looked at. */
export const receiveGoods = (ctx: Ctx, { refundId, lines }: Receive): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    detail: { lines: JSON.stringify(lines) },
    decide: (before) => {
      const decided = decideReceive(before, lines, ctx.market.refund, ctx.clock.now());
      return decided.ok ? ok([decided.value]) : decided;
    },
  });

/** What came back is not what was agreed: the platform is to decide. */
export const contestGoods = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asSeller(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) => {
      if (before.state === "disputed") return ok([]);
      const dueAt = ctx.clock.now() + ctx.market.refund.decideWithinMs;
      const after = moved(before, "contest", { dueAt });
      return after.ok ? ok([{ move: "contest", after: after.value }]) : after;
    },
  });

/** The replacement of an exchange has left. */
export const shipReplacement = (ctx: Ctx, input: SendBack): Promise<Case> =>
  replaceNow(ctx, asSeller(ctx), input);
