import fc from "fast-check";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import {
  applyEdits,
  type Cart,
  type Change,
  decideChange,
  type Line,
  type Op,
  type Terms,
} from "#services/transaction/cart/domain/cart";
import { type Facts, type Offered, viewCart } from "#services/transaction/cart/domain/view";

const LIMITS = { linesMax: 4, quantityMax: 50 };
const TERMS: Terms = { minQuantity: 2, stepQuantity: 3, maxQuantity: 11, priceMinor: "1000" };
const EMPTY: Cart = { version: 0, lines: new Map() };
const lineId = (name: string) => `lin_${name}` as Id<"line">;
const offerId = (name: string) => `ofr_${name}` as Id<"offer">;
const OWNER = "usr_1" as Id<"user">;

const change = (op: Op, ifMatch?: number): Change => ({ ...op, key: "k", hash: "", ownerId: OWNER, ifMatch });
const adding = (name: string, quantity: number, terms: Terms | null = null): Op => ({
  op: "add",
  lines: [{ lineId: lineId(`${name}-new`), offerId: offerId(name), quantity, note: null, terms }],
});
function run(cart: Cart, op: Op, ifMatch?: number): { readonly cart: Cart; readonly code: string } {
  const decided = decideChange(cart, change(op, ifMatch), { limits: LIMITS, now: 7 });
  return decided.ok
    ? { cart: applyEdits(cart, decided.value).cart, code: "ok" }
    : { cart, code: decided.code };
}
const line = (name: string, about: Partial<Line> = {}): Line => ({
  lineId: lineId(name),
  offerId: offerId(name),
  quantity: 1,
  isSelected: true,
  isSaved: false,
  note: null,
  seenMinor: "1000",
  addedAt: 0,
  ...about,
});
const cartOf = (...lines: readonly Line[]): Cart => ({
  version: 3,
  lines: new Map(lines.map((one) => [one.lineId, one])),
});

test.each<[string, Cart, Op, number | undefined, string]>([
  ["a version that is not this one", cartOf(line("a")), adding("a", 1), 2, "cart.stale"],
  ["beyond the market's limit", EMPTY, adding("a", 51), undefined, "cart.quantity_limit"],
  ["below the minimum", EMPTY, adding("a", 1, TERMS), undefined, "cart.below_minimum"],
  ["between two steps", EMPTY, adding("a", 3, TERMS), undefined, "cart.off_step"],
  ["above the maximum", EMPTY, adding("a", 14, TERMS), undefined, "cart.above_maximum"],
  [
    "one line too many",
    cartOf(..."abcd".split("").map((name) => line(name))),
    adding("e", 1),
    3,
    "cart.too_many_lines",
  ],
  [
    "another line's change",
    cartOf(line("a")),
    { op: "change", change: { lineId: lineId("b"), terms: null } },
    3,
    "cart.line_not_found",
  ],
  ["the minimum", EMPTY, adding("a", 2, TERMS), undefined, "ok"],
  ["a step above it", EMPTY, adding("a", 5, TERMS), undefined, "ok"],
  ["what nobody could check", EMPTY, adding("a", 3, null), undefined, "ok"],
  ["a line that is gone", cartOf(line("a")), { op: "remove", lineIds: [lineId("b")] }, 3, "ok"],
])("%s", (_, cart, op, ifMatch, code) => {
  expect(run(cart, op, ifMatch).code).toBe(code);
});

test("an offer added again raises its line, and the sum obeys the seller", () => {
  const { cart } = run(run(EMPTY, adding("a", 2, TERMS)).cart, adding("a", 3, TERMS));
  expect([...cart.lines.values()].map((one) => [one.offerId, one.quantity])).toEqual([[offerId("a"), 5]]);
  expect(run(cart, adding("a", 2, TERMS)).code).toBe("cart.off_step");
});

test("of several lines all are taken or none, and the one at fault is named", () => {
  const wanted = [adding("a", 2, TERMS), adding("b", 1, TERMS)].flatMap((op) =>
    op.op === "add" ? op.lines : [],
  );
  const decided = decideChange(EMPTY, change({ op: "add", lines: wanted }), { limits: LIMITS, now: 0 });
  expect(decided).toEqual({ ok: false, code: "cart.below_minimum", line: 1 });
});

