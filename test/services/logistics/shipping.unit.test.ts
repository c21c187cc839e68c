import { code128 as drawCode128 } from "bwip-js/generic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { zMarket } from "#kernel/market";
import { zShippingTable } from "#kernel/market-sections";
import { MARKETS } from "#kernel/markets";
import { auditOf } from "#services/logistics/shipping/domain/audit";
import { afterFailure, CLOSED, stateOf } from "#services/logistics/shipping/domain/breaker";
import { code128 } from "#services/logistics/shipping/domain/code128";
import { isAffordable, LABEL_STATES, moved, shareOfGrams } from "#services/logistics/shipping/domain/label";
import { cashFee, inOrder, onStep, type Rate, rateIdOf } from "#services/logistics/shipping/domain/rate";
import { type ShippingTable, tableRates, zoneOf, zonePrice } from "#services/logistics/shipping/domain/table";
import { bucketOf, chargeableGrams, volumetricGrams } from "#services/logistics/shipping/domain/weight";
import { deliveryWindow } from "#services/logistics/shipping/domain/window";

const { shipping } = zMarket().parse(MARKETS.id);
const JAKARTA = { country: "ID", region: "DKI Jakarta", city: "Jakarta", postalCode: "10110" };

const zone = fc.record({
  countries: fc.constantFrom<string[]>([], ["ID"]),
  regions: fc.constantFrom<string[]>([], ["DKI Jakarta"], ["Bali"]),
  postalPrefixes: fc.constantFrom<string[]>([], ["1"], ["101", "8"], ["9"]),
  baseMinor: fc.bigInt({ min: 0n, max: 10_000_000n }),
  baseGrams: fc.integer({ min: 1, max: 5_000 }),
  stepMinor: fc.bigInt({ min: 0n, max: 1_000_000n }),
  stepGrams: fc.integer({ min: 1, max: 5_000 }),
  minDays: fc.nat(5),
  maxDays: fc.integer({ min: 5, max: 20 }),
  cash: fc.boolean(),
});
const table = zone.map((one) => {
  return {
    service: "s",
    carrier: "C",
    names: { en: "S" },
    divisor: 6_000,
    zones: [one],
  } satisfies ShippingTable;
});
const line = fc.record({
  quantity: fc.integer({ min: 1, max: 50 }),
  weightGrams: fc.nat(30_000),
  volumeMm3: fc.nat(8_000_000_000),
});

test("a rate is always there, on the cash step, never below nought, never less for more weight", () => {
  const tables = fc.array(table, { maxLength: 2 });
  const lines = fc.array(line, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(tables, lines, line, fc.constantFrom(1n, 100n), (all, own, more, cashStepMinor) => {
      const terms = { shipping, cashStepMinor, tables: all, locale: "en" as const };
      const price = (parcel: typeof own) =>
        tableRates({ destination: JAKARTA, goodsMinor: 5_000n, lines: parcel }, terms);
      const before = price(own);
      const after = price([...own, more]);
      const isPayable = ({ priceMinor }: (typeof before)[number], i: number) =>
        priceMinor >= 0n && priceMinor % cashStepMinor === 0n && (after[i]?.priceMinor ?? -1n) >= priceMinor;
      return before.length > 0 && before.every(isPayable);
    }),
    { numRuns: 10_000 },
  );
});

test("room counts as weight where it is more, and a quote's step of weight is never too small", () => {
  expect(volumetricGrams([{ quantity: 2, weightGrams: 1, volumeMm3: 300 * 200 * 100 }], 6_000)).toBe(2_000);
  expect(chargeableGrams([{ quantity: 1, weightGrams: 900 }], 6_000)).toBe(900);
  expect(chargeableGrams([{ quantity: 1, weightGrams: 0 }], 6_000)).toBe(1);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (a, b) => {
      expect(bucketOf(a)).toBeGreaterThanOrEqual(a);
      expect(bucketOf(a) - a).toBeLessThan(1_000);
      if (a <= b) expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b));
      expect(bucketOf(bucketOf(a))).toBe(bucketOf(a));
    }),
    { numRuns: 10_000 },
  );
});

const zones = (...list: object[]) =>
  zShippingTable().parse({
    service: "s",
    carrier: "C",
    names: { en: "S" },
    zones: list.map((one, i) => ({ baseMinor: String(i), minDays: 1, maxDays: 2, ...one })),
  }).zones;

