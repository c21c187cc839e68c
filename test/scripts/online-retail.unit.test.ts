import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecords, parseRecord } from "../../scripts/csv.ts";
import {
  type Basket,
  classify,
  createCatalogue,
  planBaskets,
  type Row,
  toBasket,
  toPence,
  toRuns,
} from "../../scripts/online-retail.ts";

const ROW: Row = {
  invoice: "536365",
  code: "85123A",
  description: "WHITE HANGING HEART T-LIGHT HOLDER",
  quantity: "6",
  price: "2.55",
  customer: "17850",
};
const row = (change: Partial<Row>): Row => ({ ...ROW, ...change });

describe("prices are pence, exactly", () => {
  it.each([
    ["2.55", 255n],
    ["0.1", 10n],
    ["7", 700n],
    ["4.950", 495n],
    ["16888.02", 1_688_802n],
    ["-11062.06", -1_106_206n],
    ["0", 0n],
    ["0.001", undefined],
    ["1.005", undefined],
    ["", undefined],
    ["1e3", undefined],
    ["2,55", undefined],
  ])("%s", (text, pence) => expect(toPence(text)).toBe(pence));

  it("reads back every amount of whole pence", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (pence) => {
        const text = `${pence / 100n}.${(pence % 100n).toString().padStart(2, "0")}`;
        expect(toPence(text)).toBe(pence);
      }),
    );
  });
});

describe("rows", () => {
  it("that sell are sales", () => {
    expect(classify(ROW)).toEqual({
      invoice: "536365",
      customer: "17850",
      code: "85123A",
      description: "WHITE HANGING HEART T-LIGHT HOLDER",
      quantity: 6,
      unitMinor: 255n,
    });
  });

  // In the order in which the reasons are looked for.
  it.each([
    [{ invoice: "C536379", code: "D", quantity: "-1" }, "cancelled"],
    [{ invoice: "A563185", code: "B", price: "11062.06" }, "adjustment"],
    [{ invoice: "" }, "malformed"],
    [{ code: "POST" }, "fee"],
    [{ code: "m" }, "fee"],
    [{ code: "BANK CHARGES", price: "0.001" }, "fee"],
    [{ code: "gift_0001_20" }, "fee"],
    [{ code: "TEST001" }, "fee"],
    [{ code: "" }, "malformed"],
    [{ quantity: "six" }, "malformed"],
    [{ quantity: "1.5" }, "malformed"],
    [{ price: "free" }, "malformed"],
    [{ quantity: "-9600", price: "0" }, "quantity"],
    [{ quantity: "0" }, "quantity"],
    [{ code: "PADS", price: "0.001" }, "fraction"],
    [{ price: "0" }, "price"],
    [{ price: "-5.00" }, "price"],
  ] as const)("%j: %s", (change, reason) => expect(classify(row(change))).toBe(reason));

  it.each(["DCGSSBOY", "DCGS0004", "SP1002", "15056BL", "PADS"])("%s is goods", (code) => {
    expect(classify(row({ code }))).toMatchObject({ code });
  });
});

const sale = (code: string, quantity: number, unitMinor: bigint) => ({
  invoice: "1",
  customer: "9",
  code,
  description: "",
  quantity,
  unitMinor,
});

describe("baskets", () => {
  it("add up rows of one code at one price", () => {
    const basket = toBasket("1", [sale("A", 2, 255n), sale("B", 1, 10n), sale("A", 3, 255n)]);
    expect(basket).toEqual({
      invoice: "1",
      customer: "9",
      lines: [
        { code: "A", quantity: 5, unitMinor: 255n },
        { code: "B", quantity: 1, unitMinor: 10n },
      ],
      units: 6,
      goodsMinor: 1_285n,
    });
  });

  it("keep codes apart that differ in case: the file does", () => {
    expect(toBasket("1", [sale("85123A", 1, 295n), sale("85123a", 1, 255n)])).toMatchObject({ units: 2 });
  });

  it("that sell a code at two prices are none", () => {
    expect(toBasket("1", [sale("A", 2, 255n), sale("A", 1, 254n)])).toBe("twoPrices");
  });

  it("without a sale are none", () => expect(toBasket("1", [])).toBe("nothingLeft"));
});

