import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { cashOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { balanceQuery, reserveFunds } from "#services/transaction/wallet/index";
import { post } from "#services/transaction/wallet/repository/ledger";
import { anyBonusHistory, BonusAccount } from "../../support/bonus-account.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { toldOrder } from "../social/told-orders.ts";
import { completed, hear, idr, make, redeem, returned } from "./voucher-desk.ts";

const START = 200n;
/** Each is some thirty commits. */
const HISTORIES = 3;

async function fill(h: Harness, userId: Id<"user">, minor: bigint): Promise<void> {
  const parties = { debit: platformOf("payments", "IDR"), credit: cashOf(userId, "IDR") };
  const given = { id: `test/${h.ids.next("transfer")}`, kind: "adjustment" as const, ...parties };
  expect((await h.ctx().db.commit([post(h.ctx(), [{ ...given, amountMinor: minor }])])).ok).toBe(true);
}

test("bonus that is earned, spent, refunded, taken back and lapses adds up, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(anyBonusHistory, async (history) => {
      const h = harness({ at: Date.parse("2031-03-01T03:00:00Z"), settings: { wallet: DAYS } });
      const userId = h.ids.next("user");
      await fill(h, userId, START);
      const account = new BonusAccount(h, userId);
      for (const step of history) {
        const before = await account.balance();
        await account.take(step);
        const after = await account.balance();
        // Neither a return nor the end of a lot touches what is cash.
        if (step.kind === "reclaim" || step.kind === "wait" || step.kind === "earn") {
          expect(after.cash).toBe(before.cash);
        }
        // Who owes has no bonus to spend meanwhile.
        expect(after.owed > 0n ? after.bonus : 0n).toBe(0n);
        expect(after.owed).toBeGreaterThanOrEqual(0n);
      }
      await account.finish();
      await checkBooks(account);
    }),
    { numRuns: HISTORIES },
  );
});
const DAYS = { payoutProvider: "iris", bonusBackMinMs: 5 * DAY_MS };

/** What an independent account of the same moves says. */
async function checkBooks(account: BonusAccount): Promise<void> {
  const { cash, bonus, owed } = await account.balance();
  const earned = [...account.earned.values()].reduce((sum, { minor }) => sum + minor, 0n);
  const spent = account.spent.reduce((sum, { minor, back }) => sum + minor - back, 0n);
  const taken = await account.sum("kind = 'cashback_back'");
  const lapsed = await account.sum("kind = 'bonus_expiry'");
  expect(START + earned - spent - taken - lapsed).toBe(cash + bonus - owed);
  for (const [at, { minor, asked }] of account.earned) {
    const own = `group_id = 'cashback_back/${account.keyOf(at)}'`;
    const back = await account.sum(own);
    const lot = `bonus:${account.userId}:IDR:${account.keyOf(at)}`;
    const gone = await account.sum(`kind = 'bonus_expiry' AND starts_with(debit, '${lot}')`);
    // Exactly what was asked for, less what its payer has back anyway; never more than was paid.
    expect(back + gone).toBeLessThanOrEqual(minor);
    expect(back).toBeLessThanOrEqual(asked);
    if (gone === 0n) expect(back).toBe(asked);
  }
}

test("bonus that had paid comes back as bonus, after the cash, and lives long enough", async () => {
  const h = harness({ settings: { wallet: DAYS } });
  const userId = h.ids.next("user");
  await fill(h, userId, 50n);
  const account = new BonusAccount(h, userId);
  await account.take({ kind: "earn", lot: 0, minor: 40n, days: 3 });
  await account.take({ kind: "earn", lot: 1, minor: 20n, days: 30 });
  await account.take({ kind: "spend", minor: 90n });
  expect(await account.balance()).toEqual({ cash: 20n, bonus: 0n, owed: 0n });
  h.clock.advance(4 * DAY_MS);
  await account.take({ kind: "refund", payment: 0, percent: 50 });
  expect(await account.balance()).toEqual({ cash: 50n, bonus: 15n, owed: 0n });
  await account.take({ kind: "refund", payment: 0, percent: 100 });
  expect(await account.balance()).toEqual({ cash: 50n, bonus: 60n, owed: 0n });
  // The lot of thirty days kept its end; the one that had ended has five days more.
  await account.take({ kind: "wait", days: 6 });
  expect(await account.balance()).toEqual({ cash: 50n, bonus: 20n, owed: 0n });
  const { rows } = await h.ctx().db.read.execute<{ credit: string }>(sql`SELECT credit FROM ledger_transfer
    WHERE kind = 'bonus_expiry' AND debit LIKE ${`%${userId}%`}`);
  expect(rows).toEqual([{ credit: "promotion:platform:IDR" }]);
});

