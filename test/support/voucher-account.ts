import fc from "fast-check";
import { quotaRefusals } from "#services/transaction/voucher/domain/eligibility";
import type { Limits } from "#services/transaction/voucher/domain/terms";

/** Few of each, so that histories meet their limits. */
const VOUCHERS = 3;
const BUYERS = 4;
const SELLERS = 2;
export const STEPS_MAX = 40;

export type Account = Limits & { readonly firstOrder: boolean };
export type Step =
  | {
      readonly kind: "redeem";
      readonly group: number;
      /** An account or a visitor, and an address: two of them may share either. */
      readonly buyer: number;
      readonly email: number;
      readonly vouchers: readonly number[];
      /** What each seller's order has of every voucher; none where it is nothing. */
      readonly shares: readonly bigint[];
    }
  | { readonly kind: "release"; readonly group: number; readonly seller: number }
  /** Both orders of a group end, told in one go. */
  | { readonly kind: "end"; readonly group: number }
  | { readonly kind: "midnight" };

export type Redemption = {
  readonly group: number;
  readonly voucher: number;
  readonly buyer: number;
  readonly email: number;
  readonly day: number;
  readonly amountMinor: bigint;
  readonly shares: Map<number, { readonly minor: bigint; isHeld: boolean }>;
  isLive: boolean;
};
type Count = { used: number; spentMinor: bigint };

/** The accounting of uses as it is kept: counters that go up and down, and redemptions that remember. */
export class VoucherAccount {
  readonly accounts: readonly Account[];
  readonly redemptions: Redemption[] = [];
  readonly totals: readonly Count[];
  readonly #days = new Map<string, Count>();
  day = 0;

  constructor(accounts: readonly Account[]) {
    this.accounts = accounts;
    this.totals = accounts.map(() => ({ used: 0, spentMinor: 0n }));
  }

  /** All or none; what the group has used stays as it is. */
  take(step: Step): string {
    if (step.kind === "midnight") {
      this.day += 1;
      return "ok";
    }
    if (step.kind === "release") return this.#release(step.group, [step.seller]);
    if (step.kind === "end") return this.#release(step.group, [0, 1]);
    const fresh = step.vouchers.filter((voucher) => !this.#find(step.group, voucher));
    const amountMinor = step.shares.reduce((sum, minor) => sum + minor, 0n);
    for (const voucher of fresh) {
      const refused = this.#refusal(voucher, step, amountMinor);
      if (refused) return refused;
    }
    for (const voucher of fresh) {
      const shares = new Map(
        step.shares.flatMap((minor, seller) =>
          minor > 0n ? [[seller, { minor, isHeld: true }] as const] : [],
        ),
      );
      const { group, buyer, email } = step;
      const { day } = this;
      this.redemptions.push({ group, voucher, buyer, email, day, amountMinor, shares, isLive: true });
      for (const count of [this.totals[voucher], this.#dayOf(voucher, day)]) {
        if (!count) continue;
        count.used += 1;
        count.spentMinor += amountMinor;
      }
    }
    return "ok";
  }

  #find(group: number, voucher: number): Redemption | undefined {
    return this.redemptions.find((one) => one.group === group && one.voucher === voucher);
  }

  #dayOf(voucher: number, day: number): Count {
    const name = `${voucher} ${day}`;
    const count = this.#days.get(name) ?? { used: 0, spentMinor: 0n };
    this.#days.set(name, count);
    return count;
  }

  /**
   * In the words of the commit: a person's limits and everybody's are one code, a second first order
   * another.
   */
  #refusal(
    voucher: number,
    { buyer, email, group }: Step & { kind: "redeem" },
    amountMinor: bigint,
  ): string | undefined {
    const limits = this.accounts[voucher];
    const total = this.totals[voucher];
    if (!limits || !total) throw new Error(`voucher ${voucher}`);
    const own = this.redemptions.filter((one) => one.isLive && (one.buyer === buyer || one.email === email));
    const mine = own.filter((one) => one.voucher === voucher);
    const usage = {
      ...{ used: total.used, spentMinor: total.spentMinor, usedToday: this.#dayOf(voucher, this.day).used },
      ...{ mine: mine.length, mineToday: mine.filter(({ day }) => day === this.day).length },
      ...{ isCollected: false, isPatron: false },
    };
    if (quotaRefusals({ limits, usage, amountMinor }).length > 0) return "voucher.exhausted";
    const others = own.filter((one) => this.accounts[one.voucher]?.firstOrder && one.group !== group);
    return limits.firstOrder && others.length > 0 ? "voucher.changed" : undefined;
  }

  #release(group: number, sellers: readonly number[]): string {
    for (const redemption of this.redemptions.filter((one) => one.group === group)) {
      const { voucher, day, shares, amountMinor } = redemption;
      const [total, daily] = [this.totals[voucher], this.#dayOf(voucher, day)];
      for (const seller of sellers) {
        const share = shares.get(seller);
        if (!share?.isHeld || !total) continue;
        share.isHeld = false;
        total.spentMinor -= share.minor;
      }
      if (!redemption.isLive || [...shares.values()].some(({ isHeld }) => isHeld) || !total) continue;
      redemption.isLive = false;
      total.used -= 1;
      daily.used -= 1;
      daily.spentMinor -= amountMinor;
    }
    return "ok";
  }
}

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { freq: 2 });
const account: fc.Arbitrary<Account> = fc.record({
  quota: limit(6),
  perDay: limit(3),
  perBuyer: limit(3),
  perBuyerDay: limit(2),
  budgetMinor: fc.option(
    fc.integer({ min: 1, max: 40 }).map((steps) => BigInt(steps) * 100n),
    { freq: 2 },
  ),
  firstOrder: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
});
export const anyAccounts = fc.array(account, { minLength: VOUCHERS, maxLength: VOUCHERS });

const group = fc.nat(11);
const minor = fc.integer({ min: 0, max: 12 }).map((steps) => BigInt(steps) * 100n);
const redeem: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("redeem" as const),
  group,
  buyer: fc.nat(BUYERS - 1),
  email: fc.nat(BUYERS - 1),
  vouchers: fc.subarray([0, 1, 2], { minLength: 1 }),
  shares: fc.tuple(minor, minor).filter((shares) => shares.some((one) => one > 0n)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: redeem },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("release" as const), group, seller: fc.nat(SELLERS - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), group }) },
  { weight: 1, arbitrary: fc.constant({ kind: "midnight" as const }) },
);
export const anyHistory = fc.array(step, { minLength: 1, maxLength: STEPS_MAX });
