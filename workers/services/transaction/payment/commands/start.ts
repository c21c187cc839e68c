import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { isOpen, type Payment, type PaymentAction } from "../domain.ts";
import { fail } from "../errors.ts";
import { providerOf } from "../providers/choose.ts";
import { type Charged, ProviderSilent } from "../providers/port.ts";
import { claimCharge, paymentQuery } from "../repository.ts";
import { recordTold } from "./record.ts";

const NONE: PaymentAction = { kind: "none" };
const WAIT: PaymentAction = { kind: "wait" };
/** One look and one more try within a request; after that the sweep goes on. */
const TRIES_MAX = 2;

type Card = { readonly cardToken?: string | undefined };

/**
 * Asks the provider to collect a payment that was committed before. Only the caller who claims the first
 * charge makes it unseen; everyone else, and whoever had no answer, looks at what the provider has first.
 */
export async function startPayment(
  ctx: Ctx,
  paymentId: Id<"payment">,
  { cardToken }: Card = {},
): Promise<PaymentAction> {
  const [payment] = await ctx.db.load(paymentQuery(paymentId));
  if (!payment) throw fail("payment.not_found");
  return continuePayment(ctx, payment, { cardToken });
}

export async function continuePayment(
  ctx: Ctx,
  payment: Payment,
  { cardToken }: Card = {},
): Promise<PaymentAction> {
  if (!isOpen(payment.state)) return NONE;
  if (payment.action) return payment.action;
  if (ctx.clock.now() >= payment.payBy || payment.closing) return NONE;
  const claimed =
    payment.attemptedAt === null && (await ctx.db.commit([claimCharge(payment.id, ctx.clock.now())])).ok;
  const charged = await chargeOnce(ctx, payment, { cardToken, unseen: claimed });
  if (!charged) return WAIT;
  const told = await recordTold(ctx, payment.id, charged, "charge");
  return isOpen(told.state) ? (told.action ?? WAIT) : NONE;
}

/**
 * The provider takes one charge under a payment's id, and repeats its answer for the same key. So what it
 * does not know may be charged, and what it waits for may be charged again to hear the answer again.
 */
async function chargeOnce(
  ctx: Ctx,
  payment: Payment,
  { cardToken, unseen }: Card & { readonly unseen: boolean },
): Promise<Charged | undefined> {
  const provider = providerOf(ctx, payment.method);
  const { id, method, options, amount, payBy } = payment;
  let look = !unseen;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    try {
      const known = look ? await provider.find(id) : undefined;
      if (known && known.report.status !== "pending") return { report: known.report };
      const charged = await provider.charge({ id, method, options, amount, payBy, cardToken });
      if (charged.action || charged.report?.status !== "pending") return charged;
      // It waits for the buyer, but how he may pay was lost for good: he is to begin anew.
      const ended = await provider.cancel(id);
      return ended ? { report: ended.report } : undefined;
    } catch (error) {
      if (!(error instanceof ProviderSilent)) throw error;
      ctx.log.warn("payment.provider_silent", { paymentId: id, reason: error.message, tries });
      look = true;
    }
  }
  return undefined;
}
