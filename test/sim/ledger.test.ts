import fc from "fast-check";
import { expect, test } from "vitest";
import { LedgerAudit, type LogRow } from "#services/transaction/wallet/domain/audit";
import {
  availableOf,
  type Book,
  decidePost,
  EMPTY_BOOK,
  type Entry,
  moves,
} from "#services/transaction/wallet/domain/book";
import { histories, type Step, toBatch } from "../support/ledger-history.ts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const STEPS_MAX = 25;

const play = (book: Book, step: Step, at: number) => decidePost(book, toBatch(step, "x"), at);

function playAll(
  steps: readonly Step[],
  look: (book: Book, at: number, step: Step) => void = () => {},
): Book {
  let book = EMPTY_BOOK;
  for (const [at, step] of steps.entries()) {
    const result = play(book, step, at);
    if (result.ok) book = result.value;
    look(book, at, step);
  }
  return book;
}

/** An independent account of the log: sums over all of it, with nothing carried from row to row. */
function sumOf(log: readonly Entry[], account: string) {
  const total = (rows: readonly Entry[]) => rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const settled = new Set(log.map(({ pendingId }) => pendingId));
  const moved = log.filter(moves);
  return {
    posted:
      total(moved.filter(({ credit }) => credit === account)) -
      total(moved.filter(({ debit }) => debit === account)),
    held: total(
      log.filter(({ id, phase, debit }) => phase === "pending" && debit === account && !settled.has(id)),
    ),
  };
}

test("debits equal credits, nobody is overdrawn, and every balance follows from the log", () => {
  fc.assert(
    fc.property(histories(STEPS_MAX), (steps) => {
      const book = playAll(steps, ({ accounts }) => {
        let sum = 0n;
        for (const [id, account] of accounts) {
          sum += account.postedMinor;
          const mayBeLow = account.mode === "folded" || account.mayOverdraw;
          if (account.heldMinor < 0n || (!mayBeLow && availableOf(account) < 0n))
            throw new Error(`${id} is overdrawn`);
        }
        if (sum !== 0n) throw new Error(`debits and credits differ by ${sum}`);
      });
      for (const [id, { postedMinor, heldMinor }] of book.accounts) {
        const { posted, held } = sumOf(book.log, id);
        if (posted !== postedMinor || held !== heldMinor)
          throw new Error(`${id} does not follow from the log`);
      }
    }),
    { numRuns: RUNS },
  );
});

test("a batch twice is the batch once, and a pending transfer ends once", () => {
  fc.assert(
    fc.property(histories(STEPS_MAX), (steps) => {
      const book = playAll(steps, (after, at, step) => {
        const again = play(after, step, at);
        const isBooked = toBatch(step, "x").every((one) =>
          after.entries.has("pendingId" in one ? `${one.pendingId}:end` : one.id),
        );
        if (again.ok && isBooked) expect(again.value.log).toEqual(after.log);
      });
      const ends = book.log.flatMap(({ pendingId }) => pendingId ?? []);
      expect(new Set(ends).size).toBe(ends.length);
      for (const id of ends) expect(book.entries.get(id)?.phase).toBe("pending");
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

const toRow = (entry: Entry): LogRow => ({
  ...entry,
  orderId: null,
  memo: null,
  actor: "test",
  debitAfter: null,
  creditAfter: null,
});

function audit({ accounts }: Book, log: readonly Entry[]): readonly string[] {
  const audited = new LedgerAudit();
  for (const [id, account] of accounts) audited.take({ kind: "account", row: { id, ...account } });
  for (const entry of log) audited.take({ kind: "transfer", row: toRow(entry) });
  return audited.findings().drift;
}

test("the audit passes what was booked, and finds whatever is changed of it", () => {
  fc.assert(
    fc.property(
      histories(STEPS_MAX),
      fc.nat(),
      fc.constantFrom("more", "gone", "other"),
      (steps, at, how) => {
        const book = playAll(steps);
        expect(audit(book, book.log)).toEqual([]);
        const moved = book.log.filter(moves);
        const victim = moved[at % Math.max(1, moved.length)];
        if (!victim) return;
        const forged = book.log.flatMap((entry) => {
          if (entry !== victim) return [entry];
          if (how === "gone") return [];
          if (how === "more") return [{ ...entry, amountMinor: entry.amountMinor + 1n }];
          return [{ ...entry, debit: entry.credit, credit: entry.debit }];
        });
        expect(audit(book, forged)).not.toEqual([]);
      },
    ),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});
