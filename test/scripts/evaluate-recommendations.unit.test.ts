import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { toPurchase } from "../../scripts/purchases.ts";

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const row = (customer: string, code: string, date: string, quantity = 1, price = "1.50") =>
  `536365,${code},SOMETHING,${quantity},${date} 10:00:00,${price},${customer},United Kingdom`;
const common = Array.from({ length: 25 }, (_, i) => `P${String(i + 1).padStart(2, "0")}`);
const [BEFORE, AFTER, LAST] = ["2011-01-10", "2011-03-05", "2011-03-31"];

/**
 * Three people buy all of 25 common things, two buy X and Y. Later one who has X buys Y (only the model
 * knows), one who has P01 buys P02 (both know), one who has X buys Y and P21 (the model finds one of two).
 */
const SAMPLE = [
  HEADER,
  ...["a", "b", "c"].flatMap((customer) => common.map((code) => row(customer, code, BEFORE))),
  ...["d", "e"].flatMap((customer) => ["X", "Y"].map((code) => row(customer, code, BEFORE))),
  row("u", "X", BEFORE),
  row("v", "P01", BEFORE),
  row("w", "X", BEFORE),
  row("u", "Y", AFTER),
  row("u", "X", AFTER),
  row("v", "P02", AFTER),
  row("w", "Y", AFTER),
  row("w", "P21", AFTER),
  // None of these is a purchase of goods by a known customer with a past.
  row("", "P05", AFTER),
  row("a", "POST", AFTER),
  row("b", "Y", AFTER, -4),
  row("c", "Y", AFTER, 1, "0"),
  row("new", "P01", AFTER),
  row("", "M", LAST),
].join("\n");

async function run(...more: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "evaluate-"));
  try {
    const file = path.join(folder, "sample.csv");
    await writeFile(file, SAMPLE);
    const script = path.join(import.meta.dirname, "../../scripts/evaluate-recommendations.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, ...more]);
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a sample whose answer is known by hand", async () => {
  const found = JSON.parse(await run("--json"));
  expect(Object.keys(found)).toEqual(["recall20", "ndcg20", "popularityRecall20", "popularityNdcg20"]);
  expect(found.recall20).toBeCloseTo((1 + 1 + 1 / 2) / 3, 12);
  expect(found.ndcg20).toBeCloseTo((1 + 1 + 1 / (1 + 1 / Math.log2(3))) / 3, 12);
  expect(found.popularityRecall20).toBeCloseTo(1 / 3, 12);
  // X was sold in four rows and P02 in three, so P02 stands second for who has P01.
  expect(found.popularityNdcg20).toBeCloseTo(1 / Math.log2(3) / 3, 12);
});

describe("a row is a purchase", () => {
  const fields = (change: Partial<Record<number, string>> = {}) =>
    Object.assign(["1", "85123A", "X", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "UK"], change);
  it.each([
    [{}, true],
    [{ 6: "" }, false],
    [{ 3: "-6" }, false],
    [{ 3: "0" }, false],
    [{ 5: "0.0" }, false],
    [{ 5: "0.001" }, true],
    [{ 1: "POST" }, false],
    [{ 1: "gift_0001_20" }, false],
    [{ 4: "yesterday" }, false],
  ])("%o: %s", (change, isOne) => expect(toPurchase(fields(change)) !== undefined).toBe(isOne));
});
