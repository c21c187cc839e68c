import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Basket, planBaskets, type Row } from "../../scripts/online-retail.ts";
import { planReturns, toCredit } from "../../scripts/online-retail-returns.ts";

const HISTORIES = 10_000;
const ROW: Row = { invoice: "1", code: "A", description: "", quantity: "6", price: "2.55", customer: "7" };
const row = (change: Partial<Row>): Row => ({ ...ROW, ...change });
const back = (change: Partial<Row>): Row => row({ invoice: "C9", quantity: "-1", ...change });
const plan = (rows: readonly Row[], wanted = 99) => planReturns(rows, planBaskets(rows, wanted, 99).baskets);

describe("a row of a cancellation", () => {
  it("takes back what it names", () => {
    expect(toCredit(back({ quantity: "-24", price: "0.29" }))).toEqual({
      customer: "7",
      code: "A",
      quantity: 24,
      unitMinor: 29n,
    });
  });

  // In the order in which the reasons are looked for.
  it.each([
    [{ code: "D", customer: "" }, "fee"],
    [{ code: "" }, "malformed"],
    [{ quantity: "1" }, "malformed"],
    [{ quantity: "-0" }, "malformed"],
    [{ quantity: "-1.5" }, "malformed"],
    [{ price: "0" }, "malformed"],
    [{ price: "0.001" }, "malformed"],
    [{ customer: "" }, "unnamed"],
  ] as const)("%j: %s", (change, reason) => expect(toCredit(back(change))).toBe(reason));
});

describe("returns", () => {
  it("are of customer, code and price, and of what was sold before", () => {
    const rows = [
      back({}),
      row({}),
      back({ customer: "8" }),
      back({ code: "E" }),
      back({ price: "2.54" }),
      back({ quantity: "-2" }),
    ];
    expect(plan(rows)).toEqual({
      returns: [
        {
          cancellation: "C9",
          invoice: "1",
          lines: [{ code: "A", quantity: 2 }],
          units: 2,
          refundMinor: 510n,
        },
      ],
      skipped: { unmatched: 4 },
    });
  });

  it("take the last sale first, then the one before, and no more than was sold", () => {
    const rows = [row({}), row({ invoice: "2", quantity: "3" }), back({ quantity: "-4" })];
    const more = [...rows, back({ invoice: "C10", quantity: "-9" }), back({ invoice: "C11" })];
    const { returns, skipped } = plan(more);
    expect(returns.map(({ cancellation, invoice, units }) => [cancellation, invoice, units])).toEqual([
      ["C9", "2", 3],
      ["C9", "1", 1],
      ["C10", "1", 5],
    ]);
    expect(skipped).toEqual({ beyond: 1, unmatched: 1 });
  });

  it("gather rows of one cancellation for one invoice, and leave alone what was not replayed", () => {
    const rows = [
      row({}),
      row({ code: "E" }),
      row({ invoice: "2" }),
      back({}),
      back({}),
      back({ code: "E" }),
    ];
    const { returns } = plan(rows, 1);
    expect(returns).toMatchObject([
      {
        lines: [
          { code: "A", quantity: 2 },
          { code: "E", quantity: 1 },
        ],
      },
    ]);
  });

  it("never bring back more of a line than it sold, and miss no row", () => {
    const anyRow = fc
      .record({
        invoice: fc.constantFrom("1", "2", "3", "C4", "C5"),
        code: fc.constantFrom("A", "E", "D"),
        units: fc.integer({ min: 1, max: 9 }),
        price: fc.constantFrom("1.00", "2.00"),
        customer: fc.constantFrom("7", "8", ""),
      })
      .map(({ units, ...one }) =>
        row({ ...one, quantity: `${one.invoice.startsWith("C") ? -units : units}` }),
      );
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), (rows) => {
        const { baskets } = planBaskets(rows, 2, 99);
        const { returns, skipped } = planReturns(rows, baskets);
        const credits = rows.filter(({ invoice }) => invoice.startsWith("C"));
        const wanted = credits.reduce((sum, { quantity }) => sum - Number(quantity), 0);
        const units = returns.reduce((sum, one) => sum + one.units, 0);
        const left = Object.values(skipped).reduce((sum, n) => sum + n, 0);
        const isComplete = left > 0 ? units < wanted && left <= credits.length : units === wanted;
        return isComplete && baskets.every((basket) => isWithin(basket, returns));
      }),
      { numRuns: HISTORIES },
    );
  });
});

function isWithin({ invoice, lines }: Basket, returns: ReturnType<typeof planReturns>["returns"]): boolean {
  const mine = returns.filter((one) => one.invoice === invoice);
  const back = lines.map(({ code, quantity, unitMinor }) => {
    const parts = mine.flatMap((one) => one.lines).filter((line) => line.code === code);
    const units = parts.reduce((sum, line) => sum + line.quantity, 0);
    return { isLess: units <= quantity, minor: unitMinor * BigInt(units) };
  });
  const minor = back.reduce((sum, line) => sum + line.minor, 0n);
  return back.every(({ isLess }) => isLess) && mine.reduce((sum, one) => sum + one.refundMinor, 0n) === minor;
}
