import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import {
  type About,
  addCounts,
  type Counts,
  changesOf,
  daysOf,
  dueAfter,
  fold,
  NO_COUNTS,
  type Outcome,
  type Sighting,
} from "#services/catalog/seller/domain/outcome";
import {
  decideCampaign,
  judge,
  scoreOf,
  spanOf,
  windowOf,
} from "#services/catalog/seller/domain/performance";
import {
  type Appeal,
  decideAppeal,
  decideVerdict,
  type Point,
  pointsAt,
  restoring,
} from "#services/catalog/seller/domain/standing";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23, 12);
const jakarta = daysOf("Asia/Jakarta");
const known = new Map<number, number>();
/** The same few moments are asked for again and again. */
function dayOf(moment: number): number {
  const day = known.get(moment) ?? jakarta(moment);
  known.set(moment, day);
  return day;
}
const ids = createIds({ now: () => NOW });
const shops = [ids.next("seller"), ids.next("seller")] as const;
const by = ids.next("user");
const terms = zMarket.shape.seller.parse({ ordersMin: 4 });

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

test("an order says what the shop did with it", () => {
  const see = (...sightings: readonly Sighting[]) =>
    sightings.reduce<Outcome | undefined>((before, one) => fold(before, aboutOf("a"), one), undefined)
      ?.counts;
  const ready: Sighting = { what: "ready", at: NOW, dueAt: NOW + DAY };
  const shipped = (days: number): Sighting => ({ what: "shipped", at: NOW + days * DAY });
  const cancelled = (who: "buyer" | "seller" | "late" | "platform"): Sighting => ({
    what: "cancelled",
    at: NOW,
    by: who,
  });
  expect(see(shipped(1))).toEqual(NO_COUNTS);
  expect(see(ready, shipped(1))).toEqual({ ...NO_COUNTS, orders: 1, shipped: 1, preparationMs: DAY });
  expect(see(ready, shipped(1.5))).toMatchObject({ late: 1, preparationMs: 1.5 * DAY });
  expect(see(ready, cancelled("buyer"))).toEqual(NO_COUNTS);
  expect(see(ready, cancelled("platform"))).toEqual(NO_COUNTS);
  expect(see(ready, cancelled("seller"))).toMatchObject({ orders: 1, cancelled: 1, unfulfilled: 1 });
  expect(see(ready, cancelled("late"))).toMatchObject({ orders: 1, cancelled: 0, unfulfilled: 1 });
  expect(see(ready, { what: "returned", at: NOW + DAY })).toMatchObject({ delivered: 1, returned: 1 });
});

test("closed days give a shop its time", () => {
  const closed = (from: number, until: number) => ({ from: NOW + from * DAY, until: NOW + until * DAY });
  const due = (...closures: ReturnType<typeof closed>[]) => (dueAfter(NOW, 2 * DAY, closures) - NOW) / DAY;
  expect([due(), due(closed(3, 4)), due(closed(1, 2)), due(closed(-1, 1))]).toEqual([2, 2, 3, 3]);
  expect(due(closed(3.5, 4), closed(1, 3))).toBe(4.5);
});

const counts = (fields: Partial<Counts>): Counts => ({ ...NO_COUNTS, ...fields });

test.each([
  ["late_shipment", { late: 0, shipped: 3 }, 0, "too_few"],
  ["late_shipment", { late: 1, shipped: 20 }, 500, "met"],
  ["late_shipment", { late: 2, shipped: 20 }, 1_000, "missed"],
  ["late_shipment", { late: 3, shipped: 20 }, 1_500, "twice"],
  ["preparation", { preparationMs: 8 * DAY, shipped: 4 }, 2 * DAY, "met"],
  ["chat_response", { answered: 14, questions: 20 }, 7_000, "met"],
  ["chat_response", { answered: 8, questions: 20 }, 4_000, "missed"],
  ["chat_response", { answered: 7, questions: 20 }, 3_500, "twice"],
  ["rating", { stars: 18, ratings: 4 }, 450, "met"],
  ["rating", { stars: 16, ratings: 4 }, 400, "missed"],
  ["rating", { stars: 15, ratings: 4 }, 375, "twice"],
] as const)("%s of %o is %s: %s", (metric, fields, value, verdict) => {
  expect(scoreOf(counts(fields), metric, terms)).toMatchObject({ value, verdict });
});

test("a period costs points for what it is judged by, and nothing twice", () => {
  const bad = counts({
    orders: 10,
    unfulfilled: 1,
    cancelled: 1,
    shipped: 10,
    late: 9,
    preparationMs: 90 * DAY,
  });
  const points = (period: "weekly" | "monthly") =>
    judge(bad, period, terms).map(({ score, points: cost }) => [score.metric, cost]);
  expect(points("weekly")).toEqual([
    ["late_shipment", 2],
    ["non_fulfilment", 1],
  ]);
  expect(points("monthly")).toEqual([]);
});