test("of a cashback that has lapsed only what was spent is owed, and its payer is paid once", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const account = new BonusAccount(h, userId);
  await account.take({ kind: "earn", lot: 0, minor: 40n, days: 3 });
  await account.take({ kind: "spend", minor: 10n });
  await account.take({ kind: "wait", days: 4 });
  await account.take({ kind: "reclaim", lot: 0, percent: 50 });
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 0n, owed: 10n });
  await account.take({ kind: "reclaim", lot: 0, percent: 100 });
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 0n, owed: 10n });
  await account.take({ kind: "earn", lot: 1, minor: 25n, days: 3 });
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 15n, owed: 0n });
});

test("bonus that a payment held while its cashback was taken back pays the debt once let go", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const account = new BonusAccount(h, userId);
  await account.take({ kind: "earn", lot: 0, minor: 40n, days: 9 });
  await account.take({ kind: "hold", minor: 40n });
  await account.take({ kind: "reclaim", lot: 0, percent: 100 });
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 0n, owed: 40n });
  await account.take({ kind: "let_go" });
  await account.take({ kind: "spend", minor: 40n });
  expect(account.spent).toEqual([]);
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 0n, owed: 0n });
});

test("of what a payment held beyond the end of its lot, its payer has nothing twice", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const account = new BonusAccount(h, userId);
  await account.take({ kind: "earn", lot: 0, minor: 40n, days: 3 });
  await account.take({ kind: "hold", minor: 40n });
  await account.take({ kind: "reclaim", lot: 0, percent: 100 });
  await account.take({ kind: "wait", days: 4 });
  await account.finish();
  expect(await account.balance()).toEqual({ cash: 0n, bonus: 0n, owed: 0n });
  expect(await account.sum("kind = 'bonus_expiry'")).toBe(0n);
});

test("a payment that nobody ended lets its bonus go to what is owed before it pays for another", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const account = new BonusAccount(h, userId);
  await account.take({ kind: "earn", lot: 0, minor: 40n, days: 30 });
  const ctx = h.ctx();
  const wish = { userId, amount: { minor: 40n, currency: "IDR" as const }, reason: "t" };
  const held = { ...wish, transferId: h.ids.next("payment"), expiresAt: ctx.clock.now() + DAY_MS };
  expect((await ctx.db.commit([reserveFunds(ctx, held)])).ok).toBe(true);
  await account.take({ kind: "reclaim", lot: 0, percent: 100 });
  h.clock.advance(2 * DAY_MS);
  await account.take({ kind: "spend", minor: 40n });
  expect(account.spent).toEqual([]);
});

const bonusOf = async (h: Harness, buyerId: Id<"user">) => {
  const [{ bonus, owed }] = await h.ctx().db.load(balanceQuery(h.ctx(), buyerId));
  return { bonus: bonus.minor, owed: owed.minor };
};

test("a return after the cashback was paid takes exactly its share back, told twice and late", async () => {
  const h = harness();
  const maker = await h.operator();
  const benefit = { kind: "cashback", basisPoints: 1_000, validForDays: 30 };
  const voucher = await make(h, maker, { benefit, budget: idr(9_000_000) });
  const buyerId = h.ids.next("user");
  const order = () => {
    const { lines } = toldOrder(h.ids, { buyerId, email: "b@example.com" });
    return { orderGroupId: h.ids.next("orderGroup"), sellerId: h.ids.next("seller"), buyerId, lines };
  };
  const [first, second, next] = [order(), order(), order()];
  for (const { orderGroupId, sellerId } of [first, second, next]) {
    const parts = [[sellerId, 1_500_000n] as const];
    expect(await redeem(h, [voucher], { orderGroupId, buyerId, parts })).toBe("ok");
  }
  await hear(h, completed(h, first));
  expect(await bonusOf(h, buyerId)).toEqual({ bonus: 1_500_000n, owed: 0n });
  const back = returned(h, first, 1);
  await hear(h, back);
  await hear(h, back);
  await h.runDue(first.orderGroupId);
  expect(await bonusOf(h, buyerId)).toEqual({ bonus: 1_000_000n, owed: 0n });
  // All of it is spent, and the rest comes back: what is owed is paid with the next cashback.
  const account = new BonusAccount(h, buyerId);
  await account.take({ kind: "spend", minor: 1_000_000n });
  const rest = { ...first, lines: first.lines.toReversed() };
  await hear(h, returned(h, first, 1), returned(h, rest, 1));
  await h.runDue(first.orderGroupId);
  expect(await bonusOf(h, buyerId)).toEqual({ bonus: 0n, owed: 1_000_000n });
  // The return is told before the end of the order, and nobody had known of it.
  await hear(h, returned(h, second, 1), completed(h, second));
  await h.runDue(second.orderGroupId);
  expect(await bonusOf(h, buyerId)).toEqual({ bonus: 0n, owed: 0n });
  await hear(h, completed(h, next));
  expect(await bonusOf(h, buyerId)).toEqual({ bonus: 1_500_000n, owed: 0n });
  const { rows } = await h.ctx().db.read.execute<{ n: string }>(sql`SELECT count(*) AS n FROM ledger_transfer
    WHERE kind = 'cashback_back' AND (debit LIKE ${`%${buyerId}%`})`);
  expect(Number(rows[0]?.n)).toBe(2);
});
