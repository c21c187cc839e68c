import { err, ok, type Result } from "#kernel/result";
import { type Account, CHART } from "./accounts.ts";
import { endOf, type LedgerRefusal, type NewTransfer, type Settling } from "./transfer.ts";

/** A row of the log. */
export type Entry = {
  readonly id: string;
  readonly phase: "direct" | "pending" | "post" | "void" | "expire";
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly pendingId: string | null;
  readonly forced: boolean;
  readonly at: number;
};

export type Balance = {
  readonly currency: string;
  readonly owner: string;
  readonly mode: "strict" | "folded";
  readonly mayOverdraw: boolean;
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
};

/**
 * The ledger as a value: what drizzle/migrations/0020_wallet_functions.sql does under locks, decided without
 * a database. Tests play the same histories on both.
 */
export type Book = {
  readonly accounts: ReadonlyMap<string, Balance>;
  readonly log: readonly Entry[];
  readonly entries: ReadonlyMap<string, Entry>;
  /** Pending transfers by id, and those that are settled. */
  readonly settled: ReadonlySet<string>;
  readonly frozen: ReadonlySet<string>;
};

export const EMPTY_BOOK: Book = {
  accounts: new Map(),
  log: [],
  entries: new Map(),
  settled: new Set(),
  frozen: new Set(),
};

export const moves = ({ phase }: Pick<Entry, "phase">): boolean => phase === "direct" || phase === "post";
export const availableOf = ({ postedMinor, heldMinor }: Balance): bigint => postedMinor - heldMinor;

function openAccounts(book: Book, asked: readonly (NewTransfer | Settling)[]): Map<string, Balance> {
  const accounts = new Map(book.accounts);
  const open = ({ id, kind, currency, owner }: Account) => {
    if (accounts.has(id)) return;
    const { mode, mayOverdraw } = CHART[kind];
    accounts.set(id, { currency, owner, mode, mayOverdraw, postedMinor: 0n, heldMinor: 0n });
  };
  for (const one of asked) {
    if ("pendingId" in one) continue;
    open(one.debit);
    open(one.credit);
  }
  return accounts;
}

/** What settles a pending transfer has its parties, and its amount unless it says less. */
function toEntry(book: Book, asked: NewTransfer | Settling, at: number): Entry | undefined {
  if ("pendingId" in asked) {
    const pending = book.entries.get(asked.pendingId);
    if (!pending) return undefined;
    const { pendingId, phase, amountMinor = pending.amountMinor } = asked;
    return { ...pending, id: endOf(pendingId), phase, pendingId, amountMinor, at };
  }
  const { id, kind, debit, credit, amountMinor, pending, forced = false } = asked;
  const parties = { debit: debit.id, credit: credit.id, currency: debit.currency };
  return {
    id,
    kind,
    amountMinor,
    forced,
    at,
    phase: pending ? "pending" : "direct",
    pendingId: null,
    ...parties,
  };
}

/** Books all of it or nothing. What is booked already is left out, and must be what it was. */
export function decidePost(
  book: Book,
  asked: readonly (NewTransfer | Settling)[],
  at: number,
): Result<Book, LedgerRefusal> {
  const accounts = openAccounts(book, asked);
  const entries = asked.map((one) => toEntry(book, one, at));
  if (entries.includes(undefined)) return err("wallet.account_unknown");
  const known = entries.filter((one) => one !== undefined);
  const fresh = known.filter(({ id }) => !book.entries.has(id));
  const refusals = fresh.flatMap((entry) => refusalOf(book, accounts, entry) ?? []).sort();
  const [refused] = refusals;
  if (refused) return err(refused);
  if (!moveBalances(book, accounts, fresh)) return err("wallet.insufficient");
  if (known.some((entry) => isAnother(book.entries.get(entry.id), entry)))
    return err("wallet.transfer_reused");
  const all = new Map(book.entries);
  for (const entry of fresh) all.set(entry.id, entry);
  const ended = fresh.flatMap(({ pendingId }) => pendingId ?? []);
  const settled = new Set([...book.settled, ...ended]);
  return ok({ ...book, accounts, log: [...book.log, ...fresh], entries: all, settled });
}

function refusalOf(
  { entries, settled, frozen }: Book,
  accounts: ReadonlyMap<string, Balance>,
  { phase, debit, credit, currency, amountMinor, pendingId, forced }: Entry,
): LedgerRefusal | undefined {
  const [from, to] = [accounts.get(debit), accounts.get(credit)];
  if (!from || !to) return "wallet.account_unknown";
  if (from.currency !== currency || to.currency !== currency) return "wallet.currency_mismatch";
  if (phase === "pending" && from.mode !== "strict") return "wallet.not_holdable";
  const pending = pendingId === null ? undefined : entries.get(pendingId);
  if (pendingId !== null && pending?.phase !== "pending") return "wallet.not_pending";
  if (pending && phase === "post" && amountMinor > pending.amountMinor) return "wallet.amount_exceeded";
  if (pending && phase !== "post" && amountMinor !== pending.amountMinor) return "wallet.amount_exceeded";
  if (pendingId !== null && settled.has(pendingId)) return "wallet.settled_already";
  const isFrozen = from.mode === "strict" && frozen.has(from.owner);
  return isFrozen && pendingId === null && !forced ? "wallet.frozen" : undefined;
}

type Effect = { posted: bigint; held: bigint; isGuarded: boolean };

/** Whether what is debited is there. Only the balance after the whole batch counts: it is one commit. */
function moveBalances({ entries }: Book, accounts: Map<string, Balance>, fresh: readonly Entry[]): boolean {
  const effects = new Map<string, Effect>();
  const on = (id: string): Effect => {
    const effect = effects.get(id) ?? { posted: 0n, held: 0n, isGuarded: false };
    effects.set(id, effect);
    return effect;
  };
  for (const entry of fresh) {
    const { amountMinor, pendingId, phase } = entry;
    const debit = on(entry.debit);
    if (pendingId === null && !entry.forced) debit.isGuarded = true;
    if (phase === "pending") debit.held += amountMinor;
    if (pendingId !== null) debit.held -= entries.get(pendingId)?.amountMinor ?? 0n;
    if (!moves(entry)) continue;
    debit.posted -= amountMinor;
    on(entry.credit).posted += amountMinor;
  }
  for (const [id, { posted, held, isGuarded }] of effects) {
    const before = accounts.get(id);
    if (!before) return false;
    const after = { ...before, postedMinor: before.postedMinor + posted, heldMinor: before.heldMinor + held };
    const mayBeLow = after.mode === "folded" || (after.mayOverdraw && !isGuarded);
    if (availableOf(after) < 0n && !mayBeLow) return false;
    accounts.set(id, after);
  }
  return true;
}

const BODY = ["phase", "kind", "debit", "credit", "currency", "amountMinor", "pendingId"] as const;
const isAnother = (stored: Entry | undefined, entry: Entry): boolean =>
  stored !== undefined && BODY.some((field) => stored[field] !== entry[field]);
