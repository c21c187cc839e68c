import { z } from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

/** What hangs below a moved or changed category inherits from it: a consumer looks at the tree again. */
export const CategoryChanged = defineEvent(
  "category.changed",
  1,
  z.object({
    categoryId: zId("category"),
    change: z.enum(["created", "updated", "moved", "archived", "restored"]),
  }),
);
