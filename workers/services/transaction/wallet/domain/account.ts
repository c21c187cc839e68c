import type { BankAccount, Payout } from "./payout.ts";
import { isSameName } from "./payout.ts";

/** Where an owner's payouts go, and what stands in their way. */
export type PaidTo = BankAccount & {
  readonly owner: string;
  /** When its owner said so: a word that comes late is known by it. */
  readonly setAt: number;
  /** A changed account cools off: payouts to it are not sent before. */
  readonly usableFrom: number | null;
  /** When the bank was asked whose it is; null until then. */
  readonly checkedAt: number | null;
  /** Why nothing is paid to it. */
  readonly refusal: "name_mismatch" | "unknown" | null;
  readonly version: number;
};

type Given = BankAccount & Pick<PaidTo, "owner" | "setAt" | "checkedAt">;

const isSame = (a: BankAccount, b: BankAccount): boolean =>
  a.bank === b.bank && a.accountNumber === b.accountNumber;

/**
 * The last word of the owner holds, in whatever order the words come. The first account is used at once;
 * another one than before has to wait, so that an owner who was robbed of his sign-in hears of it in time.
 */
export function decideAccount(before: PaidTo | undefined, given: Given, coolingMs: number): PaidTo {
  if (!before) return { ...given, usableFrom: null, refusal: null, version: 1 };
  const version = before.version + 1;
  if (given.setAt <= before.setAt) {
    const hasWaited = before.usableFrom !== null && before.usableFrom >= given.setAt + coolingMs;
    return given.setAt < before.setAt && !isSame(before, given) && !hasWaited
      ? { ...before, usableFrom: before.setAt + coolingMs, version }
      : before;
  }
  if (!isSame(before, given)) {
    return { ...given, usableFrom: given.setAt + coolingMs, refusal: null, version };
  }
  const checkedAt = isSameName(given.holderName, before.holderName)
    ? (given.checkedAt ?? before.checkedAt)
    : given.checkedAt;
  const refusal = checkedAt === null ? before.refusal : null;
  return { ...given, checkedAt, refusal, usableFrom: before.usableFrom, version };
}

/** What the bank says of it; undefined where it has no such account. */
export function decideHolder(account: PaidTo, holder: string | undefined, now: number): PaidTo {
  const version = account.version + 1;
  if (holder === undefined) return { ...account, refusal: "unknown", version };
  if (!isSameName(account.holderName, holder)) return { ...account, refusal: "name_mismatch", version };
  return { ...account, holderName: holder, checkedAt: now, refusal: null, version };
}

/** A payout to an account that cools off, or that no bank was asked about, waits for the bank's word. */
export function waitOf({ usableFrom, checkedAt }: PaidTo, now: number): number | null {
  if (usableFrom !== null && usableFrom > now) return usableFrom;
  return checkedAt === null ? now : null;
}

type Waiting = Pick<Payout, "state" | "sendFrom">;

/** Clocks of those who send differ by less: what nobody can have sent may be taken back. */
const SEND_MARGIN_MS = 60_000;

export const mayBeTakenBack = ({ state, sendFrom }: Waiting, now: number): boolean =>
  state === "created" && sendFrom !== null && now < sendFrom - SEND_MARGIN_MS;
