import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";

export type Line = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly quantity: number;
  readonly isSelected: boolean;
  /** Kept aside: neither bought nor checked against stock. */
  readonly isSaved: boolean;
  readonly note: string | null;
  /** Price in minor units when the buyer last touched the line; null when the catalogue was away. */
  readonly seenMinor: string | null;
  readonly addedAt: number;
};
export type Cart = {
  readonly version: number;
  readonly lines: ReadonlyMap<Id<"line">, Line>;
};

/** What the catalogue says of an offer; null when it could not be asked, and reading checks again. */
export type Terms = {
  readonly minQuantity: number;
  readonly stepQuantity: number;
  readonly maxQuantity: number | null;
  readonly priceMinor: string;
};
export type NewLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly quantity: number;
  readonly note: string | null;
  readonly terms: Terms | null;
};
export type LineChange = {
  readonly lineId: Id<"line">;
  readonly quantity?: number | undefined;
  readonly isSelected?: boolean | undefined;
  readonly isSaved?: boolean | undefined;
  readonly note?: string | null | undefined;
  readonly terms: Terms | null;
};
export type Op =
  | { readonly op: "add"; readonly lines: readonly NewLine[] }
  | { readonly op: "change"; readonly change: LineChange }
  | { readonly op: "select"; readonly lineIds: readonly Id<"line">[] | null; readonly isSelected: boolean }
  /** Without ids: every line that is not saved for later. */
  | { readonly op: "remove"; readonly lineIds: readonly Id<"line">[] | null }
  | { readonly op: "merge"; readonly lines: readonly Line[] };
export type Change = Op & {
  /** The caller's name for this change: the same key again has the same answer and changes nothing. */
  readonly key: string;
  /** Tells another change under the same key from a retry; the same in both for keys of our own. */
  readonly hash: string;
  /** Null for what the platform does by itself, which never begins a cart. */
  readonly ownerId: BuyerId | null;
  /** The version that the change was decided on, when the caller insists. */
  readonly ifMatch?: number | undefined;
};
/** Refused besides: which of several lines was at fault. */
export type Refusal = { readonly ok: false; readonly code: RefusalCode; readonly line?: number };
export type RefusalCode =
  | "cart.key_reused"
  | "cart.stale"
  | "cart.line_not_found"
  | "cart.too_many_lines"
  | "cart.quantity_limit"
  | "cart.below_minimum"
  | "cart.off_step"
  | "cart.above_maximum";
export type Answer = {
  readonly version: number;
  /** The lines that the change left behind where it acted. */
  readonly lines: readonly Line[];
  /** Lines of another cart that found no room. */
  readonly left: readonly Id<"line">[];
};
export type Limits = { readonly linesMax: number; readonly quantityMax: number };

/** What a change does to the cart; nothing to do keeps the version. */
type Edits = {
  readonly put: readonly Line[];
  readonly drop: readonly Id<"line">[];
  readonly left?: readonly Id<"line">[];
};
type Decided = Result<Edits, RefusalCode> | Refusal;
type Rules = { readonly limits: Limits; readonly now: number };

/** Quantities count up from the minimum in steps. */
function checkQuantity(
  quantity: number,
  terms: Terms | null,
  { quantityMax }: Limits,
): Result<number, RefusalCode> {
  if (quantity > quantityMax) return err("cart.quantity_limit");
  if (terms === null) return ok(quantity);
  if (quantity < terms.minQuantity) return err("cart.below_minimum");
  if ((quantity - terms.minQuantity) % terms.stepQuantity !== 0) return err("cart.off_step");
  if (terms.maxQuantity !== null && quantity > terms.maxQuantity) return err("cart.above_maximum");
  return ok(quantity);
}

export function decideChange(
  cart: Cart,
  change: Change,
  rules: Rules,
): { readonly ok: true; readonly value: Edits } | Refusal {
  if (change.ifMatch !== undefined && change.ifMatch !== cart.version) return err("cart.stale");
  switch (change.op) {
    case "add":
      return decideAdd(cart, change.lines, rules);
    case "change":
      return decideLine(cart, change.change, rules);
    case "select":
      return ok({ put: select(cart, change.lineIds, change.isSelected), drop: [] });
    case "remove":
      return ok({ put: [], drop: remove(cart, change.lineIds) });
    case "merge":
      return ok(merge(cart, change.lines, rules));
  }
}

