import { type Basket, isFee, type Row, toPence } from "./online-retail.ts";

/** What one cancellation of the file brings back of one replayed invoice. */
export type Return = {
  readonly cancellation: string;
  readonly invoice: string;
  readonly lines: readonly { readonly code: string; readonly quantity: number }[];
  readonly units: number;
  readonly refundMinor: bigint;
};

/** Why a row of a cancellation is not replayed, or not all of it; the first that holds is counted. */
export const RETURN_REASONS = {
  fee: "the code is a fee, a discount, a sample, a voucher or a test, not goods",
  malformed: "the quantity is not below zero, or the price is not of whole pence",
  unnamed: "the cancellation names no customer",
  unmatched: "no earlier replayed line is of this customer, code and price",
  beyond: "more units than are left of the lines that match",
} as const;
export type ReturnReason = keyof typeof RETURN_REASONS;
export type ReturnPlan = {
  readonly returns: readonly Return[];
  readonly skipped: { readonly [reason in ReturnReason]?: number };
};

type Credit = {
  readonly customer: string;
  readonly code: string;
  readonly quantity: number;
  readonly unitMinor: bigint;
};

/** What a row of a cancellation takes back, or why it takes nothing. */
export function toCredit({ customer, code, quantity, price }: Row): Credit | ReturnReason {
  if (isFee(code)) return "fee";
  const units = /^-[1-9]\d*$/.test(quantity) ? -Number(quantity) : 0;
  const unitMinor = toPence(price);
  if (code === "" || units === 0 || unitMinor === undefined || unitMinor <= 0n) return "malformed";
  return customer === "" ? "unnamed" : { customer, code, quantity: units, unitMinor };
}

type Sold = { readonly invoice: string; left: number };
type Taken = { readonly invoice: string; readonly quantity: number };
const nameOf = (customer: string, { code, unitMinor }: { code: string; unitMinor: bigint }): string =>
  JSON.stringify([customer, code, unitMinor.toString()]);

/** Units of the lines that match, the last sold first. */
function take(sold: Sold[], wanted: number): readonly Taken[] {
  const taken: Taken[] = [];
  let open = wanted;
  while (open > 0) {
    const last = sold.at(-1);
    if (!last) break;
    const quantity = Math.min(open, last.left);
    taken.push({ invoice: last.invoice, quantity });
    last.left -= quantity;
    open -= quantity;
    if (last.left === 0) sold.pop();
  }
  return taken;
}

type Draft = {
  readonly cancellation: string;
  readonly invoice: string;
  lines: Map<string, number>;
  minor: bigint;
};

/**
 * The returns of the whole file that bring back what the baskets sold, in the file's order: a row of a
 * cancellation is matched by customer, code and price with what was sold before it, the last one first.
 */
export function planReturns(rows: readonly Row[], baskets: readonly Basket[]): ReturnPlan {
  const replayed = new Map(baskets.map((basket) => [basket.invoice, basket]));
  const sold = new Map<string, Sold[]>();
  const drafts = new Map<string, Draft>();
  const skipped: { [reason in ReturnReason]?: number } = {};
  const skip = (reason: ReturnReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const sell = ({ invoice, customer, lines }: Basket) => {
    for (const line of lines) {
      const name = nameOf(customer, line);
      sold.set(name, [...(sold.get(name) ?? []), { invoice, left: line.quantity }]);
    }
  };
  const credit = (cancellation: string, one: Credit) => {
    const taken = take(sold.get(nameOf(one.customer, one)) ?? [], one.quantity);
    for (const { invoice, quantity } of taken) {
      const name = JSON.stringify([cancellation, invoice]);
      const draft = drafts.get(name) ?? { cancellation, invoice, lines: new Map(), minor: 0n };
      draft.lines.set(one.code, (draft.lines.get(one.code) ?? 0) + quantity);
      draft.minor += one.unitMinor * BigInt(quantity);
      drafts.set(name, draft);
    }
    if (taken.length === 0) skip("unmatched");
    else if (taken.reduce((sum, { quantity }) => sum + quantity, 0) < one.quantity) skip("beyond");
  };
  for (const row of rows) {
    const basket = replayed.get(row.invoice);
    if (basket && replayed.delete(row.invoice)) sell(basket);
    if (!/^c/i.test(row.invoice)) continue;
    const found = toCredit(row);
    if (typeof found === "string") skip(found);
    else credit(row.invoice, found);
  }
  return { returns: [...drafts.values()].map(toReturn), skipped };
}

function toReturn({ lines, minor, ...about }: Draft): Return {
  const units = [...lines.values()].reduce((sum, quantity) => sum + quantity, 0);
  return {
    ...about,
    lines: [...lines].map(([code, quantity]) => ({ code, quantity })),
    units,
    refundMinor: minor,
  };
}
