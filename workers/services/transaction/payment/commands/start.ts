import { SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import type { PaymentAction } from "../domain/action.ts";
import {
  chargeOf,
  decideReport,
  isOnline,
  isOpen,
  type OnlineMethod,
  type Payment,
  type Provider,
  type Report,
} from "../domain/payment.ts";
import { type Attempted, decideFailover, decideStep, nextOf, type Settled } from "../domain/route.ts";
import { fail } from "../errors.ts";
import { providerOf, routeIn } from "../providers/choose.ts";
import { isAway, noteHealth } from "../providers/health.ts";
import { type Charged, type Place, ProviderSilent } from "../providers/port.ts";
import { claimCharge, paymentQuery } from "../repository/payments.ts";
import { recorded, recordTold } from "./record.ts";

const NONE: PaymentAction = { kind: "none" };
const WAIT: PaymentAction = { kind: "wait" };
/** One look and one more try within a request; after that the sweep goes on. */
const TRIES_MAX = 2;
/** A buyer is led through no more providers than this. */
const PROVIDERS_MAX = 3;
/** Longer than a charge may take: until then whoever claimed it is thought to be at it still. */
const AT_IT_MS = 30 * SECOND_MS;

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

/** From one provider of the route to the next, as long as none has taken it on and none may have. */
export async function continuePayment(ctx: Ctx, payment: Payment, card: Card = {}): Promise<PaymentAction> {
  let current = payment;
  for (let asked = 0; asked < PROVIDERS_MAX; asked += 1) {
    const { method, state, action, closing, keptBy, payBy, id } = current;
    if (!isOnline(method) || !isOpen(state) || keptBy !== null) return NONE;
    if (action) return action;
    if (ctx.clock.now() >= payBy || closing) return NONE;
    const next = nextOf(current, routeIn(ctx, method));
    const answer = await askProvider(ctx, { ...current, method }, { ...card, hasNext: next !== undefined });
    if (answer.step === "stay" || next === undefined) return answer.action ?? WAIT;
    ctx.log.warn("payment.failover", { paymentId: id, from: current.provider, to: next, why: answer.why });
    current = await passOn(ctx, current, next, answer);
  }
  return WAIT;
}

type Answer =
  | { readonly step: "stay"; readonly action?: PaymentAction }
  | { readonly step: "next"; readonly why: string; readonly report?: Report; readonly action?: undefined };
type Asking = Card & { readonly hasNext: boolean };
type Online = Payment & { readonly method: OnlineMethod };

async function askProvider(ctx: Ctx, payment: Online, { cardToken, hasNext }: Asking): Promise<Answer> {
  const { id, provider: name, attemptedAt } = payment;
  const now = ctx.clock.now();
  const isUnseen = attemptedAt === null && (await ctx.db.commit([claimCharge(id, name, now)])).ok;
  // Whoever claimed the charge may still be at it: only he, or somebody long after him, goes on to the next.
  const mayLeave = hasNext && (isUnseen || (attemptedAt !== null && now - attemptedAt > AT_IT_MS));
  if (mayLeave && isUnseen && (await isAway(ctx, name))) return { step: "next", why: "away" };
  const { charged, silence } = await chargeOnce(ctx, payment, { cardToken, isUnseen });
  if (hasNext || silence) noteHealth(ctx, name, charged !== undefined);
  if (charged) {
    if (mayLeave && charged.isRefused) return nextWith("refused", charged.report);
    const told = await recordTold(ctx, id, { ...charged, from: name }, "charge");
    return { step: "stay", action: isOpen(told.state) ? (told.action ?? WAIT) : NONE };
  }
  if (!mayLeave || !silence) return { step: "stay" };
  if (decideStep(silence) === "next") return nextWith(silence);
  const doubt = await settleDoubt(ctx, id, name);
  return decideStep(silence, doubt) === "next" ? nextWith(`doubt: ${doubt}`) : { step: "stay" };
}

const nextWith = (why: string, report?: Report): Answer => ({
  step: "next",
  why,
  ...(report ? { report } : {}),
});

type Once = { readonly charged?: Charged; readonly silence?: Extract<Attempted, "harmless" | "doubtful"> };

/**
 * The provider takes one charge under a payment's id, and repeats its answer for the same key. So what it
 * does not know may be charged, and what it waits for may be charged again to hear the answer again.
 */
async function chargeOnce(
  ctx: Ctx,
  payment: Online,
  { cardToken, isUnseen }: Card & { readonly isUnseen: boolean },
): Promise<Once> {
  const provider = providerOf(ctx, payment.provider);
  const { id, method, options, payBy, capture } = payment;
  let ref = payment.refs[payment.provider];
  const remember = async (name: string) => {
    ref = name;
    await recordTold(ctx, id, { from: payment.provider, ref: name }, "charge");
  };
  let isLooking = !isUnseen;
  // What was asked of it before this call cannot be known to be harmless.
  let isHarmless = isUnseen;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    let isCharging = false;
    try {
      const known = isLooking ? await provider.find({ id, ref }) : undefined;
      if (known && known.report.status !== "pending") return { charged: { report: known.report } };
      const amount = chargeOf(payment);
      isCharging = true;
      const charged = await provider.charge({
        ...{ id, ref, method, options, amount, payBy, capture, cardToken, remember },
      });
      if (charged.action || charged.report?.status !== "pending") return { charged };
      // It waits for the buyer, but how he may pay was lost for good: he is to begin anew.
      const ended = await provider.cancel({ id, ref });
      return { charged: ended ? { report: ended.report } : {} };
    } catch (error) {
      if (!(error instanceof ProviderSilent)) throw error;
      ctx.log.warn("payment.provider_silent", { paymentId: id, reason: error.message, tries });
      // A question that is not answered has charged nothing.
      isHarmless &&= error.isHarmless || !isCharging;
      isLooking = true;
    }
  }
  return { silence: isHarmless ? "harmless" : "doubtful" };
}

