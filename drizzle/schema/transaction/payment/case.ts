import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { DisputeState } from "#services/transaction/payment/domain/dispute";
import type { MatchOutcome, MatchTotals, RowKind } from "#services/transaction/payment/domain/match";
import type { Provider } from "#services/transaction/payment/domain/payment";

/** A buyer's bank takes a payment back: what it says, and until when it may be answered. */
export const paymentDispute = pgTable(
  "payment_dispute",
  {
    id: id("dispute").primaryKey(),
    paymentId: id("payment").notNull(),
    orderGroupId: id("orderGroup").notNull(),
    provider: text().$type<Provider>().notNull(),
    /** The provider's own name of the case. */
    ref: text().notNull(),
    amountMinor: bigint({ mode: "bigint" }).notNull(),
    /** What the provider has withheld for it: nothing for an inquiry that is answered in time. */
    takenMinor: bigint({ mode: "bigint" }).notNull(),
    /** What the provider charges for the case. */
    feeMinor: bigint({ mode: "bigint" }).notNull(),
    currency: text().$type<Currency>().notNull(),
    reason: text().notNull(),
    state: text().$type<DisputeState>().notNull(),
    evidenceBy: instant(),
    submittedAt: instant(),
    openedAt: instant().notNull(),
    closedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("payment_dispute_ref").on(t.provider, t.ref),
    index("payment_dispute_by_state").on(t.state, t.id),
    index("payment_dispute_by_payment").on(t.paymentId),
  ],
);

/** What is shown to the bank; the papers lie in the private bucket. Rows are only added. */
export const paymentEvidence = pgTable(
  "payment_evidence",
  {
    id: id("evidence").primaryKey(),
    disputeId: id("dispute").notNull(),
    fileName: text().notNull(),
    mediaType: text().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    objectKey: text().notNull(),
    note: text().notNull(),
    uploadedBy: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex("payment_evidence_once").on(t.disputeId, t.sha256)],
);

/** A provider's settlement file, once by its content. */
export const paymentSettlementFile = pgTable(
  "payment_settlement_file",
  {
    id: id("settlementFile").primaryKey(),
    provider: text().$type<Provider>().notNull(),
    sha256: text().notNull(),
    rows: integer().notNull(),
    totals: jsonb().$type<MatchTotals>().notNull(),
    uploadedBy: text().notNull(),
    createdAt: instant().notNull(),
    /** Null while its rows are still being written, or where that was broken off. */
    finishedAt: instant(),
  },
  (t) => [uniqueIndex("payment_settlement_file_once").on(t.provider, t.sha256)],
);

/** Each row of it, and what it was matched with. */
export const paymentSettlementRow = pgTable(
  "payment_settlement_row",
  {
    fileId: id("settlementFile").notNull(),
    /** Its line in the file; what is missing in the file has lines after its last. */
    line: integer().notNull(),
    kind: text().$type<RowKind>().notNull(),
    outcome: text().$type<MatchOutcome>().notNull(),
    paymentId: id("payment"),
    ref: text().notNull(),
    grossMinor: bigint({ mode: "bigint" }).notNull(),
    feeMinor: bigint({ mode: "bigint" }).notNull(),
    netMinor: bigint({ mode: "bigint" }).notNull(),
    /** What we think that it should be. */
    expectedMinor: bigint({ mode: "bigint" }),
    currency: text().$type<Currency>().notNull(),
    /** What an operator has found out of a mismatch; all three or none. */
    note: text(),
    explainedBy: text(),
    explainedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.fileId, t.line] }),
    index("payment_settlement_row_open")
      .on(t.fileId.desc(), t.line)
      .where(sql`${t.outcome} IN ('missing_here', 'missing_there', 'amount_differs')`),
    check(
      "payment_settlement_row_explained",
      sql`num_nulls(${t.note}, ${t.explainedBy}, ${t.explainedAt}) IN (0, 3)`,
    ),
    index("payment_settlement_row_by_outcome").on(t.fileId, t.outcome, t.line),
    index("payment_settlement_row_by_payment").on(t.paymentId),
    check("payment_settlement_row_net", sql`${t.netMinor} = ${t.grossMinor} - ${t.feeMinor}`),
  ],
);
