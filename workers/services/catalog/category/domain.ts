import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import type { Texts } from "#kernel/texts";
import type { TaxClass } from "./facts.ts";

/** Levels of the tree; the table has the same bound as a CHECK. */
export const LEVELS_MAX = 8;
export const CATEGORY_STATES = ["active", "archived"] as const;
export type CategoryState = (typeof CATEGORY_STATES)[number];
export const ATTRIBUTE_TYPES = ["text", "number", "boolean", "enum"] as const;

/** One attribute that products of a category have; `variantAxis` ones may tell its variants apart. */
export type AttributeDef = {
  readonly code: string;
  readonly names: Texts;
  readonly type: (typeof ATTRIBUTE_TYPES)[number];
  readonly required: boolean;
  readonly variantAxis: boolean;
  readonly unit?: string | undefined;
  /** The values of an enum. */
  readonly values?: readonly { readonly code: string; readonly names: Texts }[] | undefined;
};

/** A category as it stands in the tree, with what it inherits filled in. */
export type CategoryNode = {
  readonly id: Id<"category">;
  readonly parentId: Id<"category"> | null;
  readonly slug: string;
  readonly names: Texts;
  /** Ids from the root down to this one. */
  readonly path: readonly Id<"category">[];
  readonly depth: number;
  readonly position: number;
  readonly state: CategoryState;
  readonly taxClass: TaxClass;
  /** Null: the market's rate holds. */
  readonly commissionBasisPoints: number | null;
  readonly returnDays: number;
  readonly restricted: boolean;
  readonly attributes: readonly AttributeDef[];
  readonly visibleFrom: number | null;
  readonly visibleUntil: number | null;
  readonly googleCategoryId: number | null;
  readonly shopifyCategoryId: string | null;
  /** Published products here and below. */
  readonly products: number;
  readonly version: number;
};

/** A row of the table: what the category says of itself. */
export type Category = Omit<
  CategoryNode,
  "path" | "taxClass" | "returnDays" | "products" | "commissionBasisPoints"
> & {
  readonly path: string;
  readonly taxClass: TaxClass | null;
  readonly commissionBasisPoints: number | null;
  readonly returnDays: number | null;
  readonly createdAt: number;
};

const PATH_SEPARATOR = ".";
const TAX_CLASS_DEFAULT: TaxClass = "standard";
/** Consumer law of the markets gives a week or two; a category may say more or less. */
const RETURN_DAYS_DEFAULT = 14;

export const pathIds = (path: string) => path.split(PATH_SEPARATOR) as Id<"category">[];
const pathBelow = (parent: { readonly path: string } | null, id: Id<"category">) =>
  parent === null ? id : `${parent.path}${PATH_SEPARATOR}${id}`;
