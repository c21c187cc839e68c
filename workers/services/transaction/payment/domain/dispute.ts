import type { Id } from "#kernel/ids";
import { larger, type Money } from "#kernel/money";
import type { Provider } from "./payment.ts";

export const DISPUTE_STATES = ["needs_response", "under_review", "won", "lost"] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** In the order in which a later word replaces an earlier one, whatever order the words come in. */
const rankOf = (state: DisputeState): number => DISPUTE_STATES.indexOf(state);
export const isClosed = (state: DisputeState): boolean => state === "won" || state === "lost";

export type Dispute = {
  readonly id: Id<"dispute">;
  readonly paymentId: Id<"payment">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly provider: Provider;
  readonly ref: string;
  readonly amount: Money;
  /** What the provider has withheld for it: nothing for an inquiry that is answered in time. */
  readonly takenMinor: bigint;
  readonly feeMinor: bigint;
  readonly reason: string;
  readonly state: DisputeState;
  readonly evidenceBy: number | null;
  readonly submittedAt: number | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly version: number;
};

/** What a provider says of a case. */
export type DisputeReport = Pick<
  Dispute,
  "ref" | "amount" | "takenMinor" | "feeMinor" | "reason" | "state" | "evidenceBy" | "openedAt"
>;

/** The same case comes back when nothing new is said; what was decided is not reopened by an older word. */
export function decideDispute(before: Dispute, report: DisputeReport, now: number): Dispute {
  const isNews = rankOf(report.state) > rankOf(before.state) && !isClosed(before.state);
  const evidenceBy = before.evidenceBy ?? report.evidenceBy;
  // What was withheld is booked, once a case; of an open one an inquiry may have become a chargeback.
  const isOpen = !isClosed(before.state);
  const takenMinor = isOpen && before.takenMinor === 0n ? report.takenMinor : before.takenMinor;
  const feeMinor = isOpen ? larger(before.feeMinor, report.feeMinor) : before.feeMinor;
  const isDearer = takenMinor > before.takenMinor || feeMinor > before.feeMinor;
  if (!isNews && !isDearer && evidenceBy === before.evidenceBy) return before;
  const state = isNews ? report.state : before.state;
  return {
    ...before,
    state,
    evidenceBy,
    takenMinor,
    feeMinor,
    closedAt: before.closedAt ?? (isClosed(state) ? now : null),
    version: before.version + 1,
  };
}

/** The papers are with the bank. */
export const decideSubmit = (before: Dispute, now: number): Dispute => ({
  ...before,
  state: "under_review",
  submittedAt: now,
  version: before.version + 1,
});
