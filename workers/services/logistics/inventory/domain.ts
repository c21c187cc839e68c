import { err, ok, type Result } from "#kernel/result";

/**
 * What the functions of the database decide, as values: the simulator runs histories on these, and a test
 * runs the same histories on Postgres and compares. An item and a location are plain strings here.
 */
export type Level = {
  readonly itemId: string;
  readonly locationId: string;
  readonly priority: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly safety: number;
  readonly backorderMax: number;
};
type Take = { readonly itemId: string; readonly locationId: string; readonly quantity: number };
export type Reservation = {
  readonly id: string;
  readonly state: "held" | "committed" | "released" | "expired";
  /** Null for what is committed or dead. */
  readonly expiresAt: number | null;
  readonly takes: readonly Take[];
};
export type Book = {
  readonly levels: readonly Level[];
  readonly reservations: ReadonlyMap<string, Reservation>;
};
export type ItemLine = { readonly itemId: string; readonly quantity: number };

/** How far a level may still be sold. */
export const freeOf = (level: Level): number =>
  level.onHand - level.reserved - level.allocated - level.safety + level.backorderMax;

const isLapsed = ({ state, expiresAt }: Reservation, now: number): boolean =>
  state === "held" && expiresAt !== null && expiresAt <= now;
const isLive = (reservation: Reservation, now: number): boolean =>
  reservation.state === "committed" || (reservation.state === "held" && !isLapsed(reservation, now));

/** Lines of one item are one want, so that two lines cannot each be promised the last unit. */
export function addUp(lines: readonly ItemLine[]): readonly ItemLine[] {
  const byItem = new Map<string, number>();
  for (const { itemId, quantity } of lines) byItem.set(itemId, (byItem.get(itemId) ?? 0) + quantity);
  return [...byItem].map(([itemId, quantity]) => ({ itemId, quantity }));
}

/** The first location by priority that has enough gives all; else the fullest give first: fewest parcels. */
function planTake(levels: readonly Level[], { itemId, quantity }: ItemLine): readonly Take[] {
  const mine = levels.filter((level) => level.itemId === itemId && freeOf(level) > 0);
  const byName = (a: Level, b: Level) => (a.locationId < b.locationId ? -1 : 1);
  const byPriority = mine.toSorted((a, b) => a.priority - b.priority || byName(a, b));
  const whole = byPriority.find((level) => freeOf(level) >= quantity);
  if (whole) return [{ itemId, locationId: whole.locationId, quantity }];
  const takes: Take[] = [];
  let left = quantity;
  for (const level of byPriority.toSorted((a, b) => freeOf(b) - freeOf(a))) {
    const given = Math.min(left, freeOf(level));
    if (given > 0) takes.push({ itemId, locationId: level.locationId, quantity: given });
    left -= given;
  }
  return left > 0 ? [] : takes;
}

type Deltas = Partial<Pick<Level, "onHand" | "reserved" | "allocated">>;

/** Adds to the levels of these takes, `per` unit taken. */
function move(levels: readonly Level[], takes: readonly Take[], per: Deltas): readonly Level[] {
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
  readonly lines: readonly ItemLine[];
  readonly now: number;
};

function take(book: Book, { id, expiresAt, lines, now }: Wanted): Result<Book, "inventory.insufficient"> {
  const wanted = addUp(lines);
  const ready = endLapsed(book, new Set(wanted.map((line) => line.itemId)), now);
  const takes: Take[] = [];
  for (const line of wanted) {
    const planned = planTake(ready.levels, line);
    if (planned.length === 0) return err("inventory.insufficient");
    takes.push(...planned);
  }
  const state = expiresAt === null ? "committed" : "held";
  const levels = move(ready.levels, takes, expiresAt === null ? { allocated: 1 } : { reserved: 1 });
  return ok(keep(ready, { id, state, expiresAt, takes }, levels));
}

export function decideReserve(
  book: Book,
  wanted: Wanted,
): Result<Book, "inventory.insufficient" | "inventory.hold_dead"> {
  const known = book.reservations.get(wanted.id);
  if (known) return isLive(known, wanted.now) ? ok(book) : err("inventory.hold_dead");
  return take(book, wanted);
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
  if (known.state !== "held") return take(book, { id, expiresAt, now, lines: known.takes });
  if (expiresAt !== null) {
    const prolonged = { ...known, expiresAt: Math.max(known.expiresAt ?? 0, expiresAt) };
    return ok(keep(book, prolonged, book.levels));
  }
  const levels = move(book.levels, known.takes, { reserved: -1, allocated: 1 });
  return ok(keep(book, { ...known, state: "committed", expiresAt: null }, levels));
}

/** Ships allocated units or puts them back on sale; without lines, all that is left. */
export function decideSettle(
  book: Book,
  id: string,
  { kind, lines }: { readonly kind: "ship" | "deallocate"; readonly lines?: readonly ItemLine[] },
): Result<Book, "inventory.not_allocated"> {
  const known = book.reservations.get(id);
  if (known?.state !== "committed") return err("inventory.not_allocated");
  const priorityOf = (one: Take) => levelOf(book, one)?.priority ?? 0;
  const inOrder = known.takes.toSorted(
    (a, b) => priorityOf(a) - priorityOf(b) || (a.locationId < b.locationId ? -1 : 1),
  );
  const settled: Take[] = [];
  for (const { itemId, quantity } of addUp(lines ?? known.takes)) {
    let left = quantity;
    for (const one of inOrder.filter((candidate) => candidate.itemId === itemId)) {
      const there = kind === "ship" ? (levelOf(book, one)?.onHand ?? 0) : one.quantity;
      const given = Math.min(left, one.quantity, there);
      if (given > 0) settled.push({ ...one, quantity: given });
      left -= given;
    }
    if (left > 0) return err("inventory.not_allocated");
  }
  const gone = (one: Take) =>
    settled.find((part) => part.itemId === one.itemId && part.locationId === one.locationId)?.quantity ?? 0;
  const takes = known.takes.map((one) => ({ ...one, quantity: one.quantity - gone(one) }));
  const per = kind === "ship" ? { onHand: -1, allocated: -1 } : { allocated: -1 };
  return ok(keep(book, { ...known, takes }, move(book.levels, settled, per)));
}

const levelOf = ({ levels }: Book, { itemId, locationId }: Take): Level | undefined =>
  levels.find((level) => level.itemId === itemId && level.locationId === locationId);

/** Counts again what is on hand, by a difference. What is promised must still be there. */
export function decideAdjust(
  book: Book,
  { itemId, locationId, quantity }: Take,
): Result<Book, "inventory.below_promised"> {
  const levels = book.levels.map((level) =>
    level.itemId === itemId && level.locationId === locationId
      ? { ...level, onHand: level.onHand + quantity }
      : level,
  );
  const isRight = levels.every((level) => level.onHand >= 0 && freeOf(level) >= 0);
  return isRight ? ok({ ...book, levels }) : err("inventory.below_promised");
}
