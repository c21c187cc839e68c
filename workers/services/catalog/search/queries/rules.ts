import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { queryWords } from "../domain/words.ts";
import { type Rule, ruleLogQuery, rulesQuery, synonymsQuery } from "../repository/rules.ts";
import type { RuleDto, RuleLogQuery, RulesQuery } from "../schemas/rule.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));
const beforeOf = (ctx: Ctx, scope: string, cursor: string | undefined) =>
  decodeCursor(ctx, scope, cursor)?.[0]?.toString();

export const toRuleDto = ({ shopId, startsAt, endsAt, createdAt, ...rule }: Rule): RuleDto => ({
  ...rule,
  sellerId: shopId,
  startsAt: isoOrNull(startsAt),
  endsAt: isoOrNull(endsAt),
  createdAt: iso(createdAt),
});

export async function listRules(ctx: Ctx, { query, categoryId, productId, limit, cursor }: RulesQuery) {
  requireOperator(ctx, "category:write");
  const filter = {
    query: query === undefined ? undefined : queryWords(query).join(" "),
    categoryId,
    productId,
  };
  const scope = `search rules ${JSON.stringify(filter)}`;
  const [rows] = await ctx.db.load(rulesQuery(filter, { before: beforeOf(ctx, scope, cursor), limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toRuleDto);
}

/** Who made, changed and took back what, the latest first. */
export async function listRuleLog(ctx: Ctx, { ruleId, limit, cursor }: RuleLogQuery) {
  requireOperator(ctx, "category:write");
  const scope = `search rule log ${ruleId ?? ""}`;
  const [rows] = await ctx.db.load(ruleLogQuery(ruleId, { before: beforeOf(ctx, scope, cursor), limit }));
  const position = ({ id }: (typeof rows)[number]) => [id];
  return toPage(ctx, scope, limit, rows, position, ({ at, ...row }) => ({ ...row, at: iso(at) }));
}

export async function listSynonyms(ctx: Ctx, { limit, cursor }: PageQuery) {
  requireOperator(ctx, "category:write");
  const scope = "search synonyms";
  const [rows] = await ctx.db.load(synonymsQuery(beforeOf(ctx, scope, cursor) ?? "", limit));
  const position = ({ term }: (typeof rows)[number]) => [term];
  return toPage(ctx, scope, limit, rows, position, (row) => row);
}
