import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { err, ok, type Result } from "#kernel/result";

/** For whom and what a rule holds; what is null holds for all. A rule names a product or a category. */
export type CommissionScope = {
  readonly sellerId: Id<"seller"> | null;
  readonly productId: Id<"product"> | null;
  readonly categoryId: Id<"category"> | null;
};

/** Fixed part, floor and cap are for each unit sold, so that splitting an order changes nothing. */
export type CommissionRule = CommissionScope & {
  readonly id: Id<"commission">;
  readonly basisPoints: number;
  readonly fixedMinor: bigint;
  readonly floorMinor: bigint;
  readonly capMinor: bigint | null;
  readonly startsAt: number;
  /** Until then, or until further notice; ending a rule sets it. */
  readonly endsAt: number | null;
  readonly note: string;
  readonly createdBy: Id<"user">;
  readonly createdAt: number;
  readonly endedBy: Id<"user"> | null;
  readonly endedAt: number | null;
  readonly endReason: string | null;
};

type BookRule = CommissionScope &
  Pick<CommissionRule, "id" | "basisPoints" | "startsAt" | "endsAt"> & {
    readonly fixedMinor: string;
    readonly floorMinor: string;
    readonly capMinor: string | null;
  };

/** Where a category stands, from the root down to itself, and the rate that it says or inherits. */
type BookCategory = { readonly path: readonly Id<"category">[]; readonly basisPoints: number | null };

/** Everything that says what a sale costs its shop: plain JSON, so that copies of it may be kept. */
export type CommissionBook = {
  readonly rules: readonly BookRule[];
  /** Only those that a rule or a rate of their own reaches. */
  readonly categories: { readonly [categoryId: string]: BookCategory };
};

/** What is sold, and by whom; the path is taken from the book where the caller does not know it. */
export type CommissionedLine = {
  readonly sellerId: Id<"seller">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly categoryPath?: readonly Id<"category">[] | undefined;
};

export type Commission = {
  readonly ruleId: Id<"commission"> | null;
  readonly basisPoints: number;
  readonly minor: bigint;
  readonly taxMinor: bigint;
};

/** Half up, as every share of an amount is. */
const shareOf = (minor: bigint, basisPoints: number): bigint =>
  (minor * BigInt(basisPoints) + 5_000n) / 10_000n;

const isOpen = ({ startsAt, endsAt }: Pick<BookRule, "startsAt" | "endsAt">, now: number): boolean =>
  startsAt <= now && (endsAt === null || now < endsAt);

/**
 * How much a rule says about this line, greater is more; undefined when it says nothing. A product says
 * more than a category, a nearer category more than one above it, any goods more than all goods; of two
 * that say the same of the goods, the one that names the shop says more.
 */
function weightOf(
  rule: CommissionScope,
  line: CommissionedLine,
  path: readonly string[],
): number | undefined {
  if (rule.sellerId !== null && rule.sellerId !== line.sellerId) return undefined;
  if (rule.productId !== null && rule.productId !== line.productId) return undefined;
  const level = rule.categoryId === null ? -1 : path.indexOf(rule.categoryId);
  if (rule.categoryId !== null && level === -1) return undefined;
  const goods = rule.productId === null ? level + 1 : PRODUCT_WEIGHT;
  return 2 * goods + (rule.sellerId === null ? 0 : 1);
}
/** Above every level of the category tree. */
const PRODUCT_WEIGHT = 1_000;

/**
 * Of equal weight the one that began later, then the newer: a campaign over standing terms. Ends do not
 * count, since ending a rule must not change what held before.
 */
const beats = (a: BookRule, b: BookRule): boolean =>
  a.startsAt === b.startsAt ? a.id > b.id : a.startsAt > b.startsAt;

/** The rule that holds for a line at a time, or null when none does. */
export function ruleFor(
  { rules, categories }: CommissionBook,
  line: CommissionedLine,
  now: number,
): BookRule | null {
  const path = pathOf(categories, line);
  let best: { readonly rule: BookRule; readonly weight: number } | undefined;
  for (const rule of rules) {
    const weight = isOpen(rule, now) ? weightOf(rule, line, path) : undefined;
    if (weight === undefined) continue;
    const wins = !best || weight > best.weight || (weight === best.weight && beats(rule, best.rule));
    if (wins) best = { rule, weight };
  }
  return best?.rule ?? null;
}

const pathOf = (categories: CommissionBook["categories"], line: CommissionedLine): readonly string[] =>
  line.categoryPath ??
  (line.categoryId === null ? [] : (categories[line.categoryId]?.path ?? [line.categoryId]));

