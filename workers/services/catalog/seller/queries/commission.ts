import { requireOperator, requireShop } from "#kernel/actor";
import { cached } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, toPage } from "#kernel/page";
import { categoryTree, TREE_TAG } from "#services/catalog/category/index";
import { type CommissionBook, commissionOf, toBook } from "../domain/commission.ts";
import { fail } from "../errors.ts";
import { openRulesQuery, rulesQuery } from "../repository/commission.ts";
import { type PreviewQuery, toPreviewDto, toRuleDto } from "../schemas/commission.ts";

export const COMMISSION_TAG = "commission-rules";
/** Rules begin and end by their own times, which the book holds; a copy only has to know all of them. */
const FRESH_MS = 60_000;

/** All that says what a sale costs its shop, now and in the time to come; a copy of at most two seconds. */
export async function commissionRules(ctx: Ctx): Promise<CommissionBook> {
  const reading = { key: "commission:book", tags: [COMMISSION_TAG, TREE_TAG], freshMs: FRESH_MS };
  const book = await cached(ctx, reading, async () => {
    const [[rules], nodes] = await Promise.all([
      ctx.db.load(openRulesQuery(ctx.clock.now())),
      categoryTree(ctx),
    ]);
    return toBook(rules, nodes);
  });
  return book.parse();
}

type Paging = { readonly limit: number; readonly cursor?: string | undefined };

export async function listRules(ctx: Ctx, { limit, cursor }: Paging) {
  requireOperator(ctx, "commission:write");
  const before = decodeCursor(ctx, "commission rules", cursor)?.[0]?.toString();
  const [rows] = await ctx.db.load(rulesQuery({ before, limit }));
  return toPage(ctx, "commission rules", limit, rows, ({ id }) => [id], toRuleDto);
}

/** A shop asks for itself, an operator for any; nothing about other shops' terms can be learnt. */
export async function previewCommission(
  ctx: Ctx,
  { baseMinor, quantity, at, categoryId, ...line }: PreviewQuery,
) {
  const isOperator = ctx.actor.kind === "user" && ctx.actor.operator !== undefined;
  if (isOperator) requireOperator(ctx, "commission:write");
  else if (requireShop(ctx, "seller:read") !== line.sellerId) throw fail("seller.not_found");
  const now = ctx.clock.now();
  const when = at === undefined ? now : Date.parse(at);
  // What held before is written on the orders of the time; the book forgets rules that are over.
  if (when < now) throw fail("commission.period");
  const book = await commissionRules(ctx);
  const sold = { ...line, categoryId: categoryId ?? null };
  const commission = commissionOf(book, sold, BigInt(baseMinor), quantity, when, ctx.market);
  return toPreviewDto(commission, ctx.market.currency);
}
