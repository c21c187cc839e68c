import fc from "fast-check";
import {
  type Book,
  decideAdjust,
  decideCommit,
  decideExpire,
  decideExtend,
  decideReacquire,
  decideRelease,
  decideReserve,
  decideSend,
  decideSettle,
  defineBundle,
  type ItemLine,
  type Level,
  type OfferLine,
  removeBundle,
} from "#services/logistics/inventory/domain";

/** Few names, so that histories meet: three items, in three places, wanted by six reservations. */
const ITEMS = ["i0", "i1", "i2"] as const;
export const PLACES = [
  { locationId: "l0", priority: 1, costMinor: 5 },
  { locationId: "l1", priority: 0, costMinor: 0 },
  { locationId: "l2", priority: 1, costMinor: 2 },
] as const;
/** Bundles share items with each other and with what is sold alone. */
export const BUNDLES: { readonly [bundle: string]: readonly ItemLine[] } = {
  b0: [
    { itemId: "i0", quantity: 1 },
    { itemId: "i1", quantity: 2 },
  ],
  b1: [
    { itemId: "i1", quantity: 1 },
    { itemId: "i2", quantity: 1 },
  ],
};

export type Step =
  | {
      readonly kind: "reserve";
      readonly id: string;
      readonly ttl: number | null;
      readonly lines: OfferLine[];
    }
  | { readonly kind: "commit" | "release" | "expire"; readonly id: string }
  | { readonly kind: "extend"; readonly id: string; readonly ttl: number }
  | { readonly kind: "reacquire"; readonly id: string; readonly ttl: number | null }
  | { readonly kind: "ship" | "deallocate"; readonly id: string; readonly lines: OfferLine[] | null }
  | {
      readonly kind: "adjust" | "send";
      readonly itemId: string;
      readonly locationId: string;
      readonly quantity: number;
    }
  | { readonly kind: "define"; readonly bundleId: string; readonly parts: readonly ItemLine[] }
  | { readonly kind: "remove"; readonly bundleId: string }
  | { readonly kind: "wait"; readonly ticks: number };

const id = fc.constantFrom("r0", "r1", "r2", "r3", "r4", "r5");
const ttl = fc.option(fc.integer({ min: 1, max: 9 }), { freq: 5 });
const lines = fc.array(
  fc.record({
    offerId: fc.constantFrom(...ITEMS, ...Object.keys(BUNDLES)),
    quantity: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const place = { itemId: fc.constantFrom(...ITEMS), locationId: fc.constantFrom("l0", "l1", "l2") };
const zStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("reserve" as const), id, ttl, lines }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("commit" as const, "release", "expire"), id }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("extend" as const), id, ttl: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reacquire" as const), id, ttl }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("ship" as const, "deallocate"),
      id,
      lines: fc.option(lines),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("adjust" as const),
      ...place,
      quantity: fc.integer({ min: -6, max: 6 }).filter((quantity) => quantity !== 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      ...place,
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("define" as const),
      bundleId: fc.constantFrom(...Object.keys(BUNDLES)),
      parts: fc.uniqueArray(
        fc.record({ itemId: fc.constantFrom(...ITEMS), quantity: fc.integer({ min: 1, max: 3 }) }),
        { minLength: 1, maxLength: 3, selector: (part) => part.itemId },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("remove" as const),
      bundleId: fc.constantFrom(...Object.keys(BUNDLES)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 6 }) }),
  },
);

export type Stocked = Pick<Level, "itemId" | "locationId" | "onHand" | "safety" | "backorderMax">;
const stocked: fc.Arbitrary<readonly Stocked[]> = fc.tuple(
  ...ITEMS.flatMap((itemId) =>
    PLACES.map(({ locationId }) =>
      fc.record({
        itemId: fc.constant(itemId),
        locationId: fc.constant(locationId),
        onHand: fc.integer({ min: 2, max: 8 }),
        safety: fc.integer({ min: 0, max: 2 }),
        backorderMax: fc.constantFrom(0, 0, 0, 3),
      }),
    ),
  ),
);

export type History = { readonly stocked: readonly Stocked[]; readonly steps: readonly Step[] };
export const histories = (stepsMax: number): fc.Arbitrary<History> =>
  fc.record({ stocked, steps: fc.array(zStep, { minLength: 1, maxLength: stepsMax }) });

export const openBook = ({ stocked: rows }: History): Book => ({
  levels: rows.map((row) => {
    const { priority = 0, costMinor = 0 } = PLACES.find((one) => one.locationId === row.locationId) ?? {};
    return { ...row, priority, costMinor, reserved: 0, allocated: 0 };
  }),
  parts: new Map(Object.entries(BUNDLES)),
  reservations: new Map(),
  nextSeq: 0,
});

/** The book after a step, and the code of the refusal when there was one. */
export function play(book: Book, step: Step, now: number): { readonly book: Book; readonly code: string } {
  const until = (ticks: number | null) => (ticks === null ? null : now + ticks);
  const decide = () => {
    switch (step.kind) {
      case "reserve":
        return decideReserve(book, { id: step.id, lines: step.lines, expiresAt: until(step.ttl), now });
      case "commit":
        return decideCommit(book, step.id, now);
      case "extend":
        return decideExtend(book, { id: step.id, expiresAt: now + step.ttl, now });
      case "reacquire":
        return decideReacquire(book, { id: step.id, expiresAt: until(step.ttl), now });
      case "ship":
      case "deallocate":
        return decideSettle(book, {
          id: step.id,
          kind: step.kind,
          now,
          ...(step.lines ? { lines: step.lines } : {}),
        });
      case "adjust":
        return decideAdjust(book, step);
      case "send":
        return decideSend(book, step, now);
      case "define":
        return { ok: true as const, value: defineBundle(book, step.bundleId, step.parts) };
      case "remove":
        return removeBundle(book, step.bundleId);
      case "release":
        return { ok: true as const, value: decideRelease(book, step.id) };
      case "expire":
        return { ok: true as const, value: decideExpire(book, step.id, now) };
      case "wait":
        return { ok: true as const, value: book };
    }
  };
  const decided = decide();
  return decided.ok ? { book: decided.value, code: "ok" } : { book, code: decided.code };
}
