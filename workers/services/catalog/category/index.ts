export type { AttributeDef, Category, CategoryNode } from "./domain.ts";
export type { TaxClass } from "./facts.ts";
export { COUNT_TAG, categoryTree, readTree, TREE_TAG } from "./queries.ts";
export { addCounts, assertOpen, idsBelow, returnDaysQuery, treeQuery } from "./repository.ts";
