import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { searchRule, searchRuleLog, searchSynonym } from "#schema/catalog/search";

export type Rule = typeof searchRule.$inferSelect;
type LogRow = typeof searchRuleLog.$inferSelect;
type Walk = { readonly before: string | undefined; readonly limit: number };

export const ruleQuery = (ruleId: Id<"rule">): Query<Rule | undefined> =>
  query(
    (read) => read.select().from(searchRule).where(eq(searchRule.id, ruleId)),
    ([row]) => row,
  );

export type RuleFilter = {
  readonly query: string | undefined;
  readonly categoryId: Id<"category"> | undefined;
  readonly productId: Id<"product"> | undefined;
};

/** The newest first, one more than asked for. */
export const rulesQuery = (filter: RuleFilter, { before, limit }: Walk): Query<readonly Rule[]> =>
  query(
    (read) =>
      read
        .select()
        .from(searchRule)
        .where(
          and(
            filter.query === undefined ? undefined : eq(searchRule.query, filter.query),
            filter.categoryId && eq(searchRule.categoryId, filter.categoryId),
            filter.productId && eq(searchRule.productId, filter.productId),
            before === undefined ? undefined : lt(searchRule.id, before as Id<"rule">),
          ),
        )
        .orderBy(desc(searchRule.id))
        .limit(limit + 1),
    (rows) => rows,
  );

export const insertRule = (rule: Rule): Statement => insertMany(searchRule, [rule]);

/** Two operators who change one rule at once do not undo each other's words. */
export const saveRule = ({ id, version, ...rule }: Rule): Statement<"search.rule_stale"> =>
  guarded(
    build
      .update(searchRule)
      .set({ ...rule, version })
      .where(and(eq(searchRule.id, id), eq(searchRule.version, version - 1))),
    1,
    "search.rule_stale",
  );

export const removeRule = (ruleId: Id<"rule">): Statement<"search.rule_not_found"> =>
  guarded(build.delete(searchRule).where(eq(searchRule.id, ruleId)), 1, "search.rule_not_found");

export const logRule = (row: LogRow): Statement => insertMany(searchRuleLog, [row]);

export const ruleLogQuery = (
  ruleId: Id<"rule"> | undefined,
  { before, limit }: Walk,
): Query<readonly LogRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(searchRuleLog)
        .where(
          and(
            ruleId && eq(searchRuleLog.ruleId, ruleId),
            before === undefined ? undefined : lt(searchRuleLog.id, before as Id<"event">),
          ),
        )
        .orderBy(desc(searchRuleLog.id))
        .limit(limit + 1),
    (rows) => rows,
  );

export function saveSynonyms(term: string, meanings: readonly string[], isTwoWay: boolean): Statement[] {
  const pairs = meanings.flatMap((meaning) => [
    { term, meaning },
    ...(isTwoWay ? [{ term: meaning, meaning: term }] : []),
  ]);
  const clear = statement(
    build.delete(searchSynonym).where(or(eq(searchSynonym.term, term), eq(searchSynonym.meaning, term))),
  );
  if (pairs.length === 0) return [clear];
  return [clear, { sql: sql`${insertMany(searchSynonym, pairs).sql} ON CONFLICT DO NOTHING` }];
}

type Synonym = { readonly term: string; readonly meanings: readonly string[] };

/** Terms with all that they also mean, in the order of the alphabet. */
export const synonymsQuery = (after: string, limit: number): Query<readonly Synonym[]> =>
  query(
    (read) =>
      read
        .select({
          term: searchSynonym.term,
          meanings: sql<string[]>`array_agg(${searchSynonym.meaning} ORDER BY ${searchSynonym.meaning})`,
        })
        .from(searchSynonym)
        .where(sql`${searchSynonym.term} > ${after}`)
        .groupBy(searchSynonym.term)
        .orderBy(searchSynonym.term)
        .limit(limit + 1),
    (rows) => rows,
  );
