import { and, eq } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import { voucherCounter } from "#schema/transaction/voucher";
import { type Harness, harness } from "../../support/harness.ts";
import {
  type Account,
  anyAccounts,
  anyHistory,
  STEPS_MAX,
  type Step,
  VoucherAccount,
} from "../../support/voucher-account.ts";
import { cancelled, hear, idr, type Made, make, redeem } from "./voucher-desk.ts";

/** Each is some forty commits. */
const HISTORIES = 16;
const DAYS = STEPS_MAX + 2;

async function makeAll(h: Harness, accounts: readonly Account[]): Promise<readonly Made[]> {
  const maker = await h.operator();
  const endsAt = new Date(h.clock.now() + DAYS * DAY_MS).toISOString();
  return Promise.all(
    accounts.map(({ budgetMinor, ...limits }) =>
      make(h, maker, { ...limits, budget: budgetMinor === null ? null : idr(budgetMinor), endsAt }),
    ),
  );
}

/** The same people, shops and groups for every step of a history. */
function castOf(h: Harness, vouchers: readonly Made[]) {
  const named = <T>(make: () => T) => {
    const known = new Map<number, T>();
    return (n: number): T => {
      const one = known.get(n) ?? make();
      known.set(n, one);
      return one;
    };
  };
  const groups = named(() => h.ids.next("orderGroup"));
  const sellers = named(() => h.ids.next("seller"));
  const buyers = named(() => h.ids.next("user"));
  const emails = named(() => `${h.ids.next("guest")}@example.com`);
  return async (step: Step): Promise<string> => {
    if (step.kind === "midnight") {
      h.clock.advance(DAY_MS);
      return "ok";
    }
    const orderGroupId = groups(step.group);
    if (step.kind === "redeem") {
      const parts = step.shares.flatMap((minor, at) => (minor > 0n ? [[sellers(at), minor] as const] : []));
      const use = { orderGroupId, buyerId: buyers(step.buyer), email: emails(step.email), parts };
      const chosen = step.vouchers.flatMap((at) => vouchers[at] ?? []);
      return redeem(h, chosen, use);
    }
    const ended = step.kind === "end" ? [0, 1] : [step.seller];
    const about = { orderGroupId, buyerId: buyers(0) };
    await hear(h, ...ended.map((at) => cancelled(h, { ...about, sellerId: sellers(at) })));
    return "ok";
  };
}

async function countsOf(h: Harness, vouchers: readonly Made[]) {
  const { read } = h.ctx().db;
  return Promise.all(
    vouchers.map(async ({ id }) => {
      const which = and(eq(voucherCounter.voucherId, id), eq(voucherCounter.day, ""));
      const [row] = await read.select().from(voucherCounter).where(which);
      return row ? { used: row.used, spentMinor: row.spentMinor } : undefined;
    }),
  );
}

test("a random history on Postgres goes as the account of it says, refusal by refusal", async () => {
  await fc.assert(
    fc.asyncProperty(anyAccounts, anyHistory, async (accounts, history) => {
      const h = harness({ at: Date.parse("2032-02-01T03:00:00Z") });
      const vouchers = await makeAll(h, accounts);
      const play = castOf(h, vouchers);
      const book = new VoucherAccount(accounts);
      for (const step of history) {
        const [said, expected] = [await play(step), book.take(step)];
        expect(said === "ok", `${fc.stringify(step)}: ${said}`).toBe(expected === "ok");
      }
      const counts = await countsOf(h, vouchers);
      for (const [at, { quota, budgetMinor }] of accounts.entries()) {
        const isCounted = (quota !== null || budgetMinor !== null) && counts[at] !== undefined;
        if (isCounted) expect(counts[at]).toEqual(book.totals[at]);
      }
    }),
    { numRuns: HISTORIES },
  );
});
