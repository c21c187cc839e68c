import * as z from "zod";
import { zId } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { type Currency, toMoneyDto, zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import { ONLINE_METHODS, PAYMENT_METHODS } from "#kernel/payment-method";
import { BANKS, STORES } from "./domain/action.ts";
import { DISPUTE_STATES, type Dispute } from "./domain/dispute.ts";
import { sentOf } from "./domain/loss.ts";
import { MATCH_OUTCOMES, type MatchTotals, MISMATCH_STATES, ROW_KINDS } from "./domain/match.ts";
import { PAYMENT_STATES, type Payment, PROVIDERS, REFUND_STATES, type Refund } from "./domain/payment.ts";

type EvidenceRow = Pick<
  z.output<typeof zEvidence>,
  "id" | "fileName" | "mediaType" | "bytes" | "sha256" | "note"
> & {
  readonly createdAt: number;
};
type FileRow = Pick<z.output<typeof zSettlementFile>, "id" | "provider" | "sha256" | "rows"> & {
  readonly totals: MatchTotals;
  readonly createdAt: number;
  readonly finishedAt: number | null;
};
type MismatchRow = MatchedRow &
  Pick<z.output<typeof zMismatch>, "fileId" | "provider" | "note" | "explainedBy"> & {
    readonly explainedAt: number | null;
  };
type MatchedRow = Pick<z.output<typeof zSettlementRow>, "line" | "kind" | "outcome" | "paymentId" | "ref"> & {
  readonly currency: Currency;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  readonly expectedMinor: bigint | null;
};

export const zBank = z.enum(BANKS);
export const zPayStore = z.enum(STORES);
export const zPaymentRef = z.object({ paymentId: zId("payment") });
export const zRefundRef = z.object({ refundId: zId("refund") });
export const zPayAgain = z.object({
  orderGroupId: zId("orderGroup"),
  method: z.enum([...ONLINE_METHODS, "wallet"]),
  /** Whose virtual account to pay to. */
  bank: z.enum(BANKS).optional(),
  /** At whose tills to pay. */
  store: z.enum(STORES).optional(),
  /** Made by the provider's script in the browser; without it a card is paid on the provider's page. */
  cardToken: z.string().max(200).optional(),
  /** The part that the buyer's wallet pays. */
  walletMinor: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(BigInt)
    .optional(),
});
export const zTopUp = z.object({
  amountMinor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(BigInt),
  method: z.enum(ONLINE_METHODS),
  bank: z.enum(BANKS).optional(),
  /** At whose tills to pay. */
  store: z.enum(STORES).optional(),
  cardToken: z.string().max(200).optional(),
});
export type TopUp = z.output<typeof zTopUp>;
export type PayAgain = z.output<typeof zPayAgain>;

export const zPaymentAction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cash") }),
  z.object({ kind: z.literal("qr"), qrString: z.string(), imageUrl: z.string().nullable() }),
  z.object({ kind: z.literal("virtual_account"), bank: z.enum(BANKS), number: z.string() }),
  z.object({ kind: z.literal("payment_code"), store: z.enum(STORES), code: z.string() }),
  z.object({ kind: z.literal("bill"), billerCode: z.string(), billKey: z.string() }),
  z.object({ kind: z.literal("deeplink"), url: z.string(), qrString: z.string().nullable() }),
  z.object({ kind: z.literal("redirect"), url: z.string() }),
  z.object({ kind: z.literal("wait") }),
  z.object({ kind: z.literal("none") }),
]);

const zRefund = z.object({
  id: zId("refund"),
  amount: zMoney,
  reason: z.string(),
  state: z.enum(REFUND_STATES),
  createdAt: z.iso.datetime(),
});
/** How it was paid by hand: a bank's reference, a date, a document's number. */
export const zByHand = z.object({ evidence: z.string().trim().min(3).max(500) });
export const zRefundRow = zRefund.extend({
  paymentId: zId("payment"),
  /** Without what goes to the wallet and what the buyer's bank has given back: so much is sent by hand. */
  byHand: zMoney,
  note: z.string().nullable(),
  tries: z.int(),
  evidence: z.string().nullable(),
});

export const zPayment = z.object({
  id: zId("payment"),
  orderGroupId: zId("orderGroup"),
  /** What it pays for; a top-up has no orders. */
  purpose: z.enum(["order", "top_up"]),
  attempt: z.int(),
  method: z.enum(PAYMENT_METHODS),
  provider: z.enum(PROVIDERS),
  state: z.enum(PAYMENT_STATES),
  amount: zMoney,
  /** The part of it that the buyer's wallet pays. */
  wallet: zMoney,
  refunded: zMoney,
  action: zPaymentAction,
  payBefore: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  refunds: z.array(zRefund),
  version: z.int(),
});

