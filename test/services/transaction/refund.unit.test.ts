import fc from "fast-check";
import { expect, test } from "vitest";
import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import { assess, emptyBook, type Reprice, type Sale } from "#services/transaction/refund/domain/amounts";
import {
  type Case,
  decideAccept,
  decideApprove,
  decideCancel,
  decideDispute,
  decideEscalate,
  decideOffer,
  decideReceive,
  decideReject,
  decideSend,
  decideSilence,
  moved,
  type Reason,
  unseenOf,
} from "#services/transaction/refund/domain/case";
import { decideRequest, isTrusted } from "#services/transaction/refund/domain/request";
import { isOver, KINDS, type Kind, MOVES, NEXT, STATES } from "#services/transaction/refund/domain/states";

const DAY_MS = 86_400_000;
const TERMS = zMarket().parse(MARKETS.id).refund;
const LINE = "lin_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"line">;
const OTHER = "lin_01jd8zt4w8h5vc6q1m9a2r7sxz" as Id<"line">;

const caseOf = (kind: Kind, reason: Reason, quantity = 3): Case => ({
  id: "rfc_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"refundCase">,
  kind,
  state: "requested",
  step: null,
  orderId: "ord_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"order">,
  orderGroupId: "grp_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"orderGroup">,
  sellerId: "slr_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"seller">,
  buyerId: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy" as BuyerId,
  email: "ayu@example.com",
  locale: "id",
  currency: "IDR",
  reason,
  tender: "original",
  resolution: kind === "exchange" ? "replacement" : "refund",
  bearer: "seller",
  goodsBack: kind !== "claim",
  isInstant: false,
  quotedMinor: 30_000_000n,
  offerMinor: null,
  amounts: null,
  paidMinor: 0n,
  paymentId: null,
  stuckNote: null,
  reservationId: null,
  back: null,
  sentAt: null,
  replacement: null,
  dueAt: TERMS.answerWithinMs,
  isFinal: false,
  createdAt: 0,
  resolvedAt: null,
  version: 1,
  lines: [
    {
      lineId: LINE,
      offerId: "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"offer">,
      productId: "prd_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"product">,
      categoryId: null,
      title: "Kemeja batik",
      sku: "KEMEJA-L",
      quantity,
      resellable: 0,
      damaged: 0,
      missing: 0,
    },
  ],
});

test("the table leads nowhere that it does not know, and out of the end nothing leads", () => {
  for (const kind of KINDS) {
    for (const state of STATES) {
      const moves = Object.entries(NEXT[kind][state]);
      for (const [move, to] of moves) {
        expect(MOVES).toContain(move);
        expect(STATES).toContain(to);
      }
      if (isOver(state)) expect(moves).toEqual([]);
    }
  }
  const done = { ...caseOf("return", "changed_mind"), state: "resolved" } as const;
  for (const move of MOVES) expect(moved(done, move)).toEqual({ ok: false, code: "refund.wrong_state" });
});

/** What somebody may try at any time, in whatever state the case is. */
const tries = fc.record({
  what: fc.nat({ max: 10 }),
  units: fc.nat({ max: 3 }),
  grade: fc.constantFrom("resellable", "damaged", "missing"),
  afterMs: fc.integer({ min: 0, max: 12 * DAY_MS }),
});
type Try = {
  readonly what: number;
  readonly units: number;
  readonly grade: string;
  readonly afterMs: number;
};

function attempt(one: Case, { what, units, grade }: Try, now: number): Case {
  const counts = { resellable: 0, damaged: 0, missing: 0, [grade]: units };
  const parcel = { carrier: "JNE", trackingNumber: "1" };
  const result = [
    () => decideApprove(one, { by: "seller" }, TERMS, now),
    () => decideReject(one, TERMS, now),
    () => decideEscalate(one, TERMS, now),
    () => decideCancel(one),
    () => decideOffer(one, { offerMinor: 100n, stepMinor: 100n }, TERMS, now),
    () => decideAccept(one),
    () => moved(one, "ask", { dueAt: now + TERMS.replyWithinMs }),
    () => moved(one, "reply", { dueAt: now + TERMS.answerWithinMs }),
    () => decideReceive(one, [{ lineId: LINE, ...counts }], TERMS, now),
    () => decideDispute(one, { outcome: units % 2 ? "return" : "reject" }, TERMS, now),
    () => decideSend(one, parcel, TERMS, now),
  ][what]?.();
  if (!result?.ok) return one;
  const { value } = result;
  if ("steps" in value) return value.steps.at(-1)?.after ?? one;
  return "after" in value ? value.after : value;
}

test("whatever both sides try: no unit is seen twice, and left alone every case comes to an end", () => {
  const kinds = fc.constantFrom(
    caseOf("return", "changed_mind"),
    caseOf("exchange", "wrong_size"),
    caseOf("claim", "arrived_damaged"),
    caseOf("claim", "not_received"),
    { ...caseOf("return", "wrong_size"), isInstant: true },
  );
  fc.assert(
    fc.property(kinds, fc.array(tries, { maxLength: 14 }), (opened, all) => {
      let one: Case = opened;
      let now = 0;
      for (const each of all) {
        const before = one;
        now += each.afterMs;
        one = attempt(one, each, now);
        if (isOver(before.state) && one !== before) return false;
        if (one.lines.some((line) => unseenOf(line) < 0 || line.missing < 0)) return false;
      }
      for (let silent = 0; silent < 8; silent += 1) {
        if (isOver(one.state) || one.state === "settling" || (one.state === "rejected" && one.isFinal))
          return true;
        if (one.dueAt === null) return false;
        const decided = decideSilence(one, TERMS, one.dueAt);
        if (!decided.ok || !decided.value) return false;
        one = decided.value.after;
      }
      return false;
    }),
    { numRuns: 10_000 },
  );
});