test.each([
  ["the longest postal prefix", [{ postalPrefixes: ["1"] }, { postalPrefixes: ["101"] }], JAKARTA, 1n],
  ["a prefix before a region", [{ regions: ["dki  jakarta"] }, { postalPrefixes: ["1"] }], JAKARTA, 1n],
  ["a region before a country", [{ countries: ["ID"] }, { regions: ["DKI Jakarta"] }], JAKARTA, 1n],
  ["the first of equals", [{ countries: ["ID"] }, { countries: ["ID"] }], JAKARTA, 0n],
  ["all that a zone says must hold", [{ countries: ["SG"], postalPrefixes: ["1"] }, {}], JAKARTA, 1n],
  ["nobody's place", [{ countries: ["SG"] }], JAKARTA, undefined],
])("a place is in the zone that says most about it: %s", (_, list, place, wanted) => {
  expect(zoneOf(zones(...list), place)?.baseMinor).toBe(wanted);
});

test("a zone charges started steps, gives away from an amount on, and takes nothing too heavy", () => {
  const [one] = zones({
    baseMinor: "100",
    baseGrams: 1_000,
    stepMinor: "40",
    stepGrams: 500,
    gramsMax: 3_000,
    freeFromMinor: "900",
  });
  if (!one) throw new Error("a zone was made");
  const at = (grams: number, goodsMinor = 0n) => zonePrice(one, { grams, goodsMinor });
  expect([at(1), at(1_000), at(1_001), at(1_500), at(1_501)]).toEqual([100n, 100n, 140n, 140n, 180n]);
  expect([at(500, 899n), at(500, 900n), at(3_001)]).toEqual([100n, 0n, undefined]);
});

test("rates of the table come first, then the cheapest, and a service twice is the cheaper one", () => {
  const rate = (source: Rate["source"], carrier: string, priceMinor: bigint) =>
    ({
      provider: "biteship",
      carrier,
      service: "reg",
      source,
      priceMinor,
      maxDays: 1,
      rateId: carrier,
    }) as Rate;
  const rates = [
    rate("live", "b", 5n),
    rate("table", "t", 9n),
    rate("cached", "a", 3n),
    rate("live", "b", 4n),
  ];
  expect(inOrder(rates).map(({ rateId, priceMinor }) => [rateId, priceMinor])).toEqual([
    ["t", 9n],
    ["a", 3n],
    ["b", 4n],
  ]);
  expect(rateIdOf({ provider: "biteship", carrier: "J&T", service: "EZ" })).toBe("biteship:j-t:ez");
});

test("cash at the door costs its share or the floor, and a price goes up to the step", () => {
  const cash = { feeBasisPoints: 250, feeFloorMinor: 300n };
  expect(cashFee(10_000n, { cash })).toBe(300n);
  expect(cashFee(40_001n, { cash })).toBe(1_001n);
  expect(cashFee(40_000n, { cash: { feeBasisPoints: 0, feeFloorMinor: 0n } })).toBe(0n);
  expect([onStep(0n, 100n), onStep(1n, 100n), onStep(100n, 100n)]).toEqual([0n, 100n, 100n]);
});

