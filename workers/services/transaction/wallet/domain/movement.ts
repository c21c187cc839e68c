/** A movement as the owner of an account sees it. */
export type Movement = {
  readonly seq: string;
  readonly transferId: string;
  readonly kind: string;
  readonly accountId: string;
  readonly account: string;
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint | null;
  readonly orderId: string | null;
  readonly memo: string | null;
  readonly at: number;
};
