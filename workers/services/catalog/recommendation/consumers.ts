import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { OrderPaid } from "#services/transaction/order/facts";
import { trainSoon } from "./commands/train.ts";
import { forgetTraces, saveTraces } from "./repository/model.ts";

const FORGOTTEN = "What somebody bought and viewed is not kept to choose by any more.";

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "recommendation.bought",
    on: [OrderPaid],
    handle: async (ctx, facts) => [
      saveTraces(
        facts.flatMap(({ at, payload: { buyerId: personId, lines } }) =>
          lines.map(({ productId: itemId }) => ({ personId, itemId, kind: "bought" as const, at })),
        ),
      ),
      trainSoon(ctx),
    ],
  }),
  defineConsumer({
    name: "recommendation.erasures",
    on: [UserErased],
    handle: async (ctx, facts) => {
      const at = ctx.clock.now();
      return facts.flatMap(({ payload: { userId } }) => [
        forgetTraces(userId),
        recordErasure([
          { userId, store: "postgres.recommendation_trace", action: "erased", reason: FORGOTTEN, at },
        ]),
      ]);
    },
  }),
];
