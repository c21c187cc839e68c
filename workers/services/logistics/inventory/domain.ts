import { err, ok, type Result } from "#kernel/result";

/**
 * What the functions of the database decide, as values: the simulator runs histories on these, and a test
 * runs the same histories on Postgres and compares. Offers, items and locations are plain strings here.
 */
export type Level = {
  readonly itemId: string;
  readonly locationId: string;
  readonly priority: number;
  readonly costMinor: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly safety: number;
  readonly backorderMax: number;
};
type Place = { readonly itemId: string; readonly locationId: string };
/** What is taken of a level, and its place in the queue there. */
type Take = Place & { readonly quantity: number; readonly seq: number };
export type ItemLine = { readonly itemId: string; readonly quantity: number };
export type OfferLine = { readonly offerId: string; readonly quantity: number };
/** What one unit of an offer is made of: its own item once, or a bundle's components. */
export type Parts = ReadonlyMap<string, readonly ItemLine[]>;
export type Reservation = {
  readonly id: string;
  readonly state: "held" | "committed" | "released" | "expired";
  /** Null for what is committed or dead. */
  readonly expiresAt: number | null;
  readonly takes: readonly Take[];
  /** What bundles were made of when this was reserved. */
  readonly parts: Parts;
};
export type Book = {
  readonly levels: readonly Level[];
  readonly parts: Parts;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly nextSeq: number;
};

/** How far a level may still be sold. */
export const freeOf = (level: Level): number =>
  level.onHand - level.reserved - level.allocated - level.safety + level.backorderMax;

const isLapsed = ({ state, expiresAt }: Reservation, now: number): boolean =>
  state === "held" && expiresAt !== null && expiresAt <= now;
const isLive = (reservation: Reservation, now: number): boolean =>
  reservation.state === "committed" || (reservation.state === "held" && !isLapsed(reservation, now));

/** Lines as items. An offer that was never stocked is an item that nobody has. */
export const expand = (parts: Parts, lines: readonly OfferLine[]): readonly ItemLine[] =>
  lines.flatMap(({ offerId, quantity }) =>
    (parts.get(offerId) ?? [{ itemId: offerId, quantity: 1 }]).map((part) => ({
      itemId: part.itemId,
      quantity: part.quantity * quantity,
    })),
  );

/** Lines of one item are one want, so that two lines cannot each be promised the last unit. */
export function addUp(lines: readonly ItemLine[]): readonly ItemLine[] {
  const byItem = new Map<string, number>();
  for (const { itemId, quantity } of lines) byItem.set(itemId, (byItem.get(itemId) ?? 0) + quantity);
  return [...byItem].map(([itemId, quantity]) => ({ itemId, quantity }));
}

type Giver = Place & { readonly wanted: number; readonly free: number; readonly level: Level };

/** What is sold ahead is touched only where all shelves together have not enough of an item. */
function giversOf(levels: readonly Level[], wanted: readonly ItemLine[]): readonly Giver[] {
  return wanted.flatMap(({ itemId, quantity }) => {
    const mine = levels.filter((level) => level.itemId === itemId);
    const shelfOf = (level: Level) => freeOf(level) - level.backorderMax;
    const onShelves = mine.reduce((sum, level) => sum + Math.max(0, shelfOf(level)), 0);
    const freeIn = onShelves >= quantity ? shelfOf : freeOf;
    return mine
      .map((level) => ({
        itemId,
        locationId: level.locationId,
        wanted: quantity,
        free: freeIn(level),
        level,
      }))
      .filter(({ free }) => free > 0);
  });
}

/** The shop's own order of locations first, then the cheapest. */
const byRank = (a: Level, b: Level): number =>
  a.priority - b.priority || a.costMinor - b.costMinor || (a.locationId < b.locationId ? -1 : 1);

