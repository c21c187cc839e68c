import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Account,
  anyAccounts,
  anyHistory,
  type Step,
  VoucherAccount,
} from "../support/voucher-account.ts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Math.max(10_000, Number(process.env.SIM_SEEDS ?? 0));

type Use = Step & { readonly kind: "redeem" };
type Entry = { readonly use: Use; readonly day: number; readonly ended: Set<number> };

/** An account of the same history that counts nothing and only remembers what happened. */
class Journal {
  readonly entries = new Map<string, Entry>();

  /** A share that is nobody's has ended from the beginning. */
  isLive = ({ use, ended }: Entry): boolean =>
    use.shares.some((minor, seller) => minor > 0n && !ended.has(seller));

  of = (voucher: number): readonly Entry[] =>
    [...this.entries].filter(([name]) => name.startsWith(`${voucher} `)).map(([, entry]) => entry);

  live = (voucher: number): readonly Entry[] => this.of(voucher).filter(this.isLive);

  spent = (voucher: number): bigint =>
    this.of(voucher)
      .flatMap(({ use, ended }) => use.shares.filter((_, seller) => !ended.has(seller)))
      .reduce((sum, minor) => sum + minor, 0n);

  follow(step: Step, day: number, answer: string): void {
    if (step.kind === "midnight") return;
    if (step.kind === "redeem") {
      if (answer !== "ok") return;
      for (const voucher of step.vouchers) {
        const name = `${voucher} ${step.group}`;
        if (!this.entries.has(name)) this.entries.set(name, { use: step, day, ended: new Set() });
      }
      return;
    }
    const ended = step.kind === "end" ? [0, 1] : [step.seller];
    for (const [name, entry] of this.entries) {
      if (name.endsWith(` ${step.group}`)) for (const seller of ended) entry.ended.add(seller);
    }
  }

  /** Whether a limit of this voucher would be passed by one more use. */
  wouldPass(voucher: number, account: Account, use: Use, day: number): boolean {
    const amountMinor = use.shares.reduce((sum, minor) => sum + minor, 0n);
    const live = this.live(voucher);
    const isHis = (one: Entry) => one.use.buyer === use.buyer || one.use.email === use.email;
    const isFull = (used: number, max: number | null) => max !== null && used + 1 > max;
    const today = live.filter((one) => one.day === day);
    return (
      isFull(live.length, account.quota) ||
      isFull(today.length, account.perDay) ||
      isFull(live.filter(isHis).length, account.perBuyer) ||
      isFull(today.filter(isHis).length, account.perBuyerDay) ||
      (account.budgetMinor !== null && this.spent(voucher) + amountMinor > account.budgetMinor)
    );
  }
}

function wrongAfter(book: VoucherAccount, journal: Journal): string[] {
  return book.accounts.flatMap((account, voucher) => {
    const total = book.totals[voucher] ?? { used: -1, spentMinor: -1n };
    const live = journal.live(voucher);
    const days = Map.groupBy(live, ({ day }) => day);
    const checks: readonly (readonly [boolean, string])[] = [
      [total.used === live.length, "uses are counted"],
      [total.spentMinor === journal.spent(voucher), "the budget is counted"],
      [account.quota === null || total.used <= account.quota, "the quota is kept"],
      [account.budgetMinor === null || total.spentMinor <= account.budgetMinor, "the budget is kept"],
      [
        [...days.values()].every((own) => own.length <= (account.perDay ?? own.length)),
        "each day's quota is kept",
      ],
    ];
    return checks.flatMap(([holds, what]) => (holds ? [] : [`${voucher}: not ${what}`]));
  });
}

test("limits are kept at every step, and nobody is refused while there is something left", () => {
  fc.assert(
    fc.property(anyAccounts, anyHistory, (accounts, history) => {
      const book = new VoucherAccount(accounts);
      const journal = new Journal();
      const wrong: string[] = [];
      for (const step of history) {
        const { day } = book;
        const answer = book.take(step);
        if (step.kind === "redeem") {
          const fresh = step.vouchers.filter((one) => !journal.entries.has(`${one} ${step.group}`));
          const passes = fresh.some((one) => {
            const account = accounts[one];
            return account !== undefined && journal.wouldPass(one, account, step, day);
          });
          if (answer === "ok" && passes) wrong.push("a limit was passed");
          if (answer === "voucher.exhausted" && !passes) wrong.push("refused without a reason");
        }
        journal.follow(step, day, answer);
        wrong.push(...wrongAfter(book, journal));
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("what is told twice, or in another order, is told once", () => {
  fc.assert(
    fc.property(anyAccounts, anyHistory, (accounts, history) => {
      const once = new VoucherAccount(accounts);
      const twice = new VoucherAccount(accounts);
      for (const step of history) {
        once.take(step);
        twice.take(step);
        if (step.kind !== "midnight") twice.take(step);
      }
      expect(twice.totals).toEqual(once.totals);
      const releases = history.filter(({ kind }) => kind === "release" || kind === "end");
      for (const step of releases) once.take(step);
      for (const step of releases.toReversed()) twice.take(step);
      expect(twice.totals).toEqual(once.totals);
    }),
    { numRuns: RUNS },
  );
});
