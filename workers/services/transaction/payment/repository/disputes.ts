import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { paymentRefund } from "#schema/transaction/payment";
import { paymentDispute, paymentEvidence } from "#schema/transaction/payment/case";
import type { Dispute, DisputeState } from "../domain/dispute.ts";
import type { Provider } from "../domain/payment.ts";

type Row = typeof paymentDispute.$inferSelect;
export type Evidence = typeof paymentEvidence.$inferSelect;

const fromRow = ({ amountMinor, currency, ...row }: Row): Dispute => ({
  ...row,
  amount: { minor: amountMinor, currency },
});
const toRow = ({ amount, ...rest }: Dispute): Row => ({
  ...rest,
  amountMinor: amount.minor,
  currency: amount.currency,
});

export const disputeQuery = (disputeId: Id<"dispute">): Query<Dispute | undefined> =>
  query(
    (read) => read.select().from(paymentDispute).where(eq(paymentDispute.id, disputeId)),
    ([row]) => row && fromRow(row),
  );

export const disputeByRefQuery = (provider: Provider, ref: string): Query<Dispute | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentDispute)
        .where(and(eq(paymentDispute.provider, provider), eq(paymentDispute.ref, ref))),
    ([row]) => row && fromRow(row),
  );

/** Whether a bank holds money of it that nobody has decided on: an inquiry holds none. */
export const isHeldQuery = (paymentId: Id<"payment">): Query<boolean> =>
  query(
    (read) =>
      read
        .select({ id: paymentDispute.id })
        .from(paymentDispute)
        .where(
          and(
            eq(paymentDispute.paymentId, paymentId),
            gt(paymentDispute.takenMinor, 0n),
            inArray(paymentDispute.state, ["needs_response", "under_review"]),
          ),
        )
        .limit(1),
    (rows) => rows.length > 0,
  );

type Cover = { readonly refundId: Id<"refund">; readonly minor: bigint };

/** The bank has given back what these were to; where that was all, nobody has to send them any more. */
export function coverRefunds(disputeId: Id<"dispute">, covers: readonly Cover[]): Statement {
  const rows = covers.map(({ refundId, minor }) => ({ id: refundId, minor: minor.toString() }));
  return {
    sql: sql`UPDATE ${paymentRefund} r SET covered_minor = r.covered_minor + x.minor,
        dispute_id = ${disputeId},
        state = CASE WHEN r.covered_minor + x.minor >= r.amount_minor - r.own_minor
          THEN 'requested' ELSE r.state END
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(id text, minor bigint)
      WHERE r.id = x.id`,
  };
}

type Listing = {
  readonly state: DisputeState;
  readonly after: Id<"dispute"> | undefined;
  readonly limit: number;
};

/** The oldest first: its evidence is due first. */
export const disputesQuery = ({ state, after, limit }: Listing): Query<readonly Dispute[]> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentDispute)
        .where(
          and(
            eq(paymentDispute.state, state),
            after === undefined ? undefined : gt(paymentDispute.id, after),
          ),
        )
        .orderBy(asc(paymentDispute.id))
        .limit(limit),
    (rows) => rows.map(fromRow),
  );

export const evidenceQuery = (disputeId: Id<"dispute">): Query<readonly Evidence[]> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentEvidence)
        .where(eq(paymentEvidence.disputeId, disputeId))
        .orderBy(asc(paymentEvidence.id)),
    (rows) => rows,
  );

export const insertDispute = (dispute: Dispute): Statement<"payment.stale"> => ({
  ...insertMany(paymentDispute, [toRow(dispute)]),
  constraints: { payment_dispute_ref: "payment.stale" },
});

export function saveDispute(changed: Dispute): Statement<"payment.stale"> {
  const { id, ...row } = toRow(changed);
  const before = and(eq(paymentDispute.id, id), eq(paymentDispute.version, changed.version - 1));
  return guarded(build.update(paymentDispute).set(row).where(before), 1, "payment.stale");
}

/** The same paper twice is one. */
export const insertEvidence = (evidence: Evidence): Statement<"payment.evidence_known"> => ({
  ...insertMany(paymentEvidence, [evidence]),
  constraints: { payment_evidence_once: "payment.evidence_known" },
});