/** After a silence: what the provider has of it is ended, and only what is confirmed to be over counts so. */
async function settleDoubt(ctx: Ctx, id: Id<"payment">, name: Provider): Promise<Settled> {
  const provider = providerOf(ctx, name);
  const [payment] = await ctx.db.load(paymentQuery(id));
  const place: Place = { id, ref: payment?.refs[name] };
  try {
    const found = await provider.find(place);
    if (!found) return "nothing";
    const isAlive = ["pending", "authorize", "challenge"].includes(found.report.status);
    const known = (isAlive ? await provider.cancel(place) : found) ?? found;
    const { report } = known;
    const isOver = ["deny", "failure", "expire", "cancel"].includes(report.status);
    if (isOver) return "ended";
    await recordTold(ctx, id, { report, from: name }, "query");
    return "alive";
  } catch (error) {
    if (error instanceof ProviderSilent) return "silent";
    throw error;
  }
}

/** The next provider's turn; whoever came first decides, and everybody goes on from there. */
async function passOn(ctx: Ctx, left: Payment, next: Provider, { report }: { report?: Report }) {
  const outcome = await untilFresh("payment.stale", async () => {
    const [before] = await ctx.db.load(paymentQuery(left.id));
    if (!before) throw fail("payment.not_found");
    if (before.provider !== left.provider || before.keptBy !== null || !isOpen(before.state))
      return ok(before);
    const moved = decideFailover(before, next);
    const decided = report ? decideReport(moved, report, ctx.clock.now()) : ok(moved);
    const after = { ...(decided.ok ? decided.value : moved), version: before.version + 1 };
    const why = { source: "failover", from: before.provider, to: next };
    const committed = await ctx.db.commit(recorded(ctx, before, after, why));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, () => fail("payment.stale"));
}
