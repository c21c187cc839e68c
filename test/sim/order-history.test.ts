import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ctx } from "#kernel/ctx";
import { createIds, type Id } from "#kernel/ids";
import { type DraftLine, type OrderDraft, placeOrders } from "#services/transaction/order/commands/place";
import {
  decideCallOff,
  decideCancel,
  decideComplete,
  decideConfirm,
  decideDeliver,
  decidePay,
  decideShip,
  type Order,
  type OrderState,
  type ShippedLine,
  toFact,
} from "#services/transaction/order/domain";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const PAYMENTS = [ids.next("payment"), ids.next("payment")] as const;
const STRANGE_LINE = ids.next("line");

/** Thrown and not expected: a run makes some hundred thousands of these. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const anyLine = fc
  .record({
    unit: fc.integer({ min: 1, max: 900_000 }),
    quantity: fc.integer({ min: 1, max: 5 }),
    off: fc.nat(100),
  })
  .map(({ unit, quantity, off }) => {
    const goodsMinor = BigInt(unit) * BigInt(quantity);
    const discountMinor = (goodsMinor * BigInt(off)) / 100n;
    return { unitPriceMinor: BigInt(unit), quantity, goodsMinor, discountMinor };
  });
const anyDraft = fc.record({
  isCash: fc.boolean(),
  isInclusive: fc.boolean(),
  lines: fc.array(anyLine, { minLength: 1, maxLength: 4 }),
  shipping: fc.integer({ min: 0, max: 50_000 }),
  shippingTax: fc.integer({ min: 0, max: 500 }),
});
type Drawn = typeof anyDraft extends fc.Arbitrary<infer D> ? D : never;

const toLine = (line: Drawn["lines"][number], at: number): DraftLine => ({
  ...line,
  offerId: ids.next("offer"),
  productId: ids.next("product"),
  categoryId: null,
  sku: `S${at}`,
  title: "Goods",
  variantLabel: "",
  imageKey: null,
  sellerDiscountMinor: line.discountMinor / 2n,
  taxMinor: line.goodsMinor / 10n,
  taxRateBasisPoints: 1_000,
  commissionRuleId: null,
  commissionBasisPoints: 500,
  commissionMinor: line.goodsMinor / 20n,
  commissionTaxMinor: line.goodsMinor / 200n,
});
const sum = (lines: readonly DraftLine[], of: (line: DraftLine) => bigint) =>
  lines.reduce((total, line) => total + of(line), 0n);

function draftOf({ isCash, isInclusive, shipping, shippingTax, ...drawn }: Drawn, wrongMinor = 0n) {
  const lines = drawn.lines.map(toLine);
  const taxMinor = sum(lines, (line) => line.taxMinor) + BigInt(shippingTax);
  const goods = sum(lines, (line) => line.goodsMinor - line.discountMinor);
  const totalMinor = goods + BigInt(shipping) + (isInclusive ? 0n : taxMinor) + wrongMinor;
  const draft: OrderDraft = {
    orderGroupId: ids.next("orderGroup"),
    buyerId: ids.next("user"),
    email: "ayu@example.com",
    locale: "id",
    address: {} as OrderDraft["address"],
    payment: { method: isCash ? "cod" : "qris", paymentId: PAYMENTS[0] },
    payBy: NOW + 1,
    currency: "IDR",
    sellers: [
      {
        sellerId: ids.next("seller"),
        lines,
        shippingMinor: BigInt(shipping),
        shippingDiscountMinor: 0n,
        sellerShippingDiscountMinor: 0n,
        shippingChoice: null,
        taxMinor,
        totalMinor,
      },
    ],
  };
  return { draft, totalMinor };
}

/** All that placing looks at of its surroundings. */
const surroundings = ({ isInclusive }: Drawn) =>
  ({
    ids,
    clock: { now: () => NOW },
    actor: { kind: "system" },
    market: { tax: { name: "PPN", inclusive: isInclusive }, order: { shipWithinMs: 1 } },
  }) as unknown as Ctx;

test("an order is placed when its lines make up its totals, and not by a unit more or less", () => {
  // Half of them add up.
  const anyWrong = fc.oneof(fc.constant(0n), fc.constantFrom(-3n, -2n, -1n, 1n, 2n, 3n));
  fc.assert(
    fc.property(anyDraft, anyWrong, (drawn, wrongMinor) => {
      const { draft, totalMinor } = draftOf(drawn, wrongMinor);
      const placedMinor = (): bigint | undefined => {
        try {
          return placeOrders(surroundings(drawn), draft).totalMinor;
        } catch {
          return undefined;
        }
      };
      const expectedMinor = wrongMinor === 0n ? totalMinor : undefined;
      demand(placedMinor() === expectedMinor, `${wrongMinor} beside its lines`);
    }),
    { numRuns: RUNS },
  );
});

