import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toStatus } from "#services/logistics/tracking/domain/biteship";
import { carrierOf, recognise } from "#services/logistics/tracking/domain/carrier";
import { estimate } from "#services/logistics/tracking/domain/eta";
import {
  isFinal,
  keyOf,
  type Scan,
  SOURCES,
  STATUSES,
  toJourney,
} from "#services/logistics/tracking/domain/journey";
import { decidePings, type Fix, PING_KEPT_MS } from "#services/logistics/tracking/domain/ping";
import { isWithin, metersBetween } from "#services/logistics/tracking/domain/place";
import { decideProof } from "#services/logistics/tracking/domain/proof";

const NOW = Date.UTC(2026, 10, 23, 8);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MONAS = { latitude: -6.175_392, longitude: 106.827_153 };

const scans = fc.array(
  fc.record({
    at: fc.integer({ min: NOW - 20, max: NOW + 20 }),
    status: fc.constantFrom(...STATUSES),
    note: fc.constantFrom("", "Hub A", "hub a ", "Hub B"),
    source: fc.constantFrom(...SOURCES),
  }) satisfies fc.Arbitrary<Scan>,
  { maxLength: 24 },
);
const plain = ({ scans: all, ...journey }: ReturnType<typeof toJourney>) => ({
  ...journey,
  keys: all.map(keyOf),
});

