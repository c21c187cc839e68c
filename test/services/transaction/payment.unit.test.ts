import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { decidePayAgain } from "#services/transaction/payment/domain/again";
import {
  decideClose,
  decideRefunded,
  decideReport,
  isDoubtful,
  nextCheckAt,
  openPayment,
  outcomeOf,
  type Payment,
  PROGRESS,
  type Progress,
  type Report,
} from "#services/transaction/payment/domain/payment";
import {
  isSigned,
  toAction,
  toAmount,
  toMinor,
  toReport,
  zNotification,
} from "#services/transaction/payment/providers/midtrans-wire";

const NOW = 1_800_000_000_000;
const PAY_BY = NOW + 900_000;
const ids = createIds({ now: () => NOW });
const AMOUNT = { minor: 27_500_000n, currency: "IDR" } as const;
const opened = openPayment(
  {
    id: ids.next("payment"),
    orderGroupId: ids.next("orderGroup"),
    attempt: 1,
    buyerId: ids.next("user"),
    method: "qris",
    provider: "midtrans",
    amount: AMOUNT,
    payBy: PAY_BY,
  },
  NOW,
);
const PAID: readonly Progress[] = ["capture", "settlement", "partial_refund", "refund"];
const report = (status: Progress, change: Partial<Report> = {}): Report => ({
  provider: "midtrans",
  transactionId: "t1",
  status,
  amount: AMOUNT,
  capturedMinor: PAID.includes(status) ? AMOUNT.minor : 0n,
  refundedMinor: status === "refund" ? AMOUNT.minor : status === "partial_refund" ? 1_000_000n : 0n,
  ...change,
});

function told(payment: Payment, ...reports: readonly Report[]): Payment {
  return reports.reduce((before, one) => {
    const decision = decideReport(before, one, NOW);
    if (!decision.ok) throw new Error(decision.code);
    return decision.value;
  }, payment);
}

// One row a word of the provider, on a fresh payment.
test.each([
  ["pending", "pending"],
  ["authorize", "authorised"],
  ["challenge", "authorised"],
  ["capture", "settled"],
  ["settlement", "settled"],
  ["deny", "denied"],
  ["failure", "denied"],
  ["expire", "expired"],
  ["cancel", "cancelled"],
  ["partial_refund", "partially_refunded"],
  ["refund", "refunded"],
] as const)("%s makes it %s", (status, state) => {
  expect(told(opened, report(status)).state).toBe(state);
});

// A later row must not undo an earlier one, whichever comes last.
test.each([
  ["settlement", "pending", "settled"],
  ["settlement", "expire", "settled"],
  ["settlement", "deny", "settled"],
  ["capture", "challenge", "settled"],
  ["capture", "cancel", "cancelled"],
  ["refund", "settlement", "refunded"],
] as const)("%s, then %s: %s in both orders", (first, second, state) => {
  expect(told(opened, report(first), report(second)).state).toBe(state);
  expect(told(opened, report(second), report(first)).state).toBe(state);
});

const anyReport = fc
  .record({ transactionId: fc.constantFrom("t1", "t2"), status: fc.constantFrom(...PROGRESS) })
  .map(({ transactionId, status }) => report(status, { transactionId }));
const anyReports = fc.array(anyReport, { minLength: 1, maxLength: 8 });
const anyClosing = fc.constantFrom(null, "expired" as const, "cancelled" as const);
/** What must not depend on the order; times and versions may. */
const known = ({ state, settledMinor, transactions }: Payment) => ({
  state,
  settledMinor,
  transactions: Object.entries(transactions).sort(),
});

test("any order and repetition of the same notifications ends in the same payment", () => {
  fc.assert(
    fc.property(
      anyReports.chain((reports) =>
        fc.record({
          reports: fc.constant(reports),
          again: fc
            .tuple(
              fc.shuffledSubarray(reports, { minLength: reports.length }),
              fc.shuffledSubarray(reports),
              fc.shuffledSubarray(reports),
            )
            .map((parts) => parts.flat()),
        }),
      ),
      anyClosing,
      ({ reports, again }, closing) => {
        const start = { ...opened, closing };
        expect(known(told(start, ...again))).toEqual(known(told(start, ...reports)));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what was told before is no change, in whatever order it is told again", () => {
  fc.assert(
    fc.property(
      anyReports.chain((reports) =>
        fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length })),
      ),
      ([reports, again]) => {
        const settled = told(opened, ...reports);
        expect(told(settled, ...again)).toBe(settled);
      },
    ),
  );
});

test("a report of another amount or currency is refused, and doubted", () => {
  for (const amount of [
    { minor: AMOUNT.minor + 100n, currency: "IDR" },
    { minor: AMOUNT.minor, currency: "SGD" },
  ] as const) {
    const wrong = report("settlement", { amount });
    expect(decideReport(opened, wrong, NOW)).toEqual({ ok: false, code: "payment.amount_mismatch" });
    expect(isDoubtful(opened, wrong)).toBe(true);
  }
  expect(isDoubtful(opened, report("settlement"))).toBe(false);
});

test("money for a payment that was given up settles it all the same, after a question", () => {
  const closed = decideClose(opened, "expired", NOW);
  expect(closed.state).toBe("expired");
  expect(isDoubtful(closed, report("settlement"))).toBe(true);
  const late = told(closed, report("settlement"));
  expect(late.state).toBe("settled");
  expect(outcomeOf(closed, late)).toBe("settled");
  expect(decideClose(late, "expired", NOW)).toBe(late);
});

