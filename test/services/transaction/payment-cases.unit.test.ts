import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { decideCapture } from "#services/transaction/payment/domain/capture";
import {
  DISPUTE_STATES,
  type Dispute,
  decideDispute,
  isClosed,
} from "#services/transaction/payment/domain/dispute";
import {
  csvRows,
  matchRow,
  type Ours,
  readHeader,
  readRow,
} from "#services/transaction/payment/domain/match";
import { openPayment, type Payment } from "#services/transaction/payment/domain/payment";
import { routeOf } from "#services/transaction/payment/domain/route";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const PAYMENT_ID = ids.next("payment");

const written = (cells: readonly string[]) =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");

test("a file is read as it was written, wherever it is cut", () => {
  const anyCell = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", " ", "é"), maxLength: 6 });
  const anyRows = fc.array(fc.array(anyCell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const text = rows.map(written).join("\n");
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect([...csvRows(chunks)]).toEqual(rows);
    }),
    { numRuns: 2_000 },
  );
});

const STRIPE =
  "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,payment_intent_id";
const MIDTRANS = "Transaction Time,Order ID,Transaction Status,Gross Amount,MDR Fee";
const read = (gateway: "stripe" | "midtrans", header: string, line: string) => {
  const found = readHeader(header.split(","));
  if (!found.ok) throw new Error(found.code);
  return readRow(line.split(","), 2, { gateway, header: found.value, currency: "IDR" });
};

test.each([
  ["txn_1,2026-11-01 10:00:00,sgd,42.00,1.93,40.07,charge,pi_1", "charge", 4_200n, 193n],
  ["txn_2,2026-11-01 10:00:00,sgd,-42.00,0.00,-42.00,refund,pi_1", "refund", -4_200n, 0n],
  ["txn_3,2026-11-01 10:00:00,sgd,-42.00,15.00,-57.00,dispute,pi_1", "dispute", -4_200n, 1_500n],
  ["txn_4,2026-11-01 10:00:00,sgd,0.00,3.10,-3.10,fee,", "fee", 0n, 310n],
  ["txn_6,2026-11-01 10:00:00,sgd,-3.10,0.00,-3.10,fee,", "fee", 0n, 310n],
  ["txn_5,2026-11-01 10:00:00,sgd,-100.00,0.00,-100.00,payout,", "other", -10_000n, 0n],
])("a row of Stripe's report: %s", (line, kind, grossMinor, feeMinor) => {
  expect(read("stripe", STRIPE, line)).toMatchObject({ kind, grossMinor, feeMinor, currency: "SGD" });
});

test("a row of Midtrans names our payment behind its market, in rupiah and western Indonesian time", () => {
  const row = read("midtrans", MIDTRANS, `2026-11-01 07:00:00,id-${PAYMENT_ID},settlement,275000.00,1925.00`);
  const about = { kind: "charge", paymentId: PAYMENT_ID, grossMinor: 27_500_000n, netMinor: 27_307_500n };
  expect(row).toMatchObject({ ...about, at: Date.parse("2026-11-01T00:00:00Z"), currency: "IDR" });
  expect(read("midtrans", MIDTRANS, ",,,Total,")).toBeUndefined();
  expect(readHeader(["a", "b"])).toMatchObject({ ok: false });
});

test.each([
  ["Chargeback,275000.00,15000.00", "dispute", -27_500_000n, 1_500_000n],
  ["Chargeback Fee,15000.00,", "fee", 0n, 1_500_000n],
  ["chargeback_fee,-15000.00,0.00", "fee", 0n, 1_500_000n],
  ["Chargeback Fee,0.00,15000.00", "fee", 0n, 1_500_000n],
  ["Chargeback Fee Refund,15000.00,", "fee", 0n, -1_500_000n],
  ["Refund Fee,2500.00,", "fee", 0n, 250_000n],
] as const)(
  "what a chargeback costs is read from Midtrans' file: %s",
  (cells, kind, grossMinor, feeMinor) => {
    const row = read("midtrans", MIDTRANS, `2026-11-01 07:00:00,id-${PAYMENT_ID},${cells}`);
    expect(row).toMatchObject({ kind, grossMinor, feeMinor, paymentId: PAYMENT_ID });
  },
);

