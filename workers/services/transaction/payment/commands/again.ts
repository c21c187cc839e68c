import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { ok, orThrow } from "#kernel/result";
import { decidePayAgain, type Payment } from "../domain.ts";
import { fail } from "../errors.ts";
import { insert, lastQuery, paymentQuery } from "../repository.ts";
import type { PayAgain } from "../schemas.ts";
import { endPayment, watch } from "./compose.ts";
import { recorded } from "./record.ts";
import { continuePayment } from "./start.ts";

/** Another try for a group that is still owed: by the same method, or by another. */
export async function payAgain(ctx: Ctx, input: PayAgain): Promise<Payment> {
  const buyerId = requireBuyer(ctx);
  const { orderGroupId, method, bank, cardToken } = input;
  if (!ctx.market.payment.methods.includes(method)) throw fail("payment.method_unavailable");
  const outcome = await untilFresh("payment.stale", async () => {
    const [last] = await ctx.db.load(lastQuery(buyerId, orderGroupId));
    if (!last) throw fail("payment.not_found");
    const next = { id: ctx.ids.next("payment"), method, options: bank ? { bank } : {} };
    const decision = decidePayAgain(last, next, ctx.clock.now());
    if (!decision.ok) return decision;
    const { left, opened } = decision.value;
    const committed = await ctx.db.commit([
      ...recorded(ctx, last, left, { source: "buyer" }),
      ...(left === last ? [] : endPayment(ctx, last.id)),
      insert(opened),
      ...watch(ctx, opened),
    ]);
    return committed.ok ? ok(opened) : committed;
  });
  const opened = orThrow(outcome, fail);
  const action = await continuePayment(ctx, opened, { cardToken });
  const [payment] = await ctx.db.load(paymentQuery(opened.id));
  return { ...(payment ?? opened), action };
}
