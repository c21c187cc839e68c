import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decideAccount,
  decideHolder,
  mayBeTakenBack,
  type PaidTo,
  waitOf,
} from "#services/transaction/wallet/domain/account";

const COOLING_MS = 1_000;
const given = (accountNumber: string, setAt: number, checkedAt: number | null = null) => ({
  owner: "slr_x",
  bank: "bca",
  accountNumber,
  holderName: "Ayu Lestari",
  email: "ayu@example.com",
  setAt,
  checkedAt,
});
const tell = (words: readonly (readonly [string, number])[]): PaidTo | undefined =>
  words.reduce<PaidTo | undefined>(
    (before, [number, at]) => decideAccount(before, given(number, at), COOLING_MS),
    undefined,
  );

test("the owner's last word holds in any order, and another account has always to wait", () => {
  const words = fc.uniqueArray(fc.tuple(fc.constantFrom("11", "22", "33"), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 6,
    selector: ([, at]) => at,
  });
  const shuffled = words.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, told]) => {
      const inOrder = all.toSorted(([, a], [, b]) => a - b);
      const last = inOrder.at(-1);
      const account = tell(told);
      expect([account?.accountNumber, account?.setAt]).toEqual(last);
      const isChanged = inOrder.some(([number]) => number !== last?.[0]);
      const since = inOrder.findLast(([number]) => number !== last?.[0])?.[1] ?? 0;
      // At least as long as if all had come in order.
      const first = inOrder.find(([number, at]) => number === last?.[0] && at > since)?.[1] ?? 0;
      if (isChanged) expect(account?.usableFrom).toBeGreaterThanOrEqual(first + COOLING_MS);
      else expect(account?.usableFrom).toBeNull();
    }),
    { numRuns: 10_000 },
  );
});

test("the bank's word on the name decides, and a payout waits for it and for the cooling", () => {
  const told = decideAccount(undefined, given("11", 5), COOLING_MS);
  expect(waitOf(told, 10)).toBe(10);
  expect(decideHolder(told, "AYU LESTARI", 20)).toMatchObject({ checkedAt: 20, refusal: null, version: 2 });
  expect(decideHolder(told, "BUDI", 20).refusal).toBe("name_mismatch");
  expect(decideHolder(told, undefined, 20).refusal).toBe("unknown");
  const ready = decideHolder(told, "AYU LESTARI", 20);
  expect(waitOf(ready, 21)).toBeNull();
  const moved = decideAccount(ready, given("22", 30, 30), COOLING_MS);
  expect([waitOf(moved, 40), waitOf(moved, 1_030)]).toEqual([1_030, null]);
  const refused = decideHolder(told, "BUDI", 20);
  expect(decideAccount(refused, given("11", 30, 30), COOLING_MS).refusal).toBeNull();
});

test("only what nobody can have sent is taken back", () => {
  const waits = { state: "created", sendFrom: 1_000_000 } as const;
  expect(mayBeTakenBack(waits, 900_000)).toBe(true);
  expect(mayBeTakenBack(waits, 950_000)).toBe(false);
  expect(mayBeTakenBack({ ...waits, sendFrom: null }, 0)).toBe(false);
  expect(mayBeTakenBack({ ...waits, state: "sent" }, 0)).toBe(false);
});