describe("a journey", () => {
  test("is the same in any order and with any repeats of its scans", () => {
    const repeated = scans.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all, ...all], { minLength: all.length * 3 }),
      ),
    );
    fc.assert(
      fc.property(repeated, ([all, again]) => {
        expect(plain(toJourney(again))).toEqual(plain(toJourney(all)));
      }),
    );
  });

  test("never leaves a delivery again, whatever comes later and of whatever time", () => {
    fc.assert(
      fc.property(scans, scans, (first, later) => {
        const before = toJourney(first);
        const after = toJourney([...first, ...later]);
        if (before.status === "delivered") expect(after.status).toBe("delivered");
        if (isFinal(before.status)) expect(isFinal(after.status)).toBe(true);
      }),
    );
  });

  test("lists its scans by the carrier's time", () => {
    fc.assert(
      fc.property(scans, (all) => {
        const times = toJourney(all).scans.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  const scan = (status: Scan["status"], at: number): Scan => ({ at, status, note: "", source: "carrier" });
  test.each([
    ["nothing yet", [], "pending", undefined],
    ["the latest counts", [scan("in_transit", 2), scan("picked_up", 1)], "in_transit", 2],
    ["what nobody understands does not", [scan("in_transit", 2), scan("unknown", 3)], "in_transit", 2],
    ["since the first of a run", [scan("in_transit", 2), scan("in_transit", 5)], "in_transit", 2],
    ["a failed try and then delivered", [scan("delivery_failed", 2), scan("delivered", 3)], "delivered", 3],
    [
      "a scan of a later time after the delivery",
      [scan("delivered", 3), scan("in_transit", 9)],
      "delivered",
      3,
    ],
    ["cancelled, yet delivered", [scan("cancelled", 1), scan("delivered", 3)], "delivered", 3],
  ] as const)("%s", (_, all, status, since) => {
    expect(toJourney(all)).toMatchObject({ status, since });
  });
});

describe("a tracking number", () => {
  /** Check digits are those of the UPU's and GS1's own examples. */
  test.each([
    ["RA123456785ID", "pos", "proved"],
    ["RR473124829GB", "post", "proved"],
    ["(00)106141411234567897", "sscc", "proved"],
    ["106141411234567897", "sscc", "proved"],
    ["JP1234567890", "jnt", "likely"],
    ["SPXID012345678901", "spx", "likely"],
    ["10002345678901", "anteraja", "likely"],
    ["002345678901", "sicepat", "likely"],
    ["11LP1624352678900", "lion", "likely"],
    ["0123082100003094", "jne", "likely"],
  ])("%s is %s's, %s", (number, carrier, certainty) => {
    expect(recognise(number)[0]).toMatchObject({ carrier, certainty });
  });

  test("with one digit changed is proved by no check digit", () => {
    const digit = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(digit, fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = [..."473124829"];
        digits[at] = String((Number(digits[at]) + by) % 10);
        expect(recognise(`RR${digits.join("")}GB`)).toEqual([]);
      }),
    );
  });

  test("what the shop wrote goes before what the number looks like", () => {
    expect(carrierOf("J&T Express", "0123082100003094")).toBe("jnt");
    expect(carrierOf("??", "JP1234567890")).toBe("jnt");
    expect(carrierOf("Kurir toko", "0123082100003094")).toBeUndefined();
  });
});

test.each([
  ["confirmed", "", "pending"],
  ["pickingUp", "", "pending"],
  ["picked", "", "picked_up"],
  ["dropping_off", "RECEIVED AT SORTING CENTER [JAKARTA]", "in_transit"],
  ["droppingOff", "WITH DELIVERY COURIER [JAKARTA]", "out_for_delivery"],
  ["dropping_off", "Siap diambil di gerai", "ready_for_pickup"],
  ["returnInTransit", "", "return_to_sender"],
  ["courierNotFound", "", "cancelled"],
  ["onHold", "", "on_hold"],
  ["something_new", "", "unknown"],
])("Biteship's %s (%s) is %s", (status, note, expected) => {
  expect(toStatus({ status, note })).toBe(expected);
});

const fix = (about: Partial<Fix> = {}): Fix => ({
  ...MONAS,
  seq: 1,
  at: NOW,
  accuracyMeters: 10,
  speedKmh: null,
  headingDegrees: null,
  ...about,
});

describe("a ping", () => {
  test("is taken within its time, and a batch that is partly of use is partly taken", () => {
    const batch = (...times: readonly number[]) => ({
      cid: "cid-00001",
      fixes: times.map((at) => fix({ at })),
    });
    const now = { isOver: false, now: NOW };
    expect(decidePings(batch(NOW, NOW - HOUR_MS), now)).toMatchObject({ ok: true, value: { length: 2 } });
    expect(decidePings(batch(NOW, NOW - 7 * HOUR_MS), now)).toMatchObject({ ok: true, value: { length: 1 } });
    expect(decidePings(batch(NOW - 7 * HOUR_MS), now)).toMatchObject({ code: "tracking.ping_late" });
    expect(decidePings(batch(NOW + HOUR_MS), now)).toMatchObject({ code: "tracking.ping_ahead" });
    expect(decidePings(batch(NOW), { isOver: true, now: NOW })).toMatchObject({ code: "tracking.over" });
  });

  test("that could still be taken is still known by its cid", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -8 * HOUR_MS, max: HOUR_MS }),
        fc.integer({ min: 0, max: 9 * HOUR_MS }),
        (age, later) => {
          const batch = { cid: "cid-00001", fixes: [fix({ at: NOW + age })] };
          const first = decidePings(batch, { isOver: false, now: NOW }).ok;
          const again = decidePings(batch, { isOver: false, now: NOW + later }).ok;
          if (first && again) expect(later).toBeLessThanOrEqual(PING_KEPT_MS);
        },
      ),
    );
  });
});

test("a fence holds what is within for certain", () => {
  const fence = { centre: MONAS, radiusMeters: 120 };
  const north = (meters: number) => ({ ...MONAS, latitude: MONAS.latitude + meters / 111_195 });
  expect(Math.round(metersBetween(MONAS, north(500)))).toBe(500);
  expect(isWithin(fence, north(60), 20)).toBe(true);
  expect(isWithin(fence, north(115), 20)).toBe(false);
  expect(isWithin(fence, north(10), 400)).toBe(false);
});

