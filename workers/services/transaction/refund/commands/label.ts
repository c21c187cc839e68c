import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { buyReturnLabel, isDeadLabel, ownLabelQuery } from "#services/logistics/shipping/index";
import { type Case, decideLabel } from "../domain/case.ts";
import { fail } from "../errors.ts";
import { load } from "../repository/cases.ts";
import {
  type CaseLabel,
  caseLabelQuery,
  insertCaseLabel,
  noteLabelBought,
  replaceCaseLabel,
} from "../repository/labels.ts";
import type { GiveLabel } from "../schemas.ts";
import { asOperator, asSeller } from "./scope.ts";

/**
 * The buyer sends the goods on a label that the shop pays, or the platform where an operator gives it. Its
 * name is kept before it is bought: asked for again, or after a death, it is the same label.
 */
export async function giveLabel(ctx: Ctx, { refundId, as, ...wanted }: GiveLabel): Promise<Case> {
  const scope = as === "operator" ? asOperator(ctx) : asSeller(ctx);
  const one = await load(ctx, scope, refundId);
  if (!one) throw fail("refund.not_found");
  orThrow(decideLabel(one), fail);
  const { labelId } = await nameLabel(ctx, one, as === "operator" ? "platform" : "seller");
  const lines = one.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
  const { sellerId, orderId } = one;
  const { weightGrams, acceptMinor } = wanted;
  const accept = acceptMinor === undefined ? undefined : BigInt(acceptMinor);
  const about = { labelId, sellerId, orderId, lines, weightGrams, acceptMinor: accept };
  const { carrier, trackingNumber, boughtAt } = await buyReturnLabel(ctx, about);
  // A carrier that takes its time is heard of by `shipping.label_bought`.
  if (trackingNumber !== null && boughtAt !== null) {
    orThrow(await ctx.db.commit([noteLabelBought(labelId, { carrier, trackingNumber, boughtAt })]), fail);
  }
  return one;
}

async function nameLabel(ctx: Ctx, one: Case, paidBy: CaseLabel["paidBy"]): Promise<CaseLabel> {
  const { id: refundId, sellerId } = one;
  const fresh: CaseLabel = {
    ...{ refundId, paidBy, labelId: ctx.ids.next("label"), askedAt: ctx.clock.now() },
    ...{ carrier: null, trackingNumber: null, boughtAt: null, voidedAt: null },
  };
  const [known] = await ctx.db.load(caseLabelQuery(refundId));
  if (!known) {
    const committed = await ctx.db.commit([insertCaseLabel(fresh)]);
    if (committed.ok) return fresh;
    const [theirs] = await ctx.db.load(caseLabelQuery(refundId));
    if (!theirs) throw fail("refund.stale");
    return theirs;
  }
  const [label] = await ctx.db.load(ownLabelQuery(sellerId, known.labelId));
  if (!label || !isDeadLabel(label.state)) return known;
  orThrow(await ctx.db.commit([replaceCaseLabel(known.labelId, fresh)]), fail);
  return fresh;
}
