export const RULE_KINDS = ["pin", "hide", "boost", "bury"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** As the log of rules keeps it: ids and instants as strings, so that it reads the same for ever. */
export type RuleJson = { readonly [field: string]: string | number | boolean | readonly string[] | null };

type Shown = { readonly productId: string };
export type Pin = Shown & { readonly position: number };

/**
 * The first page: pins stand at their places among the others, which keep the sort that was asked for. Of the
 * others as many are shown as there is room, and the cursor stands behind the last of them, so none is lost.
 */
export function placePins<T extends Shown>(
  others: readonly T[],
  pinned: readonly (T & Pin)[],
  limit: number,
): { readonly items: readonly T[]; readonly shown: number } {
  const pins = pinned
    .filter(({ position }) => position <= limit)
    .toSorted((a, b) => a.position - b.position || (a.productId < b.productId ? -1 : 1))
    .slice(0, limit);
  const placed: T[] = others.slice(0, limit - pins.length);
  const shown = placed.length;
  for (const pin of pins) placed.splice(Math.min(placed.length, pin.position - 1), 0, pin);
  return { items: placed, shown };
}
