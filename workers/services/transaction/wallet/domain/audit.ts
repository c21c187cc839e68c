import { openSha256, sha256 } from "#kernel/digest";
import type { Entry } from "./book.ts";
import { moves } from "./book.ts";

/** A row of the log as it is exported, oldest first. */
export type LogRow = Entry & {
  readonly orderId: string | null;
  readonly memo: string | null;
  readonly actor: string;
  readonly debitAfter: bigint | null;
  readonly creditAfter: bigint | null;
};

export type AccountRow = {
  readonly id: string;
  readonly currency: string;
  readonly mode: "strict" | "folded";
  readonly mayOverdraw: boolean;
  /** With what has not been folded yet. */
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
};

export type DayRow = {
  readonly day: string;
  readonly closedUntil: number;
  readonly transfers: bigint;
  readonly logHash: string;
  readonly balanceHash: string;
  readonly previousHash: string;
  readonly hash: string;
};

export type DayBalanceRow = {
  readonly day: string;
  readonly accountId: string;
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  readonly balanceMinor: bigint;
};

export type LedgerFindings = {
  readonly transfers: number;
  readonly accounts: number;
  readonly days: number;
  /** What does not follow from the log, in words; empty when all is well. */
  readonly drift: readonly string[];
  readonly lastHash: string | null;
};

/** More than this says nothing new. */
const DRIFT_MAX = 50;

type Derived = { currency: string; posted: bigint; held: bigint };
type Turnover = { currency: string; debit: bigint; credit: bigint; balance: bigint };
type Day = DayRow & {
  readonly log: ReturnType<typeof openSha256>;
  count: bigint;
  readonly moved: Map<string, Turnover>;
};

/** What is hashed of a row; `ledger_line` in SQL says the same. */
const lineOf = (row: LogRow): string =>
  [
    row.id,
    row.phase,
    row.kind,
    row.debit,
    row.credit,
    row.currency,
    row.amountMinor,
    row.pendingId ?? "",
    row.orderId ?? "",
    row.memo ?? "",
    row.actor,
    row.at,
  ].join("|");

/** What an export consists of, in this order. */
export type AuditLine =
  | { readonly kind: "day"; readonly row: DayRow }
  | { readonly kind: "account"; readonly row: AccountRow }
  | { readonly kind: "transfer"; readonly row: LogRow }
  | { readonly kind: "balance"; readonly row: DayBalanceRow };

/**
 * Derives every balance, every trial balance and every hash from the log alone, and compares. Days and
 * accounts are read first, at one instant, then the log up to that instant, then the trial balances.
 */
export class LedgerAudit {
  readonly #derived = new Map<string, Derived>();
  readonly #pending = new Map<string, bigint>();
  readonly #seen = new Set<string>();
  readonly #days: Day[] = [];
  readonly #accounts: AccountRow[] = [];
  readonly #drift: string[] = [];
  #isChainChecked = false;

  take(line: AuditLine): void {
    if (line.kind === "day") {
      this.#days.push({ ...line.row, log: openSha256(), count: 0n, moved: new Map() });
    } else if (line.kind === "account") this.#accounts.push(line.row);
    else if (line.kind === "transfer") this.#takeTransfer(line.row);
    else this.#takeBalance(line.row);
  }

  findings(): LedgerFindings {
    this.#checkChain();
    for (const account of this.#accounts) this.#checkAccount(account);
    for (const [id, { posted, held }] of this.#derived) {
      if (posted !== 0n || held !== 0n) this.#find(`${id} is in the log and not among the accounts`);
    }
    return {
      transfers: this.#seen.size,
      accounts: this.#accounts.length,
      days: this.#days.length,
      drift: this.#drift,
      lastHash: this.#days.at(-1)?.hash ?? null,
    };
  }

  #takeTransfer(row: LogRow): void {
    if (this.#seen.has(row.id)) this.#find(`transfer ${row.id} is there twice`);
    this.#seen.add(row.id);
    if (row.amountMinor <= 0n) this.#find(`transfer ${row.id} moves ${row.amountMinor}`);
    this.#takeHold(row);
    if (moves(row)) this.#move(row);
    this.#checkAfter(row, row.debit, row.debitAfter);
    this.#checkAfter(row, row.credit, row.creditAfter);
    this.#takeDay(row);
  }

  #takeBalance(row: DayBalanceRow): void {
    this.#checkChain();
    const day = this.#days.find((one) => one.day === row.day);
    const own = day?.moved.get(row.accountId);
    const { accountId, currency, debitMinor, creditMinor, balanceMinor } = row;
    if (
      own?.currency !== currency ||
      own.debit !== debitMinor ||
      own.credit !== creditMinor ||
      own.balance !== balanceMinor
    ) {
      this.#find(`trial balance of ${row.day}: ${accountId} does not follow from the log`);
    }
  }

