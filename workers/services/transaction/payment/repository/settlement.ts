import { and, asc, desc, eq, getTableColumns, gt, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { payment, paymentRefund } from "#schema/transaction/payment";
import { paymentSettlementFile, paymentSettlementRow } from "#schema/transaction/payment/case";
import type { MatchOutcome, MatchTotals, MismatchState, Ours } from "../domain/match.ts";
import { capturedBy, type Gateway } from "../domain/payment.ts";

export type SettlementFile = typeof paymentSettlementFile.$inferSelect;
export type SettlementRow = typeof paymentSettlementRow.$inferSelect;

export const insertFile = (file: SettlementFile): Statement<"payment.file_known"> => ({
  ...insertMany(paymentSettlementFile, [file]),
  constraints: { payment_settlement_file_once: "payment.file_known" },
});

export const fileByHashQuery = (provider: Gateway, sha256: string): Query<SettlementFile | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentSettlementFile)
        .where(and(eq(paymentSettlementFile.provider, provider), eq(paymentSettlementFile.sha256, sha256))),
    ([row]) => row,
  );

export const fileQuery = (fileId: Id<"settlementFile">): Query<SettlementFile | undefined> =>
  query(
    (read) => read.select().from(paymentSettlementFile).where(eq(paymentSettlementFile.id, fileId)),
    ([row]) => row,
  );

export const filesQuery = (after: Id<"settlementFile"> | undefined, limit: number) =>
  query(
    (read) =>
      read
        .select()
        .from(paymentSettlementFile)
        .where(after === undefined ? undefined : lt(paymentSettlementFile.id, after))
        .orderBy(desc(paymentSettlementFile.id))
        .limit(limit),
    (rows): readonly SettlementFile[] => rows,
  );

/** A part of a file that was written before is refused whole: its rows and its facts are there. */
export const insertRows = (rows: readonly SettlementRow[]): Statement<"payment.rows_known"> => ({
  ...insertMany(paymentSettlementRow, rows),
  constraints: { payment_settlement_row_file_id_line_pk: "payment.rows_known" },
});

type Place = { readonly fileId: Id<"settlementFile">; readonly line: number };
export type Mismatch = SettlementRow & { readonly provider: SettlementFile["provider"] };
type MismatchList = {
  readonly state: MismatchState;
  readonly provider: Gateway | undefined;
  readonly after: Place | undefined;
  readonly limit: number;
};

const mismatches = sql`${paymentSettlementRow.outcome}
  IN ('missing_here', 'missing_there', 'amount_differs')`;

const selectMismatches = (read: Parameters<Query<unknown>["run"]>[0]) =>
  read
    .select({ ...getTableColumns(paymentSettlementRow), provider: paymentSettlementFile.provider })
    .from(paymentSettlementRow)
    .innerJoin(paymentSettlementFile, eq(paymentSettlementFile.id, paymentSettlementRow.fileId));

/** Rows that are not as we know them, of the newest file first. */
export const mismatchesQuery = ({
  state,
  provider,
  after,
  limit,
}: MismatchList): Query<readonly Mismatch[]> =>
  query(
    (read) =>
      selectMismatches(read)
        .where(
          and(
            mismatches,
            state === "open"
              ? isNull(paymentSettlementRow.explainedAt)
              : isNotNull(paymentSettlementRow.explainedAt),
            provider === undefined ? undefined : eq(paymentSettlementFile.provider, provider),
            after &&
              or(
                lt(paymentSettlementRow.fileId, after.fileId),
                and(eq(paymentSettlementRow.fileId, after.fileId), gt(paymentSettlementRow.line, after.line)),
              ),
          ),
        )
        .orderBy(desc(paymentSettlementRow.fileId), asc(paymentSettlementRow.line))
        .limit(limit),
    (rows) => rows,
  );

export const mismatchQuery = ({ fileId, line }: Place): Query<Mismatch | undefined> =>
  query(
    (read) =>
      selectMismatches(read).where(
        and(mismatches, eq(paymentSettlementRow.fileId, fileId), eq(paymentSettlementRow.line, line)),
      ),
    ([row]) => row,
  );

type Explanation = Place & {
  readonly note: string;
  readonly explainedBy: string;
  readonly explainedAt: number;
};

/** Once and for good: of two who explain at a time the second is told. */
export const explainRow = ({
  fileId,
  line,
  ...explanation
}: Explanation): Statement<"payment.mismatch_explained"> =>
  guarded(
    build
      .update(paymentSettlementRow)
      .set(explanation)
      .where(
        and(
          eq(paymentSettlementRow.fileId, fileId),
          eq(paymentSettlementRow.line, line),
          isNull(paymentSettlementRow.explainedAt),
        ),
      ),
    1,
    "payment.mismatch_explained",
  );

