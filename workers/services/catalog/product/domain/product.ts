import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import type { Texts } from "#kernel/texts";
import type { TaxClass } from "#services/catalog/category/facts";

export const PRODUCT_STATES = ["draft", "proposed", "published", "rejected", "archived"] as const;
export type ProductState = (typeof PRODUCT_STATES)[number];
export type ProductMove = "propose" | "publish" | "reject" | "archive" | "restore";

/** The whole state machine. A move that is not written here is refused. */
const NEXT: { readonly [S in ProductState]: { readonly [M in ProductMove]?: ProductState } } = {
  draft: { propose: "proposed", publish: "published", archive: "archived" },
  proposed: { publish: "published", reject: "rejected", archive: "archived" },
  rejected: { propose: "proposed", publish: "published", archive: "archived" },
  published: { reject: "rejected", archive: "archived" },
  archived: { restore: "draft" },
};

export type OptionValue = { readonly code: string; readonly names: Texts };
export type ProductOption = {
  readonly code: string;
  readonly names: Texts;
  readonly values: readonly OptionValue[];
};
export type AttributeValues = { readonly [code: string]: string | number | boolean };

export type Product = {
  readonly id: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly categoryId: Id<"category">;
  readonly state: ProductState;
  readonly slug: string;
  readonly titles: Texts;
  readonly descriptions: Texts | null;
  readonly brand: string | null;
  readonly mpn: string | null;
  readonly attributes: AttributeValues;
  readonly options: readonly ProductOption[];
  readonly taxClass: TaxClass;
  readonly reason: string | null;
  readonly externalRef: string | null;
  readonly coverKey: string | null;
  readonly createdAt: number;
  readonly publishedAt: number | null;
  readonly deletedAt: number | null;
  /** The product that took over its offers and addresses: it was the same thing. */
  readonly mergedInto: Id<"product"> | null;
  readonly version: number;
};

/** Of one unit in its box. */
export type Measures = { readonly lengthMm: number; readonly widthMm: number; readonly heightMm: number };

export type Variant = {
  readonly id: Id<"variant">;
  readonly productId: Id<"product">;
  readonly position: number;
  readonly key: string;
  readonly label: string;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly weightGrams: number;
  readonly measures: Measures | null;
  readonly archived: boolean;
};

/** Where a move leads, and the product there; the same product when it is there already. */
export function decideMove<P extends Pick<Product, "state" | "version" | "reason" | "publishedAt">>(
  product: P,
  move: ProductMove,
  { now, reason }: { readonly now: number; readonly reason?: string },
): Result<P, "product.not_movable"> {
  const state = NEXT[product.state][move];
  if (!state) return REACHED[move] === product.state ? ok(product) : err("product.not_movable");
  return ok({
    ...product,
    state,
    // What was turned down once is looked at again before it is sold, whatever way it comes back.
    reason: move === "reject" ? (reason ?? "") : move === "publish" ? null : product.reason,
    publishedAt: state === "published" ? (product.publishedAt ?? now) : product.publishedAt,
    version: product.version + 1,
  });
}

const REACHED: { readonly [M in ProductMove]: ProductState } = {
  propose: "proposed",
  publish: "published",
  reject: "rejected",
  archive: "archived",
  restore: "draft",
};
