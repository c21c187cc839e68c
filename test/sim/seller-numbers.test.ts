import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import {
  type About,
  addCounts,
  type Counts,
  changesOf,
  daysOf,
  fold,
  NO_COUNTS,
  type Outcome,
  type Sighting,
} from "#services/catalog/seller/domain/outcome";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23, 12);
const ids = createIds({ now: () => NOW });
const shops = [ids.next("seller"), ids.next("seller")] as const;
const jakarta = daysOf("Asia/Jakarta");
const known = new Map<number, number>();
/** The same few moments are asked for again and again. */
function dayOf(moment: number): number {
  const day = known.get(moment) ?? jakarta(moment);
  known.set(moment, day);
  return day;
}

const SUBJECTS = ["a", "b", "c", "d", "q1", "q2", "r1", "r2"] as const;
const aboutOf = (subject: string): About => ({
  subject,
  kind: subject[0] === "q" ? "question" : subject[0] === "r" ? "review" : "order",
  sellerId: shops[subject.charCodeAt(0) % 2] as Id<"seller">,
  orderId: null,
});

/** Within a few days, so that some fall on a day's edge. */
const at = fc.integer({ min: 0, max: 40 }).map((step) => NOW + step * (DAY / 8));
const sightingOf = (subject: string): fc.Arbitrary<Sighting> => {
  if (subject[0] === "q") {
    const asked = NOW + subject.charCodeAt(1) * DAY;
    const answered = fc.boolean().map((isInTime) => ({ what: "answered" as const, at: asked, isInTime }));
    return fc.oneof(fc.constant({ what: "asked" as const, at: asked }), answered);
  }
  if (subject[0] === "r") {
    // One version of a review has one content.
    const version = fc.integer({ min: 1, max: 6 });
    return fc.tuple(at, version).map(([when, seq]) => {
      return { what: "rated" as const, at: when, seq, stars: seq % 4 === 0 ? null : (seq % 5) + 1 };
    });
  }
  const moment = (what: "shipped" | "delivered" | "returned") => at.map((when) => ({ what, at: when }));
  return fc.oneof(
    at.map((when) => ({ what: "ready" as const, at: when, dueAt: when + DAY })),
    moment("shipped"),
    moment("delivered"),
    moment("returned"),
    fc
      .tuple(at, fc.constantFrom("buyer" as const, "seller" as const, "late" as const, "platform" as const))
      .map(([when, who]) => ({ what: "cancelled" as const, at: when, by: who })),
  );
};
const sighted = fc.oneof(
  ...SUBJECTS.map((subject) => sightingOf(subject).map((sighting) => ({ subject, sighting }))),
);

type Saw = { readonly subject: string; readonly sighting: Sighting };

/** Plays facts one by one, adding to tallies what each changes, as the consumers do. */
function play(history: readonly Saw[]) {
  const outcomes = new Map<string, Outcome>();
  const tallies = new Map<string, Counts>();
  for (const { subject, sighting } of history) {
    const before = outcomes.get(subject);
    const after = fold(before, aboutOf(subject), sighting);
    if (after === before) continue;
    outcomes.set(subject, after);
    for (const { sellerId, day, counts } of changesOf([{ before, after }], dayOf)) {
      const key = `${sellerId} ${day}`;
      tallies.set(key, addCounts(tallies.get(key) ?? NO_COUNTS, counts));
    }
  }
  return { outcomes, tallies: nonZero(tallies) };
}

const nonZero = (tallies: ReadonlyMap<string, Counts>) =>
  Object.fromEntries([...tallies].filter(([, counts]) => Object.values(counts).some((n) => n !== 0)).sort());

function recount(outcomes: ReadonlyMap<string, Outcome>) {
  const sums = new Map<string, Counts>();
  for (const { sellerId, countsAt, counts } of outcomes.values()) {
    if (countsAt === null) continue;
    const key = `${sellerId} ${dayOf(countsAt)}`;
    sums.set(key, addCounts(sums.get(key) ?? NO_COUNTS, counts));
  }
  return nonZero(sums);
}

const shape = (outcomes: ReadonlyMap<string, Outcome>) =>
  [...outcomes].sort(byKey).map(([subject, { version: _, seen, ...rest }]) => {
    return [subject, rest, Object.entries(seen).sort(byKey)];
  });
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

const shuffled = (history: readonly Saw[], turn: number): readonly Saw[] => {
  const start = turn % (history.length + 1);
  return [...history.slice(start), ...history.slice(0, start)].reverse();
};

test("numbers kept by the fact equal a recount, whatever comes first and however often", () => {
  fc.assert(
    fc.property(fc.array(sighted, { maxLength: 10 }), fc.nat(), (history, turn) => {
      const { outcomes, tallies } = play(history);
      const text = JSON.stringify([tallies, shape(outcomes)]);
      if (JSON.stringify(tallies) !== JSON.stringify(recount(outcomes))) {
        expect(tallies).toEqual(recount(outcomes));
      }
      const other = play([...shuffled(history, turn), ...history.filter((_, i) => i % 3 === 0)]);
      if (JSON.stringify([other.tallies, shape(other.outcomes)]) !== text) {
        expect([other.tallies, shape(other.outcomes)]).toEqual([tallies, shape(outcomes)]);
      }
    }),
    { numRuns: 10_000 },
  );
});
