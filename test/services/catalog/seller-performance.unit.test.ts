import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import {
  type About,
  type Counts,
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
const dayOf = daysOf("Asia/Jakarta");
const ids = createIds({ now: () => NOW });
const shops = [ids.next("seller"), ids.next("seller")] as const;
const by = ids.next("user");
const terms = zMarket().shape.seller.parse({ ordersMin: 4 });

const ABOUT: About = { subject: "a", kind: "order", sellerId: ids.next("seller"), orderId: null };

test("an order says what the shop did with it", () => {
  const see = (...sightings: readonly Sighting[]) =>
    sightings.reduce<Outcome | undefined>((before, one) => fold(before, ABOUT, one), undefined)?.counts;
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