describe("the plan of a replay", () => {
  const ROWS: readonly Row[] = [
    row({ invoice: "1", code: "A" }),
    row({ invoice: "1", code: "POST", price: "18.00" }),
    row({ invoice: "C2", code: "A", quantity: "-6" }),
    row({ invoice: "3", code: "A", price: "2.55" }),
    row({ invoice: "3", code: "A", price: "2.95" }),
    row({ invoice: "4", code: "E", quantity: "-3" }),
    row({ invoice: "5", code: "E" }),
    row({ invoice: "5", code: "C" }),
    row({ invoice: "6", code: "C" }),
    row({ invoice: "1", code: "E" }),
    row({ invoice: "7", code: "M" }),
  ];
  const invoices = (baskets: readonly Basket[]) => baskets.map((basket) => basket.invoice);

  it("takes the first eligible invoices and counts what it passes", () => {
    const { baskets, skipped } = planBaskets(ROWS, 2, 10);
    expect(invoices(baskets)).toEqual(["1", "5"]);
    expect(baskets[0]?.lines.map((line) => line.code)).toEqual(["A", "E"]);
    expect(skipped).toEqual({ fee: 1, cancelled: 1, twoPrices: 1, quantity: 1, nothingLeft: 1 });
  });

  it("leaves out what no cart holds", () => {
    const { baskets, skipped } = planBaskets(ROWS, 9, 1);
    expect(invoices(baskets)).toEqual(["6"]);
    expect(skipped.tooManyLines).toBe(2);
  });

  it("needs no basket more than there are", () => {
    expect(invoices(planBaskets(ROWS, 99, 10).baskets)).toEqual(["1", "5", "6"]);
  });

  it("runs side by side only what agrees on every price", () => {
    const basket = (invoice: string, code: string, unitMinor: bigint): Basket => ({
      invoice,
      customer: "9",
      lines: [{ code, quantity: 1, unitMinor }],
      units: 1,
      goodsMinor: unitMinor,
    });
    const baskets = [
      basket("1", "A", 1n),
      basket("2", "E", 1n),
      basket("3", "A", 2n),
      basket("4", "A", 2n),
      basket("5", "E", 2n),
      basket("6", "C", 2n),
    ];
    expect(toRuns(baskets, 3).map(invoices)).toEqual([["1", "2"], ["3", "4", "5"], ["6"]]);
  });

  it("loses no basket and keeps their order", () => {
    const anyBasket = fc
      .record({ invoice: fc.string(), code: fc.constantFrom("A", "E", "F"), unitMinor: fc.bigInt(1n, 3n) })
      .map(({ invoice, ...line }): Basket => {
        const lines = [{ ...line, quantity: 1 }];
        return { invoice, customer: "9", lines, units: 1, goodsMinor: line.unitMinor };
      });
    fc.assert(
      fc.property(fc.array(anyBasket), fc.integer({ min: 1, max: 5 }), (baskets, runMax) => {
        const runs = toRuns(baskets, runMax);
        expect(runs.flat()).toEqual(baskets);
        for (const run of runs) {
          const lines = run.flatMap((one) => one.lines.map(({ code, unitMinor }) => `${code} ${unitMinor}`));
          const codes = run.flatMap((one) => one.lines.map(({ code }) => code));
          expect(new Set(lines).size).toBe(new Set(codes).size);
          expect(run.length).toBeLessThanOrEqual(runMax);
        }
      }),
    );
  });
});

describe("the catalogue of a file", () => {
  it("has a code once, by its usual description, at its first price, and counts what it skips", () => {
    const catalogue = createCatalogue();
    const add = (invoice: string, description: string, quantity: string, price: string) =>
      catalogue.add([invoice, "A", description, quantity, "2010-12-01 08:26:00", price, "", "EIRE"]);
    add("1", "MUG", "2", "1.25");
    add("2", "found", "1", "1.45");
    add("3", "MUG", "4", "1.45");
    add("4", "", "1", "0");
    add("4", "", "-3", "1.25");
    add("4", "MUG", "1", "0");
    add("C5", "MUG", "-1", "1.25");
    catalogue.add(["6", "A"]);
    expect(catalogue.finish()).toEqual({
      articles: [{ code: "A", title: "MUG", unitMinor: 125n, units: 7 }],
      skipped: { undescribed: 2, price: 1, cancelled: 1, malformed: 1 },
      rows: 8,
    });
  });
});

describe("comma separated values", () => {
  it.each([
    ["a,b,,c", ["a", "b", "", "c"]],
    ['a,"b, c",d', ["a", "b, c", "d"]],
    ['"say ""hi""",x', ['say "hi"', "x"]],
    ['"",', ["", ""]],
    ['a,"two\nlines"', ["a", "two\nlines"]],
  ])("%j", (text, fields) => expect(parseRecord(text)).toEqual(fields));

  it("refuses a quote that never ends", () => expect(() => parseRecord('a,"b')).toThrow(/not closed/));

  it("reads back whatever was written, however the pieces fall", () => {
    const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;
    const record = fc.array(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", " ") }), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(record), fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const text = rows.map((fields) => `${fields.map(quote).join(",")}\r\n`).join("");
        const records = createRecords();
        const read: string[] = [];
        for (let at = 0; at < text.length; at += size) read.push(...records.push(text.slice(at, at + size)));
        read.push(...records.end());
        expect(read.map(parseRecord)).toEqual(rows);
      }),
    );
  });
});