test("weeks begin on Monday, months on the first, the window ends today", () => {
  const day = (text: string) => Date.parse(text) / DAY;
  expect(spanOf("weekly", day("2026-11-23"))).toEqual({ first: day("2026-11-23"), last: day("2026-11-29") });
  expect(spanOf("weekly", day("2026-11-29")).first).toBe(day("2026-11-23"));
  expect(spanOf("monthly", day("2028-02-10"))).toEqual({ first: day("2028-02-01"), last: day("2028-02-29") });
  expect(windowOf(day("2026-11-30"), 30 * DAY)).toEqual({
    first: day("2026-11-01"),
    last: day("2026-11-30"),
  });
  expect(dayOf(Date.UTC(2026, 10, 22, 17))).toBe(day("2026-11-23"));
});

test("points and ratings open campaigns or close them", () => {
  const stands = { state: "active", points: 11, rating: null };
  const code = (one: Parameters<typeof decideCampaign>[0]) => {
    const answer = decideCampaign(one, terms);
    return answer.ok ? "ok" : answer.code;
  };
  expect(code(stands)).toBe("ok");
  expect(code({ ...stands, points: 12 })).toBe("seller.too_many_points");
  expect(code({ ...stands, rating: 299 })).toBe("seller.rated_too_low");
  expect(code({ ...stands, state: "vacation" })).toBe("seller.not_trading");
});

const penalty = (fields: Partial<Point> = {}): Point => ({
  id: ids.next("penalty"),
  sellerId: shops[0],
  points: 3,
  metric: "late_shipment",
  period: "weekly",
  firstDay: 1,
  lastDay: 7,
  value: 900,
  target: 500,
  of: 9,
  per: 100,
  reason: null,
  restores: null,
  by: null,
  at: NOW,
  expiresAt: NOW + 90 * DAY,
  ...fields,
});

test("points never fall below zero, whatever was given, taken back and has lapsed", () => {
  const step = fc.record({
    points: fc.integer({ min: 1, max: 9 }),
    given: fc.integer({ min: 0, max: 50 }),
    lives: fc.integer({ min: 1, max: 60 }),
    restoredAfter: fc.option(fc.integer({ min: 0, max: 70 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 0, max: 130 }), (steps, day) => {
      const now = NOW + day * DAY;
      const log = steps.flatMap(({ points, given, lives, restoredAfter }) => {
        const one = penalty({ points, at: NOW + given * DAY, expiresAt: NOW + (given + lives) * DAY });
        if (restoredAfter === null) return [one];
        const about = { id: ids.next("penalty"), by, reason: "granted", at: one.at + restoredAfter * DAY };
        return [one, restoring(one, about)];
      });
      const counting = steps.filter(({ given, lives, restoredAfter }) => {
        const isBack = restoredAfter !== null && given + restoredAfter <= day;
        return given <= day && day < given + lives && !isBack;
      });
      expect(pointsAt(log, now)).toBe(counting.reduce((sum, { points }) => sum + points, 0));
    }),
    { numRuns: 10_000 },
  );
});

test("an appeal is against a penalty that counts, in time, and is decided once", () => {
  const code = (point: Point, now = NOW) => {
    const answer = decideAppeal(point, { appealWithinMs: 14 * DAY, now });
    return answer.ok ? "ok" : answer.code;
  };
  const one = penalty();
  const back = restoring(one, { id: ids.next("penalty"), by, reason: "granted", at: NOW });
  expect([code(one), code(one, NOW + 14 * DAY), code(back)]).toEqual([
    "ok",
    "appeal.too_late",
    "appeal.not_a_penalty",
  ]);
  expect(code(penalty({ expiresAt: NOW }))).toBe("appeal.too_late");
  const open: Appeal = {
    id: ids.next("appeal"),
    sellerId: shops[0],
    penaltyId: one.id,
    words: "It was the carrier.",
    evidence: [],
    state: "open",
    submittedBy: by,
    submittedAt: NOW,
    answerBy: NOW + DAY,
    decidedBy: null,
    decidedAt: null,
    decision: null,
    version: 1,
  };
  const word = { state: "granted", decision: "It was.", by, now: NOW } as const;
  const granted = decideVerdict(open, word);
  expect(granted).toMatchObject({ value: { state: "granted", decidedBy: by, version: 2 } });
  if (!granted.ok) return;
  expect(decideVerdict(granted.value, word)).toEqual(granted);
  expect(decideVerdict(granted.value, { ...word, state: "denied" })).toMatchObject({ ok: false });
});