test("a repeated word changes nothing", () => {
  const settled = told(opened, report("settlement"));
  expect(told(settled, report("settlement"), report("pending"))).toBe(settled);
});

test("refunds add up to refunded", () => {
  const settled = told(opened, report("settlement"));
  const half = decideRefunded(settled, AMOUNT.minor / 2n, NOW);
  expect(half.state).toBe("partially_refunded");
  expect(decideRefunded(half, AMOUNT.minor / 2n, NOW).state).toBe("refunded");
});

const how = { method: "virtual_account", provider: "midtrans", capture: "automatic" } as const;
const next = { id: ids.next("payment"), ...how, options: {} };
test.each([
  ["after a denial", told(opened, report("deny")), NOW, "ok"],
  ["after an expiry", told(opened, report("expire")), NOW, "ok"],
  ["instead of one that waits", told(opened, report("pending")), NOW, "ok"],
  ["cash", { ...opened, method: "cod" as const }, NOW, "payment.not_payable"],
  ["paid", told(opened, report("settlement")), NOW, "payment.not_payable"],
  ["held at the bank", told(opened, report("authorize")), NOW, "payment.not_payable"],
  ["too late", told(opened, report("deny")), PAY_BY, "payment.too_late"],
  [
    "nothing owed",
    { ...told(opened, report("deny")), releasedMinor: AMOUNT.minor },
    NOW,
    "payment.nothing_owed",
  ],
] as const)("pay again %s: %s", (_, last, now, expected) => {
  const decision = decidePayAgain(last, next, now);
  expect(decision.ok ? "ok" : decision.code).toBe(expected);
});

test("paying again ends what waits and owes only what is left", () => {
  const last = { ...told(opened, report("pending")), releasedMinor: 7_500_000n };
  const decision = decidePayAgain(last, next, NOW);
  if (!decision.ok) throw new Error(decision.code);
  expect(decision.value.left.state).toBe("cancelled");
  expect(decision.value.opened).toMatchObject({ attempt: 2, state: "created", method: "virtual_account" });
  expect(decision.value.opened.amount.minor).toBe(20_000_000n);
});

test("an open payment is always looked at again, a settled one never", () => {
  let at = NOW;
  const looks: number[] = [];
  for (let next = nextCheckAt(opened, at); next !== undefined; next = nextCheckAt(opened, at)) {
    expect(next).toBeGreaterThan(at);
    looks.push(next);
    at = next;
  }
  expect(looks.some((look) => look > PAY_BY)).toBe(true);
  expect(looks.length).toBeLessThan(10);
  expect(nextCheckAt(told(opened, report("settlement")), NOW)).toBeUndefined();
});

test("amounts are read and written to the minor unit", () => {
  expect(toMinor("275000.00")).toBe(27_500_000n);
  expect(toMinor("12.3")).toBe(1_230n);
  expect(toAmount(27_500_000n, "IDR")).toBe(275_000);
  expect(toAmount(1_234n, "SGD")).toBe(12.34);
  expect(() => toAmount(150n, "IDR")).toThrow("cash step");
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), (minor) => {
      expect(toMinor(String(toAmount(minor, "GBP")))).toBe(minor);
    }),
  );
});

// The example of Midtrans' own page on notifications.
const DOCUMENTED = {
  transaction_id: "fb9b4b5d",
  order_id: "1111",
  gross_amount: "100000.00",
  transaction_status: "capture",
  fraud_status: "challenge",
  status_code: "200",
};

test("a notification is believed by its signature alone", async () => {
  const { createHash } = await import("node:crypto");
  const key = "askvnoibnosifnboseofinbofinfgbiufglnbfg";
  const signature = createHash("sha512").update(`1111200100000.00${key}`).digest("hex");
  const notification = zNotification.parse({ ...DOCUMENTED, signature_key: signature });
  expect(isSigned(notification, key)).toBe(true);
  expect(isSigned(notification, `${key}x`)).toBe(false);
  expect(isSigned({ ...notification, gross_amount: "1.00" }, key)).toBe(false);
  expect(toReport(notification)).toMatchObject({
    status: "challenge",
    amount: { minor: 10_000_000n, currency: "IDR" },
  });
});

test.each([
  [{ qr_string: "000201", actions: [{ name: "generate-qr-code", url: "https://x/qr" }] }, "qr"],
  [{ va_numbers: [{ bank: "bni", va_number: "988" }] }, "virtual_account"],
  [{ permata_va_number: "850" }, "virtual_account"],
  [{ bill_key: "1", biller_code: "70012" }, "bill"],
  [{ store: "Indomaret", payment_code: "123" }, "payment_code"],
  [{ actions: [{ name: "deeplink-redirect", url: "https://x/pay" }] }, "deeplink"],
  [{ qr_string: "0", actions: [{ name: "deeplink-redirect", url: "https://x/pay" }] }, "deeplink"],
  [{ redirect_url: "https://x/3ds" }, "redirect"],
  [{ status_code: "200" }, undefined],
])("an answer becomes what the buyer is shown", (answer, kind) => {
  expect(toAction(answer)?.kind).toBe(kind);
});
