import { and, eq, isNull } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { refundLabel } from "#schema/transaction/refund";

export type CaseLabel = typeof refundLabel.$inferSelect;

export const caseLabelQuery = (refundId: Id<"refundCase">): Query<CaseLabel | undefined> =>
  query(
    (read) => read.select().from(refundLabel).where(eq(refundLabel.refundId, refundId)),
    ([row]) => row,
  );

/** Of two who give one at a time the second finds the first. */
export const insertCaseLabel = (label: CaseLabel): Statement<"refund.stale"> => ({
  ...insertMany(refundLabel, [label]),
  constraints: { refund_label_pkey: "refund.stale" },
});

/** In the place of one that came to nothing. */
export function replaceCaseLabel(dead: Id<"label">, label: CaseLabel): Statement<"refund.stale"> {
  const which = and(eq(refundLabel.refundId, label.refundId), eq(refundLabel.labelId, dead));
  return guarded(build.update(refundLabel).set(label).where(which), 1, "refund.stale");
}

type Bought = { readonly carrier: string; readonly trackingNumber: string; readonly boughtAt: number };

/** Told twice or late it is the same; labels of nobody's case are not known here. */
export const noteLabelBought = (labelId: Id<"label">, bought: Bought): Statement =>
  statement(
    build
      .update(refundLabel)
      .set(bought)
      .where(and(eq(refundLabel.labelId, labelId), isNull(refundLabel.boughtAt))),
  );

export const noteLabelVoided = (labelId: Id<"label">, voidedAt: number): Statement =>
  statement(build.update(refundLabel).set({ voidedAt }).where(eq(refundLabel.labelId, labelId)));
