import type { Id } from "#kernel/ids";
import { zId } from "#kernel/ids";
import { type Currency, zCurrency } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import type { Gateway } from "./payment.ts";

export const ROW_KINDS = ["charge", "refund", "dispute", "fee", "other"] as const;
export type RowKind = (typeof ROW_KINDS)[number];
export const MATCH_OUTCOMES = ["matched", "missing_here", "missing_there", "amount_differs", "fee"] as const;
export type MatchOutcome = (typeof MATCH_OUTCOMES)[number];
/** What a provider's row and ours do not agree on is explained by somebody, once. */
export const MISMATCH_STATES = ["open", "explained"] as const;
export type MismatchState = (typeof MISMATCH_STATES)[number];
export type MatchTotals = {
  readonly counts: { readonly [O in MatchOutcome]?: number };
  readonly grossMinor: string;
  readonly feeMinor: string;
  readonly netMinor: string;
};

/** A row of a settlement file, in our words. */
export type SettledRow = {
  readonly line: number;
  readonly kind: RowKind;
  readonly paymentId: Id<"payment"> | null;
  /** The provider's own name of the payment. */
  readonly ref: string;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  readonly currency: Currency;
  readonly at: number | null;
};

/** What we know of a payment, as far as a file can say it. */
export type Ours = {
  readonly paymentId: Id<"payment">;
  readonly capturedMinor: bigint;
  readonly currency: Currency;
  /** What the provider was to send back, refund by refund. */
  readonly refundsMinor: readonly bigint[];
};

export type Matched = { readonly outcome: MatchOutcome; readonly expectedMinor: bigint | null };

const negative = (minor: bigint): bigint => (minor < 0n ? minor : -minor);

/** By payment and amount. Fees and what else moves on the account have no payment of ours behind them. */
export function matchRow(row: SettledRow, ours: Ours | undefined): Matched {
  if (row.kind === "fee" || row.kind === "other") return { outcome: "fee", expectedMinor: null };
  if (!ours) return { outcome: "missing_here", expectedMinor: null };
  const isSame = row.currency === ours.currency;
  if (row.kind === "charge") {
    const expectedMinor = ours.capturedMinor;
    if (expectedMinor === 0n) return { outcome: "missing_here", expectedMinor };
    return {
      outcome: isSame && row.grossMinor === expectedMinor ? "matched" : "amount_differs",
      expectedMinor,
    };
  }
  if (row.kind === "dispute") {
    const expectedMinor = negative(ours.capturedMinor);
    return {
      outcome: isSame && row.grossMinor >= expectedMinor ? "matched" : "amount_differs",
      expectedMinor,
    };
  }
  const found = ours.refundsMinor.find((minor) => negative(minor) === negative(row.grossMinor));
  const first = found ?? ours.refundsMinor[0];
  if (first === undefined) return { outcome: "missing_here", expectedMinor: null };
  const isKnown = isSame && found !== undefined;
  return { outcome: isKnown ? "matched" : "amount_differs", expectedMinor: negative(first) };
}

/** Headers of the providers' files, in small letters and without signs; the first that is there counts. */
const COLUMNS = {
  payment: ["paymentmetadatapayment", "metadatapayment", "orderid"],
  ref: ["paymentintentid", "transactionid", "sourceid", "source"],
  kind: ["reportingcategory", "type", "transactionstatus", "transactiontype", "status"],
  gross: ["gross", "grossamount", "transactionamount", "amount"],
  fee: ["fee", "fees", "mdr", "mdrfee", "transactionfee", "totalfee"],
  net: ["net", "netamount", "settlementamount"],
  currency: ["currency"],
  at: ["createdutc", "created", "settlementtime", "transactiontime", "datetime"],
} as const;
type Column = keyof typeof COLUMNS;
export type Header = { readonly [C in Column]?: number };

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Without these a file says nothing that could be matched. */
export function readHeader(cells: readonly string[]): Result<Header, "payment.file_unreadable"> {
  const names = cells.map((cell) => plain(cell.replace(/^\uFEFF/, "")));
  const found = Object.entries(COLUMNS).flatMap(([column, wanted]) => {
    const name = wanted.find((one) => names.includes(one));
    return name === undefined ? [] : [[column, names.indexOf(name)] as const];
  });
  const header = Object.fromEntries(found) as Header;
  const isEnough = header.gross !== undefined && (header.payment !== undefined || header.ref !== undefined);
  return isEnough ? ok(header) : err("payment.file_unreadable");
}