/** Two lines of three and one unit; a tenth off from 400,000 on, of which the seller pays half. */
const SALE: Sale = {
  lines: [
    { lineId: LINE, quantity: 3, goodsMinor: 300_000n, discountMinor: 30_000n, sellerDiscountMinor: 15_000n },
    { lineId: OTHER, quantity: 1, goodsMinor: 100_000n, discountMinor: 10_000n, sellerDiscountMinor: 5_000n },
  ].map((line) => ({
    ...line,
    taxMinor: 0n,
    taxRateBasisPoints: 0,
    commissionMinor: line.goodsMinor / 20n,
    commissionTaxMinor: 0n,
  })),
  taxMinor: 0n,
  taxInclusive: true,
  shippingMinor: 9_000n,
  shippingDiscountMinor: 0n,
  sellerShippingDiscountMinor: 0n,
  totalMinor: 369_000n,
  stepMinor: 1n,
};
const TENTH_FROM_400: Reprice = (kept) => {
  const goods = kept.reduce((sum, { quantity }) => sum + 100_000n * BigInt(quantity), 0n);
  return new Map(
    kept.map(({ lineId, quantity }) => {
      const discountMinor = goods >= 400_000n ? 10_000n * BigInt(quantity) : 0n;
      return [lineId, { discountMinor, sellerDiscountMinor: discountMinor / 2n }];
    }),
  );
};
const one = { isFault: false, bearer: "seller" as const, allowanceMinor: null, shippingWithWhole: true };

test("a missed threshold costs what it gave on what is kept, until the last unit is back", () => {
  const wanted = { ...one, units: [{ lineId: OTHER, quantity: 1 }] };
  const first = assess(SALE, emptyBook(SALE), wanted, TENTH_FROM_400);
  expect(first.amounts).toMatchObject({
    withheldMinor: 30_000n,
    toBuyerMinor: 60_000n,
    fromSellerMinor: 80_000n,
    fromPlatformMinor: -20_000n,
    commissionBackMinor: 5_000n,
  });
  const rest = { ...one, units: [{ lineId: LINE, quantity: 3 }] };
  const last = assess(SALE, first.book, rest, TENTH_FROM_400);
  expect(last.amounts).toMatchObject({ withheldMinor: -30_000n, toBuyerMinor: 309_000n, isWhole: true });
  expect(last.book.toBuyerMinor).toBe(SALE.totalMinor);
});

test("where the seller is to blame the discount stays, and the shipping comes in proportion", () => {
  const wanted = { ...one, isFault: true, units: [{ lineId: OTHER, quantity: 1 }] };
  const { amounts } = assess(SALE, emptyBook(SALE), wanted, TENTH_FROM_400);
  expect(amounts).toMatchObject({ withheldMinor: 0n, shippingMinor: 2_250n, toBuyerMinor: 92_250n });
});

test("what may be asked for, and when", () => {
  const lines = [{ id: LINE, quantity: 2, returnDays: null }];
  const sold = { state: "delivered", shippedAt: 0, deliveredAt: 0, lines };
  const asked = {
    kind: "return" as const,
    reason: "changed_mind" as const,
    lines: [{ lineId: LINE, quantity: 1 }],
  };
  const lost = { ...asked, kind: "claim" as const, reason: "not_received" as const };
  const never = { ...sold, lines: [{ id: LINE, quantity: 2, returnDays: 0 }] };
  const long = { ...sold, lines: [{ id: LINE, quantity: 2, returnDays: 60 }] };
  const onTheWay = { ...sold, state: "shipped", deliveredAt: null };
  const many = { ...asked, lines: [{ lineId: LINE, quantity: 3 }] };
  const rows = [
    [sold, asked, 14, undefined],
    [sold, asked, 15, "refund.window_over"],
    [long, asked, 59, undefined],
    [never, asked, 1, "refund.not_returnable"],
    [never, { ...lost, reason: "arrived_damaged" as const }, 29, undefined],
    [sold, many, 1, "refund.quantity_exceeded"],
    [sold, { ...asked, lines: [{ lineId: OTHER, quantity: 1 }] }, 1, "refund.line_not_found"],
    [sold, { ...asked, reason: "not_received" as const }, 1, "refund.reason_invalid"],
    [onTheWay, asked, 1, "refund.order_not_delivered"],
    [onTheWay, lost, 6, "refund.too_early"],
  ] as const;
  for (const [order, wish, days, code] of rows) {
    const result = decideRequest(order, wish, TERMS, days * DAY_MS);
    expect(result.ok ? undefined : result.code).toBe(code);
  }
});

test("trust is earned by orders, and lost by goods that never came or that all come back", () => {
  const good = { orders: 5, unitsBought: 20, unitsBack: 6, unitsMissed: 0 };
  expect(isTrusted(good, 1_000n, TERMS)).toBe(true);
  expect(isTrusted({ ...good, orders: 4 }, 1_000n, TERMS)).toBe(false);
  expect(isTrusted({ ...good, unitsBack: 7 }, 1_000n, TERMS)).toBe(false);
  expect(isTrusted({ ...good, unitsMissed: 1 }, 1_000n, TERMS)).toBe(false);
  expect(isTrusted(good, TERMS.instant.upToMinor + 1n, TERMS)).toBe(false);
});