describe("the expected arrival", () => {
  const out = toJourney([{ at: NOW - HOUR_MS, status: "out_for_delivery", note: "", source: "carrier" }]);
  const destination = { ...MONAS, latitude: MONAS.latitude + 5_000 / 111_195 };
  const asked = { journey: out, destination, cruiseKmh: 22, now: NOW };

  test("lies in its interval, after now, and is nearer for the faster", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 100 }), fc.integer({ min: 2, max: 40 }), (kmh, count) => {
        const fixes = Array.from({ length: count }, (_, i) =>
          fix({ seq: i + 1, at: NOW - (count - i) * 10_000, speedKmh: kmh }),
        );
        const eta = estimate({ ...asked, fixes });
        const faster = estimate({ ...asked, fixes: fixes.map((one) => ({ ...one, speedKmh: kmh + 20 })) });
        if (!eta || !faster) throw new Error("no estimate");
        expect(eta.from).toBeGreaterThanOrEqual(NOW);
        expect(eta.at).toBeGreaterThanOrEqual(eta.from);
        expect(eta.until).toBeGreaterThan(eta.at);
        expect(faster.at).toBeLessThan(eta.at);
      }),
    );
  });

  test("is surer the more was seen of a steady driver", () => {
    const steady = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        fix({ seq: i + 1, at: NOW - (count - i) * 10_000, speedKmh: 22 }),
      );
    const width = (count: number) => {
      const eta = estimate({ ...asked, fixes: steady(count) });
      return eta ? eta.until - eta.from : 0;
    };
    expect(width(30)).toBeLessThan(width(2));
  });

  test("goes by where the driver was last, though older fixes come after", () => {
    const near = { ...destination, latitude: destination.latitude - 300 / 111_195 };
    const now = fix({ ...near, seq: 1, at: NOW - 5_000, speedKmh: 22 });
    const late = fix({ seq: 2, at: NOW - 10 * MINUTE_MS, speedKmh: 22 });
    const longAgo = fix({ seq: 3, at: NOW - 2 * HOUR_MS, speedKmh: 22 });
    const eta = estimate({ ...asked, fixes: [now] })?.at ?? 0;
    expect(Math.abs((estimate({ ...asked, fixes: [now, late] })?.at ?? 0) - eta)).toBeLessThan(MINUTE_MS);
    expect(estimate({ ...asked, fixes: [now, longAgo] })?.at).toBe(eta);
  });

  test("comes from the status where no driver was heard of, and not at all where nothing is to come", () => {
    const eta = estimate({ ...asked, fixes: [] });
    expect(eta?.from).toBeGreaterThanOrEqual(NOW);
    expect(eta?.until).toBeLessThanOrEqual(NOW + 8 * HOUR_MS);
    const over = toJourney([{ at: NOW, status: "delivered", note: "", source: "carrier" }]);
    expect(estimate({ ...asked, journey: over, fixes: [fix()] })).toBeUndefined();
  });
});

describe("a proof", () => {
  const offered = {
    ...MONAS,
    cid: "proof-0001",
    at: NOW,
    recipient: null,
    photoKey: "id/proofs/x/photo",
    signatureKey: null,
    code: null,
  };
  const known = { destination: MONAS, code: "042042", triesLeft: 5, isOver: false };
  const far = { ...offered, latitude: MONAS.latitude + 0.02 };
  test.each([
    ["at the door with a photo", offered, known, "ok"],
    ["with nothing to show", { ...offered, photoKey: null }, known, "tracking.proof_empty"],
    ["far from the door", far, known, "tracking.too_far"],
    ["far from the door with the code", { ...far, code: "042042" }, known, "ok"],
    ["with a wrong code", { ...offered, code: "000000" }, known, "tracking.code_wrong"],
    [
      "with the right code after too many",
      { ...offered, code: "042042" },
      { ...known, triesLeft: 0 },
      "tracking.code_locked",
    ],
    ["of a parcel that is there already", offered, { ...known, isOver: true }, "tracking.over"],
    ["where nobody knows the door", far, { ...known, destination: null }, "ok"],
  ] as const)("%s", (_, given, about, expected) => {
    const decision = decideProof(given, about);
    expect(decision.ok ? "ok" : decision.code).toBe(expected);
  });
});