test("what was saved for later comes back into the line that is there", () => {
  const cart = cartOf(
    line("a", { quantity: 2 }),
    line("later", { offerId: offerId("a"), quantity: 3, isSaved: true }),
  );
  const { cart: after } = run(cart, {
    op: "change",
    change: { lineId: lineId("later"), isSaved: false, terms: TERMS },
  });
  expect([...after.lines.values()].map((one) => [one.lineId, one.quantity, one.isSaved])).toEqual([
    [lineId("later"), 5, false],
  ]);
});

test("nothing to do keeps the version", () => {
  const cart = cartOf(line("a"));
  const same: Op = { op: "change", change: { lineId: lineId("a"), isSelected: true, terms: null } };
  expect(run(cart, same).cart.version).toBe(3);
  expect(run(cart, { op: "select", lineIds: null, isSelected: true }).cart.version).toBe(3);
  expect(run(cart, { op: "select", lineIds: null, isSelected: false }).cart.version).toBe(4);
});

const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
const anyLines = fc
  .uniqueArray(fc.record({ name: names, quantity: fc.integer({ min: 1, max: 9 }), isSaved: fc.boolean() }), {
    maxLength: 4,
    selector: (one) => `${one.name} ${one.isSaved}`,
  })
  .map((all) =>
    all.map(({ name, quantity, isSaved }) =>
      line(`${name}-${isSaved}`, { offerId: offerId(name), quantity, isSaved }),
    ),
  );

test("merging keeps the larger quantity, loses no line, and twice is once", () => {
  fc.assert(
    fc.property(anyLines, anyLines, (mine, theirs) => {
      const cart = cartOf(...mine);
      const guests = theirs.map((one) => ({ ...one, lineId: lineId(`guest-${one.lineId}`) }));
      const decided = decideChange(cart, change({ op: "merge", lines: guests }), { limits: LIMITS, now: 0 });
      if (!decided.ok) throw new Error("a merge is never refused");
      const { cart: merged, answer } = applyEdits(cart, decided.value);
      expect(merged.lines.size).toBeLessThanOrEqual(LIMITS.linesMax);
      for (const one of guests) {
        const twin = [...merged.lines.values()].find(
          (other) => other.offerId === one.offerId && other.isSaved === one.isSaved,
        );
        if (answer.left.includes(one.lineId)) expect(merged.lines.size).toBe(LIMITS.linesMax);
        else expect(twin?.quantity).toBeGreaterThanOrEqual(one.quantity);
      }
      for (const one of mine)
        expect(merged.lines.get(one.lineId)?.quantity).toBeGreaterThanOrEqual(one.quantity);
      const again = run(merged, { op: "merge", lines: guests });
      expect(again.cart).toEqual(merged);
    }),
  );
});

const ops: fc.Arbitrary<Op> = fc.oneof(
  fc
    .record({ name: names, quantity: fc.integer({ min: 1, max: 60 }) })
    .map(({ name, quantity }) => adding(name, quantity)),
  fc
    .record({
      name: names,
      quantity: fc.option(fc.integer({ min: 1, max: 9 })),
      isSaved: fc.option(fc.boolean()),
    })
    .map(
      ({ name, quantity, isSaved }): Op => ({
        op: "change",
        change: {
          lineId: lineId(`${name}-new`),
          quantity: quantity ?? undefined,
          isSaved: isSaved ?? undefined,
          terms: null,
        },
      }),
    ),
  fc.record({ name: names, all: fc.boolean() }).map(
    ({ name, all }): Op => ({
      op: "remove",
      lineIds: all ? null : [lineId(`${name}-new`)],
    }),
  ),
  anyLines.map((lines): Op => ({ op: "merge", lines })),
);

test("no history breaks a limit, doubles an active offer or moves the version back", () => {
  fc.assert(
    fc.property(fc.array(ops, { maxLength: 40 }), (history) => {
      let cart = EMPTY;
      for (const op of history) {
        const after = run(cart, op).cart;
        const active = [...after.lines.values()].filter((one) => !one.isSaved);
        expect(new Set(active.map((one) => one.offerId)).size).toBe(active.length);
        expect(after.lines.size).toBeLessThanOrEqual(LIMITS.linesMax);
        for (const one of after.lines.values()) expect(one.quantity).toBeLessThanOrEqual(LIMITS.quantityMax);
        expect(after.version - cart.version).toBe(after === cart ? 0 : 1);
        cart = after;
      }
    }),
    { numRuns: 500 },
  );
});

