import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addUp,
  type Book,
  coveredOf,
  expand,
  freeOf,
  type ItemLine,
} from "#services/logistics/inventory/domain";
import { histories, openBook, play, type Step } from "../support/stock-history.ts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const STEPS_MAX = 30;

/**
 * An independent account of the same history: it knows totals only and no locations. What is promised is a
 * sum of lines, and a reservation is given exactly when the totals allow it.
 */
class Totals {
  readonly #onHand = new Map<string, number>();
  readonly #withheld = new Map<string, number>();
  readonly #promised = new Map<
    string,
    { live: "held" | "committed" | "dead"; until: number; items: Map<string, number> }
  >();

  constructor(book: Book) {
    for (const { itemId, onHand, safety, backorderMax } of book.levels) {
      this.#onHand.set(itemId, (this.#onHand.get(itemId) ?? 0) + onHand);
      this.#withheld.set(itemId, (this.#withheld.get(itemId) ?? 0) + safety - backorderMax);
    }
  }

  available(itemId: string, now: number): number {
    let free = (this.#onHand.get(itemId) ?? 0) - (this.#withheld.get(itemId) ?? 0);
    for (const { live, until, items } of this.#promised.values()) {
      if (live === "committed" || (live === "held" && until > now)) free -= items.get(itemId) ?? 0;
    }
    return free;
  }

  canGive(lines: readonly ItemLine[], now: number): boolean {
    return addUp(lines).every(({ itemId, quantity }) => this.available(itemId, now) >= quantity);
  }

  promise(id: string, lines: readonly ItemLine[], until: number | null): void {
    const items = new Map(addUp(lines).map((line) => [line.itemId, line.quantity]));
    this.#promised.set(id, { live: until === null ? "committed" : "held", until: until ?? 0, items });
  }

  /** The dead keep what they once wanted, for money that comes late. */
  follow(book: Book, step: Step): void {
    if (step.kind === "adjust" || step.kind === "send") {
      const units = step.kind === "send" ? -step.quantity : step.quantity;
      this.#onHand.set(step.itemId, (this.#onHand.get(step.itemId) ?? 0) + units);
    }
    for (const [id, { state, expiresAt, takes }] of book.reservations) {
      const known = this.#promised.get(id);
      if (!known) throw new Error(`${id} was given and is not known`);
      const left = new Map(addUp(takes).map((line) => [line.itemId, line.quantity]));
      if (step.kind === "ship" && step.id === id) {
        for (const [itemId, before] of known.items) {
          const gone = before - (left.get(itemId) ?? 0);
          this.#onHand.set(itemId, (this.#onHand.get(itemId) ?? 0) - gone);
        }
      }
      const live = state === "held" || state === "committed" ? state : "dead";
      this.#promised.set(id, { live, until: expiresAt ?? 0, items: left });
    }
  }
}

/** Thrown and not expected: a run makes some millions of these. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function demandWhole({ levels, reservations }: Book): void {
  const promised = { held: new Map<string, number>(), committed: new Map<string, number>() };
  for (const { state, takes } of reservations.values()) {
    if (state !== "held" && state !== "committed") continue;
    for (const { itemId, locationId, quantity } of takes) {
      const at = `${itemId} ${locationId}`;
      promised[state].set(at, (promised[state].get(at) ?? 0) + quantity);
    }
  }
  for (const level of levels) {
    const at = `${level.itemId} ${level.locationId}`;
    demand(freeOf(level) >= 0, `${at} is oversold`);
    demand(level.onHand >= 0, `${at} has less than nothing`);
    demand(level.reserved === (promised.held.get(at) ?? 0), `${at}: reserved is not what is held`);
    demand(level.allocated === (promised.committed.get(at) ?? 0), `${at}: allocated is not what stands`);
  }
}

test("no history oversells, loses a hold or refuses what there is", () => {
  fc.assert(
    fc.property(histories(STEPS_MAX), (history) => {
      let book = openBook(history);
      let now = 0;
      const totals = new Totals(book);
      for (const step of history.steps) {
        if (step.kind === "wait") now += step.ticks;
        const isNew = step.kind === "reserve" && !book.reservations.has(step.id);
        const items = isNew ? expand(book.parts, step.lines) : [];
        const expected = isNew && (totals.canGive(items, now) ? "ok" : "inventory.insufficient");
        const after = play(book, step, now);
        if (isNew) demand(after.code === expected, `${step.id}: ${after.code} and not ${expected}`);
        if (isNew && after.code === "ok") {
          totals.promise(step.id, items, step.ttl === null ? null : now + step.ttl);
        }
        if (after.code === "ok") totals.follow(after.book, step);
        demandServed(book, after.book, step);
        book = after.book;
        demandWhole(book);
      }
    }),
    { numRuns: RUNS },
  );
});

/** What is there for an order stays there for it, whoever comes later; only a count can take it away. */
function demandServed(before: Book, after: Book, step: Step): void {
  if (step.kind === "adjust") return;
  for (const { id, state, takes } of before.reservations.values()) {
    const kept = after.reservations.get(id);
    if (state !== "committed" || ("id" in step && step.id === id)) continue;
    for (const [i, one] of takes.entries()) {
      const same = kept?.takes[i];
      if (!same) throw new Error(`${id} has lost a take`);
      demand(coveredOf(after, same) >= coveredOf(before, one), `${id} has lost what was there for it`);
    }
  }
}

/** These lean on the version of the order, or on the operation's name. */
const ADDS = new Set<Step["kind"]>(["ship", "deallocate", "adjust", "send"]);

test("any step twice is the step once, but for what leaves or is counted", () => {
  fc.assert(
    fc.property(histories(STEPS_MAX), (history) => {
      let book = openBook(history);
      let now = 0;
      for (const step of history.steps) {
        if (step.kind === "wait") now += step.ticks;
        book = play(book, step, now).book;
        if (ADDS.has(step.kind)) continue;
        expect(play(book, step, now).book).toEqual(book);
      }
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

type Spot = readonly [locationId: string, priority: number, onHand: number, costMinor?: number];

/** Where so many of one item are taken from. */
function takenFrom(spots: readonly Spot[], quantity: number) {
  const levels = spots.map(([locationId, priority, onHand, costMinor = 0]) => {
    const counts = { onHand, reserved: 0, allocated: 0, safety: 0, backorderMax: 0 };
    return { itemId: "i", locationId, priority, costMinor, ...counts };
  });
  const { book } = play(
    { levels, parts: new Map(), reservations: new Map(), nextSeq: 0 },
    { kind: "reserve", id: "r", ttl: 1, lines: [{ offerId: "i", quantity }] },
    0,
  );
  return book.reservations.get("r")?.takes.map((one) => [one.locationId, one.quantity]);
}

test("one parcel where one place has enough, two where two have, and else the fewest", () => {
  const spots: readonly Spot[] = [
    ["near", 0, 3],
    ["far", 1, 9],
    ["farther", 2, 5],
  ];
  const table: readonly (readonly [number, readonly (readonly [string, number])[] | undefined])[] = [
    [3, [["near", 3]]],
    [4, [["far", 4]]],
    [
      10,
      [
        ["near", 3],
        ["far", 7],
      ],
    ],
    [
      14,
      [
        ["far", 9],
        ["farther", 5],
      ],
    ],
    [
      17,
      [
        ["far", 9],
        ["farther", 5],
        ["near", 3],
      ],
    ],
    [18, undefined],
  ];
  for (const [quantity, takes] of table)
    expect([quantity, takenFrom(spots, quantity)]).toEqual([quantity, takes]);
});

test("among places that have enough priority decides, then cost", () => {
  expect(
    takenFrom(
      [
        ["a", 1, 5, 1],
        ["b", 0, 5, 900],
      ],
      2,
    ),
  ).toEqual([["b", 2]]);
  expect(
    takenFrom(
      [
        ["a", 0, 5, 900],
        ["b", 0, 5, 100],
      ],
      2,
    ),
  ).toEqual([["b", 2]]);
});
