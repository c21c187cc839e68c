import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow, type Result } from "#kernel/result";
import type { Case, Role } from "../domain/case.ts";
import type { Move } from "../domain/states.ts";
import type { EventDetail } from "../domain/stored.ts";
import { type Code, fail } from "../errors.ts";
import { insertEvidence, load, type Scope } from "../repository/cases.ts";
import { moving, type Refuses } from "./effects.ts";
import { showEvidence } from "./evidence.ts";

/** A move that was decided; none when the case is where it was to be brought already. */
type Decided = readonly { readonly move: Move; readonly after: Case; readonly role?: Role }[];
type Act = {
  readonly scope: Scope;
  readonly refundId: Id<"refundCase">;
  readonly decide: (before: Case) => Result<Decided, Code>;
  readonly detail?: EventDetail;
  readonly evidence?: readonly Id<"attachment">[];
};

/** Stock that inventory does not know of is our mistake; stock that it does not have is an answer. */
export function toRefusal(code: Code | Refuses) {
  if (code === "inventory.insufficient") return fail("refund.replacement_out_of_stock");
  if (code === "inventory.not_allocated" || code === "inventory.hold_dead") {
    throw new Error(`an exchange has lost its stock: ${code}`);
  }
  return fail(code);
}

/** One move of a case: load, decide, commit with all that comes of it; again when another was faster. */
export async function act(ctx: Ctx, { scope, refundId, decide, detail, evidence = [] }: Act): Promise<Case> {
  const outcome = await untilFresh<Case, Code | Refuses>("refund.stale", async () => {
    const before = await load(ctx, scope, refundId);
    if (!before) throw fail("refund.not_found");
    const decided = decide(before);
    if (!decided.ok) return decided;
    const after = decided.value.at(-1)?.after;
    if (!after) return ok(before);
    const shown = { refundId, orderId: before.orderId, attachmentIds: evidence, role: scope.as };
    const files = evidence.length > 0 ? await showEvidence(ctx, shown) : [];
    const steps = decided.value.map((one) => ({ role: scope.as, ...one, ...(detail ? { detail } : {}) }));
    const committed = await ctx.db.commit([...moving(ctx, before, steps), ...insertEvidence(files)]);
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, toRefusal);
}

/** Words that go with a move, if any. */
export const saying = (text: string, more: EventDetail = {}): EventDetail =>
  text === "" ? more : { ...more, text };
