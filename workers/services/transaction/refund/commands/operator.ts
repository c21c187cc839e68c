import type { Ctx } from "#kernel/ctx";
import { ok } from "#kernel/result";
import { type Case, decideDispute } from "../domain/case.ts";
import type { Decide } from "../schemas.ts";
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
