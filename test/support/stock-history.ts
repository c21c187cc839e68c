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
  decideSettle,
  type ItemLine,
  type Level,
} from "#services/logistics/inventory/domain";

/** Few names, so that histories meet: three items, in two places, wanted by six reservations. */
const ITEMS = ["i0", "i1", "i2"] as const;
const PLACES = [
  { locationId: "l0", priority: 1 },
  { locationId: "l1", priority: 0 },
] as const;

export type Step =
  | { readonly kind: "reserve"; readonly id: string; readonly ttl: number | null; readonly lines: ItemLine[] }
  | { readonly kind: "commit" | "release" | "expire"; readonly id: string }
  | { readonly kind: "extend"; readonly id: string; readonly ttl: number }
  | { readonly kind: "reacquire"; readonly id: string; readonly ttl: number | null }
  | { readonly kind: "ship" | "deallocate"; readonly id: string; readonly lines: ItemLine[] | null }
  | {
      readonly kind: "adjust";
      readonly itemId: string;
      readonly locationId: string;
      readonly quantity: number;
    }
  | { readonly kind: "wait"; readonly ticks: number };

const id = fc.constantFrom("r0", "r1", "r2", "r3", "r4", "r5");
const ttl = fc.option(fc.integer({ min: 1, max: 9 }), { freq: 5 });
const lines = fc.array(
  fc.record({ itemId: fc.constantFrom(...ITEMS), quantity: fc.integer({ min: 1, max: 6 }) }),
  { minLength: 1, maxLength: 4 },
);
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
      itemId: fc.constantFrom(...ITEMS),
      locationId: fc.constantFrom("l0", "l1"),
      quantity: fc.integer({ min: -6, max: 6 }).filter((quantity) => quantity !== 0),
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
        onHand: fc.integer({ min: 3, max: 12 }),
        safety: fc.integer({ min: 0, max: 2 }),
        backorderMax: fc.constantFrom(0, 0, 0, 2),
      }),
    ),
  ),
);

export type History = { readonly stocked: readonly Stocked[]; readonly steps: readonly Step[] };
export const histories = (stepsMax: number): fc.Arbitrary<History> =>
  fc.record({ stocked, steps: fc.array(zStep, { minLength: 1, maxLength: stepsMax }) });

export const openBook = ({ stocked: rows }: History): Book => ({
  levels: rows.map((row) => {
    const priority = PLACES.find((place) => place.locationId === row.locationId)?.priority ?? 0;
    return { ...row, priority, reserved: 0, allocated: 0 };
  }),
  reservations: new Map(),
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
        return decideSettle(book, step.id, {
          kind: step.kind,
          ...(step.lines ? { lines: step.lines } : {}),
        });
      case "adjust":
        return decideAdjust(book, step);
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
