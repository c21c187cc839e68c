import type { BuyerId } from "#kernel/actor";
import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { OrderDelivered } from "#services/transaction/order/facts";
import { erasePerson } from "./commands/erase.ts";
import { lookAgain } from "./commands/moderate.ts";
import { ReviewPublished } from "./facts.ts";
import { insertRights } from "./repository/reviews.ts";

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "review.rights",
    on: [OrderDelivered],
    handle: async (_, facts) => [
      insertRights(
        facts.flatMap(({ at, payload: { orderId, buyerId, sellerId, lines } }) =>
          lines.map(({ lineId, productId, offerId, title }) => ({
            lineId,
            orderId,
            buyerId: buyerId as BuyerId,
            sellerId,
            productId,
            offerId,
            title,
            deliveredAt: at,
          })),
        ),
      ),
    ],
  }),
  defineConsumer({
    name: "review.look_again",
    on: [ReviewPublished],
    handle: (ctx, facts) =>
      lookAgain(
        ctx,
        facts.map(({ payload }) => payload.reviewId),
      ),
  }),
  defineConsumer({
    name: "review.erasures",
    on: [UserErased],
    handle: async (ctx, facts) => {
      const erased = await Promise.all(facts.map(({ payload }) => erasePerson(ctx, payload.userId)));
      return erased.flat();
    },
  }),
];
