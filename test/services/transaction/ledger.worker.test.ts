import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { type Account, cashOf, payableOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { decidePost, EMPTY_BOOK } from "#services/transaction/wallet/domain/book";
import type { NewTransfer } from "#services/transaction/wallet/domain/transfer";
import {
  balanceQuery,
  captureFunds,
  cashback,
  clawback,
  refundToWallet,
  releaseFunds,
  reserveFunds,
  sellerAccountQuery,
} from "#services/transaction/wallet/index";
import { closeDays, foldDeltas } from "#services/transaction/wallet/repository/books";
import { post } from "#services/transaction/wallet/repository/ledger";
import { type Harness, harness } from "../../support/harness.ts";
import { histories, toBatch } from "../../support/ledger-history.ts";

const HISTORIES = 40;
const idr = (minor: bigint): Money => ({ minor, currency: "IDR" });

async function balanceOf(h: Harness, ids: readonly string[]) {
  const { rows } = await h.ctx().db.read.execute<{ id: string; posted: string; held: string }>(sql`
    SELECT id, ledger_balance(id) AS posted, held_minor AS held FROM ledger_account
    WHERE id IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`);
  return new Map(rows.map((row) => [row.id, { posted: BigInt(row.posted), held: BigInt(row.held) }]));
}

const payments = platformOf("payments", "IDR");
/** A platform account of the test's own, so that nobody else adds to it. */
const ownPayments = (h: Harness): Account => {
  const owner = h.ids.next("transfer");
  return { ...payments, id: `payments:${owner}:IDR`, owner };
};

async function fund(h: Harness, minor: bigint, from: Account = payments) {
  const userId = h.ids.next("user");
  const credit = cashOf(userId, "IDR");
  const transfer: NewTransfer = {
    id: `test/${h.ids.next("transfer")}`,
    kind: "top_up",
    debit: from,
    credit,
    amountMinor: minor,
  };
  const ctx = h.ctx();
  expect(await ctx.db.commit([post(ctx, [transfer])])).toEqual({ ok: true });
  return { userId, cash: credit };
}

const reservation = (h: Harness, userId: Id<"user">, minor: bigint, lastsMs = DAY_MS) => ({
  transferId: `test/${h.ids.next("payment")}`,
  userId,
  amount: idr(minor),
  expiresAt: h.clock.now() + lastsMs,
  reason: "order",
});

async function walletOf(h: Harness, userId: Id<"user">) {
  const ctx = h.ctx();
  const [balance] = await ctx.db.load(balanceQuery(ctx, userId));
  return { cash: balance.available.minor, held: balance.held.minor, bonus: balance.bonus.minor };
}

test("the database books what the pure ledger books, and refuses with the same word", async () => {
  const h = harness();
  const ctx = h.ctx();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(histories(8), async (steps) => {
      const owner = h.ids.next("transfer").slice(4);
      let book = EMPTY_BOOK;
      for (const step of steps) {
        const batch = toBatch(step, owner);
        const expected = decidePost(book, batch, 0);
        const committed = await ctx.db.commit([post(ctx, batch)]);
        const code = committed.ok ? "ok" : committed.code;
        expect(code).toBe(expected.ok ? "ok" : expected.code);
        seen.add(code);
        if (expected.ok) book = expected.value;
      }
      const stored = await balanceOf(h, [...book.accounts.keys()]);
      for (const [id, { postedMinor, heldMinor }] of book.accounts) {
        expect(stored.get(id)).toEqual({ posted: postedMinor, held: heldMinor });
      }
      const { rows } = await ctx.db.read.execute(sql`SELECT id FROM ledger_transfer
        WHERE id LIKE ${`${owner}/%`} ORDER BY seq`);
      expect(rows.map((row) => row.id)).toEqual(book.log.map(({ id }) => id));
    }),
    { numRuns: HISTORIES, seed: 1 },
  );
  expect(seen).toContain("ok");
  expect(seen).toContain("wallet.insufficient");
  expect(seen).toContain("wallet.transfer_reused");
});

