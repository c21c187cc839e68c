import { actorKey, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { explainRow, type Mismatch, mismatchQuery } from "../repository/settlement.ts";
import type { ExplainMismatch } from "../schemas.ts";

/** An operator has found out why a row is not as we know it; who did and what he found stays with it. */
export async function explainMismatch(ctx: Ctx, { fileId, line, note }: ExplainMismatch): Promise<Mismatch> {
  requireOperator(ctx, "payment:write");
  const [row] = await ctx.db.load(mismatchQuery({ fileId, line }));
  if (!row) throw fail("payment.mismatch_not_found");
  const explained = { note, explainedBy: actorKey(ctx.actor), explainedAt: ctx.clock.now() };
  if (row.note === note) return row;
  orThrow(await ctx.db.commit([explainRow({ fileId, line, ...explained })]), fail);
  return { ...row, ...explained };
}
