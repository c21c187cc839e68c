import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { toDisputeReport } from "#services/transaction/payment/commands/dispute";
import { type Dispute, decideDispute } from "#services/transaction/payment/domain/dispute";
import { decideLoss, sentOf } from "#services/transaction/payment/domain/loss";
import type { Refund } from "#services/transaction/payment/domain/payment";
import { decideEnd, decideTaken } from "#services/transaction/wallet/domain/dispute";

const RUNS = 10_000;
const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const PAYMENT_ID = ids.next("payment");
const sum = (all: readonly { readonly minor: bigint }[]) =>
  all.reduce((total, { minor }) => total + minor, 0n);

const amount = (max: bigint) => fc.bigInt({ min: 0n, max });
const anyOrder = amount(9_000n).chain((capturedMinor) =>
  amount(capturedMinor).chain((refundedMinor) =>
    amount(capturedMinor - refundedMinor).map((lostMinor) => {
      return { orderId: ids.next("order"), capturedMinor, refundedMinor, lostMinor };
    }),
  ),
);
const anyRefund = fc
  .tuple(fc.bigInt({ min: 1n, max: 5_000n }), fc.nat(100), fc.nat(100), fc.nat(100))
  .chain(([minor, wallet, own, covered]) => {
    const walletMinor = (minor * BigInt(wallet)) / 100n;
    const ownMinor = (walletMinor * BigInt(own)) / 100n;
    const refund: Omit<Refund, "state" | "provider"> = {
      id: ids.next("refund"),
      paymentId: PAYMENT_ID,
      key: "test",
      amount: { minor, currency: "SGD" },
      walletMinor,
      ownMinor,
      coveredMinor: ((minor - ownMinor) * BigInt(covered)) / 100n,
      disputeId: null,
      orderId: null,
      reason: "test",
      note: null,
      tries: 0,
      evidence: null,
      createdAt: NOW,
      doneAt: null,
    };
    return fc
      .record({
        state: fc.constantFrom("requested" as const, "succeeded" as const, "manual" as const),
        provider: fc.constantFrom("stripe" as const, "midtrans" as const),
      })
      .map((rest): Refund => ({ ...refund, ...rest }));
  });

test("a loss: shares, covers and excess are what was taken, and nobody bears more than he has left", () => {
  fc.assert(
    fc.property(
      fc.array(anyOrder, { maxLength: 5 }),
      fc.array(anyRefund, { maxLength: 4 }),
      amount(40_000n),
      fc.boolean(),
      (orders, refunds, takenMinor, isKept) => {
        const sumOf = (of: "capturedMinor" | "refundedMinor" | "lostMinor") =>
          orders.reduce((total, order) => total + order[of], 0n);
        const payment = {
          keptBy: isKept ? ("stripe" as const) : ("midtrans" as const),
          settledMinor: sumOf("capturedMinor"),
          refundRequestedMinor: sumOf("refundedMinor"),
          lostMinor: sumOf("lostMinor"),
        };
        const rest = payment.settledMinor - payment.refundRequestedMinor - payment.lostMinor;
        const loss = decideLoss(payment, { provider: "stripe", takenMinor }, orders, refunds);
        expect(sum(loss.shares) + sum(loss.covers) + loss.excessMinor).toBe(takenMinor);
        const isMore = takenMinor > rest;
        if (!isKept) expect(loss.lostMinor).toBe(0n);
        else expect(loss.lostMinor).toBe(isMore ? rest : takenMinor);
        expect(sum(loss.shares)).toBe(loss.lostMinor);
        for (const { orderId, minor } of loss.shares) {
          const order = orders.find((one) => one.orderId === orderId);
          const left = order ? order.capturedMinor - order.refundedMinor - order.lostMinor : 0n;
          expect(minor > 0n && minor <= left).toBe(true);
        }
        for (const { refundId, minor } of loss.covers) {
          const refund = refunds.find(({ id }) => id === refundId);
          if (!refund) throw new Error("no such refund");
          const covered = refund.coveredMinor + minor;
          expect(refund.state).not.toBe("succeeded");
          expect(covered <= refund.amount.minor - refund.ownMinor).toBe(true);
          const sent = sentOf({ ...refund, coveredMinor: covered });
          // What the wallet paid comes back to it whatever a bank does.
          expect(sent.walletMinor >= refund.ownMinor && sent.providerMinor >= 0n).toBe(true);
          expect(sent.walletMinor + sent.providerMinor + covered).toBe(refund.amount.minor);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

const wire = {
  id: "du_1",
  object: "dispute" as const,
  amount: 4_200,
  currency: "sgd",
  reason: "fraudulent",
  status: "warning_needs_response",
  payment_intent: "pi_1",
  created: 1_800_000_000,
};

test("an inquiry has taken nothing; what it becomes is booked once, whichever word comes first", () => {
  const inquiry = toDisputeReport(wire);
  expect(inquiry).toMatchObject({ takenMinor: 0n, feeMinor: 0n, state: "needs_response" });
  const rows = [
    { fee: 1_500, currency: "sgd" },
    { fee: 9, currency: "usd" },
  ];
  const lost = toDisputeReport({ ...wire, status: "lost", balance_transactions: rows });
  expect(lost).toMatchObject({ takenMinor: 4_200n, feeMinor: 1_500n });
  const opened: Dispute = {
    ...inquiry,
    id: ids.next("dispute"),
    paymentId: PAYMENT_ID,
    orderGroupId: ids.next("orderGroup"),
    provider: "stripe",
    submittedAt: null,
    closedAt: null,
    version: 1,
  };
  const ended = decideDispute(opened, lost, NOW);
  expect(ended).toMatchObject({ state: "lost", takenMinor: 4_200n, feeMinor: 1_500n, closedAt: NOW });
  expect(decideDispute(ended, { ...lost, takenMinor: 9_000n }, NOW)).toBe(ended);
  // What was withheld is booked under the case's name, and a second amount would not be taken there.
  const grown = { ...inquiry, takenMinor: 4_200n };
  const withheld = decideDispute(opened, grown, NOW);
  expect(withheld).toMatchObject({ state: "needs_response", takenMinor: 4_200n });
  expect(decideDispute(withheld, { ...grown, takenMinor: 9_000n }, NOW)).toBe(withheld);
  const money = {
    disputeId: "dsp_1",
    holder: "stripe" as const,
    currency: "SGD" as const,
    takenMinor: 4_200n,
  };
  const end = { ...money, outcome: "lost" as const, feeMinor: 1_500n, excessMinor: 200n };
  expect(decideTaken({ ...money, takenMinor: 0n })).toEqual([]);
  expect(decideEnd(end)).toEqual(expect.arrayContaining(decideTaken(money)));
  const booked = decideEnd(end).map(({ kind, amountMinor }) => [kind, amountMinor]);
  expect(booked).toEqual([
    ["dispute", 4_200n],
    ["dispute_fee", 1_500n],
    ["write_off", 200n],
  ]);
  const won = decideEnd({ ...end, outcome: "won" }).map(({ kind, amountMinor }) => [kind, amountMinor]);
  expect(won).toEqual([
    ["dispute", 4_200n],
    ["dispute_fee", 1_500n],
    ["dispute_won", 4_200n],
  ]);
});