export const isWithin = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}${PATH_SEPARATOR}`);

export type Placed = Pick<Category, "id" | "path" | "depth" | "state">;

/** Where a category may go: below an active one that is not itself or below itself, and not too deep. */
export function decidePlace(
  node: Pick<Placed, "id"> & { readonly path?: string; readonly height: number },
  parent: Placed | null,
): Result<
  { readonly path: string; readonly depth: number },
  "category.parent_archived" | "category.cycle" | "category.too_deep"
> {
  if (parent && parent.state !== "active") return err("category.parent_archived");
  if (parent && node.path !== undefined && isWithin(parent.path, node.path)) return err("category.cycle");
  const depth = parent ? parent.depth + 1 : 0;
  if (depth + node.height >= LEVELS_MAX) return err("category.too_deep");
  return ok({ path: pathBelow(parent, node.id), depth });
}

/** The path of anything in a moved subtree: what lay below the node stays below it. */
export const rebase = (path: string, from: string, to: string): string => to + path.slice(from.length);

/** Turns rows into the tree in reading order: parents before children, siblings by position, then id. */
export function toNodes(
  rows: readonly Category[],
  counts: ReadonlyMap<string, number>,
): readonly CategoryNode[] {
  const children = Map.groupBy(rows, (row) => row.parentId ?? "");
  const nodes: CategoryNode[] = [];
  const visit = (row: Category, parent: CategoryNode | null): number => {
    const index = nodes.length;
    const node = inherit(row, parent);
    nodes.push(node);
    let products = counts.get(row.id) ?? 0;
    for (const child of ordered(children.get(row.id))) products += visit(child, node);
    nodes[index] = { ...node, products };
    return products;
  };
  for (const root of ordered(children.get(""))) visit(root, null);
  return nodes;
}

const ordered = (rows: readonly Category[] = []) =>
  rows.toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));

function inherit(row: Category, parent: CategoryNode | null): CategoryNode {
  const { createdAt: _, ...own } = row;
  return {
    ...own,
    path: pathIds(row.path),
    taxClass: row.taxClass ?? parent?.taxClass ?? TAX_CLASS_DEFAULT,
    commissionBasisPoints: row.commissionBasisPoints ?? parent?.commissionBasisPoints ?? null,
    returnDays: row.returnDays ?? parent?.returnDays ?? RETURN_DAYS_DEFAULT,
    restricted: row.restricted || (parent?.restricted ?? false),
    attributes: mergeAttributes(parent?.attributes ?? [], row.attributes),
    products: 0,
  };
}

/** A definition nearer to the product replaces one of the same code from above. */
function mergeAttributes(
  above: readonly AttributeDef[],
  own: readonly AttributeDef[],
): readonly AttributeDef[] {
  const codes = new Set(own.map((def) => def.code));
  return [...above.filter((def) => !codes.has(def.code)), ...own];
}

/** Open to buyers now: itself and everything above it is active and inside its window. */
export function visibleNodes(nodes: readonly CategoryNode[], now: number): readonly CategoryNode[] {
  const open = new Set<string>();
  return nodes.filter((node) => {
    const isOpen =
      node.state === "active" &&
      (node.visibleFrom ?? 0) <= now &&
      (node.visibleUntil ?? Number.POSITIVE_INFINITY) > now &&
      (node.parentId === null || open.has(node.parentId));
    if (isOpen) open.add(node.id);
    return isOpen;
  });
}

/** Published trees that others sort goods by. */
export const TAXONOMIES = ["google", "shopify"] as const;
export type Taxonomy = (typeof TAXONOMIES)[number];
/** One entry of a published tree; `retired` is what the latest version no longer has. */
export type TaxonomyCode = { readonly code: string; readonly path: string; readonly retired: boolean };

/** `166 - Apparel & Accessories` of Google, `gid://shopify/TaxonomyCategory/aa : Apparel & Accessories`. */
const LINES: { readonly [T in Taxonomy]: RegExp } = {
  google: /^(\d{1,10}) - (.{1,400})$/,
  shopify: /^(gid:\/\/shopify\/TaxonomyCategory\/[a-z0-9-]{1,40})\s*:\s(.{1,400})$/,
};

/** The published file as it is: comments and empty lines are left out; the first other line is named. */
export function readTaxonomy(
  taxonomy: Taxonomy,
  text: string,
): Result<readonly Omit<TaxonomyCode, "retired">[], "taxonomy.unreadable"> {
  const codes = new Map<string, { readonly code: string; readonly path: string }>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, code, path] = LINES[taxonomy].exec(line.trim()) ?? [];
    if (code === undefined || path === undefined) return err("taxonomy.unreadable");
    codes.set(code, { code, path: path.trim() });
  }
  return codes.size === 0 ? err("taxonomy.unreadable") : ok([...codes.values()]);
}

export type Mapping = {
  readonly category: CategoryNode;
  readonly code: string | null;
  /** Which category says so: the nearest one above that is mapped. */
  readonly from: Id<"category"> | null;
  readonly path: string | null;
  /** Where a retired code's place is now: the code in force that has the same path. */
  readonly replacement: string | null;
  readonly state: "mapped" | "inherited" | "retired" | "unknown" | "unmapped";
};

const codeOf = (node: CategoryNode, taxonomy: Taxonomy): string | null =>
  taxonomy === "google" ? (node.googleCategoryId?.toString() ?? null) : node.shopifyCategoryId;

/** How each category stands in a published tree. Nodes come with parents before their children. */
export function mappingsOf(
  nodes: readonly CategoryNode[],
  taxonomy: Taxonomy,
  codes: readonly TaxonomyCode[],
): readonly Mapping[] {
  const known = new Map(codes.map((one) => [one.code, one]));
  const inForce = new Map(codes.filter(({ retired }) => !retired).map(({ path, code }) => [path, code]));
  const mapped = new Map<string, { readonly code: string; readonly from: Id<"category"> }>();
  return nodes.map((category) => {
    const own = codeOf(category, taxonomy);
    const above = category.parentId === null ? undefined : mapped.get(category.parentId);
    const held = own === null ? above : { code: own, from: category.id };
    if (!held) {
      return { category, code: null, from: null, path: null, replacement: null, state: "unmapped" };
    }
    mapped.set(category.id, held);
    const entry = known.get(held.code);
    const path = entry?.path ?? null;
    const replacement = entry?.retired ? (inForce.get(entry.path) ?? null) : null;
    const sound = own === null ? "inherited" : "mapped";
    return {
      category,
      ...held,
      path,
      replacement,
      state: entry ? (entry.retired ? "retired" : sound) : "unknown",
    };
  });
}
