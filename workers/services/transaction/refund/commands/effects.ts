import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import { append } from "#kernel/outbox";
import { releaseAllocated, reserve } from "#services/logistics/inventory/index";
import { type Case, isFault, type Role, releasedOf } from "../domain/case.ts";
import { isOver } from "../domain/states.ts";
import { REFUND_DEADLINE, RefundApproved, RefundReceived, RefundRejected, SETTLE_REFUND } from "../facts.ts";
import { releaseUnits } from "../repository/books.ts";
import { type Done, save } from "../repository/cases.ts";

export type Refuses =
  | "refund.stale"
  | "inventory.insufficient"
  | "inventory.hold_dead"
  | "inventory.not_allocated";

/** What every fact of a case says. */
export const aboutOf = (one: Case) => ({
  refundId: one.id,
  kind: one.kind,
  orderId: one.orderId,
  orderGroupId: one.orderGroupId,
  sellerId: one.sellerId,
  buyerId: one.buyerId,
  email: one.email,
  locale: one.locale,
  currency: one.currency,
  reason: one.reason,
  isFault: isFault(one.reason),
  lines: one.lines.map(({ lineId, offerId, productId, categoryId, quantity }) => {
    return { lineId, offerId, productId, categoryId, quantity };
  }),
});

/** A buyer agrees to what the seller has offered. */
const deciderOf = (role: Role) => (role === "buyer" ? "seller" : role);

type Decider = "seller" | "operator" | "system";
export const approvedFact = (ctx: Ctx, after: Case, by: Decider): readonly Fact[] => [
  RefundApproved.make(ctx, after, { ...aboutOf(after), by, isReturnless: !after.goodsBack }),
];

/** What the rest of the platform hears of a move; nothing of most of them. */
function factsOf(ctx: Ctx, { move, after, role }: Done): readonly Fact[] {
  const about = aboutOf(after);
  const by = deciderOf(role);
  switch (move) {
    case "approve":
    case "grant":
    case "accept":
    case "decide_refund":
    case "decide_return":
      return approvedFact(ctx, after, by);
    case "reject":
    case "decide_reject":
      return [RefundRejected.make(ctx, after, { ...about, by, isFinal: after.isFinal })];
    case "receive":
    case "receive_part":
    case "presume": {
      const received = after.lines.map(({ lineId, resellable, damaged, missing }) => {
        return { lineId, resellable, damaged, missing };
      });
      return [RefundReceived.make(ctx, after, { ...about, received })];
    }
    default:
      return [];
  }
}

/** When silence decides is a due row; it goes with the move that breaks the silence. */
function watching(ctx: Ctx, before: Case | undefined, after: Case): readonly Statement[] {
  if (after.dueAt !== null) {
    const wake = { subject: after.id, payload: { refundId: after.id }, dueAt: after.dueAt };
    return before?.dueAt === after.dueAt ? [] : [schedule(ctx, REFUND_DEADLINE, wake)];
  }
  return before?.dueAt == null ? [] : [unschedule(REFUND_DEADLINE, after.id)];
}

export const settleSoon = (ctx: Ctx, { id: refundId }: Pick<Case, "id">): Statement =>
  schedule(ctx, SETTLE_REFUND, { subject: refundId, payload: { refundId } });

/** Stock for a replacement is put by while the goods come back, and given up with the exchange. */
function stocking(ctx: Ctx, before: Case, after: Case): readonly Statement<Refuses>[] {
  if (after.reservationId !== null && before.reservationId === null) {
    const lines = after.lines.map(({ offerId, quantity }) => ({ offerId, quantity }));
    const { reservationId, id: owner } = after;
    return [reserve(ctx, { reservationId, owner, expiresAt: null, lines })];
  }
  if (before.reservationId !== null && after.reservationId === null) {
    return [releaseAllocated(ctx, { reservationId: before.reservationId })];
  }
  return [];
}

/** The case with the stock that its state asks for: put by from the approval of an exchange until it ends. */
function withStock(ctx: Pick<Ctx, "ids">, after: Case): Case {
  const ends = isOver(after.state) || (after.state === "rejected" && after.isFinal);
  const wants = after.resolution === "replacement" && !ends;
  const has = after.reservationId !== null;
  if (after.state === "resolved") return after;
  if (has && !wants) return { ...after, reservationId: null };
  const starts = after.state === "approved" || after.state === "settling";
  return wants && starts && !has ? { ...after, reservationId: ctx.ids.next("reservation") } : after;
}

/** A replacement that does not leave in time becomes money. */
function withTerm({ clock, market }: Pick<Ctx, "clock" | "market">, after: Case): Case {
  const waits = after.state === "settling" && after.step === "replace" && after.dueAt === null;
  return waits ? { ...after, dueAt: clock.now() + market.refund.replaceWithinMs } : after;
}

/** A move and all that comes of it, as one commit. Rows are locked in order: the case, stock, the book. */
export function moving(ctx: Ctx, before: Case, steps: readonly Done[]): readonly Statement<Refuses>[] {
  const last = steps.at(-1);
  if (!last) return [];
  const after = withTerm(ctx, withStock(ctx, last.after));
  const done = [...steps.slice(0, -1), { ...last, after }];
  const facts = done.flatMap((one) => factsOf(ctx, one));
  const wakes = after.state === "settling";
  return [
    ...save(ctx, before, done),
    ...stocking(ctx, before, after),
    ...releaseUnits(after.orderId, releasedOf(before, after)),
    ...watching(ctx, before, after),
    ...(wakes ? [settleSoon(ctx, after)] : []),
    ...(facts.length > 0 ? [append(...facts)] : []),
  ];
}

/** What a case that has just been asked for waits for. */
export const opening = (ctx: Ctx, opened: Case): readonly Statement[] => [
  ...watching(ctx, undefined, opened),
  ...(opened.state === "settling" ? [settleSoon(ctx, opened)] : []),
];
