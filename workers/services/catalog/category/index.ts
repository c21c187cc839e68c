export { createCategory } from "./commands.ts";
export type { AttributeDef, Category, CategoryNode } from "./domain.ts";
export type { TaxClass } from "./facts.ts";
export { COUNT_TAG, categoriesQuery, categoryTree, readTree, TREE_TAG } from "./queries.ts";
export { addCounts, assertOpen, treeQuery } from "./repository.ts";
export { zCode } from "./schemas.ts";