const ours = (change: Partial<Ours> = {}): Ours => ({
  paymentId: PAYMENT_ID,
  capturedMinor: 4_200n,
  currency: "SGD",
  refundsMinor: [700n],
  ...change,
});
test.each([
  ["charge", 4_200n, ours(), "matched"],
  ["charge", 4_199n, ours(), "amount_differs"],
  ["charge", 4_200n, ours({ currency: "GBP" }), "amount_differs"],
  ["charge", 4_200n, ours({ capturedMinor: 0n }), "missing_here"],
  ["charge", 4_200n, undefined, "missing_here"],
  ["refund", -700n, ours(), "matched"],
  ["refund", -701n, ours(), "amount_differs"],
  ["refund", -700n, ours({ refundsMinor: [] }), "missing_here"],
  ["dispute", -4_200n, ours(), "matched"],
  ["dispute", -4_300n, ours(), "amount_differs"],
  ["fee", -310n, undefined, "fee"],
  ["other", -10_000n, undefined, "fee"],
] as const)("a %s of %s is matched", (kind, grossMinor, known, outcome) => {
  const amounts = { grossMinor, feeMinor: 0n, netMinor: grossMinor, currency: "SGD" as const };
  const row = { line: 2, kind, paymentId: PAYMENT_ID, ref: "pi_1", at: null, ...amounts };
  expect(matchRow(row, known).outcome).toBe(outcome);
});

test("however a held payment is captured: never more than is held, and nothing owed is left out", () => {
  const anyParts = fc.array(fc.bigInt({ min: 1n, max: 5_000n }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      anyParts,
      fc.array(fc.record({ pick: fc.array(fc.nat(4), { maxLength: 5 }), isFinal: fc.boolean() }), {
        maxLength: 6,
      }),
      fc.array(fc.nat(4), { maxLength: 3 }),
      (minors, captures, cancelled) => {
        const total = minors.reduce((sum, minor) => sum + minor, 0n);
        let splits = minors.map((authorisedMinor) => {
          return { orderId: ids.next("order"), authorisedMinor, capturedMinor: 0n };
        });
        const gone = new Set(cancelled.filter((index) => index < minors.length));
        const releasedMinor = [...gone].reduce((sum, index) => sum + (minors[index] ?? 0n), 0n);
        const payment = { ...held(total), releasedMinor };
        let isOver = false;
        for (const { pick, isFinal } of captures) {
          if (isOver) break;
          const wanted = splits.filter((_, index) => pick.includes(index)).map(({ orderId }) => orderId);
          const decision = decideCapture(payment, splits, {
            isFinal,
            ...(wanted.length > 0 ? { orderIds: wanted } : {}),
          });
          if (!decision.ok) continue;
          const { orderIds, reachesMinor } = decision.value;
          splits = splits.map((split) =>
            orderIds.includes(split.orderId) ? { ...split, capturedMinor: split.authorisedMinor } : split,
          );
          const captured = splits.reduce((sum, split) => sum + split.capturedMinor, 0n);
          expect(captured).toBe(reachesMinor);
          expect(captured).toBeLessThanOrEqual(total);
          if (isFinal) expect(total - captured).toBeLessThanOrEqual(releasedMinor);
          isOver = isFinal;
        }
      },
    ),
    { numRuns: 10_000 },
  );
});

function held(minor: bigint): Payment {
  const who = { buyerId: ids.next("user"), orderGroupId: ids.next("orderGroup"), attempt: 1 };
  const how = { method: "card", provider: "stripe", capture: "manual", payBy: NOW + 1 } as const;
  const opened = openPayment({ id: PAYMENT_ID, ...who, ...how, amount: { minor, currency: "SGD" } }, NOW);
  return { ...opened, state: "authorised" };
}

test("a dispute ends once: whatever order the words come in, and however often", () => {
  const opened: Dispute = {
    id: ids.next("dispute"),
    paymentId: PAYMENT_ID,
    orderGroupId: ids.next("orderGroup"),
    provider: "stripe",
    ref: "du_1",
    amount: { minor: 4_200n, currency: "SGD" },
    takenMinor: 4_200n,
    feeMinor: 0n,
    reason: "fraudulent",
    state: "needs_response",
    evidenceBy: null,
    submittedAt: null,
    openedAt: NOW,
    closedAt: null,
    version: 1,
  };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DISPUTE_STATES), { maxLength: 8 }), (states) => {
      let dispute = opened;
      let end: string | undefined;
      for (const state of states) {
        dispute = decideDispute(dispute, { ...opened, state }, NOW);
        if (end !== undefined) expect(dispute.state).toBe(end);
        if (isClosed(dispute.state)) end = dispute.state;
      }
      expect(dispute.closedAt !== null).toBe(end !== undefined);
    }),
    { numRuns: 2_000 },
  );
});

test("a method goes to those who have keys here, in the market's order, and else to Midtrans", () => {
  const routing = { card: ["stripe", "midtrans"] } as const;
  expect(routeOf("card", routing, () => true)).toEqual(["stripe", "midtrans"]);
  expect(routeOf("card", routing, (one) => one === "midtrans")).toEqual(["midtrans"]);
  expect(routeOf("qris", routing, () => true)).toEqual(["midtrans"]);
  expect(routeOf("card", { card: ["stripe"] }, () => false)).toEqual(["midtrans"]);
  expect([routeOf("wallet", {}, () => true), routeOf("cod", {}, () => true)]).toEqual([["wallet"], ["cod"]]);
});
