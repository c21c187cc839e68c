/** What became of a voucher, for whoever pays for it. */
export type Used = {
  readonly redeemed: number;
  readonly released: number;
  /** Of what is redeemed and was not released. */
  readonly amountMinor: bigint;
  readonly buyers: number;
};
export type UsedOn = { readonly day: string; readonly redeemed: number; readonly amountMinor: bigint };
/** What the counters hold against the limits. */
export type Counted = { readonly used: number; readonly spentMinor: bigint };
export type Report = {
  readonly used: Used;
  readonly counted: Counted;
  readonly collectors: number;
  readonly days: readonly UsedOn[];
};