/** What a method collects at once; one that is not listed takes any amount. */
export const zMethodLimit = z.object({
  method: z.enum(PAYMENT_METHODS),
  min: zMoney,
  max: zMoney.nullable(),
});
export const zMethods = z.object({
  methods: z.array(z.enum(PAYMENT_METHODS)),
  limits: z.array(zMethodLimit),
});

export function toMethodLimits({
  payment,
  currency,
}: Pick<Market, "payment" | "currency">): z.input<typeof zMethodLimit>[] {
  return payment.methods.flatMap((method) => {
    const of = payment.limits[method];
    if (!of) return [];
    const money = (minor: bigint) => toMoneyDto({ minor, currency });
    return [{ method, min: money(of.minMinor), max: of.maxMinor === undefined ? null : money(of.maxMinor) }];
  });
}

export const zRefundList = zPageQuery.extend({ state: z.enum(REFUND_STATES).default("manual") });
export type RefundList = z.output<typeof zRefundList>;

/** Scans and exports, as banks take them. */
export const EVIDENCE_TYPES = ["application/pdf", "image/jpeg", "image/png"] as const;
export const EVIDENCE_BYTES_MAX = 5 * 1024 * 1024;
/** A day of a large shop, at some 300 bytes a row. */
export const SETTLEMENT_BYTES_MAX = 32 * 1024 * 1024;

export const zCapture = z.object({
  orderIds: z.array(zId("order")).min(1).max(100).optional(),
  /** The last capture: what is left of the hold is let go. */
  isFinal: z.boolean().default(true),
});