  #checkAccount(row: AccountRow): void {
    const { posted = 0n, held = 0n, currency = row.currency } = this.#derived.get(row.id) ?? {};
    if (posted !== row.postedMinor || held !== row.heldMinor || currency !== row.currency) {
      this.#find(
        `${row.id} has ${row.postedMinor} (${row.heldMinor} held), the log says ${posted} (${held})`,
      );
    }
    const mayBeLow = row.mode === "folded" || row.mayOverdraw;
    if (!mayBeLow && row.postedMinor < row.heldMinor) this.#find(`${row.id} is below nought`);
    this.#derived.delete(row.id);
  }

  /** What a pending transfer holds, and that it is settled once and for no more. */
  #takeHold({ id, phase, debit, currency, amountMinor, pendingId }: LogRow): void {
    if (phase === "pending") {
      this.#pending.set(id, amountMinor);
      this.#of(debit, currency).held += amountMinor;
    }
    if (pendingId === null) return;
    const held = this.#pending.get(pendingId);
    if (held === undefined) this.#find(`${id} settles what is not pending`);
    else if (amountMinor > held) this.#find(`${id} settles more than was pending`);
    this.#pending.delete(pendingId);
    this.#of(debit, currency).held -= held ?? 0n;
  }

  #move({ debit, credit, currency, amountMinor }: LogRow): void {
    this.#of(debit, currency).posted -= amountMinor;
    this.#of(credit, currency).posted += amountMinor;
  }

  #of(id: string, currency: string): Derived {
    const known = this.#derived.get(id);
    if (known && known.currency !== currency) this.#find(`${id} is booked in ${currency} too`);
    const derived = known ?? { currency, posted: 0n, held: 0n };
    this.#derived.set(id, derived);
    return derived;
  }

  #checkAfter(row: LogRow, account: string, after: bigint | null): void {
    const { posted } = this.#of(account, row.currency);
    if (after !== null && after !== posted) {
      this.#find(`${row.id} says ${after} of ${account} after it, the log says ${posted}`);
    }
  }

  #takeDay(row: LogRow): void {
    const day = this.#days.find(({ closedUntil }) => row.at < closedUntil);
    if (!day) return;
    day.log.add(`${day.count === 0n ? "" : "\n"}${lineOf(row)}`);
    day.count += 1n;
    if (!moves(row)) return;
    const on = (id: string): Turnover => {
      const turnover = day.moved.get(id) ?? { currency: row.currency, debit: 0n, credit: 0n, balance: 0n };
      day.moved.set(id, turnover);
      return turnover;
    };
    on(row.debit).debit += row.amountMinor;
    on(row.credit).credit += row.amountMinor;
  }

  /** The log is through: now the days can be told. */
  #checkChain(): void {
    if (this.#isChainChecked) return;
    this.#isChainChecked = true;
    let previous = "";
    const balances = new Map<string, bigint>();
    for (const day of this.#days) {
      const { previousHash, logHash, balanceHash, hash, closedUntil } = day;
      const lines = [...day.moved]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, turnover]) => {
          turnover.balance = (balances.get(id) ?? 0n) + turnover.credit - turnover.debit;
          balances.set(id, turnover.balance);
          const { currency, debit, credit, balance } = turnover;
          return [id, currency, debit, credit, balance].join("|");
        });
      const body = [previousHash, day.day, closedUntil, logHash, balanceHash].join("|");
      if (previousHash !== previous) this.#find(`${day.day} does not stand on the day before`);
      if (day.log.end() !== logHash || day.count !== day.transfers)
        this.#find(`the log of ${day.day} is not the one that was closed`);
      if (sha256(lines.join("\n")) !== balanceHash)
        this.#find(`the trial balance of ${day.day} is not the one that was closed`);
      if (sha256(body) !== hash) this.#find(`the hash of ${day.day} does not match`);
      previous = hash;
    }
  }

  #find(what: string): void {
    if (this.#drift.length < DRIFT_MAX) this.#drift.push(what);
  }
}