/** Adding an offer that is there already raises its line. All of several lines are taken, or none. */
function decideAdd(cart: Cart, lines: readonly NewLine[], { limits, now }: Rules): Decided {
  const active = new Map<Id<"offer">, Line>();
  for (const line of cart.lines.values()) if (!line.isSaved) active.set(line.offerId, line);
  const put = new Map<Id<"line">, Line>();
  let count = cart.lines.size;
  for (const [i, { lineId, offerId, quantity, note, terms }] of lines.entries()) {
    const known = active.get(offerId);
    const total = checkQuantity((known?.quantity ?? 0) + quantity, terms, limits);
    if (!total.ok) return { ...total, line: i };
    if (!known) count += 1;
    if (count > limits.linesMax) return { ...err("cart.too_many_lines"), line: i };
    const line: Line = {
      lineId: known?.lineId ?? lineId,
      offerId,
      quantity: total.value,
      isSelected: true,
      isSaved: false,
      note: note ?? known?.note ?? null,
      seenMinor: terms?.priceMinor ?? known?.seenMinor ?? null,
      addedAt: known?.addedAt ?? now,
    };
    active.set(offerId, line);
    put.set(line.lineId, line);
  }
  return ok({ put: [...put.values()], drop: [] });
}

function decideLine(cart: Cart, change: LineChange, { limits }: Rules): Decided {
  const line = cart.lines.get(change.lineId);
  if (!line) return err("cart.line_not_found");
  const isSaved = change.isSaved ?? line.isSaved;
  const moved = isSaved !== line.isSaved;
  const twin = moved ? find(cart, line.offerId, isSaved) : undefined;
  const asked = (change.quantity ?? line.quantity) + (twin?.quantity ?? 0);
  const mustFit = !isSaved && (moved || change.quantity !== undefined);
  const fits = mustFit ? checkQuantity(asked, change.terms, limits) : ok(asked);
  if (!fits.ok) return fits;
  const next: Line = {
    ...line,
    quantity: Math.min(asked, limits.quantityMax),
    isSaved,
    isSelected: change.isSelected ?? line.isSelected,
    note: change.note === undefined ? line.note : change.note,
    seenMinor: change.terms?.priceMinor ?? line.seenMinor,
  };
  return ok({ put: isSame(line, next) ? [] : [next], drop: twin ? [twin.lineId] : [] });
}

function find(cart: Cart, offerId: Id<"offer">, isSaved: boolean): Line | undefined {
  for (const line of cart.lines.values())
    if (line.offerId === offerId && line.isSaved === isSaved) return line;
  return undefined;
}

const isSame = (a: Line, b: Line): boolean =>
  a.quantity === b.quantity &&
  a.isSelected === b.isSelected &&
  a.isSaved === b.isSaved &&
  a.note === b.note &&
  a.seenMinor === b.seenMinor;

/** Unknown ids are passed over: what was removed meanwhile is no reason to refuse the rest. */
function select(cart: Cart, lineIds: readonly Id<"line">[] | null, isSelected: boolean): readonly Line[] {
  const named = lineIds && new Set(lineIds);
  return [...cart.lines.values()]
    .filter((line) => !line.isSaved && line.isSelected !== isSelected && (!named || named.has(line.lineId)))
    .map((line) => ({ ...line, isSelected }));
}

function remove(cart: Cart, lineIds: readonly Id<"line">[] | null): readonly Id<"line">[] {
  if (lineIds) return lineIds.filter((lineId) => cart.lines.has(lineId));
  return [...cart.lines.values()].filter((line) => !line.isSaved).map((line) => line.lineId);
}

/**
 * The rule of merging: of an offer in both carts the larger quantity stays, so that merging twice changes
 * nothing; other lines come over while there is room, and `left` names those for which there was none.
 */
function merge(cart: Cart, lines: readonly Line[], { limits }: Rules): Edits {
  const slot = (line: Line) => `${line.offerId} ${line.isSaved}`;
  const known = new Map([...cart.lines.values()].map((line) => [slot(line), line]));
  const put: Line[] = [];
  const left: Id<"line">[] = [];
  let count = cart.lines.size;
  for (const line of lines) {
    const twin = known.get(slot(line));
    if (!twin && count === limits.linesMax) {
      left.push(line.lineId);
      continue;
    }
    const next = twin
      ? { ...twin, quantity: Math.max(twin.quantity, line.quantity), note: twin.note ?? line.note }
      : line;
    if (twin && isSame(twin, next)) continue;
    if (!twin) count += 1;
    known.set(slot(line), next);
    put.push(next);
  }
  return { put, drop: [], left };
}

/** The cart after a change, and what its caller is told. */
export function applyEdits(cart: Cart, { put, drop, left = [] }: Edits): { cart: Cart; answer: Answer } {
  if (put.length + drop.length === 0) return { cart, answer: { version: cart.version, lines: [], left } };
  const lines = new Map(cart.lines);
  for (const lineId of drop) lines.delete(lineId);
  for (const line of put) lines.set(line.lineId, line);
  const version = cart.version + 1;
  return { cart: { version, lines }, answer: { version, lines: put, left } };
}
