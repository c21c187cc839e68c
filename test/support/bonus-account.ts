import { sql } from "drizzle-orm";
import fc from "fast-check";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import {
  balanceQuery,
  captureFunds,
  cashback,
  giveBackToWallet,
  releaseFunds,
  reserveFunds,
  takeBackCashback,
} from "#services/transaction/wallet/index";
import type { Harness } from "./harness.ts";

export type Step =
  | { readonly kind: "earn"; readonly lot: number; readonly minor: bigint; readonly days: number }
  | { readonly kind: "spend"; readonly minor: bigint }
  /** A payment that is under way, and one that comes to nothing. */
  | { readonly kind: "hold"; readonly minor: bigint }
  | { readonly kind: "let_go" }
  | { readonly kind: "refund"; readonly payment: number; readonly percent: number }
  | { readonly kind: "reclaim"; readonly lot: number; readonly percent: number }
  | { readonly kind: "wait"; readonly days: number };

const lot = fc.integer({ min: 0, max: 2 });
const percent = fc.constantFrom(30, 50, 100);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("earn" as const),
    lot,
    minor: fc.bigInt({ min: 1n, max: 90n }),
    days: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant("spend" as const), minor: fc.bigInt({ min: 1n, max: 120n }) }),
  fc.record({ kind: fc.constant("hold" as const), minor: fc.bigInt({ min: 1n, max: 120n }) }),
  fc.record({ kind: fc.constant("let_go" as const) }),
  fc.record({ kind: fc.constant("refund" as const), payment: fc.nat({ max: 3 }), percent }),
  fc.record({ kind: fc.constant("reclaim" as const), lot, percent }),
  fc.record({ kind: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 12 }) }),
);
export const anyBonusHistory = fc.array(anyStep, { minLength: 6, maxLength: 16 });

type Spent = { readonly id: Id<"payment">; readonly minor: bigint; back: bigint };
type Earned = { readonly minor: bigint; asked: bigint };

/** A wallet that earns, spends, is refunded and gives back, with an account of it kept beside the ledger. */
export class BonusAccount {
  readonly #h: Harness;
  readonly userId: Id<"user">;
  readonly spent: Spent[] = [];
  readonly #held: Id<"payment">[] = [];
  readonly earned = new Map<number, Earned>();

  constructor(h: Harness, userId: Id<"user">) {
    this.#h = h;
    this.userId = userId;
  }

  keyOf = (at: number): string => `${this.userId}/${at}`;
  #money = (minor: bigint) => ({ minor, currency: "IDR" as const });

  async balance() {
    const ctx = this.#h.ctx();
    const [found] = await ctx.db.load(balanceQuery(ctx, this.userId));
    const { available, bonus, owed } = found;
    return { cash: available.minor, bonus: bonus.minor, owed: owed.minor };
  }

  async sum(which: string): Promise<bigint> {
    const { rows } = await this.#h.ctx().db.read.execute<{ all: string }>(
      sql`WITH own AS (SELECT id FROM ledger_account WHERE owner = ${this.userId})
        SELECT coalesce(sum(amount_minor), 0)::text AS all FROM ledger_transfer
        WHERE debit IN (SELECT id FROM own) AND ${sql.raw(which)}`,
    );
    return BigInt(rows[0]?.all ?? 0);
  }

  /** Twice, as everything may come. */
  async #commit(statements: Parameters<ReturnType<Harness["ctx"]>["db"]["commit"]>[0]): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      const done = await this.#h.ctx().db.commit<string>(statements);
      if (!done.ok) throw new Error(done.code);
    }
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "earn") await this.#earn(step);
    if (step.kind === "spend") await this.#spend(step.minor);
    if (step.kind === "hold") await this.#hold(step.minor);
    if (step.kind === "let_go") await this.#letGo();
    if (step.kind === "refund") await this.#refund(step);
    if (step.kind === "reclaim") await this.#reclaim(step);
    if (step.kind === "wait") await this.#wait(step.days);
  }

  async #earn({ lot: at, minor, days }: Extract<Step, { kind: "earn" }>): Promise<void> {
    if (this.earned.has(at)) return;
    const ctx = this.#h.ctx();
    const expiresAt = ctx.clock.now() + days * DAY_MS;
    const about = { key: this.keyOf(at), userId: this.userId, fundedBy: "platform" as const };
    await this.#commit(cashback(ctx, { ...about, amount: this.#money(minor), expiresAt }));
    this.earned.set(at, { minor, asked: 0n });
  }

  async #spend(minor: bigint): Promise<void> {
    const ctx = this.#h.ctx();
    const id = this.#h.ids.next("payment");
    const amount = this.#money(minor);
    const wish = { transferId: id, userId: this.userId, amount, expiresAt: ctx.clock.now() + 1, reason: "t" };
    const held = await ctx.db.commit([reserveFunds(ctx, wish), captureFunds(ctx, id)]);
    if (held.ok) this.spent.push({ id, minor, back: 0n });
  }

  async #hold(minor: bigint): Promise<void> {
    const ctx = this.#h.ctx();
    const transferId = this.#h.ids.next("payment");
    const expiresAt = ctx.clock.now() + 1_000 * DAY_MS;
    const wish = { transferId, userId: this.userId, amount: this.#money(minor), expiresAt, reason: "t" };
    if ((await ctx.db.commit([reserveFunds(ctx, wish)])).ok) this.#held.push(transferId);
  }

  async #letGo(): Promise<void> {
    const transferId = this.#held.shift();
    if (transferId) await this.#commit([releaseFunds(this.#h.ctx(), transferId)]);
  }

  /** Nothing is under way any more, and what had ended meanwhile is with whoever paid for it. */
  async finish(): Promise<void> {
    while (this.#held.length > 0) await this.#letGo();
    await this.#wait(1);
  }

  async #refund({ payment: at, percent: share }: Extract<Step, { kind: "refund" }>): Promise<void> {
    const payment = this.spent[at];
    const minor = payment ? ((payment.minor - payment.back) * BigInt(share)) / 100n : 0n;
    if (!payment || minor === 0n) return;
    const key = this.#h.ids.next("refund");
    const about = { key, userId: this.userId, amount: this.#money(minor), paymentId: payment.id };
    await this.#commit(giveBackToWallet(this.#h.ctx(), { ...about, reason: "return" }));
    payment.back += minor;
  }

  async #reclaim({ lot: at, percent: share }: Extract<Step, { kind: "reclaim" }>): Promise<void> {
    const earned = this.earned.get(at);
    const total = ((earned?.minor ?? 0n) * BigInt(share)) / 100n;
    if (!earned) return;
    const about = { key: this.keyOf(at), userId: this.userId, fundedBy: "platform" as const };
    await this.#commit([takeBackCashback(this.#h.ctx(), { ...about, total: this.#money(total) })]);
    if (total > earned.asked) earned.asked = total;
  }

  async #wait(days: number): Promise<void> {
    this.#h.clock.advance(days * DAY_MS);
    const { rows } = await this.#h.ctx().db.read.execute<{ subject: string }>(
      sql`SELECT subject FROM due WHERE kind IN ('wallet.end_lot', 'wallet.end_lots')
        AND subject LIKE ${`%${this.userId}%`} ORDER BY due_at`,
    );
    for (const { subject } of rows) await this.#h.runDue(subject);
  }
}
