import { actorKey, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { reasonsOf, reported, SCORE_MIN, scoreOf } from "../domain/duplicate.ts";
import { fail } from "../errors.ts";
import { cardsQuery } from "../repository/cards.ts";
import * as duplicates from "../repository/duplicates.ts";

type Products = readonly Id<"product">[];
type Pair = { readonly firstId: Id<"product">; readonly secondId: Id<"product"> };

export const pairOf = (a: Id<"product">, b: Id<"product">): Pair =>
  a < b ? { firstId: a, secondId: b } : { firstId: b, secondId: a };

/** Looks for products that are the same thing as one of these; the surer ones wait for an operator. */
export async function findDuplicates(ctx: Ctx, ids: Products): Promise<readonly Statement[]> {
  if (ids.length === 0) return [];
  const [pairs] = await ctx.db.load(duplicates.candidatesQuery(ids));
  if (pairs.length === 0) return [];
  const named = [...new Set(pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]))];
  const [marks] = await ctx.db.load(duplicates.marksQuery(named));
  const found = pairs.flatMap((pair) => {
    const [first, second] = [marks.get(pair.firstId), marks.get(pair.secondId)];
    if (!first || !second) return [];
    const reasons = reasonsOf(first, second);
    const score = scoreOf(reasons);
    return score < SCORE_MIN ? [] : [{ ...pair, id: ctx.ids.next("duplicate"), reasons, score }];
  });
  return found.length === 0 ? [] : [duplicates.savePairs(found, ctx.clock.now())];
}

type Report = { readonly productIds: Products; readonly note: string };

/** What somebody saw stands in the queue with what else speaks for it. */
export async function reportDuplicate(ctx: Ctx, { productIds, note }: Report): Promise<Id<"duplicate">> {
  requireOperator(ctx, "product:review");
  const [a, b] = productIds;
  if (!a || !b || a === b) throw fail("duplicate.same");
  const pair = pairOf(a, b);
  const [marks, cards, known] = await ctx.db.load(
    duplicates.marksQuery([a, b]),
    cardsQuery([a, b]),
    duplicates.pairOfQuery(pair),
  );
  const [first, second] = [marks.get(pair.firstId), marks.get(pair.secondId)];
  if (!first || !second || cards.length < 2) throw fail("product.not_found");
  if (known && known.state !== "open") throw fail("duplicate.decided");
  const reasons = [reported(note), ...reasonsOf(first, second)];
  const id = known?.id ?? ctx.ids.next("duplicate");
  const row = { ...pair, id, reasons, score: scoreOf(reasons) };
  orThrow(await ctx.db.commit([duplicates.savePairs([row], ctx.clock.now())]), fail);
  return id;
}

type Dismiss = { readonly duplicateId: Id<"duplicate">; readonly reason: string };

/** They are two things, and nobody is asked again. */
export async function dismissDuplicate(ctx: Ctx, { duplicateId, reason }: Dismiss): Promise<null> {
  requireOperator(ctx, "product:review");
  const [pair] = await ctx.db.load(duplicates.pairQuery(duplicateId));
  if (!pair) throw fail("duplicate.not_found");
  if (pair.state === "dismissed") return null;
  const decided = { id: duplicateId, from: "open", to: "dismissed", reason } as const;
  const by = { by: actorKey(ctx.actor), at: ctx.clock.now() };
  orThrow(await ctx.db.commit([duplicates.decidePair({ ...decided, ...by })]), fail);
  return null;
}
