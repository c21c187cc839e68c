import { type Consumer, defineConsumer } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { ReviewChanged, ReviewHidden, ReviewPublished } from "#services/catalog/review/facts";
import { AnswerLate, ShopAnswered } from "#services/communication/chat/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import {
  OrderCancelled,
  OrderDelivered,
  OrderLinesCancelled,
  OrderPaid,
  OrderPlaced,
  OrderShipped,
} from "#services/transaction/order/facts";
import { RefundSettled } from "#services/transaction/refund/facts";
import {
  type About,
  type CalledOffBy,
  changesOf,
  daysOf,
  dueAfter,
  fold,
  type Outcome,
  type Sighting,
} from "./domain/outcome.ts";
import { PERIODS, spanOf } from "./domain/performance.ts";
import { EVALUATE } from "./facts.ts";
import { addTallies, outcomesQuery, saveOutcomes } from "./repository/outcomes.ts";
import { calendarsQuery, unfollowAll } from "./repository/profiles.ts";

const DAY_MS = 86_400_000;
/** Facts of a period's last day may be late; what comes later still counts in the numbers that are shown. */
const GRACE_MS = DAY_MS;

type Saw = { readonly about: About; readonly sighting: Sighting };

/** Folds what was seen into its outcomes, and the difference into the days of its shops, in one commit. */
async function record(ctx: Ctx, saw: readonly Saw[]): Promise<readonly Statement<string>[]> {
  if (saw.length === 0) return [];
  const dayOf = daysOf(ctx.market.timeZone);
  const [known] = await ctx.db.load(outcomesQuery(saw.map(({ about }) => about.subject)));
  const latest = new Map<string, Outcome>(known);
  for (const { about, sighting } of saw) {
    latest.set(about.subject, fold(latest.get(about.subject), about, sighting));
  }
  const pairs = [...latest.values()]
    .map((after) => ({ before: known.get(after.subject), after }))
    .filter(({ before, after }) => before !== after);
  if (pairs.length === 0) return [];
  const changes = changesOf(pairs, dayOf);
  // A row changes by one version a commit, however much was seen of it.
  const rows = pairs.map(({ before, after }) => ({ ...after, version: (before?.version ?? 0) + 1 }));
  return [
    saveOutcomes(rows, dayOf),
    ...(changes.length > 0 ? [addTallies(changes)] : []),
    ...evaluations(ctx, changes),
  ];
}

/** Each shop that was busy in a period is looked at once, when the period is over. */
function evaluations(ctx: Ctx, changes: ReturnType<typeof changesOf>): readonly Statement[] {
  const wanted = new Map<string, Statement>();
  for (const { sellerId, day, counts } of changes) {
    if (counts.orders + counts.questions + counts.ratings <= 0) continue;
    for (const period of PERIODS) {
      const { first, last } = spanOf(period, day);
      const subject = `${sellerId} ${period} ${first}`;
      const dueAt = (last + 1) * DAY_MS + GRACE_MS;
      wanted.set(subject, schedule(ctx, EVALUATE, { subject, payload: { sellerId, period, first }, dueAt }));
    }
  }
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, statement]) => statement);
}

type Ordered = { readonly orderId: Id<"order">; readonly sellerId: Id<"seller"> };
const ofOrder = ({ orderId, sellerId }: Ordered): About => ({
  subject: orderId,
  kind: "order",
  sellerId,
  orderId,
});

/** Facts from before they named who called an order off have only the reason. */
const SELLER_REASONS = ["out_of_stock", "cannot_ship", "suspected_fraud"];
function calledOffBy(by: string | undefined, reason: string): CalledOffBy {
  if (reason === "not_shipped") return "late";
  if (by === "seller" || by === "buyer") return by;
  if (by === undefined && SELLER_REASONS.includes(reason)) return "seller";
  return "platform";
}

