import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { OrderCancelled, OrderPaid } from "#services/transaction/order/facts";
import { zReceipt } from "./domain/card.ts";
import type { ClickVerdict } from "./domain/traffic.ts";
import { AdEngaged } from "./facts.ts";
import { addStats, forget, insertClicks, notePurchases, type Purchase } from "./repository/engagement.ts";

const KEPT = "Clicks stay as figures of the shops that paid for them, without who clicked.";

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "ad.count_engagement",
    on: [AdEngaged],
    handle: async (_, facts) => {
      const stats = facts.flatMap(({ payload: { campaignId, sellerId, tallies } }) =>
        tallies.map(({ keywordId, chargedMilli, ...rest }) => ({
          ...{ ...rest, campaignId, sellerId },
          keywordId: keywordId ?? "",
          chargedMilli: BigInt(chargedMilli),
        })),
      );
      const clicks = facts.flatMap(({ payload: { campaignId, sellerId, clicks: told } }) =>
        told.map(({ receipt: text, verdict, chargedMilli, ...rest }) => {
          const receipt = zReceipt.parse(JSON.parse(text));
          const { bidId, productId } = receipt;
          const charge = {
            verdict: verdict as ClickVerdict,
            chargedMilli: BigInt(chargedMilli),
            creditId: null,
          };
          return { ...rest, ...{ bidId, productId, campaignId, sellerId, receipt }, ...charge };
        }),
      );
      return [
        ...(stats.length > 0 ? [addStats(stats)] : []),
        ...(clicks.length > 0 ? [insertClicks(clicks)] : []),
      ];
    },
  }),
  defineConsumer({
    name: "ad.know_purchases",
    on: [OrderPaid, OrderCancelled],
    handle: async (_, facts) => [
      notePurchases(
        facts.flatMap(({ type, at, payload: { orderId, sellerId, buyerId, lines } }) =>
          lines.map(
            ({ lineId, productId, quantity, goodsMinor, discountMinor }): Purchase => ({
              ...{ orderId, lineId, sellerId, productId, buyerId, quantity },
              netMinor: BigInt(goodsMinor) - BigInt(discountMinor),
              paidAt: type === "order.paid" ? at : null,
              cancelledAt: type === "order.cancelled" ? at : null,
            }),
          ),
        ),
      ),
    ],
  }),
  defineConsumer({
    name: "ad.erasures",
    on: [UserErased],
    handle: async (ctx, facts) =>
      facts.flatMap(({ payload: { userId } }) => [
        ...forget(userId),
        recordErasure([{ userId, store: "ad", action: "anonymised", reason: KEPT, at: ctx.clock.now() }]),
      ]),
  }),
];
