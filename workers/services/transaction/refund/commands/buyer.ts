import type { Ctx } from "#kernel/ctx";
import { ok } from "#kernel/result";
import { type Case, decideAccept, decideCancel, decideEscalate, decideSend, moved } from "../domain/case.ts";
import type { Move, State } from "../domain/states.ts";
import type { ChooseTender, RefundRef, Say, SendBack } from "../schemas.ts";
import { act, saying } from "./act.ts";
import { tenderOf } from "./request.ts";
import { asBuyer } from "./scope.ts";

type Decision = ReturnType<typeof decideAccept>;

/** The move alone, or nothing where it was made before. */
const once = (before: Case, move: Move, there: State, decide: () => Decision) => {
  if (before.state === there) return ok([]);
  const after = decide();
  return after.ok ? ok([{ move, after: after.value }]) : after;
};

export const cancelRefund = (ctx: Ctx, { refundId }: RefundRef): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    decide: (before) => once(before, "cancel", "cancelled", () => decideCancel(before)),
  });

/** Answers what the shop has asked; it is the shop's turn again. */
export const replyToSeller = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) => {
      const dueAt = ctx.clock.now() + ctx.market.refund.answerWithinMs;
      const after = moved(before, "reply", { dueAt });
      return after.ok ? ok([{ move: "reply", after: after.value }]) : after;
    },
  });

export const acceptOffer = (ctx: Ctx, { refundId }: RefundRef): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    decide: (before) => once(before, "accept", "settling", () => decideAccept(before)),
  });

export const declineOffer = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) =>
      once(before, "decline", "requested", () =>
        moved(before, "decline", {
          offerMinor: null,
          dueAt: ctx.clock.now() + ctx.market.refund.answerWithinMs,
        }),
      ),
  });

/** Takes a refusal, or an offer, to the platform. */
export const escalateRefund = (ctx: Ctx, { refundId, text, evidence }: Say): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    evidence,
    detail: saying(text),
    decide: (before) =>
      once(before, "escalate", "disputed", () => decideEscalate(before, ctx.market.refund, ctx.clock.now())),
  });

/** The goods are with a carrier. */
export const sendBack = (ctx: Ctx, { refundId, carrier, trackingNumber }: SendBack): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    detail: { carrier, trackingNumber },
    decide: (before) => {
      const decided = decideSend(before, { carrier, trackingNumber }, ctx.market.refund, ctx.clock.now());
      if (!decided.ok) return decided;
      const [sent, ...rest] = decided.value.steps;
      return ok([...(sent ? [sent] : []), ...rest.map((one) => ({ ...one, role: "system" as const }))]);
    },
  });

/** The way it came, or into the wallet, as long as nothing is on its way. */
export const chooseTender = (ctx: Ctx, { refundId, tender }: ChooseTender): Promise<Case> =>
  act(ctx, {
    scope: asBuyer(ctx),
    refundId,
    detail: { tender },
    decide: (before) => {
      if (before.tender === tender) return ok([]);
      const chosen = tenderOf(ctx, before.buyerId, tender);
      const after = moved(before, "choose_tender", { tender: chosen, dueAt: before.dueAt });
      return after.ok ? ok([{ move: "choose_tender", after: after.value }]) : after;
    },
  });
