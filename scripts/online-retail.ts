import { readCsv } from "./csv.ts";

/** The columns of the Online Retail file (UCI Machine Learning Repository, D. Chen, CC BY 4.0). */
const COLUMNS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

export type Row = {
  readonly invoice: string;
  readonly code: string;
  readonly description: string;
  readonly quantity: string;
  readonly price: string;
  /** Empty where nobody was named. */
  readonly customer: string;
};

/** A row that sells something: the only ones that become offers and lines. */
export type Sale = {
  readonly invoice: string;
  readonly customer: string;
  readonly code: string;
  readonly description: string;
  readonly quantity: number;
  readonly unitMinor: bigint;
};

/** Why a row is left out; the first that holds is counted. */
export const ROW_REASONS = {
  cancelled: "the invoice takes an earlier one back (its number starts with C)",
  adjustment: "the invoice corrects the books (its number starts with another letter)",
  fee: "the code is a fee, a discount, a sample, a voucher or a test, not goods",
  quantity: "the quantity is not above zero",
  price: "the price is not above zero",
  fraction: "the price is not of whole pence",
  undescribed: "nothing says what it is, and it is not sold either",
  malformed: "the row is not of eight columns, or a number in it is none",
} as const;
export type RowReason = keyof typeof ROW_REASONS;

/** Why an invoice of sales is not replayed. */
export const BASKET_REASONS = {
  twoPrices: "one code is sold at two prices",
  nothingLeft: "no row of it sells goods",
  tooManyLines: "more lines than the market's carts hold",
} as const;
export type BasketReason = keyof typeof BASKET_REASONS;

/** Codes that stand for no goods. Vouchers have a code for each value, tests one for each tester. */
const FEE_CODES = new Set([
  "POST",
  "DOT",
  "C2",
  "D",
  "M",
  "S",
  "B",
  "BANK CHARGES",
  "AMAZONFEE",
  "CRUK",
  "ADJUST",
  "ADJUST2",
]);
const FEE_PATTERN = /^(GIFT_|TEST)/;

export function isFee(code: string): boolean {
  const upper = code.toUpperCase();
  return FEE_CODES.has(upper) || FEE_PATTERN.test(upper);
}

/**
 * Pence of a price written as a decimal number, without a float on the way: "2.55" is 255n and "0.1" is 10n.
 * A fraction of a penny ("0.001") and whatever is no number give undefined.
 */
