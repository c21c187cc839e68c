import { requireOperator } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { type CommissionRule, decideEnd, decidePeriod } from "../domain/commission.ts";
import { fail } from "../errors.ts";
import { CommissionChanged } from "../facts.ts";
import { COMMISSION_TAG } from "../queries/commission.ts";
import { endRule, insertRule, ruleQuery } from "../repository/commission.ts";
import type { NewRule } from "../schemas/commission.ts";

const instantOf = (text: string | null | undefined) => (text == null ? text : Date.parse(text));

const changed = (ctx: Ctx, { id: ruleId }: CommissionRule, change: "created" | "ended") => {
  const subject = { id: ruleId, version: change === "created" ? 1 : 2 };
  return append(CommissionChanged.make(ctx, subject, { ruleId, change }));
};

export async function createRule(ctx: Ctx, { startsAt, endsAt, ...terms }: NewRule): Promise<CommissionRule> {
  const createdBy = requireOperator(ctx, "commission:write");
  const now = ctx.clock.now();
  const wanted = { startsAt: instantOf(startsAt) ?? undefined, endsAt: instantOf(endsAt) };
  const period = orThrow(decidePeriod(wanted, now), fail);
  const rule: CommissionRule = {
    ...terms,
    ...period,
    id: ctx.ids.next("commission"),
    fixedMinor: BigInt(terms.fixedMinor),
    floorMinor: BigInt(terms.floorMinor),
    capMinor: terms.capMinor === null ? null : BigInt(terms.capMinor),
    createdBy,
    createdAt: now,
    endedBy: null,
    endedAt: null,
    endReason: null,
  };
  orThrow(await ctx.db.commit([insertRule(rule), changed(ctx, rule, "created")]), fail);
  await purge(ctx, [COMMISSION_TAG]);
  return rule;
}

type End = {
  readonly ruleId: Id<"commission">;
  readonly reason: string;
  readonly endsAt?: string | undefined;
};

/** Other terms are another rule: this one stays as the sales under it knew it. */
export async function finishRule(ctx: Ctx, { ruleId, reason, endsAt }: End): Promise<CommissionRule> {
  const by = requireOperator(ctx, "commission:write");
  const [rule] = await ctx.db.load(ruleQuery(ruleId));
  if (!rule) throw fail("commission.not_found");
  const wanted = { by, reason, endsAt: instantOf(endsAt) ?? undefined };
  const ended = orThrow(decideEnd(rule, wanted, ctx.clock.now()), fail);
  orThrow(await ctx.db.commit([endRule(ended), changed(ctx, ended, "ended")]), fail);
  await purge(ctx, [COMMISSION_TAG]);
  return ended;
}
