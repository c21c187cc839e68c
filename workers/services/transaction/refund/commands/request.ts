import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { returnDaysQuery } from "#services/catalog/category/index";
import { loadOrder, type Order } from "#services/transaction/order/index";
import { splitsQuery } from "#services/transaction/payment/index";
import { emptyBook } from "../domain/amounts.ts";
import { type Case, decideApprove, type Tender } from "../domain/case.ts";
import { decideRequest, isTrusted, type Standing } from "../domain/request.ts";
import { fail } from "../errors.ts";
import { RefundRequested } from "../facts.ts";
import { claimUnits, loadBook, standingQuery } from "../repository/books.ts";
import { type Done, insert, insertEvidence } from "../repository/cases.ts";
import type { RequestRefund } from "../schemas.ts";
import { aboutOf, approvedFact, opening } from "./effects.ts";
import { showEvidence } from "./evidence.ts";
import { repriceOf } from "./reprice.ts";
import { assessCase, saleOf, wantedOf } from "./sale.ts";
import { asBuyer } from "./scope.ts";

const daysOf = (order: Order): Query<ReadonlyMap<Id<"category">, number | null>> =>
  returnDaysQuery([...new Set(order.lines.flatMap(({ categoryId }) => (categoryId ? [categoryId] : [])))]);

/** Only an account has a wallet, and only where the law lets its owner choose. */
export function tenderOf(ctx: Pick<Ctx, "market">, buyerId: BuyerId, wanted: Tender | undefined): Tender {
  if (wanted !== "wallet") return "original";
  const hasWallet = buyerId.startsWith("usr_");
  if (!hasWallet || !ctx.market.refund.tenderChoice) throw fail("refund.tender_fixed");
  return "wallet";
}

type Asked = Pick<RequestRefund, "lines"> & Pick<Case, "kind" | "reason">;
type Draft = { readonly order: Order; readonly input: Asked; readonly tender: Tender };

export function draftOf(ctx: Ctx, { order, input, tender }: Draft): Case {
  const { group } = order;
  const lines = input.lines.flatMap(({ lineId, quantity }) => {
    const line = order.lines.find(({ id }) => id === lineId);
    if (!line) return [];
    const { offerId, productId, categoryId, title, sku } = line;
    const about = { lineId, offerId, productId, categoryId, title, sku, quantity };
    return [{ ...about, resellable: 0, damaged: 0, missing: 0 }];
  });
  return {
    id: ctx.ids.next("refundCase"),
    kind: input.kind,
    state: "requested",
    step: null,
    orderId: order.id,
    orderGroupId: order.orderGroupId,
    sellerId: order.sellerId,
    buyerId: order.buyerId,
    email: group.email,
    locale: group.locale,
    currency: order.currency,
    reason: input.reason,
    tender,
    resolution: input.kind === "exchange" ? "replacement" : "refund",
    bearer: "seller",
    goodsBack: input.kind === "return" || input.kind === "exchange",
    isInstant: false,
    quotedMinor: 0n,
    offerMinor: null,
    amounts: null,
    paidMinor: 0n,
    paymentId: null,
    stuckNote: null,
    reservationId: null,
    back: null,
    sentAt: null,
    replacement: null,
    dueAt: ctx.clock.now() + ctx.market.refund.answerWithinMs,
    isFinal: false,
    createdAt: ctx.clock.now(),
    resolvedAt: null,
    version: 1,
    lines,
  };
}

/** What all of it would come to today, whole and in its price. */
export async function quote(ctx: Ctx, order: Order, draft: Case): Promise<bigint> {
  const [book, reprice] = await Promise.all([loadBook(ctx, order.id), repriceOf(ctx, order)]);
  const wanted = wantedOf(ctx, { ...draft, goodsBack: false }, null);
  const kept = book ?? emptyBook(saleOf(ctx, order));
  const left = wanted.units.every(({ lineId, quantity }) => {
    const line = kept.lines.find((one) => one.lineId === lineId);
    const sold = order.lines.find(({ id }) => id === lineId);
    return line && sold && line.settled + quantity <= sold.quantity;
  });
  if (!left) throw fail("refund.quantity_exceeded");
  return assessCase(ctx, { order, book: kept, reprice }, wanted).amounts.toBuyerMinor;
}

/** Who is trusted, and asks for goods to go back, is answered at once: his money goes when the goods do. */
function answered(ctx: Ctx, draft: Case, standing: Standing): readonly Done[] {
  const opened = { move: "request" as const, after: draft, role: "buyer" as const };
  const { refund } = ctx.market;
  if (draft.kind !== "return" || !isTrusted(standing, draft.quotedMinor, refund)) return [opened];
  const decided = decideApprove({ ...draft, isInstant: true }, { by: "system" }, refund, ctx.clock.now());
  return decided.ok ? [opened, { ...decided.value, role: "system" }] : [opened];
}

/** What his bank has taken back for him is not asked of us once more. */
async function refuseTaken(ctx: Ctx, order: Order, { quotedMinor }: Case): Promise<void> {
  if (order.paidPaymentId === null) return;
  const [splits] = await ctx.db.load(splitsQuery(order.paidPaymentId));
  const split = splits.find(({ orderId }) => orderId === order.id);
  if (!split || split.lostMinor === 0n) return;
  if (quotedMinor > split.capturedMinor - split.refundedMinor - split.lostMinor) {
    throw fail("refund.taken_by_bank");
  }
}

/** A buyer asks for his money, or for other goods. Units that are asked for can be asked for only once. */
export async function requestRefund(ctx: Ctx, input: RequestRefund): Promise<Case> {
  const scope = asBuyer(ctx);
  const order = await loadOrder(ctx, scope, input.orderId);
  if (!order) throw fail("refund.order_not_found");
  const [days, standing] = await ctx.db.load(daysOf(order), standingQuery(order.buyerId));
  const lines = order.lines.map(({ id, quantity, categoryId }) => {
    return { id, quantity, returnDays: (categoryId && days.get(categoryId)) ?? null };
  });
  const { state, shippedAt, deliveredAt } = order;
  const sold = { state, shippedAt, deliveredAt, lines };
  orThrow(decideRequest(sold, input, ctx.market.refund, ctx.clock.now()), fail);
  const tender = tenderOf(ctx, order.buyerId, input.tender);
  const bare = draftOf(ctx, { order, input, tender });
  const draft = { ...bare, quotedMinor: await quote(ctx, order, bare) };
  await refuseTaken(ctx, order, draft);
  const shown = { refundId: draft.id, orderId: order.id, attachmentIds: input.evidence };
  const evidence = await showEvidence(ctx, { ...shown, role: "buyer" });
  const done = answered(ctx, draft, standing);
  const after = done.at(-1)?.after ?? draft;
  const said = done.map((one, at) =>
    at === 0 && input.text ? { ...one, detail: { text: input.text } } : one,
  );
  const requested = RefundRequested.make(ctx, draft, aboutOf(draft));
  const approved = done.length > 1 ? approvedFact(ctx, after, "system") : [];
  const committed = await ctx.db.commit([
    ...claimUnits(order.id, saleOf(ctx, order), draft.lines),
    ...insert(ctx, said),
    ...insertEvidence(evidence),
    ...opening(ctx, after),
    append(requested, ...approved),
  ]);
  orThrow(committed, fail);
  return after;
}