/**
 * What the platform keeps of a line and the tax on that, to be frozen with the sale. Without a rule the rate
 * of the line's category holds, without one the market's. Never more than the line brings in: where a floor
 * says more than that, all of it is kept.
 */
export function commissionOf(
  book: CommissionBook,
  line: CommissionedLine,
  baseMinor: bigint,
  quantity: number,
  now: number,
  { commission }: Pick<Market, "commission">,
): Commission {
  const rule = ruleFor(book, line, now);
  const { basisPoints, minor } = rule
    ? { basisPoints: rule.basisPoints, minor: ruled(rule, baseMinor, BigInt(quantity)) }
    : scheduled(book, line, baseMinor, commission.rateBasisPoints);
  const kept = minor > baseMinor ? baseMinor : minor;
  const taxMinor = shareOf(kept, commission.taxBasisPoints);
  return { ruleId: rule?.id ?? null, basisPoints, minor: kept, taxMinor };
}

function scheduled(book: CommissionBook, line: CommissionedLine, baseMinor: bigint, marketRate: number) {
  const path = pathOf(book.categories, line);
  const rated = path.toReversed().find((id) => book.categories[id]);
  const basisPoints = (rated === undefined ? null : book.categories[rated]?.basisPoints) ?? marketRate;
  return { basisPoints, minor: shareOf(baseMinor, basisPoints) };
}

function ruled(rule: BookRule, baseMinor: bigint, quantity: bigint): bigint {
  const minor = shareOf(baseMinor, rule.basisPoints) + BigInt(rule.fixedMinor) * quantity;
  const floor = BigInt(rule.floorMinor) * quantity;
  const cap = rule.capMinor === null ? undefined : BigInt(rule.capMinor) * quantity;
  const raised = minor < floor ? floor : minor;
  return cap !== undefined && raised > cap ? cap : raised;
}

type Node = {
  readonly id: Id<"category">;
  readonly path: readonly Id<"category">[];
  readonly commissionBasisPoints: number | null;
};

/** Rules that have not ended, and of the tree only what they or a rate reach. */
export function toBook(rules: readonly CommissionRule[], nodes: readonly Node[]): CommissionBook {
  const ruled = new Set(rules.flatMap(({ categoryId }) => (categoryId === null ? [] : [categoryId])));
  const reached = nodes.filter(
    ({ path, commissionBasisPoints }) => commissionBasisPoints !== null || path.some((id) => ruled.has(id)),
  );
  const categories = reached.map(
    ({ id, path, commissionBasisPoints: basisPoints }) => [id, { path, basisPoints }] as const,
  );
  return { rules: rules.map(toBookRule), categories: Object.fromEntries(categories) };
}

const toBookRule = (rule: CommissionRule): BookRule => ({
  id: rule.id,
  sellerId: rule.sellerId,
  productId: rule.productId,
  categoryId: rule.categoryId,
  basisPoints: rule.basisPoints,
  fixedMinor: rule.fixedMinor.toString(),
  floorMinor: rule.floorMinor.toString(),
  capMinor: rule.capMinor?.toString() ?? null,
  startsAt: rule.startsAt,
  endsAt: rule.endsAt,
});

type Period = { readonly startsAt?: number | undefined; readonly endsAt?: number | null | undefined };

/** A rule never reaches back: what was sold before it was made was sold under other terms. */
export function decidePeriod(
  { startsAt, endsAt = null }: Period,
  now: number,
): Result<{ readonly startsAt: number; readonly endsAt: number | null }, "commission.period"> {
  const from = startsAt ?? now;
  if (from < now || (endsAt !== null && endsAt <= from)) return err("commission.period");
  return ok({ startsAt: from, endsAt });
}

type End = { readonly by: Id<"user">; readonly reason: string; readonly endsAt?: number | undefined };

/** Ends a rule now or later, once; one that has not begun ends before it begins and never held. */
export function decideEnd(
  rule: CommissionRule,
  { by, reason, endsAt }: End,
  now: number,
): Result<CommissionRule, "commission.ended" | "commission.period"> {
  const isOver = rule.endsAt !== null && rule.endsAt <= now;
  if (rule.endedAt !== null || isOver) return err("commission.ended");
  const until = endsAt ?? now;
  if (until < now || (rule.endsAt !== null && until > rule.endsAt)) return err("commission.period");
  return ok({ ...rule, endsAt: until, endedBy: by, endedAt: now, endReason: reason });
}
