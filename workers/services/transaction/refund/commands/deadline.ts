import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { type Case, decideSilence, moved } from "../domain/case.ts";
import { REFUND_DEADLINE } from "../facts.ts";
import { type Done, load } from "../repository/cases.ts";
import { moving, type Refuses } from "./effects.ts";

/** Nobody has said anything in time: what the market makes of that happens. */
export async function enforceDeadline(
  ctx: Ctx,
  { refundId }: { readonly refundId: Id<"refundCase"> },
): Promise<readonly Statement<Refuses>[]> {
  const before = await load(ctx, { as: "system" }, refundId);
  if (!before || before.dueAt === null) return [];
  const now = ctx.clock.now();
  if (now < before.dueAt) {
    const wake = { subject: refundId, payload: { refundId }, dueAt: before.dueAt };
    return [schedule(ctx, REFUND_DEADLINE, wake)];
  }
  const decided = decideSilence(before, ctx.market.refund, now);
  if (!decided.ok) throw new Error(`${refundId} has no way on: ${decided.code}`);
  if (!decided.value) return [];
  const steps: readonly Done[] = [{ ...decided.value, role: "system" }];
  const after = decided.value.after;
  if (before.reservationId !== null || after.resolution === "refund" || after.state !== "approved") {
    return moving(ctx, before, steps);
  }
  // Tried by itself first, because an exchange that nobody can fulfil becomes a return.
  const tried = await ctx.db.commit(moving(ctx, before, steps));
  if (tried.ok || tried.code === "refund.stale") return [];
  return moving(ctx, before, converted(ctx, before, now));
}

function converted(ctx: Ctx, before: Case, now: number): readonly Done[] {
  const given = moved(before, "convert", { resolution: "refund", dueAt: before.dueAt });
  if (!given.ok) throw new Error(`${before.id} cannot become a return: ${given.code}`);
  const decided = decideSilence(given.value, ctx.market.refund, now);
  if (!decided.ok || !decided.value) throw new Error(`${before.id} has no way on`);
  return [
    { move: "convert", after: given.value, role: "system" },
    { ...decided.value, role: "system" },
  ];
}