test("sixty at once never take more out of a wallet than is in it", async () => {
  const h = harness();
  const { userId } = await fund(h, 20n);
  const takes = Array.from({ length: 60 }, async () => {
    const ctx = h.ctx();
    return ctx.db.commit([reserveFunds(ctx, reservation(h, userId, 1n))]);
  });
  const results = await Promise.all(takes);
  expect(results.filter((one) => one.ok).length).toBe(20);
  expect(results.filter((one) => !one.ok && one.code === "wallet.insufficient").length).toBe(40);
  expect(await walletOf(h, userId)).toEqual({ cash: 0n, held: 20n, bonus: 0n });
});

test("a reservation is captured once, released once, and never both", async () => {
  const h = harness();
  const { userId } = await fund(h, 100n);
  const ctx = h.ctx();
  const wish = reservation(h, userId, 60n);
  const reserve = () => ctx.db.commit([reserveFunds(ctx, wish)]);
  expect(await Promise.all([reserve(), reserve(), reserve()])).toEqual([
    { ok: true },
    { ok: true },
    { ok: true },
  ]);
  expect(await walletOf(h, userId)).toEqual({ cash: 40n, held: 60n, bonus: 0n });
  const other = await ctx.db.commit([reserveFunds(ctx, { ...wish, amount: idr(61n) })]);
  expect(other).toEqual({ ok: false, code: "wallet.transfer_reused" });
  const capture = () => ctx.db.commit([captureFunds(ctx, wish.transferId)]);
  const release = () => ctx.db.commit([releaseFunds(ctx, wish.transferId)]);
  expect(await Promise.all([capture(), capture()])).toEqual([{ ok: true }, { ok: true }]);
  expect(await release()).toEqual({ ok: true });
  expect(await walletOf(h, userId)).toEqual({ cash: 40n, held: 0n, bonus: 0n });

  const second = reservation(h, userId, 40n);
  await ctx.db.commit([reserveFunds(ctx, second)]);
  const race = await Promise.all([
    ctx.db.commit([captureFunds(ctx, second.transferId)]),
    ctx.db.commit([releaseFunds(ctx, second.transferId)]),
  ]);
  const { cash, held } = await walletOf(h, userId);
  expect(held).toBe(0n);
  expect(cash).toBe(race[0].ok ? 0n : 40n);
  expect(await ctx.db.commit([captureFunds(ctx, "never")])).toEqual({
    ok: false,
    code: "wallet.not_reserved",
  });
});

test("what a reservation held is there again when its time is up, and is then gone for it", async () => {
  const h = harness();
  const { userId } = await fund(h, 50n);
  const ctx = h.ctx();
  const lapsed = reservation(h, userId, 50n, 1_000);
  await ctx.db.commit([reserveFunds(ctx, lapsed)]);
  const next = reservation(h, userId, 50n);
  expect(await ctx.db.commit([reserveFunds(ctx, next)])).toEqual({ ok: false, code: "wallet.insufficient" });
  h.clock.advance(2_000);
  expect(await ctx.db.commit([reserveFunds(ctx, next)])).toEqual({ ok: true });
  const late = await ctx.db.commit([captureFunds(ctx, lapsed.transferId)]);
  expect(late).toEqual({ ok: false, code: "wallet.not_reserved" });
});

test("bonus is spent before cash, the lot that ends first before the others, and ends", async () => {
  const h = harness();
  const { userId } = await fund(h, 100n);
  const ctx = h.ctx();
  const give = (minor: bigint, days: number) =>
    cashback(ctx, {
      key: `${userId}/${days}`,
      userId,
      amount: idr(minor),
      expiresAt: h.clock.now() + days * DAY_MS,
      fundedBy: "platform",
    });
  await ctx.db.commit([give(30n, 9), give(20n, 2), give(20n, 2)].flat());
  expect(await walletOf(h, userId)).toEqual({ cash: 100n, held: 0n, bonus: 50n });
  const wish = reservation(h, userId, 60n, 30 * DAY_MS);
  await ctx.db.commit([reserveFunds(ctx, wish)]);
  expect(await walletOf(h, userId)).toEqual({ cash: 90n, held: 60n, bonus: 0n });
  await ctx.db.commit([releaseFunds(ctx, wish.transferId)]);
  await ctx.db.commit([reserveFunds(ctx, { ...wish, transferId: `${wish.transferId}b`, amount: idr(25n) })]);
  expect(await walletOf(h, userId)).toEqual({ cash: 100n, held: 25n, bonus: 25n });
  h.clock.advance(10 * DAY_MS);
  expect(await walletOf(h, userId)).toEqual({ cash: 100n, held: 25n, bonus: 0n });
  const lot = (days: number) => `bonus:${userId}:IDR:${userId}/${days}`;
  expect(await h.runDue(lot(9))).toBe(1);
  const left = await balanceOf(h, [lot(9), lot(2)]);
  expect(left.get(lot(9))).toEqual({ posted: 5n, held: 5n });
  expect(left.get(lot(2))).toEqual({ posted: 20n, held: 20n });
});