export function toPence(price: string): bigint | undefined {
  const [, sign = "", whole = "", decimals = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(price) ?? [];
  if (whole === "" || !/^0*$/.test(decimals.slice(2))) return undefined;
  const pence = BigInt(whole) * 100n + BigInt(decimals.slice(0, 2).padEnd(2, "0"));
  return sign === "-" ? -pence : pence;
}

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

/** A sale, or why the row is none. */
export function classify(row: Row): Sale | RowReason {
  if (/^c/i.test(row.invoice)) return "cancelled";
  if (!/^\d+$/.test(row.invoice)) return /^[a-z]\d+$/i.test(row.invoice) ? "adjustment" : "malformed";
  if (isFee(row.code)) return "fee";
  if (row.code === "" || !/^-?\d+$/.test(row.quantity) || !isNumber(row.price)) return "malformed";
  const quantity = Number(row.quantity);
  if (quantity <= 0) return "quantity";
  const unitMinor = toPence(row.price);
  if (unitMinor === undefined) return "fraction";
  if (unitMinor <= 0n) return "price";
  const { invoice, customer, code, description } = row;
  return { invoice, customer, code, description, quantity, unitMinor };
}

/** A record of the file, or undefined when it has not eight columns. */
export function toRow(record: readonly string[]): Row | undefined {
  const [invoice, code, description = "", quantity = "", , price = "", customer = ""] = record.map((field) =>
    field.trim(),
  );
  if (record.length !== COLUMNS.length || invoice === undefined || code === undefined) return undefined;
  // Some editions of the file have the numbers of customers as decimals.
  return { invoice, code, description, quantity, price, customer: customer.replace(/\.0$/, "") };
}

export type BasketLine = { readonly code: string; readonly quantity: number; readonly unitMinor: bigint };
export type Basket = {
  readonly invoice: string;
  /** Whom the invoice names; empty where it names nobody. */
  readonly customer: string;
  readonly lines: readonly BasketLine[];
  readonly units: number;
  readonly goodsMinor: bigint;
};

/** The basket of an invoice's sales: rows of one code at one price are added up. */
export function toBasket(invoice: string, sales: readonly Sale[]): Basket | "twoPrices" | "nothingLeft" {
  const lines = new Map<string, BasketLine>();
  for (const { code, quantity, unitMinor } of sales) {
    const known = lines.get(code);
    if (known && known.unitMinor !== unitMinor) return "twoPrices";
    lines.set(code, { code, unitMinor, quantity: quantity + (known?.quantity ?? 0) });
  }
  if (lines.size === 0) return "nothingLeft";
  const basket = [...lines.values()];
  return {
    invoice,
    customer: sales.find((sale) => sale.customer !== "")?.customer ?? "",
    lines: basket,
    units: basket.reduce((sum, line) => sum + line.quantity, 0),
    goodsMinor: basket.reduce((sum, line) => sum + line.unitMinor * BigInt(line.quantity), 0n),
  };
}

type Skipped = { readonly [reason in RowReason | BasketReason]?: number };
export type Plan = { readonly baskets: readonly Basket[]; readonly skipped: Skipped };

/**
 * The first eligible baskets, in the file's order of invoices, and what was left out on the way to the last
 * of them: rows for a row's reason (a cancelled invoice counts once a row), invoices for a basket's.
 */
export function planBaskets(rows: readonly Row[], wanted: number, linesMax: number): Plan {
  const invoices = Map.groupBy(rows, (row) => row.invoice);
  const baskets: Basket[] = [];
  const skipped: { [reason in RowReason | BasketReason]?: number } = {};
  const skip = (reason: RowReason | BasketReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  for (const [invoice, members] of invoices) {
    if (baskets.length >= wanted) break;
    const sales: Sale[] = [];
    let isSale = false;
    for (const row of members) {
      const found = classify(row);
      isSale ||= found !== "cancelled" && found !== "adjustment";
      if (typeof found === "string") skip(found);
      else sales.push(found);
    }
    if (!isSale) continue;
    const basket = toBasket(invoice, sales);
    if (typeof basket === "string") skip(basket);
    else if (basket.lines.length > linesMax) skip("tooManyLines");
    else baskets.push(basket);
  }
  return { baskets, skipped };
}

/**
 * Cuts the baskets, kept in order, into runs that may be placed side by side: within a run no code has two
 * prices, so the prices can be set once before it, as a seller changes them.
 */
export function toRuns(baskets: readonly Basket[], runMax: number): readonly (readonly Basket[])[] {
  const runs: Basket[][] = [];
  let prices = new Map<string, bigint>();
  for (const basket of baskets) {
    const run = runs.at(-1);
    const clashes = basket.lines.some(({ code, unitMinor }) => (prices.get(code) ?? unitMinor) !== unitMinor);
    if (!run || clashes || run.length >= runMax) {
      runs.push([basket]);
      prices = new Map();
    } else run.push(basket);
    for (const { code, unitMinor } of basket.lines) prices.set(code, unitMinor);
  }
  return runs;
}

/** What the whole file says of one code. */
export type Article = {
  readonly code: string;
  readonly title: string;
  /** What the first sale asked. */
  readonly unitMinor: bigint;
  /** All that the file sells of it. */
  readonly units: number;
};
export type Catalogue = {
  readonly articles: readonly Article[];
  readonly skipped: { readonly [reason in RowReason]?: number };
  readonly rows: number;
};

type Draft = { unitMinor: bigint; units: number; titles: Map<string, number> };

/** Gathers articles row by row, so that a file of any length needs memory for its codes only. */
export function createCatalogue(): { add(record: readonly string[]): void; finish(): Catalogue } {
  const drafts = new Map<string, Draft>();
  const skipped: { [reason in RowReason]?: number } = {};
  let rows = 0;
  return {
    add(record) {
      rows += 1;
      const row = toRow(record);
      const found = row ? classify(row) : "malformed";
      if (typeof found === "string") {
        const isUnsold = found === "quantity" || found === "price";
        const reason = isUnsold && row?.description === "" ? "undescribed" : found;
        skipped[reason] = (skipped[reason] ?? 0) + 1;
        return;
      }
      const draft = drafts.get(found.code) ?? { unitMinor: found.unitMinor, units: 0, titles: new Map() };
      draft.units += found.quantity;
      if (found.description !== "") {
        draft.titles.set(found.description, (draft.titles.get(found.description) ?? 0) + 1);
      }
      drafts.set(found.code, draft);
    },
    finish: () => ({
      articles: [...drafts].map(([code, { titles, unitMinor, units }]) => ({
        code,
        title: mostFrequent(titles) ?? `Article ${code}`,
        unitMinor,
        units,
      })),
      skipped,
      rows,
    }),
  };
}

/** The file describes one code in several ways, from careful to "found"; the usual way is the right one. */
function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  let best: readonly [string, number] | undefined;
  for (const entry of counts) if (!best || entry[1] > best[1]) best = entry;
  return best?.[0];
}

/** The records below the header. A file of other columns is refused before anything is done with it. */
export async function* readOnlineRetail(path: string): AsyncGenerator<readonly (readonly string[])[]> {
  let isFirst = true;
  for await (const records of readCsv(path)) {
    if (!isFirst || records.length === 0) {
      yield records;
      continue;
    }
    isFirst = false;
    const header = (records[0] ?? []).map((name) => name.replace(/^\uFEFF/, "").trim());
    if (header.join() !== COLUMNS.join()) {
      throw new Error(`${path} has not the columns ${COLUMNS.join()} but ${header.join()}`);
    }
    yield records.slice(1);
  }
}