const KINDS: readonly (readonly [RegExp, RowKind])[] = [
  // What a refund or a chargeback costs has its name in it, and is neither.
  [/\bfee\b|_fee\b|^fee_/, "fee"],
  [/^(partial_)?refund|^partialrefund/, "refund"],
  [/dispute|chargeback/, "dispute"],
  [/^(charge|payment|settlement|capture|success)/, "charge"],
  [/fee/, "fee"],
];

/** A row of nothing but a fee says it in its own column, or as the amount, with or without a sign. */
function feeAlone(gross: bigint, fee: bigint, word: string): bigint {
  if (fee !== 0n) return fee;
  const isBack = /refund(ed)?$|revers/.test(word);
  return isBack ? negative(gross) : -negative(gross);
}
const AMOUNT = /^-?\d{1,15}(\.\d{1,2})?$/;
const zPaymentId = zId("payment");

function minorOf(text: string): bigint | undefined {
  const cleaned = text.replace(/[,\s]/g, "").replace(/^(rp|idr)/i, "");
  if (!AMOUNT.test(cleaned)) return undefined;
  const [whole = "0", fraction = ""] = cleaned.replace("-", "").split(".");
  const minor = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
  return cleaned.startsWith("-") ? -minor : minor;
}

/** Midtrans writes no zone and means Western Indonesian time; Stripe's column says UTC by its name. */
function timeOf(text: string, gateway: Gateway): number | null {
  const parts = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)/.exec(text);
  if (!parts) return null;
  const at = Date.parse(`${parts[1]}T${parts[2]}${gateway === "midtrans" ? "+07:00" : "Z"}`);
  return Number.isNaN(at) ? null : at;
}

type Reading = { readonly gateway: Gateway; readonly header: Header; readonly currency: Currency };

/** Undefined for a row without an amount that could be read, such as a sum below the table. */
export function readRow(
  cells: readonly string[],
  line: number,
  { gateway, header, currency }: Reading,
): SettledRow | undefined {
  const cell = (column: Column) => (cells[header[column] ?? -1] ?? "").trim();
  const gross = minorOf(cell("gross"));
  if (gross === undefined) return undefined;
  const word = cell("kind").toLowerCase();
  const kind = KINDS.find(([pattern]) => pattern.test(word))?.[1] ?? (word === "" ? "charge" : "other");
  const named = cell("payment");
  const paymentId = zPaymentId.safeParse(named.slice(named.indexOf("-") + 1)).data ?? null;
  const net = minorOf(cell("net"));
  const fee = minorOf(cell("fee")) ?? (net === undefined ? 0n : gross - net);
  const isBack = kind === "refund" || kind === "dispute";
  const grossMinor = kind === "fee" ? 0n : isBack ? negative(gross) : gross;
  const feeMinor = kind === "fee" ? feeAlone(gross, fee, word) : fee;
  return {
    line,
    kind,
    paymentId,
    ref: (cell("ref") || named).slice(0, 200),
    grossMinor,
    feeMinor,
    netMinor: grossMinor - feeMinor,
    currency: zCurrency.safeParse(cell("currency").toUpperCase()).data ?? currency,
    at: timeOf(cell("at"), gateway),
  };
}

/** Comma-separated values with quotes, a row at a time: a file is never held as rows all at once. */
export function* csvRows(chunks: Iterable<string>): Generator<string[]> {
  let cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  let wasQuote = false;
  for (const chunk of chunks) {
    for (const char of chunk) {
      if (isQuoted) {
        if (char === '"') {
          isQuoted = false;
          wasQuote = true;
        } else cell += char;
        continue;
      }
      if (char === '"') {
        // A quote after a closing quote is one that was meant.
        if (wasQuote) cell += '"';
        isQuoted = true;
      } else if (char === ",") {
        cells.push(cell);
        cell = "";
      } else if (char === "\n") {
        cells.push(cell.replace(/\r$/, ""));
        if (cells.length > 1 || cells[0] !== "") yield cells;
        cells = [];
        cell = "";
      } else cell += char;
      wasQuote = false;
    }
  }
  cells.push(cell);
  if (cells.length > 1 || cells[0] !== "") yield cells;
}