const offered = (name: string, about: Partial<Offered> = {}): Offered => ({
  offerId: offerId(name),
  productId: "prd_1" as Id<"product">,
  sellerId: "slr_1" as Id<"seller">,
  sku: name,
  title: { en: name },
  variantLabel: { en: "" },
  slug: name,
  imageKey: null,
  price: { minor: 1_000n, currency: "IDR" },
  isSold: true,
  minQuantity: 1,
  stepQuantity: 1,
  maxQuantity: null,
  ...about,
});
function facts(
  offers: readonly Offered[],
  stock: Readonly<Record<string, readonly [string, number]>>,
): Facts {
  const rows = Object.entries(stock).map(
    ([name, [itemId, available]]) => [offerId(name), { itemId, available }] as const,
  );
  return { currency: "IDR", offers: new Map(offers.map((one) => [one.offerId, one])), stock: new Map(rows) };
}

test("lines of one stock item share what there is, the first first", () => {
  const lines = [line("a", { quantity: 3 }), line("b", { quantity: 4 }), line("c", { quantity: 1 })];
  const shown = viewCart(
    lines,
    facts([offered("a"), offered("b"), offered("c")], { a: ["item", 5], b: ["item", 5], c: ["item", 5] }),
  );
  expect(shown.groups[0]?.lines.map((one) => one.quantity)).toEqual([3, 2, 0]);
  expect(shown.messages).toEqual([
    { type: "quantity_reduced", lineId: lineId("b"), from: 4, to: 2 },
    { type: "out_of_stock", lineId: lineId("c") },
  ]);
  expect(shown.totals).toEqual({ lines: 2, units: 5, goodsMinor: 5_000n });
});

test.each<
  [string, Partial<Line>, Partial<Offered>, readonly [string, number] | undefined, readonly string[], number]
>([
  ["as it was", {}, {}, ["i", 9], [], 1],
  ["a new price", {}, { price: { minor: 1_200n, currency: "IDR" } }, ["i", 9], ["price_changed"], 1],
  ["a price never seen", { seenMinor: null }, { price: { minor: 1_200n, currency: "IDR" } }, ["i", 9], [], 1],
  ["no longer sold", {}, { isSold: false }, ["i", 9], ["unavailable"], 0],
  ["never stocked", {}, {}, undefined, ["out_of_stock"], 0],
  ["less than the minimum left", { quantity: 4 }, { minQuantity: 4 }, ["i", 3], ["out_of_stock"], 0],
  ["down to a step", { quantity: 8 }, { minQuantity: 2, stepQuantity: 3 }, ["i", 7], ["quantity_reduced"], 5],
  ["saved for later", { isSaved: true, quantity: 4 }, {}, ["i", 1], [], 4],
])("%s", (_, about, offer, stock, types, quantity) => {
  const shown = viewCart([line("a", about)], facts([offered("a", offer)], stock ? { a: stock } : {}));
  expect(shown.messages.map((message) => message.type)).toEqual(types);
  const [first] = about.isSaved ? shown.saved : (shown.groups[0]?.lines ?? []);
  expect(first?.quantity).toBe(quantity);
});

test("what nobody could say is said, and the line stays as it is", () => {
  const shown = viewCart([line("a", { quantity: 3 })], { ...facts([offered("a")], {}), stock: undefined });
  expect(shown.messages).toEqual([{ type: "stock_unknown", lineId: lineId("a") }]);
  expect(shown.totals.units).toBe(3);
});

test("deselected lines are shown and not counted; each seller is a group", () => {
  const lines = [line("a", { isSelected: false }), line("b", { quantity: 2 })];
  const other = offered("b", { sellerId: "slr_2" as Id<"seller"> });
  const shown = viewCart(lines, facts([offered("a"), other], { a: ["i", 9], b: ["j", 9] }));
  expect(shown.groups.map((group) => [group.sellerId, group.goodsMinor])).toEqual([
    ["slr_1", 0n],
    ["slr_2", 2_000n],
  ]);
  expect(shown.totals).toEqual({ lines: 1, units: 2, goodsMinor: 2_000n });
});
