import { requireOperator } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import type { RuleJson } from "../domain/rule.ts";
import { queryWords } from "../domain/words.ts";
import { fail } from "../errors.ts";
import { toRuleDto } from "../queries/rules.ts";
import { LISTING_TAG } from "../queries/tags.ts";
import {
  insertRule,
  logRule,
  type Rule,
  removeRule,
  ruleQuery,
  saveRule,
  saveSynonyms,
} from "../repository/rules.ts";
import type { NewRule, PatchRule, RuleRef, Synonyms } from "../schemas/rule.ts";

const plain = (text: string) => queryWords(text).join(" ");
type Action = "created" | "changed" | "deleted" | "synonyms";

/** In the commit of what it tells of. */
const log = (ctx: Ctx, actor: string, action: Action, ruleId: Id<"rule"> | null, rule: RuleJson): Statement =>
  logRule({ id: ctx.ids.next("event"), at: ctx.clock.now(), actor, action, ruleId, rule });

export async function createRule(ctx: Ctx, input: NewRule): Promise<Rule> {
  const operatorId = requireOperator(ctx, "category:write");
  const rule: Rule = {
    id: ctx.ids.next("rule"),
    kind: input.kind,
    query: input.query === undefined ? null : plain(input.query),
    categoryId: input.categoryId ?? null,
    brand: input.brand ?? null,
    shopId: input.sellerId ?? null,
    productId: input.productId,
    position: input.position ?? null,
    startsAt: input.startsAt ?? null,
    endsAt: input.endsAt ?? null,
    note: input.note,
    createdAt: ctx.clock.now(),
    createdBy: operatorId,
    version: 1,
  };
  await ctx.db.commit([insertRule(rule), log(ctx, operatorId, "created", rule.id, toRuleDto(rule))]);
  await purge(ctx, [LISTING_TAG]);
  return rule;
}

/** When it holds, where it pins and why may change; what it is about is another rule. */
export async function changeRule(ctx: Ctx, { ruleId, ifMatch, ...patch }: PatchRule): Promise<Rule> {
  const operatorId = requireOperator(ctx, "category:write");
  const [before] = await ctx.db.load(ruleQuery(ruleId));
  if (!before) throw fail("search.rule_not_found");
  if (before.version !== ifMatch) throw fail("search.rule_stale");
  const rule: Rule = {
    ...before,
    position: patch.position ?? before.position,
    startsAt: patch.startsAt === undefined ? before.startsAt : patch.startsAt,
    endsAt: patch.endsAt === undefined ? before.endsAt : patch.endsAt,
    note: patch.note ?? before.note,
    version: before.version + 1,
  };
  if (before.kind !== "pin" && rule.position !== null) throw fail("search.rule_no_pin");
  if (rule.startsAt !== null && rule.endsAt !== null && rule.startsAt >= rule.endsAt) {
    throw fail("search.rule_window");
  }
  const written = [saveRule(rule), log(ctx, operatorId, "changed", ruleId, toRuleDto(rule))];
  orThrow(await ctx.db.commit(written), fail);
  await purge(ctx, [LISTING_TAG]);
  return rule;
}

export async function deleteRule(ctx: Ctx, { ruleId }: RuleRef): Promise<undefined> {
  const operatorId = requireOperator(ctx, "category:write");
  const [before] = await ctx.db.load(ruleQuery(ruleId));
  if (!before) throw fail("search.rule_not_found");
  const written = [removeRule(ruleId), log(ctx, operatorId, "deleted", ruleId, toRuleDto(before))];
  orThrow(await ctx.db.commit(written), fail);
  await purge(ctx, [LISTING_TAG]);
}

/** Replaces the meanings of a term; none means that it has no synonyms any more. */
export async function setSynonyms(ctx: Ctx, { term, meanings, twoWay }: Synonyms): Promise<undefined> {
  const operatorId = requireOperator(ctx, "category:write");
  const said = { term: plain(term), meanings: [...new Set(meanings.map(plain))], twoWay };
  await ctx.db.commit([
    ...saveSynonyms(said.term, said.meanings, twoWay),
    log(ctx, operatorId, "synonyms", null, said),
  ]);
  await purge(ctx, [LISTING_TAG]);
}