/** One location that has all, else two that have it together, else whoever completes the most lines next. */
function choosePlaces(givers: readonly Giver[], wanted: readonly ItemLine[]): readonly string[] {
  const ranked = [...new Map(givers.map(({ level }) => [level.locationId, level])).values()]
    .toSorted(byRank)
    .map((level) => level.locationId);
  const freeOfItem = (itemId: string, places: readonly string[]) =>
    givers
      .filter((one) => one.itemId === itemId && places.includes(one.locationId))
      .reduce((sum, one) => sum + one.free, 0);
  const haveAll = (places: readonly string[]) =>
    wanted.every(({ itemId, quantity }) => freeOfItem(itemId, places) >= quantity);
  const single = ranked.find((place) => haveAll([place]));
  if (single) return [single];
  const pairs = ranked.flatMap((first, i) => ranked.slice(i + 1).map((second) => [first, second]));
  const pair = pairs.find(haveAll);
  if (pair) return pair;
  const chosen: string[] = [];
  for (;;) {
    const missing = wanted
      .map(({ itemId, quantity }) => ({ itemId, units: quantity - freeOfItem(itemId, chosen) }))
      .filter(({ units }) => units > 0);
    const offered = (place: string) => missing.map(({ itemId }) => freeOfItem(itemId, [place]));
    const wholeOf = (place: string) => offered(place).filter((free, i) => free >= (missing[i]?.units ?? 0));
    const unitsOf = (place: string) =>
      offered(place).reduce((sum, free, i) => sum + Math.min(free, missing[i]?.units ?? 0), 0);
    const [next] = ranked
      .filter((place) => !chosen.includes(place) && unitsOf(place) > 0)
      .toSorted((a, b) => wholeOf(b).length - wholeOf(a).length || unitsOf(b) - unitsOf(a));
    if (next === undefined) return chosen;
    chosen.push(next);
  }
}

/** What each location gives; undefined when all of them have not enough. */
function planTakes(
  levels: readonly Level[],
  wanted: readonly ItemLine[],
): readonly (ItemLine & Place)[] | undefined {
  const givers = giversOf(levels, wanted);
  const places = choosePlaces(givers, wanted);
  const takes: (ItemLine & Place)[] = [];
  for (const { itemId, quantity } of wanted) {
    let left = quantity;
    for (const locationId of places) {
      const free = givers.find((one) => one.itemId === itemId && one.locationId === locationId)?.free ?? 0;
      const given = Math.min(left, free);
      if (given > 0) takes.push({ itemId, locationId, quantity: given });
      left -= given;
    }
    if (left > 0) return undefined;
  }
  return takes;
}

type Deltas = Partial<Pick<Level, "onHand" | "reserved" | "allocated">>;

/** Adds to the levels of these takes, `per` unit taken. */
function move(levels: readonly Level[], takes: readonly (ItemLine & Place)[], per: Deltas): readonly Level[] {
  return levels.map((level) => {
    const quantity = takes
      .filter((take) => take.itemId === level.itemId && take.locationId === level.locationId)
      .reduce((sum, take) => sum + take.quantity, 0);
    return {
      ...level,
      onHand: level.onHand + quantity * (per.onHand ?? 0),
      reserved: level.reserved + quantity * (per.reserved ?? 0),
      allocated: level.allocated + quantity * (per.allocated ?? 0),
    };
  });
}

const keep = (book: Book, reservation: Reservation, levels: readonly Level[]): Book => ({
  ...book,
  levels,
  reservations: new Map(book.reservations).set(reservation.id, reservation),
});

function end(book: Book, reservation: Reservation, state: "released" | "expired"): Book {
  const levels = move(book.levels, reservation.takes, { reserved: -1 });
  return keep(book, { ...reservation, state, expiresAt: null }, levels);
}

/** A hold past its time is no hold, whether or not the sweep has come. */
function endLapsed(book: Book, itemIds: ReadonlySet<string>, now: number): Book {
  let next = book;
  for (const reservation of book.reservations.values()) {
    const touches = reservation.takes.some((take) => itemIds.has(take.itemId));
    if (touches && isLapsed(reservation, now)) next = end(next, reservation, "expired");
  }
  return next;
}

