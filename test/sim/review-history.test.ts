import fc from "fast-check";
import { expect, test } from "vitest";
import { entryHash, type LogEntry, verifyLog } from "#services/catalog/review/domain/log";
import { NO_RATINGS } from "#services/catalog/review/domain/rating";
import { hashOf } from "#services/catalog/review/domain/review";
import {
  emptyShelf,
  play,
  recount,
  type Shelf,
  type Step,
  shownOf,
  steps,
  subjects,
} from "../support/review-history.ts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const STEPS_MAX = 24;

function history(given: readonly Step[], after: (shelf: Shelf) => void = () => undefined): Shelf {
  const shelf = emptyShelf();
  let now = 0;
  for (const step of given) {
    now += step.kind === "wait" ? step.ticks : 1;
    play(shelf, step, now);
    after(shelf);
  }
  return shelf;
}

test("ratings that are moved by differences equal a recount after every step", () => {
  fc.assert(
    fc.property(steps(STEPS_MAX), (given) => {
      history(given, (shelf) => {
        for (const [kind, subjectId] of subjects) {
          const kept = shelf.ratings.get(`${kind} ${subjectId}`) ?? NO_RATINGS;
          expect(kept).toEqual(recount(shelf, kind, subjectId));
        }
      });
    }),
    { numRuns: RUNS },
  );
});

test("what is shown is what the log says, and every content hashes to what stands there", () => {
  fc.assert(
    fc.property(steps(STEPS_MAX), (given) => {
      const shelf = history(given);
      for (const [kind, subjectId] of subjects) {
        if (kind !== "product") continue;
        expect(verifyLog(shelf.logs.get(subjectId) ?? [], shownOf(shelf, subjectId))).toEqual([]);
      }
      for (const review of shelf.reviews.values()) {
        if (review.state === "published") expect(hashOf(review.salt, review)).toBe(review.contentHash);
        if (review.authorId === null) expect([review.text, review.authorName]).toEqual(["", null]);
      }
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

/** The log with one entry changed, and everything after it made to fit again. */
function rewrite(log: readonly LogEntry[], at: number, change: (entry: LogEntry) => LogEntry | undefined) {
  const kept = log.flatMap((entry, i) => (i === at ? (change(entry) ?? []) : entry));
  const made: LogEntry[] = [];
  for (const entry of kept) {
    const next = { ...entry, seq: made.length + 1, previousHash: made.at(-1)?.hash ?? "0".repeat(64) };
    made.push({ ...next, hash: entryHash(next) });
  }
  return made;
}

test("nothing goes silently: not a review, not an entry, not a word", () => {
  fc.assert(
    fc.property(steps(STEPS_MAX), fc.nat(), (given, draw) => {
      const shelf = history(given);
      const productId = subjects[draw % 2]?.[1] ?? "";
      const log = shelf.logs.get(productId) ?? [];
      const shown = shownOf(shelf, productId);
      if (shown.length > 0) {
        const gone = shown.filter((_, i) => i !== draw % shown.length);
        expect(verifyLog(log, gone)).toMatchObject([{ kind: "missing" }]);
        const other = shown.map((one, i) => (i === 0 ? { ...one, contentHash: "f".repeat(64) } : one));
        expect(verifyLog(log, other)).toMatchObject([{ kind: "altered" }]);
      }
      const at = draw % Math.max(1, log.length);
      const entry = log[at];
      if (!entry) return;
      const forged = log.map((one, i) => (i === at ? { ...one, reviewId: "rev_other" as never } : one));
      expect(verifyLog(forged)).toMatchObject([{ kind: "forged", seq: at + 1 }]);
      expect(verifyLog(log.filter((_, i) => i !== at)).length).toBeGreaterThan(
        at === log.length - 1 ? -1 : 0,
      );
      // Whoever owns the table can make the chain fit again; one who has seen its head finds out.
      const head = { seq: log.length, hash: log.at(-1)?.hash ?? "" };
      for (const made of [
        rewrite(log, at, () => undefined),
        rewrite(log, at, (one) => ({ ...one, contentHash: "e".repeat(64) })),
      ]) {
        expect(verifyLog(made)).toEqual([]);
        expect(verifyLog(made, undefined, head)).toEqual([{ kind: "rewritten", seq: log.length }]);
      }
      expect(verifyLog(log, shown, head)).toEqual([]);
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});
