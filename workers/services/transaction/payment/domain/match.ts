export const ROW_KINDS = ["charge", "refund", "dispute", "fee", "other"] as const;
export type RowKind = (typeof ROW_KINDS)[number];
export const MATCH_OUTCOMES = ["matched", "missing_here", "missing_there", "amount_differs", "fee"] as const;
export type MatchOutcome = (typeof MATCH_OUTCOMES)[number];
export type MatchTotals = {
  readonly counts: { readonly [O in MatchOutcome]?: number };
  readonly grossMinor: string;
  readonly feeMinor: string;
  readonly netMinor: string;
};