type Wanted = {
  readonly id: string;
  readonly expiresAt: number | null;
  readonly lines: readonly OfferLine[];
  readonly now: number;
};
type Taking = Omit<Wanted, "lines"> & { readonly items: readonly ItemLine[]; readonly parts: Parts };

function take(
  book: Book,
  { id, expiresAt, items, parts, now }: Taking,
): Result<Book, "inventory.insufficient"> {
  const wanted = addUp(items);
  const ready = endLapsed(book, new Set(wanted.map((line) => line.itemId)), now);
  const planned = planTakes(ready.levels, wanted);
  if (!planned) return err("inventory.insufficient");
  const takes = planned.map((one, i) => ({ ...one, seq: ready.nextSeq + i }));
  const state = expiresAt === null ? "committed" : "held";
  const levels = move(ready.levels, takes, expiresAt === null ? { allocated: 1 } : { reserved: 1 });
  const kept = keep(ready, { id, state, expiresAt, takes, parts }, levels);
  return ok({ ...kept, nextSeq: ready.nextSeq + takes.length });
}

export function decideReserve(
  book: Book,
  wanted: Wanted,
): Result<Book, "inventory.insufficient" | "inventory.hold_dead"> {
  const known = book.reservations.get(wanted.id);
  if (known) return isLive(known, wanted.now) ? ok(book) : err("inventory.hold_dead");
  return take(book, { ...wanted, items: expand(book.parts, wanted.lines), parts: book.parts });
}

export function decideCommit(book: Book, id: string, now: number): Result<Book, "inventory.hold_dead"> {
  const known = book.reservations.get(id);
  if (!known || !isLive(known, now)) return err("inventory.hold_dead");
  if (known.state === "committed") return ok(book);
  const levels = move(book.levels, known.takes, { reserved: -1, allocated: 1 });
  return ok(keep(book, { ...known, state: "committed", expiresAt: null }, levels));
}

export function decideExtend(
  book: Book,
  { id, expiresAt, now }: { readonly id: string; readonly expiresAt: number; readonly now: number },
): Result<Book, "inventory.hold_dead"> {
  const known = book.reservations.get(id);
  if (!known || !isLive(known, now)) return err("inventory.hold_dead");
  if (known.expiresAt === null) return ok(book);
  const extended = { ...known, expiresAt: Math.max(known.expiresAt, expiresAt) };
  return ok(keep(book, extended, book.levels));
}

export function decideRelease(book: Book, id: string): Book {
  const known = book.reservations.get(id);
  return known?.state === "held" ? end(book, known, "released") : book;
}

export function decideExpire(book: Book, id: string, now: number): Book {
  const known = book.reservations.get(id);
  return known && isLapsed(known, now) ? end(book, known, "expired") : book;
}

export function decideReacquire(
  book: Book,
  { id, expiresAt, now }: Omit<Wanted, "lines">,
): Result<Book, "inventory.insufficient" | "inventory.hold_dead"> {
  const known = book.reservations.get(id);
  if (!known) return err("inventory.hold_dead");
  if (known.state === "committed") return ok(book);
  if (known.state !== "held") return take(book, { ...known, expiresAt, now, items: known.takes });
  if (expiresAt !== null) {
    const prolonged = { ...known, expiresAt: Math.max(known.expiresAt ?? 0, expiresAt) };
    return ok(keep(book, prolonged, book.levels));
  }
  const levels = move(book.levels, known.takes, { reserved: -1, allocated: 1 });
  return ok(keep(book, { ...known, state: "committed", expiresAt: null }, levels));
}

/** Units of a take that are there for it: those who came first are served first. */
export function coveredOf(book: Book, take: Take): number {
  const before = [...book.reservations.values()]
    .filter(({ state }) => state === "held" || state === "committed")
    .flatMap((one) => one.takes)
    .filter((one) => isSamePlace(one, take) && one.seq < take.seq)
    .reduce((sum, one) => sum + one.quantity, 0);
  const there = (levelOf(book, take)?.onHand ?? 0) - before;
  return Math.max(0, Math.min(take.quantity, there));
}