type Step =
  | { readonly kind: "pay"; readonly payment: 0 | 1 }
  | { readonly kind: "confirm" }
  | { readonly kind: "complete" }
  | { readonly kind: "cancel" }
  | { readonly kind: "call_off"; readonly quantities: readonly number[] | null; readonly isStrange: boolean }
  | { readonly kind: "ship"; readonly quantities: readonly number[] | null; readonly isStrange: boolean }
  | { readonly kind: "deliver"; readonly by: "buyer" | "seller" | "courier" | "system" };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pay" as const), payment: fc.constantFrom(0, 1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("confirm" as const, "complete" as const, "confirm" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("ship" as const, "ship" as const, "ship" as const, "call_off" as const),
      quantities: fc.option(fc.array(fc.nat(4), { minLength: 4, maxLength: 4 })),
      isStrange: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("deliver" as const),
      by: fc.constantFrom("buyer" as const, "seller" as const, "courier" as const, "system" as const),
    }),
  },
) as fc.Arbitrary<Step>;

/** An independent account of the same history: how far it is, what has left, and whose money is in it. */
type Account = {
  readonly isCash: boolean;
  state: OrderState;
  readonly left: number[];
  hasLeft: boolean;
  payment: Id<"payment"> | null;
  moves: number;
};
const SENT: readonly OrderState[] = ["shipped", "delivered", "completed"];

function go(account: Account, from: readonly OrderState[], to: OrderState, moves = 1): string {
  if (!from.includes(account.state)) return "order.wrong_state";
  account.state = to;
  account.moves += moves;
  return "ok";
}

type Parting = Extract<Step, { kind: "ship" | "call_off" }>;

/** Units leave, or are called off; with the last of them the order is on its way, if any of it has left. */
function parted(account: Account, { kind, quantities, isStrange }: Parting): string {
  const isOff = kind === "call_off";
  const wanted = quantities ? account.left.map((_, i) => quantities[i] ?? 0) : [...account.left];
  if (wanted.some((quantity, i) => quantity > (account.left[i] ?? 0))) return "order.quantity_exceeded";
  if (isStrange) return "order.line_not_found";
  const from: readonly OrderState[] = isOff ? ["placed", "paid", "confirmed"] : ["confirmed"];
  const isNothing = wanted.every((quantity) => quantity === 0);
  if (isNothing || !from.includes(account.state)) return "order.wrong_state";
  for (const [i, quantity] of wanted.entries()) account.left[i] = (account.left[i] ?? 0) - quantity;
  if (!isOff) account.hasLeft = true;
  account.moves += 1;
  if (account.left.every((quantity) => quantity === 0)) {
    account.state = account.hasLeft ? "shipped" : "cancelled";
  }
  return "ok";
}

/** What the step should answer, and the account after it. */
function expected(account: Account, step: Step): string {
  const { isCash, state } = account;
  if (step.kind === "ship" || step.kind === "call_off") return parted(account, step);
  if (step.kind === "pay") {
    if (account.payment === PAYMENTS[step.payment]) return "ok";
    const code = go(account, ["awaiting_payment"], "paid");
    if (code === "ok") account.payment = PAYMENTS[step.payment];
    return code;
  }
  if (step.kind === "confirm")
    return state === "confirmed" ? "ok" : go(account, ["paid", "placed"], "confirmed");
  if (step.kind === "complete") return state === "completed" ? "ok" : go(account, ["delivered"], "completed");
  if (step.kind === "cancel") {
    if (state === "cancelled") return "ok";
    if (state === "confirmed" && account.hasLeft) return "order.partly_shipped";
    return go(account, ["awaiting_payment", "placed", "paid", "confirmed"], "cancelled");
  }
  if (state === "delivered" || state === "completed") return "ok";
  if (isCash && (step.by === "buyer" || step.by === "system")) return "order.cash_not_confirmed";
  return go(account, ["shipped"], "delivered", isCash ? 2 : 1);
}

type Answer = { readonly code: string; readonly order: Order };

function take(order: Order, step: Step): Answer {
  const of = (result: { ok: true; value: Order } | { ok: false; code: string }): Answer =>
    result.ok ? { code: "ok", order: result.value } : { code: result.code, order };
  switch (step.kind) {
    case "pay":
      return of(decidePay(order, { paymentId: PAYMENTS[step.payment], shipBy: NOW }, NOW));
    case "confirm":
      return of(decideConfirm(order));
    case "complete":
      return of(decideComplete(order, NOW));
    case "cancel":
      return of(decideCancel(order, "other", NOW));
    case "call_off": {
      const found = decideCallOff(order, wantedOf(order, step), "other", NOW);
      return found.ok ? { code: "ok", order: found.value.order } : { code: found.code, order };
    }
    case "ship": {
      const found = decideShip(order, wantedOf(order, step), NOW);
      return found.ok ? { code: "ok", order: found.value.order } : { code: found.code, order };
    }
    case "deliver": {
      const found = decideDeliver(order, step.by, NOW);
      return found.ok
        ? { code: "ok", order: found.value.steps.at(-1) ?? order }
        : { code: found.code, order };
    }
  }
}

