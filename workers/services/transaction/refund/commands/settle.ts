import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { releaseAllocated, restock, shipAllocated } from "#services/logistics/inventory/index";
import {
  collectLess,
  dueAtDoor,
  loadOrder,
  type Order,
  returnLines,
} from "#services/transaction/order/index";
import { UNCOLLECTED } from "#services/transaction/payment/facts";
import { groupPaymentsQuery, refundOrder } from "#services/transaction/payment/index";
import { NOTHING } from "../domain/amounts.ts";
import { acceptedOf, type Case, decideStep, type Parcel, unseenOf } from "../domain/case.ts";
import { STEPS } from "../domain/states.ts";
import type { EventDetail } from "../domain/stored.ts";
import { type Code, fail } from "../errors.ts";
import { RENDER_CREDIT_NOTE, RefundStuck, RefundUncollected } from "../facts.ts";
import { addToStanding, bookQueries, issueCreditNote, releaseUnits, saveBook } from "../repository/books.ts";
import { byId, headsQuery, load, noteStuck, type Scope, save } from "../repository/cases.ts";
import type { SendBack } from "../schemas.ts";
import { toRefusal } from "./act.ts";
import { aboutOf, moving, type Refuses, settleSoon } from "./effects.ts";
import { repriceOf } from "./reprice.ts";
import { assessCase, wantedOf } from "./sale.ts";
import { settledFact } from "./told.ts";

type Change = Parameters<typeof decideStep>[1];
type Taken = { readonly change?: Change; readonly statements: readonly Statement<string>[] };
/** What a step does; undefined when it has to wait for somebody. */
type Take = (ctx: Ctx, one: Case) => Promise<Taken | undefined>;

async function orderOf(ctx: Ctx, { orderId }: Case): Promise<Order> {
  const order = await loadOrder(ctx, { as: "system" }, orderId);
  if (!order) throw new Error(`order ${orderId} is gone`);
  return order;
}

/** The payment that the order's money came in with; cash is in the newest one of its group. */
async function payerOf(ctx: Ctx, order: Order): Promise<Id<"payment"> | null> {
  if (order.paidPaymentId !== null) return order.paidPaymentId;
  const [payments] = await ctx.db.load(groupPaymentsQuery(order.orderGroupId));
  return payments.find((payment) => payment.settledMinor > 0n)?.id ?? null;
}

/** Fixes the amounts, and writes them into the order's book: whoever settles a second case sees the first. */
const assessNow: Take = async (ctx, one) => {
  const order = await orderOf(ctx, one);
  const [[heads, head, lines], reprice, paymentId] = await Promise.all([
    ctx.db.load(headsQuery(byId({ as: "system" }, one.id)), ...bookQueries(one.orderId)),
    repriceOf(ctx, order),
    payerOf(ctx, order),
  ]);
  if (!head) throw new Error(`order ${one.orderId} has no book`);
  // Somebody else has settled it meanwhile, and his book is no base for ours: the version will say so.
  if (heads[0]?.version !== one.version) return { statements: [] };
  const wanted = wantedOf(ctx, one, one.offerMinor);
  const { amounts, book } = assessCase(ctx, { order, book: { ...head, lines }, reprice }, wanted);
  // Cash that is still to come is not asked for; what has come meanwhile goes back as any other money.
  const isDue = dueAtDoor(order) !== null;
  const left = one.lines
    .map((line) => ({ lineId: line.lineId, quantity: line.quantity - acceptedOf(one, line) }))
    .filter(({ quantity }) => quantity > 0);
  return {
    change: { amounts, paymentId: isDue ? null : paymentId },
    statements: [
      ...saveBook(one.orderId, head.version, book),
      ...releaseUnits(one.orderId, left),
      ...(isDue ? collectingLess(ctx, one, order, amounts.toBuyerMinor) : []),
    ],
  };
};

function collectingLess(ctx: Ctx, one: Case, order: Order, minor: bigint): readonly Statement<string>[] {
  const dueMinor = order.totalMinor - order.uncollectedMinor - minor;
  const told = { ...aboutOf(one), lessMinor: minor.toString(), dueMinor: dueMinor.toString() };
  const isNews = minor > 0n && order.state !== "cancelled";
  return [
    collectLess(one.orderId, minor),
    ...(isNews ? [append(RefundUncollected.make(ctx, one, told))] : []),
  ];
}