type Settle = {
  readonly id: string;
  readonly kind: "ship" | "deallocate";
  readonly lines?: readonly OfferLine[];
  readonly now: number;
};

/** Ships allocated units or puts them back on sale; without lines, all that is left. */
export function decideSettle(
  before: Book,
  { id, kind, lines, now }: Settle,
): Result<Book, "inventory.not_allocated"> {
  const known = before.reservations.get(id);
  if (known?.state !== "committed") return err("inventory.not_allocated");
  const itemIds = new Set(known.takes.map((one) => one.itemId));
  const book = kind === "ship" ? endLapsed(before, itemIds, now) : before;
  const priorityOf = (one: Take) => levelOf(book, one)?.priority ?? 0;
  const inOrder = known.takes.toSorted(
    (a, b) => priorityOf(a) - priorityOf(b) || (a.locationId < b.locationId ? -1 : 1),
  );
  const settled: Take[] = [];
  for (const { itemId, quantity } of addUp(lines ? expand(known.parts, lines) : known.takes)) {
    let left = quantity;
    for (const one of inOrder.filter((candidate) => candidate.itemId === itemId)) {
      const there = kind === "ship" ? coveredOf(book, one) : one.quantity;
      const given = Math.min(left, there);
      if (given > 0) settled.push({ ...one, quantity: given });
      left -= given;
    }
    if (left > 0) return err("inventory.not_allocated");
  }
  const gone = (one: Take) => settled.find((part) => isSamePlace(part, one))?.quantity ?? 0;
  const takes = known.takes.map((one) => ({ ...one, quantity: one.quantity - gone(one) }));
  const per = kind === "ship" ? { onHand: -1, allocated: -1 } : { allocated: -1 };
  return ok(keep(book, { ...known, takes }, move(book.levels, settled, per)));
}

const isSamePlace = (a: Place, b: Place): boolean => a.itemId === b.itemId && a.locationId === b.locationId;
const levelOf = ({ levels }: Book, place: Place): Level | undefined =>
  levels.find((level) => isSamePlace(level, place));

type Change = ItemLine & Place;

/** Counts again what is on hand, by a difference. What is promised must still be there. */
export function decideAdjust(
  book: Book,
  { itemId, locationId, quantity }: Change,
): Result<Book, "inventory.below_promised"> {
  const levels = book.levels.map((level) =>
    isSamePlace(level, { itemId, locationId }) ? { ...level, onHand: level.onHand + quantity } : level,
  );
  const isRight = levels.every((level) => level.onHand >= 0 && freeOf(level) >= 0);
  return isRight ? ok({ ...book, levels }) : err("inventory.below_promised");
}

/** Goods leave one location for another. Only what is promised to nobody may leave. */
export function decideSend(
  book: Book,
  { itemId, locationId, quantity }: Change,
  now: number,
): Result<Book, "inventory.below_promised"> {
  const ready = endLapsed(book, new Set([itemId]), now);
  const level = levelOf(ready, { itemId, locationId });
  if (!level || level.onHand - level.reserved - level.allocated < quantity) {
    return err("inventory.below_promised");
  }
  return decideAdjust(ready, { itemId, locationId, quantity: -quantity });
}

/** It is sold as itself from now on, of which there is nothing. What is reserved of it stays what it was. */
export function removeBundle(book: Book, bundleId: string): Result<Book, "inventory.bundle_not_found"> {
  if (!book.parts.has(bundleId)) return err("inventory.bundle_not_found");
  const parts = new Map(book.parts);
  parts.delete(bundleId);
  return ok({ ...book, parts });
}

/** Live reservations keep what the bundle was made of when they were made. */
export const defineBundle = (book: Book, bundleId: string, parts: readonly ItemLine[]): Book => ({
  ...book,
  parts: new Map(book.parts).set(bundleId, parts),
});