function wantedOf(order: Order, { quantities, isStrange }: Parting) {
  if (!quantities && !isStrange) return undefined;
  const own = order.lines.map((line, i): ShippedLine => {
    const left = line.quantity - line.shippedQuantity - line.cancelledQuantity;
    return { lineId: line.id, quantity: quantities ? (quantities[i] ?? 0) : left };
  });
  return isStrange ? [...own, { lineId: STRANGE_LINE, quantity: 1 }] : own;
}

/** As placing makes it; the statements of the commit are not looked into. */
function orderOf(drawn: Drawn): Order {
  const { draft } = draftOf(drawn);
  const [part] = draft.sellers;
  if (!part) throw new Error("one shop");
  const { lines, ...amounts } = part;
  const orderId = ids.next("order");
  const none = { readyAt: null, paidAt: null, shipBy: null, shippedAt: null, deliveredAt: null };
  return {
    ...{ id: orderId, orderGroupId: draft.orderGroupId, buyerId: draft.buyerId, currency: "IDR", ...amounts },
    uncollectedMinor: 0n,
    reservationId: ids.next("reservation"),
    state: drawn.isCash ? "placed" : "awaiting_payment",
    method: draft.payment.method,
    goodsMinor: sum(lines, (line) => line.goodsMinor),
    discountMinor: sum(lines, (line) => line.discountMinor),
    sellerDiscountMinor: sum(lines, (line) => line.sellerDiscountMinor),
    commissionMinor: sum(lines, (line) => line.commissionMinor),
    commissionTaxMinor: sum(lines, (line) => line.commissionTaxMinor),
    ...{ ...none, completedAt: null, cancelledAt: null, paidPaymentId: null, cancelReason: null },
    ...{ createdAt: NOW, version: 1, group: { email: "a@example.com", locale: "id" } as Order["group"] },
    lines: lines.map((line, position) => ({
      ...{ ...line, id: ids.next("line"), orderId, position, promisedOn: null },
      ...{ shippedQuantity: 0, cancelledQuantity: 0, returnedQuantity: 0 },
    })),
  };
}

const amountsOf = (order: Order): string => {
  const { lines, ...fact } = toFact(order);
  return JSON.stringify([fact, lines]);
};

function demandSound(order: Order, account: Account): void {
  const { state, lines, version, paidAt, paidPaymentId, cancelReason } = order;
  demand(state === account.state, `${state}, not ${account.state}`);
  demand(version === 1 + account.moves, `version ${version} after ${account.moves} moves`);
  const left = lines.map((line) => line.quantity - line.shippedQuantity - line.cancelledQuantity);
  demand(JSON.stringify(left) === JSON.stringify(account.left), `${left} are left, not ${account.left}`);
  const isOver = left.every((quantity) => quantity === 0);
  const hasLeft = lines.some((line) => line.shippedQuantity > 0);
  demand(SENT.includes(state) === (isOver && hasLeft), "sent is all of it that was not called off");
  const paid = account.isCash ? ["delivered", "completed"].includes(state) : account.payment !== null;
  demand((paidAt !== null) === paid && paidPaymentId === account.payment, "whose money is in it");
  demand(SENT.includes(state) && !account.isCash ? paid : true, "sent and not paid");
  demand((state === "cancelled") === (cancelReason !== null), "a reason, and only for what is off");
}

test("every history of an order answers as an independent account of it, and its amounts stay", () => {
  const reached = new Set<OrderState>();
  const codes = new Set<string>();
  fc.assert(
    fc.property(anyDraft, fc.array(anyStep, { maxLength: 24 }), (drawn, steps) => {
      let order = orderOf(drawn);
      const left = order.lines.map(({ quantity }) => quantity);
      const { isCash } = drawn;
      const account: Account = { isCash, state: order.state, left, hasLeft: false, payment: null, moves: 0 };
      const amounts = amountsOf(order);
      for (const step of steps) {
        const code = expected(account, step);
        const after = take(order, step);
        demand(after.code === code, `${step.kind} in ${order.state}: ${after.code}, not ${code}`);
        demand(code === "ok" || after.order === order, "a refusal changes nothing");
        order = after.order;
        demandSound(order, account);
        codes.add(code);
      }
      demand(amountsOf(order) === amounts, "amounts and lines are those of the moment of placing");
      reached.add(order.state);
    }),
    { numRuns: RUNS },
  );
  // A run that never got far would prove little.
  expect(reached.size).toBe(8);
  expect([...codes].sort()).toEqual([
    "ok",
    "order.cash_not_confirmed",
    "order.line_not_found",
    "order.partly_shipped",
    "order.quantity_exceeded",
    "order.wrong_state",
  ]);
});