const amountsOf = (one: Case) => {
  if (!one.amounts) throw new Error(`${one.id} was not assessed`);
  return one.amounts;
};

/** By its payment, which knows what is left and whom to ask; it is told once, under the case's own id. */
const payNow: Take = async (ctx, one) => {
  const { id: key, reason, orderId, tender: to, paymentId, currency } = one;
  const minor = amountsOf(one).toBuyerMinor;
  const amount = { minor, currency };
  if (paymentId === null) return leaveUncollected(ctx, one);
  if (minor === 0n) return { change: { step: "book" }, statements: [] };
  return { statements: refundOrder(ctx, { paymentId, amount, reason, key, orderId, to }) };
};

/** What was not asked for at the door is written off when the rest is paid there, or when nothing is. */
async function leaveUncollected(ctx: Ctx, one: Case): Promise<Taken | undefined> {
  const { id: key, orderId, currency } = one;
  const order = await orderOf(ctx, one);
  const minor = amountsOf(one).toBuyerMinor;
  if (order.state === "cancelled" && order.paidAt === null)
    return { change: { step: "credit", amounts: NOTHING }, statements: [] };
  if (dueAtDoor(order) !== null) return undefined;
  if (minor === 0n) return { change: { step: "book" }, statements: [] };
  const paymentId = order.method === "cod" ? await payerOf(ctx, order) : null;
  if (paymentId === null) throw new Error(`nothing was paid for order ${orderId}`);
  const amount = { minor, currency };
  const sent = refundOrder(ctx, { paymentId, amount, reason: UNCOLLECTED, key, orderId });
  return { statements: sent };
}

/** The provider's word comes as an event; until then there is nothing to do. */
const awaitProvider: Take = async (_, one) =>
  one.paidMinor >= amountsOf(one).toBuyerMinor ? { statements: [] } : undefined;

/** Who was given a part of the price has kept the goods, and what was called off he never had. */
const isBack = ({ offerMinor, kind }: Case): boolean => offerMinor === null && kind !== "cancellation";
const unitsBack = (one: Case): number =>
  isBack(one) ? one.lines.reduce((sum, line) => sum + acceptedOf(one, line), 0) : 0;

/** The ledger, and everybody else, hears that the buyer has his money. */
const bookNow: Take = async (ctx, one) => {
  const order = await orderOf(ctx, one);
  const fact = settledFact(ctx, one, amountsOf(one), order);
  return { statements: [append(fact), addToStanding(one.buyerId, { unitsBack: unitsBack(one) })] };
};

const takeBack: Take = async (_, one) => {
  if (!isBack(one)) return { statements: [] };
  const units = amountsOf(one).lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
  return { statements: units.length === 0 ? [] : [returnLines(one.orderId, units)] };
};

const creditNow: Take = async (ctx, one) => {
  if (amountsOf(one).toBuyerMinor === 0n) return { statements: [] };
  const { id: refundId } = one;
  const render = schedule(ctx, RENDER_CREDIT_NOTE, { subject: refundId, payload: { refundId } });
  return { statements: [issueCreditNote(ctx, one), render] };
};

const awaitReplacement: Take = async (_, one) => (one.replacement === null ? undefined : { statements: [] });

/** What can be sold again is on the shelf again; what was paid back unseen is waited for. */
const restockNow: Take = async (ctx, one) => {
  const awaited = one.goodsBack && one.isInstant && one.lines.some((line) => unseenOf(line) > 0);
  if (awaited) return undefined;
  const back = one.lines
    .filter(({ resellable }) => resellable > 0)
    .map(({ offerId, resellable: quantity }) => ({ offerId, quantity }));
  const { id: operation, sellerId, reason } = one;
  const missed = one.isInstant ? one.lines.reduce((sum, line) => sum + line.missing, 0) : 0;
  return {
    statements: [
      ...(await restock(ctx, { operation, sellerId, reason, lines: back })),
      ...(missed > 0 ? [addToStanding(one.buyerId, { unitsMissed: missed })] : []),
    ],
  };
};

const TAKE: { readonly [S in (typeof STEPS)[number]]: Take } = {
  assess: assessNow,
  pay: payNow,
  paying: awaitProvider,
  book: bookNow,
  take_back: takeBack,
  credit: creditNow,
  replace: awaitReplacement,
  restock: restockNow,
};

