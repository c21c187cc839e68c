import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { familiesQuery } from "../repository/duplicates.ts";

type Families = ReadonlyMap<Id<"product">, readonly Id<"product">[]>;

/** By product, itself and all that became part of it: what was said of them is said of it. */
export async function familiesOf(ctx: Ctx, ids: readonly Id<"product">[]): Promise<Families> {
  if (ids.length === 0) return new Map();
  const [families] = await ctx.db.load(familiesQuery(ids));
  return families;
}