test("a shop's clawback may bring it below nought, and a refund comes once a key", async () => {
  const h = harness();
  const ctx = h.ctx();
  const sellerId = h.ids.next("seller");
  const orderId = h.ids.next("order");
  const back = { key: orderId, sellerId, amount: idr(70n), reason: "chargeback", orderId };
  for (let time = 0; time < 2; time += 1) {
    expect(await ctx.db.commit([clawback(ctx, back)])).toEqual({ ok: true });
  }
  const [shop] = await ctx.db.load(sellerAccountQuery(ctx, sellerId));
  expect(shop.available.minor).toBe(-70n);
  const payout: NewTransfer = {
    id: `test/${sellerId}`,
    kind: "payout",
    debit: payableOf(sellerId, "IDR"),
    credit: payments,
    amountMinor: 1n,
  };
  expect(await ctx.db.commit([post(ctx, [payout])])).toEqual({ ok: false, code: "wallet.insufficient" });

  const userId = h.ids.next("user");
  const refund = { key: orderId, userId, amount: idr(9n), reason: "return", orderId };
  await Promise.all([1, 2, 3].map(() => ctx.db.commit([refundToWallet(ctx, refund)])));
  expect((await walletOf(h, userId)).cash).toBe(9n);
});

test("postings to a folded account do not wait for each other, and folding loses none", async () => {
  const h = harness();
  const hot = ownPayments(h);
  await fund(h, 1n, hot);
  const slow = h.ctx();
  const people = await Promise.all(Array.from({ length: 3 }, () => fund(h, 10n, hot)));
  const transfer = (n: number, cash: Account): NewTransfer => ({
    id: `${hot.owner}/${n}`,
    kind: "adjustment",
    debit: cash,
    credit: hot,
    amountMinor: 1n,
  });
  const startedAt = Date.now();
  // One commit sits on its posting for a second and a half; others of the same account are through at once.
  const held = slow.db.commit([
    post(slow, [transfer(0, (people[0] as { cash: Account }).cash)]),
    { sql: sql`SELECT pg_sleep(1.5)` },
  ]);
  await scheduler.wait(150);
  const others = await Promise.all(
    Array.from({ length: 16 }, async (_, n) => {
      const ctx = h.ctx();
      const { cash } = people[1 + (n % 2)] as { cash: Account };
      const posted = await ctx.db.commit([post(ctx, [transfer(n + 1, cash)]), foldDeltas(ctx)]);
      return posted.ok;
    }),
  );
  const waited = Date.now() - startedAt;
  expect(others.every(Boolean)).toBe(true);
  expect(waited).toBeLessThan(1_400);
  expect((await held).ok).toBe(true);
  expect((await balanceOf(h, [hot.id])).get(hot.id)?.posted).toBe(-31n + 17n);
  await slow.db.commit([foldDeltas(slow)]);
  const { rows } = await slow.db.read.execute(
    sql`SELECT posted_minor AS posted FROM ledger_account WHERE id = ${hot.id}`,
  );
  expect(rows).toEqual([{ posted: "-14" }]);
});

test("the log cannot be changed, and a closed day is one link of a chain", async () => {
  const h = harness();
  const ctx = h.ctx();
  const { cash } = await fund(h, 5n);
  const change = ctx.db.read.execute(
    sql`UPDATE ledger_transfer SET amount_minor = 6 WHERE credit = ${cash.id}`,
  );
  await expect(change).rejects.toThrow();
  await ctx.db.commit([closeDays(ctx)]);
  const { rows } = await ctx.db.read.execute(sql`
    SELECT count(*) AS broken FROM (
      SELECT previous_hash, lag(hash, 1, '') OVER (ORDER BY day) AS before FROM ledger_day) d
    WHERE previous_hash <> before`);
  expect(rows).toEqual([{ broken: "0" }]);
});
