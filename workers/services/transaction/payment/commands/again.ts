import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { err, ok, orThrow } from "#kernel/result";
import { decidePayAgain, type PayAgainRefusal } from "../domain/again.ts";
import { amountRefusal, chargeOf, type Payment } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { routeIn } from "../providers/choose.ts";
import { insert, lastQuery, paymentQuery } from "../repository/payments.ts";
import { copySplits } from "../repository/splits.ts";
import type { PayAgain } from "../schemas.ts";
import { endPayment, watch } from "./compose.ts";
import { recorded } from "./record.ts";
import { continuePayment } from "./start.ts";
import { captureFor, fromWallet, isWalletRefusal } from "./tender.ts";

/** Another try for a group that is still owed: by the same method, or by another. */
export async function payAgain(ctx: Ctx, input: PayAgain): Promise<Payment> {
  const buyerId = requireBuyer(ctx);
  const { orderGroupId, method, bank, store, cardToken, walletMinor = 0n } = input;
  if (!ctx.market.payment.methods.includes(method)) throw fail("payment.method_unavailable");
  type Refused = PayAgainRefusal | "payment.stale" | "payment.wallet_refused";
  const outcome = await untilFresh<Payment, Refused>("payment.stale", async () => {
    const [last] = await ctx.db.load(lastQuery(buyerId, orderGroupId));
    if (!last) throw fail("payment.not_found");
    const [provider] = routeIn(ctx, method);
    const how = { method, provider, walletMinor, capture: captureFor(ctx, method) };
    const next = { ...how, id: ctx.ids.next("payment"), options: { bank, store } };
    const decision = decidePayAgain(last, next, ctx.clock.now());
    if (!decision.ok) return decision;
    const { left, opened } = decision.value;
    if (amountRefusal(ctx.market, method, chargeOf(opened).minor))
      throw fail("payment.amount_outside_method");
    const committed = await ctx.db.commit([
      ...recorded(ctx, last, left, { source: "buyer" }),
      ...(left === last ? [] : endPayment(ctx, last.id)),
      insert(opened),
      copySplits(last.id, opened.id),
      ...fromWallet(ctx, opened),
      ...watch(ctx, opened),
    ]);
    if (committed.ok) return ok(opened);
    const { code } = committed;
    if (isWalletRefusal(code)) return err("payment.wallet_refused");
    return err("payment.stale");
  });
  const opened = orThrow(outcome, fail);
  const action = await continuePayment(ctx, opened, { cardToken });
  const [payment] = await ctx.db.load(paymentQuery(opened.id));
  return { ...(payment ?? opened), action };
}
