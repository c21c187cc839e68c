import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import type { DuplicateState } from "../domain/duplicate.ts";
import { fail } from "../errors.ts";
import { type Card, cardsQuery } from "../repository/cards.ts";
import * as duplicates from "../repository/duplicates.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

type Cards = readonly Card[];

function toDuplicateDto(row: duplicates.DuplicateRow, cards: Cards) {
  const { firstId, secondId, foundAt, decidedAt, reasons, ...rest } = row;
  const sides = [firstId, secondId].flatMap((id) => cards.filter(({ productId }) => productId === id));
  return {
    ...rest,
    reasons: [...reasons],
    products: sides.map(({ productId, makerId, slug, titles, brand, state }) => {
      return { id: productId, slug, titles, brand, state, sellerId: makerId };
    }),
    foundAt: iso(foundAt),
    decidedAt: isoOrNull(decidedAt),
  };
}

/** Pairs that wait for an operator, the surest first, or what became of them. */
export async function listDuplicates(
  ctx: Ctx,
  { state, limit, cursor }: PageQuery & { readonly state: DuplicateState },
) {
  requireOperator(ctx, "product:review");
  const scope = `duplicates ${state}`;
  const after = decodeCursor(ctx, scope, cursor);
  const [rows] = await ctx.db.load(duplicates.pairsQuery({ state, after, limit }));
  const named = [...new Set(rows.flatMap(({ firstId, secondId }) => [firstId, secondId]))];
  const [cards] = await ctx.db.load(cardsQuery(named));
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    ({ score, id }) => [score, id],
    (row) => toDuplicateDto(row, cards),
  );
}

export async function getDuplicate(ctx: Ctx, duplicateId: Id<"duplicate">) {
  requireOperator(ctx, "product:review");
  const [row] = await ctx.db.load(duplicates.pairQuery(duplicateId));
  if (!row) throw fail("duplicate.not_found");
  const [cards] = await ctx.db.load(cardsQuery([row.firstId, row.secondId]));
  return toDuplicateDto(row, cards);
}

const toMergeDto = (ctx: Ctx, row: duplicates.MergeRow) => {
  const { merge, at, undoneAt, ...rest } = row;
  return {
    ...rest,
    offersMoved: merge.moves.filter(({ isDoubled }) => !isDoubled).length,
    offersRested: merge.moves.filter(({ isDoubled }) => isDoubled).length,
    at: iso(at),
    undoableUntil: iso(at + ctx.market.catalogue.mergeUndoMs),
    undoneAt: isoOrNull(undoneAt),
  };
};

export async function getMerge(ctx: Ctx, mergeId: Id<"merge">) {
  requireOperator(ctx, "product:review");
  const [row] = await ctx.db.load(duplicates.mergeQuery(mergeId));
  if (!row) throw fail("duplicate.not_found");
  return toMergeDto(ctx, row);
}

/** What was merged, the latest first. */
export async function listMerges(ctx: Ctx, { limit, cursor }: PageQuery) {
  requireOperator(ctx, "product:review");
  const after = decodeCursor(ctx, "merges", cursor);
  const [rows] = await ctx.db.load(duplicates.mergesQuery(after, limit));
  return toPage(
    ctx,
    "merges",
    limit,
    rows,
    ({ at, id }) => [at, id],
    (row) => toMergeDto(ctx, row),
  );
}