describe("the promised days", () => {
  const calendar = {
    timeZone: "Asia/Jakarta",
    cutOffHour: 15,
    closedWeekdays: [0],
    holidays: ["2026-11-24"],
  };
  const at = (text: string) => Date.parse(text);
  test.each([
    ["before the cut-off it leaves today", "2026-11-23T07:59:00Z", "2026-11-23", "2026-11-25", "2026-11-26"],
    ["after it on the next open day", "2026-11-23T08:00:00Z", "2026-11-25", "2026-11-26", "2026-11-27"],
    ["no parcel moves on a Sunday", "2026-11-28T10:00:00Z", "2026-11-30", "2026-12-01", "2026-12-02"],
  ])("%s", (_, now, leavesOn, from, until) => {
    expect(deliveryWindow(at(now), { minDays: 1, maxDays: 2 }, calendar)).toEqual({ leavesOn, from, until });
  });

  test("are in order and open, whatever the hour and the days off", () => {
    const days = fc.tuple(fc.nat(10), fc.nat(10));
    const off = fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.nat(400 * 86_400),
        days,
        off,
        fc.integer({ min: 0, max: 24 }),
        (seconds, [a, b], closed, hour) => {
          const own = { ...calendar, closedWeekdays: closed, cutOffHour: hour };
          const { leavesOn, from, until } = deliveryWindow(
            1_790_000_000_000 + seconds * 1_000,
            { minDays: a, maxDays: a + b },
            own,
          );
          expect(leavesOn <= from && from <= until).toBe(true);
          for (const day of [leavesOn, from, until]) {
            expect(closed).not.toContain(new Date(`${day}T12:00:00Z`).getUTCDay());
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test("a breaker opens after so many failures in a row, lets one through later, and opens anew", () => {
  const rules = { failures: 3, openMs: 1_000 };
  let breaker = CLOSED;
  for (const now of [1, 2]) breaker = afterFailure(breaker, rules, now);
  expect(stateOf(breaker, rules, 3)).toBe("closed");
  breaker = afterFailure(breaker, rules, 3);
  expect([stateOf(breaker, rules, 1_002), stateOf(breaker, rules, 1_003)]).toEqual(["open", "half_open"]);
  breaker = afterFailure(breaker, rules, 1_003);
  expect(stateOf(breaker, rules, 2_002)).toBe("open");
  expect(stateOf(CLOSED, rules, 2_002)).toBe("closed");
});

test.each([
  ["as quoted", { billedMinor: 100n, billedGrams: 900 }, undefined],
  ["more weight than was quoted", { billedMinor: 150n, billedGrams: 1_200 }, "heavier"],
  ["more money for the same weight", { billedMinor: 150n, billedGrams: 900 }, "surcharge"],
  ["more money and nothing said", { billedMinor: 150n, billedGrams: null }, "surcharge"],
  [
    "a label that was dearer already",
    { billedMinor: 120n, costMinor: 120n, billedGrams: 900 },
    "dearer_label",
  ],
  ["less than the label cost", { billedMinor: 90n, billedGrams: 900 }, "cheaper"],
])("a bill is explained: %s", (_, bill, reason) => {
  expect(auditOf({ quotedMinor: 100n, quotedGrams: 1_000, costMinor: 100n, ...bill })).toBe(reason);
});

test("a label that costs a tenth more than its quote is bought only where the shop accepted it", () => {
  const label = { quotedMinor: 1_000n, acceptMinor: null };
  expect([isAffordable(label, 1_100n, 1_000), isAffordable(label, 1_101n, 1_000)]).toEqual([true, false]);
  expect(isAffordable({ ...label, acceptMinor: 1_500n }, 1_500n, 1_000)).toBe(true);
  expect(isAffordable({ ...label, acceptMinor: 1_500n }, 1_501n, 1_000)).toBe(false);
});

test("shares of an order's weight cover it, and whole it is the whole", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (grams, parcels) => {
        const all = parcels.reduce((sum, units) => sum + units, 0);
        const shares = parcels.map((units) => shareOfGrams(grams, units, all));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(grams);
        expect(shareOfGrams(grams, all, all)).toBe(grams);
      },
    ),
    { numRuns: 2_000 },
  );
});

/** Where an encoder that is not ours draws its bars; lines of an odd width are moved by half a dot. */
function barsOf(text: string): readonly (readonly [number, number])[] {
  const bars: (readonly [number, number])[] = [];
  const nothing = () => undefined;
  const pen = {
    scale: (): [number, number] => [1, 1],
    measure: () => ({ width: 0, ascent: 0, descent: 0 }),
    line: (x: number, _: number, __: number, ___: number, width: number) => {
      bars.push([Math.floor(x - width / 2), width]);
    },
    end: () => bars,
  };
  const unused = { init: nothing, polygon: nothing, hexagon: nothing, ellipse: nothing, fill: nothing };
  void drawCode128({ bcid: "code128", text, scale: 1 }, { ...pen, ...unused, text: nothing });
  return bars;
}

test("a number's bars are those that another encoder of Code 128 draws", () => {
  // Without runs of digits, which the other one draws closer together.
  fc.assert(
    fc.property(fc.stringMatching(/^([A-Z-][0-9]{0,2}){2,12}[A-Z]$/), (number) => {
      const widths = code128(number);
      const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
      const own = widths.flatMap((width, i) => (i % 2 === 0 ? [[starts[i], width]] : []));
      expect(own).toEqual(barsOf(number).toSorted((a, b) => a[0] - b[0]));
    }),
    { numRuns: 200 },
  );
  expect(() => code128("É")).toThrow(RangeError);
});

test("what was given back or refused moves no more, and what was not taken back is what it was", () => {
  const moves = ["buy", "refuse", "ship", "ask_void", "void", "keep"] as const;
  const label = { shipmentId: null, version: 1 } as Parameters<typeof moved>[0];
  for (const state of ["voided", "refused"] as const) {
    for (const move of moves) expect(moved({ ...label, state }, move).ok).toBe(false);
  }
  expect(moved({ ...label, state: "voiding" }, "keep")).toMatchObject({
    ok: true,
    value: { state: "bought", version: 2 },
  });
  const shipped = { ...label, state: "voiding", shipmentId: "shp_x" } as Parameters<typeof moved>[0];
  expect(moved(shipped, "keep")).toMatchObject({ ok: true, value: { state: "shipped" } });
  expect(LABEL_STATES.filter((state) => moved({ ...label, state }, "ship").ok)).toEqual(["bought"]);
});
