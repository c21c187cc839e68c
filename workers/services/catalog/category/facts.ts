import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

/** How the tax on goods of a category is worked out; the market says what each class means. */
export const TAX_CLASSES = ["standard", "reduced", "zero", "exempt"] as const;
export type TaxClass = (typeof TAX_CLASSES)[number];

/** What hangs below a moved or changed category inherits from it: a consumer looks at the tree again. */
export const CategoryChanged = defineEvent(
  "category.changed",
  1,
  z.object({
    categoryId: zId("category"),
    change: z.enum(["created", "updated", "moved", "archived", "restored"]),
  }),
);