export const zDisputeRef = z.object({ disputeId: zId("dispute") });
export const zDisputeList = zPageQuery.extend({ state: z.enum(DISPUTE_STATES).default("needs_response") });
export type DisputeList = z.output<typeof zDisputeList>;
export const zSubmit = z.object({ words: z.string().min(1).max(10_000) });
export const zClose = z.object({ outcome: z.enum(["won", "lost"]) });
export const zEvidenceQuery = z.object({
  fileName: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^/\\]+$/),
  note: z.string().max(500).default(""),
});
export const zEvidence = z.object({
  id: zId("evidence"),
  fileName: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  note: z.string(),
  createdAt: z.iso.datetime(),
});
export const zDispute = z.object({
  id: zId("dispute"),
  paymentId: zId("payment"),
  orderGroupId: zId("orderGroup"),
  provider: z.enum(PROVIDERS),
  ref: z.string(),
  amount: zMoney,
  reason: z.string(),
  state: z.enum(DISPUTE_STATES),
  evidenceBy: z.iso.datetime().nullable(),
  submittedAt: z.iso.datetime().nullable(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  evidence: z.array(zEvidence),
  version: z.int(),
});

export const zFileRef = z.object({ fileId: zId("settlementFile") });
export const zSettlementQuery = z.object({ provider: z.enum(["midtrans", "stripe"]) });
export const zSettlementFile = z.object({
  id: zId("settlementFile"),
  provider: z.enum(PROVIDERS),
  sha256: z.string(),
  rows: z.int(),
  counts: z.partialRecord(z.enum(MATCH_OUTCOMES), z.int()),
  gross: zMoney,
  fee: zMoney,
  net: zMoney,
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export const zFileList = zPageQuery;
export type FileList = z.output<typeof zFileList>;
export const zRowList = zPageQuery.extend({ outcome: z.enum(MATCH_OUTCOMES).optional() });
export type RowList = z.output<typeof zRowList> & z.output<typeof zFileRef>;
export const zSettlementRow = z.object({
  line: z.int(),
  kind: z.enum(ROW_KINDS),
  outcome: z.enum(MATCH_OUTCOMES),
  paymentId: zId("payment").nullable(),
  ref: z.string(),
  gross: zMoney,
  fee: zMoney,
  net: zMoney,
  expected: zMoney.nullable(),
});

/** Rows that differ from what we know, of all files. */
export const zMismatchList = zPageQuery.extend({
  state: z.enum(MISMATCH_STATES).default("open"),
  provider: z.enum(["midtrans", "stripe"]).optional(),
});
export type MismatchList = z.output<typeof zMismatchList>;
const LINE_MAX = 1_000_000;
export const zMismatchRef = zFileRef.extend({ line: z.coerce.number().int().min(1).max(LINE_MAX) });
export const zExplain = z.object({ note: z.string().trim().min(3).max(500) });
export type ExplainMismatch = z.output<typeof zMismatchRef> & z.output<typeof zExplain>;
export const zMismatch = zSettlementRow.extend({
  fileId: zId("settlementFile"),
  provider: z.enum(PROVIDERS),
  state: z.enum(MISMATCH_STATES),
  note: z.string().nullable(),
  explainedBy: z.string().nullable(),
  explainedAt: z.iso.datetime().nullable(),
});

const toTime = (at: number) => new Date(at).toISOString();

const toRefundDto = ({ id, amount, reason, state, createdAt }: Refund) => ({
  id,
  amount: toMoneyDto(amount),
  reason,
  state,
  createdAt: toTime(createdAt),
});

export const toRefundRowDto = (refund: Refund) => ({
  ...toRefundDto(refund),
  paymentId: refund.paymentId,
  byHand: toMoneyDto({ ...refund.amount, minor: sentOf(refund).providerMinor }),
  note: refund.note,
  tries: refund.tries,
  evidence: refund.evidence,
});

export const toPaymentDto = (payment: Payment, refunds: readonly Refund[] = []) => ({
  id: payment.id,
  orderGroupId: payment.orderGroupId,
  purpose: payment.purpose,
  attempt: payment.attempt,
  method: payment.method,
  provider: payment.keptBy ?? payment.provider,
  state: payment.state,
  amount: toMoneyDto(payment.amount),
  wallet: toMoneyDto({ minor: payment.walletMinor, currency: payment.amount.currency }),
  refunded: toMoneyDto({ minor: payment.refundedMinor, currency: payment.amount.currency }),
  action: payment.action ?? { kind: "wait" as const },
  payBefore: toTime(payment.payBy),
  settledAt: payment.settledAt === null ? null : toTime(payment.settledAt),
  createdAt: toTime(payment.createdAt),
  refunds: refunds.map(toRefundDto),
  version: payment.version,
});

const orNull = (at: number | null) => (at === null ? null : toTime(at));

export const toEvidenceDto = (evidence: EvidenceRow) => ({
  id: evidence.id,
  fileName: evidence.fileName,
  mediaType: evidence.mediaType,
  bytes: evidence.bytes,
  sha256: evidence.sha256,
  note: evidence.note,
  createdAt: toTime(evidence.createdAt),
});

export const toDisputeDto = (dispute: Dispute, evidence: readonly EvidenceRow[] = []) => ({
  id: dispute.id,
  paymentId: dispute.paymentId,
  orderGroupId: dispute.orderGroupId,
  provider: dispute.provider,
  ref: dispute.ref,
  amount: toMoneyDto(dispute.amount),
  reason: dispute.reason,
  state: dispute.state,
  evidenceBy: orNull(dispute.evidenceBy),
  submittedAt: orNull(dispute.submittedAt),
  openedAt: toTime(dispute.openedAt),
  closedAt: orNull(dispute.closedAt),
  evidence: evidence.map(toEvidenceDto),
  version: dispute.version,
});

export function toFileDto(file: FileRow, currency: Currency) {
  const money = (minor: string) => ({ minor, currency });
  const { id, provider, sha256, rows, totals, createdAt, finishedAt } = file;
  return {
    id,
    provider,
    sha256,
    rows,
    counts: totals.counts,
    gross: money(totals.grossMinor),
    fee: money(totals.feeMinor),
    net: money(totals.netMinor),
    createdAt: toTime(createdAt),
    finishedAt: orNull(finishedAt),
  };
}

export function toRowDto(row: MatchedRow) {
  const money = (minor: bigint) => toMoneyDto({ minor, currency: row.currency });
  const { line, kind, outcome, paymentId, ref, expectedMinor } = row;
  return {
    line,
    kind,
    outcome,
    paymentId,
    ref,
    gross: money(row.grossMinor),
    fee: money(row.feeMinor),
    net: money(row.netMinor),
    expected: expectedMinor === null ? null : money(expectedMinor),
  };
}

export function toMismatchDto(row: MismatchRow) {
  const { fileId, provider, note, explainedBy, explainedAt } = row;
  const state = explainedAt === null ? ("open" as const) : ("explained" as const);
  return { ...toRowDto(row), fileId, provider, state, note, explainedBy, explainedAt: orNull(explainedAt) };
}