/** A case goes one step on in one commit; whoever comes second finds its version gone. */
export async function takeStep(ctx: Ctx, refundId: Id<"refundCase">): Promise<"taken" | "waits" | "over"> {
  const before = await load(ctx, { as: "system" }, refundId);
  if (before?.state !== "settling" || before.step === null) return "over";
  const taken = await TAKE[before.step](ctx, before);
  if (!taken) return "waits";
  const decided = decideStep(before, taken.change ?? {}, ctx.clock.now());
  if (!decided.ok) throw new Error(`${refundId} has no step after ${before.step}`);
  const after = decided.value;
  const move = after.state === "resolved" ? ("resolve" as const) : ("step" as const);
  const detail = { done: before.step };
  const statements = [...save(ctx, before, [{ move, after, role: "system", detail }]), ...taken.statements];
  const committed = await ctx.db.commit<string>(statements);
  if (committed.ok || committed.code === "refund.stale") return "taken";
  if (committed.code === "payment.refund_exceeds") {
    // The buyer's bank was faster: nothing is paid, booked or taken off the order, and an operator sees why.
    const note = committed.code;
    const told = RefundStuck.make(ctx, before, { ...aboutOf(before), note });
    await ctx.db.commit([noteStuck(before, note), ...(before.stuckNote === null ? [append(told)] : [])]);
    return "waits";
  }
  throw new Error(`${refundId} is stuck at ${before.step}: ${committed.code}`);
}

/** Others may be faster a few times; more often is a fault. */
const ROUNDS_MAX = 3 * STEPS.length;

/** From wherever a case stands to its end, or to where it has to wait. Any prefix of it may be all of it. */
export async function settleRefund(
  ctx: Ctx,
  { refundId }: { readonly refundId: Id<"refundCase"> },
): Promise<readonly Statement[]> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if ((await takeStep(ctx, refundId)) !== "taken") return [];
  }
  throw new Error(`${refundId} does not come to rest`);
}

type Paid = { readonly refundId: Id<"refundCase">; readonly minor: bigint };

/** The provider has sent so much of it back. */
export async function recordPaid(
  ctx: Ctx,
  { refundId, minor }: Paid,
): Promise<readonly Statement<"refund.stale">[]> {
  const before = await load(ctx, { as: "system" }, refundId);
  if (before?.state !== "settling" || before.step !== "paying") return [];
  const paidMinor = before.paidMinor + minor;
  const detail: EventDetail = { paidMinor: paidMinor.toString() };
  const after = { ...before, paidMinor, version: before.version + 1 };
  return [...save(ctx, before, [{ move: "step", after, role: "system", detail }]), settleSoon(ctx, before)];
}

/** The replacement leaves: its stock is out of the house, and the units may be sent back once more. */
export async function replaceNow(
  ctx: Ctx,
  scope: Scope,
  { refundId, carrier, trackingNumber }: SendBack,
): Promise<Case> {
  const replacement: Parcel = { carrier, trackingNumber };
  const outcome = await untilFresh<Case, Code | Refuses>("refund.stale", async () => {
    const before = await load(ctx, scope, refundId);
    if (!before) throw fail("refund.not_found");
    if (before.replacement !== null) return ok(before);
    const { reservationId } = before;
    if (before.step !== "replace" || reservationId === null) return { ok: false, code: "refund.wrong_state" };
    const decided = decideStep(before, { replacement, dueAt: null }, ctx.clock.now());
    if (!decided.ok) return decided;
    const lines = before.lines
      .map((line) => ({ offerId: line.offerId, quantity: acceptedOf(before, line) }))
      .filter(({ quantity }) => quantity > 0);
    const isShort = before.lines.some((line) => acceptedOf(before, line) < line.quantity);
    const detail = { carrier, trackingNumber };
    const step = { move: "step" as const, after: decided.value, role: "seller" as const, detail };
    const committed = await ctx.db.commit<Code | Refuses>([
      ...moving(ctx, before, [step]),
      shipAllocated(ctx, { reservationId, lines }),
      ...(isShort ? [releaseAllocated(ctx, { reservationId })] : []),
      ...releaseUnits(before.orderId, before.lines),
    ]);
    return committed.ok ? ok(decided.value) : committed;
  });
  return orThrow(outcome, toRefusal);
}
