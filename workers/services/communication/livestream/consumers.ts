import { type Consumer, defineConsumer } from "#kernel/consume";
import { OrderPaid } from "#services/transaction/order/facts";
import { lookAtAwards, openAwards } from "./commands/award.ts";
import { AuctionAwarded } from "./facts.ts";

export const consumers: readonly Consumer[] = [
  defineConsumer({ name: "livestream.award", on: [AuctionAwarded], handle: openAwards }),
  defineConsumer({ name: "livestream.paid", on: [OrderPaid], handle: lookAtAwards }),
];
