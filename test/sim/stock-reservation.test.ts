import fc from "fast-check";
import { expect, test } from "vitest";
import { addUp, type Book, freeOf, type ItemLine } from "#services/logistics/inventory/domain";
import { histories, openBook, play, type Step } from "../support/stock-history.ts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 2_000);
const STEPS_MAX = 40;

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
    if (step.kind === "adjust") {
      this.#onHand.set(step.itemId, (this.#onHand.get(step.itemId) ?? 0) + step.quantity);
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

function expectWhole(book: Book): void {
  for (const level of book.levels) {
    const sumOf = (state: string) =>
      [...book.reservations.values()]
        .filter((one) => one.state === state)
        .flatMap((one) => one.takes)
        .filter((one) => one.itemId === level.itemId && one.locationId === level.locationId)
        .reduce((sum, one) => sum + one.quantity, 0);
    expect(freeOf(level)).toBeGreaterThanOrEqual(0);
    expect(level.onHand).toBeGreaterThanOrEqual(0);
    expect(level.reserved).toBe(sumOf("held"));
    expect(level.allocated).toBe(sumOf("committed"));
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
        const expected = isNew && (totals.canGive(step.lines, now) ? "ok" : "inventory.insufficient");
        const after = play(book, step, now);
        if (isNew) expect(after.code).toBe(expected);
        if (isNew && after.code === "ok") {
          totals.promise(step.id, step.lines, step.ttl === null ? null : now + step.ttl);
        }
        if (after.code === "ok") totals.follow(after.book, step);
        book = after.book;
        expectWhole(book);
      }
    }),
    { numRuns: RUNS },
  );
});

test("any step twice is the step once, but for what leaves or is counted", () => {
  fc.assert(
    fc.property(histories(STEPS_MAX), (history) => {
      let book = openBook(history);
      let now = 0;
      for (const step of history.steps) {
        if (step.kind === "wait") now += step.ticks;
        book = play(book, step, now).book;
        if (step.kind === "ship" || step.kind === "deallocate" || step.kind === "adjust") continue;
        expect(play(book, step, now).book).toEqual(book);
      }
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

test("one parcel where one place has enough, and else the fewest", () => {
  const levels = [
    ["near", 0, 3],
    ["far", 1, 9],
    ["farther", 2, 5],
  ].map(([locationId, priority, onHand]) => ({
    itemId: "i",
    locationId: String(locationId),
    priority: Number(priority),
    onHand: Number(onHand),
    reserved: 0,
    allocated: 0,
    safety: 0,
    backorderMax: 0,
  }));
  const taken = (quantity: number) => {
    const { book } = play(
      { levels, reservations: new Map() },
      { kind: "reserve", id: "r", ttl: 1, lines: [{ itemId: "i", quantity }] },
      0,
    );
    return book.reservations.get("r")?.takes.map((one) => [one.locationId, one.quantity]);
  };
  expect(taken(3)).toEqual([["near", 3]]);
  expect(taken(4)).toEqual([["far", 4]]);
  expect(taken(14)).toEqual([
    ["far", 9],
    ["farther", 5],
  ]);
  expect(taken(17)).toEqual([
    ["far", 9],
    ["farther", 5],
    ["near", 3],
  ]);
  expect(taken(18)).toBeUndefined();
});
