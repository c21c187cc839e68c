export { createCategory } from "./commands.ts";
export type { AttributeDef, Category, CategoryNode, TaxClass } from "./domain.ts";
export { COUNT_TAG, categoriesQuery, categoryTree, TREE_TAG } from "./queries.ts";
export { addCounts } from "./repository.ts";
export { zCode } from "./schemas.ts";