const orders = defineConsumer({
  name: "seller.order_outcomes",
  on: [OrderPlaced, OrderPaid, OrderShipped, OrderDelivered, OrderCancelled, OrderLinesCancelled],
  handle: async (ctx, facts) => {
    const sellerIds = [...new Set(facts.map(({ payload }) => payload.sellerId))];
    const [calendars] = await ctx.db.load(calendarsQuery(sellerIds));
    const { preparationMs } = ctx.market.seller.targets;
    const saw = facts.flatMap((fact): readonly Saw[] => {
      const about = ofOrder(fact.payload);
      const { at } = fact;
      const ready = (): readonly Saw[] => {
        // What was sold ahead is the shop's to send from the day that it promised.
        const from = Math.max(at, fact.payload.readyAt ?? at);
        const dueAt = dueAfter(from, preparationMs, calendars.get(fact.payload.sellerId) ?? []);
        return [{ about, sighting: { what: "ready", at, dueAt, ...(from > at ? { from } : {}) } }];
      };
      // Cash is collected at the door, long after the shop had to act.
      const isCash = fact.payload.method === "cod";
      if (fact.type === "order.placed") return isCash ? ready() : [];
      if (fact.type === "order.paid") return isCash ? [] : ready();
      if (fact.type === "order.shipped") return [{ about, sighting: { what: "shipped", at } }];
      if (fact.type === "order.delivered") return [{ about, sighting: { what: "delivered", at } }];
      // A buyer who wants less of it takes nothing from the shop that sends the rest.
      const isLess = fact.type === "order.lines_cancelled" && !fact.payload.isWhole;
      if (isLess && fact.payload.by === "buyer") return [];
      const by = calledOffBy(fact.payload.by, fact.payload.reason);
      return [{ about, sighting: { what: "cancelled", at, by } }];
    });
    return record(ctx, saw);
  },
});

const returns = defineConsumer({
  name: "seller.return_outcomes",
  on: [RefundSettled],
  // A change of mind says nothing about the shop, and what was called off has never been with the buyer.
  handle: (ctx, facts) =>
    record(
      ctx,
      facts
        .filter(({ payload }) => payload.isFault && payload.kind !== "cancellation")
        .map(({ at, payload }) => ({ about: ofOrder(payload), sighting: { what: "returned", at } })),
    ),
});

const questions = defineConsumer({
  name: "seller.question_outcomes",
  on: [AnswerLate, ShopAnswered],
  handle: (ctx, facts) =>
    record(
      ctx,
      facts.map(({ type, payload }): Saw => {
        const { conversationId, sellerId, askedAt } = payload;
        const about: About = {
          subject: `${conversationId} ${askedAt}`,
          kind: "question",
          sellerId,
          orderId: null,
        };
        // When it was asked, since that is the day that it counts for.
        if (type === "chat.answer_late") return { about, sighting: { what: "asked", at: askedAt } };
        const isInTime = payload.waitedMs <= ctx.market.seller.chatWithinMs;
        return { about, sighting: { what: "answered", at: askedAt, isInTime } };
      }),
    ),
});

const ratings = defineConsumer({
  name: "seller.rating_outcomes",
  on: [ReviewPublished, ReviewChanged, ReviewHidden],
  handle: (ctx, facts) =>
    record(
      ctx,
      facts.map(({ type, at, seq, payload }): Saw => {
        const { reviewId, sellerId, orderId } = payload;
        const stars = type === "review.hidden" ? null : payload.sellerStars;
        const about: About = { subject: reviewId, kind: "review", sellerId, orderId };
        return { about, sighting: { what: "rated", at, seq, stars } };
      }),
    ),
});

const UNFOLLOWED = "Which shops somebody followed is deleted.";
const erasures = defineConsumer({
  name: "seller.erasures",
  on: [UserErased],
  handle: async (_, facts) => [
    unfollowAll(facts.map(({ payload }) => payload.userId)),
    recordErasure(
      facts.map(({ at, payload: { userId } }) => {
        return { userId, store: "postgres.seller_follow", action: "erased", reason: UNFOLLOWED, at };
      }),
    ),
  ],
});

export const consumers: readonly Consumer[] = [orders, returns, questions, ratings, erasures];
