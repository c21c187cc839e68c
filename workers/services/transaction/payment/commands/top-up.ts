import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { topUpLimits } from "#services/transaction/wallet/index";
import { amountRefusal, type Payment, payWithinMsOf } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { paymentQuery } from "../repository/payments.ts";
import { checkTopUps, type TopUpRefusal } from "../repository/top-ups.ts";
import type { TopUp } from "../schemas.ts";
import { createPayment } from "./compose.ts";
import { continuePayment } from "./start.ts";
import type { WalletRefusal } from "./tender.ts";

/**
 * Money for a wallet, collected as for orders. What the wallet may hold and take in a day counts what is
 * still under way, and two at once wait for each other. It is booked when it has come, and only then.
 */
export async function topUp(
  ctx: Ctx,
  { amountMinor: minor, method, bank, store, cardToken }: TopUp,
): Promise<Payment> {
  const userId = requireUser(ctx);
  const { currency, cashStepMinor, wallet, payment: terms } = ctx.market;
  if (!terms.methods.includes(method)) throw fail("payment.method_unavailable");
  if (minor < wallet.topUpMinMinor) throw fail("payment.top_up_too_little");
  if (minor % cashStepMinor !== 0n) throw fail("payment.off_step");
  if (amountRefusal(ctx.market, method, minor)) throw fail("payment.amount_outside_method");
  const paymentId = ctx.ids.next("payment");
  const made = createPayment(ctx, {
    paymentId,
    orderGroupId: ctx.ids.next("orderGroup"),
    buyerId: userId,
    amount: { minor, currency },
    method,
    payBy: ctx.clock.now() + payWithinMsOf(ctx.market, method),
    options: { bank, store },
    purpose: "top_up",
  });
  type Refused = TopUpRefusal | WalletRefusal | "payment.stale";
  const checks = checkTopUps(ctx, {
    ...{ userId, minor },
    limitsOf: (coming) => topUpLimits(ctx, userId, coming),
  });
  const committed = await ctx.db.commit<Refused>([...checks, ...made]);
  // No part of it is taken from the wallet that it is for.
  orThrow(committed, (code) => fail(code === "payment.top_up_limit" ? code : "payment.stale"));
  const [opened] = await ctx.db.load(paymentQuery(paymentId));
  if (!opened) throw fail("payment.not_found");
  const action = await continuePayment(ctx, opened, { cardToken });
  const [now] = await ctx.db.load(paymentQuery(paymentId));
  return { ...(now ?? opened), action };
}
