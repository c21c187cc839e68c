import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";

export const PAYOUT_STATES = [
  "created",
  "sent",
  "approved",
  "processed",
  "completed",
  "failed",
  "returned",
] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

export type BankAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
  readonly email: string;
};

export type Payout = BankAccount & {
  readonly id: Id<"payout">;
  readonly owner: string;
  readonly ownerKind: "seller" | "user";
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly provider: "iris" | "file";
  readonly state: PayoutState;
  readonly referenceNo: string | null;
  readonly note: string | null;
  readonly requestedBy: string;
  readonly key: string;
  readonly createdAt: number;
  /** Its account cools off until then; its name is asked for once more before the money goes. */
  readonly sendFrom: number | null;
  readonly checkedAt: number | null;
  readonly doneAt: number | null;
  readonly version: number;
};

/** What the provider says of it, whoever brought the word. */
export type PayoutReport = {
  readonly referenceNo: string;
  readonly state: "sent" | "approved" | "processed" | "completed" | "failed";
  readonly amountMinor: bigint;
  readonly note: string | null;
};

/** What becomes of the money that is held for it. */
export type Effect = "none" | "post" | "void" | "return";
type Decision = { readonly payout: Payout; readonly effect: Effect };

/**
 * Words come late and twice: the farthest holds. A bank may give back what it had taken, so `failed` comes
 * after `completed`, and after it nothing does. Either order of the two ends with the money back where it
 * was.
 */
const RANK: { readonly [S in PayoutState]: number } = {
  created: 0,
  sent: 1,
  approved: 2,
  processed: 3,
  completed: 4,
  failed: 5,
  returned: 5,
};

export const isOver = ({ state }: Pick<Payout, "state">): boolean => RANK[state] >= RANK.completed;

export function decideReport(payout: Payout, report: PayoutReport, now: number): Decision {
  const referenceNo = payout.referenceNo ?? report.referenceNo;
  if (RANK[report.state] <= RANK[payout.state]) {
    const learnt =
      payout.referenceNo === referenceNo ? payout : { ...payout, referenceNo, version: payout.version + 1 };
    return { payout: learnt, effect: "none" };
  }
  const hasFailed = report.state === "failed";
  const wasPaid = payout.state === "completed";
  const state = hasFailed && wasPaid ? "returned" : report.state;
  const effect = hasFailed ? (wasPaid ? "return" : "void") : state === "completed" ? "post" : "none";
  const doneAt = effect === "none" ? payout.doneAt : now;
  const note = report.note ?? payout.note;
  return { payout: { ...payout, state, referenceNo, note, doneAt, version: payout.version + 1 }, effect };
}

/** A word that is asked about before it is believed: another amount, or the bank giving back what it took. */
export const isDoubtful = (payout: Payout, report: PayoutReport): boolean =>
  report.amountMinor !== payout.amountMinor ||
  (report.state === "failed" && payout.state === "completed") ||
  (report.state === "completed" && payout.state === "failed");

/** Names as banks write them: capitals, without punctuation and titles' dots. */
const plainName = (name: string): string =>
  name
    .normalize("NFKD")
    .toUpperCase()
    .replace(/[^A-Z0-9 ]/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** Banks cut names off; a beginning of some length is enough. */
const NAME_CHARS_MIN = 8;

export function isSameName(given: string, banks: string): boolean {
  const [a, b] = [plainName(given), plainName(banks)];
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short !== "" && (short === long || (short.length >= NAME_CHARS_MIN && long.startsWith(short)));
}

/** Where a file of payouts for the bank lies. */
export const payoutFileKey = (cell: string, fileId: Id<"document">): string =>
  `${cell}/payouts/${fileId}.csv`;