type Finish = { readonly rows: number; readonly totals: MatchTotals; readonly finishedAt: number };

export const finishFile = (fileId: Id<"settlementFile">, finish: Finish): Statement<"payment.stale"> =>
  guarded(
    build.update(paymentSettlementFile).set(finish).where(eq(paymentSettlementFile.id, fileId)),
    1,
    "payment.stale",
  );

type RowList = {
  readonly fileId: Id<"settlementFile">;
  readonly outcome: MatchOutcome | undefined;
  readonly after: number | undefined;
  readonly limit: number;
};

export const rowsQuery = ({ fileId, outcome, after, limit }: RowList): Query<readonly SettlementRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentSettlementRow)
        .where(
          and(
            eq(paymentSettlementRow.fileId, fileId),
            outcome === undefined ? undefined : eq(paymentSettlementRow.outcome, outcome),
            after === undefined ? undefined : gt(paymentSettlementRow.line, after),
          ),
        )
        .orderBy(asc(paymentSettlementRow.line))
        .limit(limit),
    (rows) => rows,
  );

/** Sums of what was written, so that a file that was taken up again has those of its whole. */
export const totalsQuery = (fileId: Id<"settlementFile">): Query<{ rows: number; totals: MatchTotals }> =>
  query(
    (read) =>
      read
        .select({
          outcome: paymentSettlementRow.outcome,
          rows: sql<number>`count(*)::int`,
          gross: sql<string>`coalesce(sum(gross_minor), 0)::text`,
          fee: sql<string>`coalesce(sum(fee_minor), 0)::text`,
        })
        .from(paymentSettlementRow)
        .where(eq(paymentSettlementRow.fileId, fileId))
        .groupBy(paymentSettlementRow.outcome),
    (groups) => {
      const there = groups.filter(({ outcome }) => outcome !== "missing_there");
      const grossMinor = there.reduce((sum, { gross }) => sum + BigInt(gross), 0n);
      const feeMinor = there.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
      const counts = Object.fromEntries(groups.map(({ outcome, rows }) => [outcome, rows]));
      return {
        rows: groups.reduce((sum, { rows }) => sum + rows, 0),
        totals: {
          counts,
          grossMinor: grossMinor.toString(),
          feeMinor: feeMinor.toString(),
          netMinor: (grossMinor - feeMinor).toString(),
        },
      };
    },
  );

type Named = {
  readonly provider: Gateway;
  readonly ids: readonly Id<"payment">[];
  readonly refs: readonly string[];
};

/** What we know of the payments that rows name, by our id or by the provider's. */
export const oursQuery = ({ provider, ids, refs }: Named): Query<readonly (Ours & { refs: string[] })[]> =>
  query(
    (read) =>
      read
        .select({
          row: payment,
          refunds: sql<string[]>`ARRAY(SELECT (r.amount_minor - r.wallet_minor)::text FROM ${paymentRefund} r
            WHERE r.payment_id = ${payment.id} AND r.provider = ${provider} AND r.state = 'succeeded')`,
        })
        .from(payment)
        .where(
          sql`${payment.id} IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
            OR ${payment.transactions} ?|
              ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(refs)}::jsonb))`,
        ),
    (found) =>
      found.map(({ row, refunds }) => ({
        paymentId: row.id,
        currency: row.currency,
        capturedMinor: capturedBy(row, provider),
        refundsMinor: refunds.map(BigInt),
        refs: Object.keys(row.transactions),
      })),
  );

type Span = {
  readonly provider: Gateway;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
};

/** Ours of that time that no file of the provider has a row for. */
export const unseenQuery = ({ provider, from, to, limit }: Span) =>
  query(
    (read) =>
      read
        .select()
        .from(payment)
        .where(
          and(
            eq(payment.keptBy, provider),
            sql`${payment.settledAt} BETWEEN ${new Date(from).toISOString()}::timestamptz
              AND ${new Date(to).toISOString()}::timestamptz`,
            sql`NOT EXISTS (SELECT 1 FROM ${paymentSettlementRow} r
              WHERE r.payment_id = ${payment.id} AND r.kind = 'charge')`,
          ),
        )
        .orderBy(asc(payment.id))
        .limit(limit),
    (rows) =>
      rows.map((row) => ({
        paymentId: row.id,
        currency: row.currency,
        capturedMinor: capturedBy(row, provider),
        ref: Object.keys(row.transactions)[0] ?? row.id,
      })),
  );
