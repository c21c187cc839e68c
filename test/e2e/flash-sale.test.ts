import { expect, it } from "vitest";
import { chaosFlashSale } from "../../scripts/chaos/flash-sale.ts";

/** Two platforms' worth of starting, and two starts of the runtime after its kills. */
const WITHIN_MS = 240_000;

it(
  "is killed twice in the middle of claims and orders: nothing is oversold, stranded, doubled or lost",
  async () => {
    const report = await chaosFlashSale({ claims: 12_000, kills: 2 }, () => undefined);
    expect(report).toMatchObject({
      kills: 2,
      oversold: 0,
      stranded: 0,
      doubleHolds: 0,
      lostHolds: 0,
      unsoldOrders: 0,
      violations: [],
    });
    expect(report.claims).toBeGreaterThanOrEqual(12_000);
    expect(report.expired).toBeGreaterThan(0);
    expect(report.duplicates).toBeGreaterThan(0);
  },
  WITHIN_MS,
);
