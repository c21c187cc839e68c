import { type Consumer, defineConsumer } from "#kernel/consume";
import { EndpointDisabled } from "#platform/webhooks-out/facts";
import { ProductChangeDecided } from "#services/catalog/product/facts";
import { ReviewPublished, ReviewReplied } from "#services/catalog/review/facts";
import {
  AppealDecided,
  MemberChanged,
  MemberInvited,
  MemberJoined,
  MemberLeft,
  SellerActivated,
  SellerApplied,
  SellerChanged,
  SellerPenalised,
  SellerRejected,
} from "#services/catalog/seller/facts";
import { AnswerLate, MessagesMissed } from "#services/communication/chat/facts";
import {
  AuctionAwarded,
  AuctionOutbid,
  AuctionWithdrawn,
  GiveawayDrawn,
  LivestreamStarted,
} from "#services/communication/livestream/facts";
import { InventoryLow } from "#services/logistics/inventory/facts";
import { TrackingChanged } from "#services/logistics/tracking/facts";
import { SaleStartsSoon, TurnCame } from "#services/marketing/flash-sale/facts";
import {
  ActingStarted,
  MailRequested,
  SecurityChanged,
  SignedInOnNewDevice,
} from "#services/social/auth/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import {
  InvoiceIssued,
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPartShipped,
  OrderPaymentAsked,
  OrderPaymentFailed,
  OrderPlaced,
  OrderRefunded,
  OrderShipped,
} from "#services/transaction/order/facts";
import { PaymentAsked, PaymentDisputed, PaymentRefundStuck } from "#services/transaction/payment/facts";
import {
  RefundApproved,
  RefundRejected,
  RefundRequested,
  RefundSettled,
  RefundStuck,
  RefundUncollected,
} from "#services/transaction/refund/facts";
import {
  BalanceCarried,
  PayoutAccountRefused,
  PayoutAccountTaken,
  PayoutCompleted,
  PayoutFailed,
  WalletToppedUp,
} from "#services/transaction/wallet/facts";
import { tellChats } from "./commands/chat.ts";
import { deliver } from "./commands/deliver.ts";
import { liveIntents, remind, saleIntents, withdrawnIntents } from "./commands/live.ts";
import { tellMoney, tellRefunds } from "./commands/news.ts";
import { tellParcels } from "./commands/parcels.ts";
import { tellShops, tellSold } from "./commands/shop.ts";
import { accountIntent } from "./domain/account-intents.ts";
import { erasureSteps } from "./domain/erasure.ts";
import { groupedIntents, invoiceIntent, orderIntent, stockLow } from "./domain/intents.ts";
import type { Intent } from "./domain/message.ts";
import { paymentIntents, topUpIntents } from "./domain/payment-intents.ts";
import { recordMembers, recordShops, scrub } from "./repository.ts";

const account = defineConsumer({
  name: "notification.account",
  on: [ActingStarted, MailRequested, SecurityChanged, SignedInOnNewDevice],
  handle: (ctx, facts) => deliver(ctx, facts.map(accountIntent)),
});

const sellers = defineConsumer({
  name: "notification.sellers",
  on: [SellerActivated, SellerRejected, MemberInvited],
  handle: (ctx, facts) => {
    const intents = facts.map((fact): Intent => {
      switch (fact.type) {
        case "seller.activated": {
          const { sellerId, name, email } = fact.payload;
          // A shop is approved once; coming back from a holiday is the same message and not sent again.
          const transactionId = `seller.approved/${sellerId}`;
          return { transactionId, template: "seller.approved", data: { sellerId, name }, to: { email } };
        }
        case "seller.rejected": {
          const { sellerId, name, email, reason } = fact.payload;
          const transactionId = `seller.rejected/${fact.id}`;
          return {
            transactionId,
            template: "seller.rejected",
            data: { sellerId, name, reason },
            to: { email },
          };
        }
        default: {
          const { invitationId, sellerName, email, locale, sealed, expiresAt } = fact.payload;
          const data = { sellerName, sealed };
          const transactionId = `member.invited/${invitationId}`;
          return { transactionId, template: "member.invited", data, to: { email, locale }, expiresAt };
        }
      }
    });
    return deliver(ctx, intents);
  },
});

const shops = defineConsumer({
  name: "notification.shops",
  on: [SellerApplied, SellerChanged],
  handle: async (_, facts) => {
    const latest = newest(facts, ({ payload }) => payload.sellerId);
    const rows = latest.map(({ payload: { sellerId, name, email }, seq }) => ({
      sellerId,
      name,
      address: email,
      seq,
    }));
    return [recordShops(rows)];
  },
});

const members = defineConsumer({
  name: "notification.members",
  on: [MemberJoined, MemberChanged, MemberLeft],
  handle: async (_, facts) => {
    const latest = newest(facts, ({ payload }) => `${payload.sellerId} ${payload.userId}`);
    const rows = latest.map(({ type, payload, seq }) => ({
      sellerId: payload.sellerId,
      userId: payload.userId,
      role: payload.role,
      isActive: type !== "member.left",
      seq,
    }));
    return [recordMembers(rows)];
  },
});

/** The last of each key: an upsert may name a row once, and queues do not order. */
function newest<F extends { readonly seq: number }>(facts: readonly F[], keyOf: (fact: F) => string): F[] {
  const latest = new Map<string, F>();
  for (const fact of facts.toSorted((a, b) => a.seq - b.seq)) latest.set(keyOf(fact), fact);
  return [...latest.values()];
}

const orders = defineConsumer({
  name: "notification.orders",
  on: [OrderPlaced, OrderPaid, OrderCancelled, OrderShipped, OrderPartShipped, OrderDelivered, InvoiceIssued],
  handle: async (ctx, facts) => {
    const placed = facts.filter((fact) => fact.type === "order.placed").map(({ payload }) => payload);
    const paid = facts.filter((fact) => fact.type === "order.paid").map(({ payload }) => payload);
    // Cash on delivery is an order for the shop when it is placed, anything else when it is paid.
    const sold = [
      ...placed.filter(({ method }) => method === "cod"),
      ...paid.filter(({ method }) => method !== "cod"),
    ];
    const single = facts.flatMap((fact) => {
      switch (fact.type) {
        case "order.cancelled":
        case "order.shipped":
        case "order.delivered":
          return [orderIntent(fact.type, fact.payload)];
        case "order.part_shipped":
          return [orderIntent("order.shipped", fact.payload, fact.id)];
        case "invoice.issued":
          return [invoiceIntent(fact.payload)];
        default:
          return [];
      }
    });
    return deliver(ctx, [
      ...groupedIntents("order.placed", placed),
      ...groupedIntents("order.paid", paid),
      ...single,
      ...(await tellSold(ctx, sold)),
    ]);
  },
});

const payments = defineConsumer({
  name: "notification.payments",
  on: [OrderPaymentAsked, OrderPaymentFailed, OrderRefunded],
  handle: (ctx, facts) => deliver(ctx, facts.flatMap(paymentIntents)),
});

const refunds = defineConsumer({
  name: "notification.refunds",
  on: [RefundRequested, RefundApproved, RefundRejected, RefundSettled, RefundStuck, RefundUncollected],
  handle: async (ctx, facts) => deliver(ctx, await tellRefunds(ctx, facts)),
});

const finances = defineConsumer({
  name: "notification.finances",
  on: [
    ...([PayoutAccountTaken, PayoutAccountRefused, PayoutCompleted, PayoutFailed] as const),
    ...([BalanceCarried, SellerPenalised, AppealDecided] as const),
  ],
  handle: async (ctx, facts) => deliver(ctx, await tellMoney(ctx, facts)),
});

const wallets = defineConsumer({
  name: "notification.wallets",
  on: [WalletToppedUp, PaymentAsked],
  handle: (ctx, facts) =>
    deliver(
      ctx,
      facts.flatMap((fact): readonly Intent[] => {
        if (fact.type === "payment.asked") return topUpIntents(fact);
        const { userId, paymentId, amount } = fact.payload;
        const transactionId = `${fact.type}/${paymentId}`;
        return [{ transactionId, template: fact.type, data: { amount }, to: { userId } }];
      }),
    ),
});

/** A review that was hidden and is seen again is no news. */
const reviews = defineConsumer({
  name: "notification.reviews",
  on: [ReviewPublished, ReviewReplied],
  handle: async (ctx, facts) => {
    const answers = facts.flatMap((fact): readonly Intent[] => {
      if (fact.type !== "review.replied" || !fact.payload.authorId) return [];
      const { reviewId, orderId, authorId: userId } = fact.payload;
      const transactionId = `review.answered/${fact.id}`;
      return [{ transactionId, template: "review.answered", data: { reviewId, orderId }, to: { userId } }];
    });
    const received = facts.flatMap(({ type, payload: { reviewId, sellerId, productStars: stars } }) => {
      if (type !== "review.published") return [];
      const template = "shop.review_received";
      return [{ sellerId, transactionId: `${template}/${reviewId}`, template, data: { reviewId, stars } }];
    });
    return deliver(ctx, [...answers, ...(await tellShops(ctx, received))]);
  },
});

/** A shop's requests are for those of its members who write products. */
const changes = defineConsumer({
  name: "notification.changes",
  on: [ProductChangeDecided],
  handle: async (ctx, facts) => {
    const template = "shop.product_change_decided";
    const news = facts.map(({ payload: { productId, number, sellerId, decision, reason, titles } }) => ({
      ...{ sellerId, template, whoMay: "product:write" as const },
      transactionId: `${template}/${productId}/${number}`,
      data: { decision, reason, titles },
    }));
    return deliver(ctx, await tellShops(ctx, news));
  },
});

const chats = defineConsumer({
  name: "notification.chats",
  on: [MessagesMissed, AnswerLate],
  handle: async (ctx, facts) => deliver(ctx, await tellChats(ctx, facts)),
});

/** Inventory tells of an item once a day at most. */
const stock = defineConsumer({
  name: "notification.stock",
  on: [InventoryLow],
  handle: async (ctx, facts) => deliver(ctx, await tellShops(ctx, stockLow(facts))),
});

const sales = defineConsumer({
  name: "notification.sales",
  on: [SaleStartsSoon, TurnCame],
  handle: (ctx, facts) => deliver(ctx, saleIntents(facts)),
});

const shows = defineConsumer({
  name: "notification.shows",
  on: [LivestreamStarted],
  handle: async (ctx, facts) => remind(ctx, facts),
});

const live = defineConsumer({
  name: "notification.live",
  on: [AuctionAwarded, AuctionOutbid, GiveawayDrawn],
  handle: (ctx, facts) => deliver(ctx, liveIntents(ctx, facts)),
});

const withdrawn = defineConsumer({
  name: "notification.withdrawn",
  on: [AuctionWithdrawn],
  handle: async (ctx, facts) => deliver(ctx, await withdrawnIntents(ctx, facts)),
});

const parcels = defineConsumer({
  name: "notification.parcels",
  on: [TrackingChanged],
  handle: async (ctx, facts) => deliver(ctx, await tellParcels(ctx, facts)),
});

/** Tries that end at once may each tell that the endpoint is disabled; its owner hears it once. */
const integrations = defineConsumer({
  name: "notification.integrations",
  on: [EndpointDisabled],
  handle: (ctx, facts) =>
    deliver(
      ctx,
      facts.map(({ payload: { endpointId, failingSince, createdBy, host, disabledFor } }): Intent => {
        const transactionId = `webhook.disabled/${endpointId}/${failingSince}`;
        return {
          transactionId,
          template: "webhook.disabled",
          data: { host, disabledFor },
          to: { userId: createdBy },
        };
      }),
    ),
});

/** Whoever runs the market sees to it: money that cannot go back by itself, and cases with a deadline. */
const operations = defineConsumer({
  name: "notification.operations",
  on: [PaymentRefundStuck, PaymentDisputed, RefundStuck],
  handle: (ctx, facts) => {
    const to = { email: ctx.config.operationsMail ?? ctx.config.mailFrom };
    const intents = facts.map((fact): Intent => {
      if (fact.type === "refund.stuck") {
        const { refundId, orderId, note } = fact.payload;
        const transactionId = `case_stuck/${refundId}/${fact.seq}`;
        return { transactionId, template: "operation.case_stuck", data: { refundId, orderId, note }, to };
      }
      if (fact.type === "payment.refund_stuck") {
        const { refundId, paymentId, refunded, note } = fact.payload;
        const data = { refundId, paymentId, refunded, note };
        return { transactionId: `refund_stuck/${refundId}`, template: "operation.refund_stuck", data, to };
      }
      const { disputeId, paymentId, amount, reason, evidenceBy } = fact.payload;
      const data = { disputeId, paymentId, amount, reason, evidenceBy };
      return { transactionId: `disputed/${disputeId}`, template: "operation.payment_disputed", data, to };
    });
    return deliver(ctx, intents);
  },
});

const erasures = defineConsumer({
  name: "notification.erasures",
  on: [UserErased],
  handle: async (ctx, facts) => {
    const at = ctx.clock.now();
    return facts.flatMap(({ payload: { userId, addressHash } }) => [
      ...scrub(userId, addressHash, at),
      recordErasure(erasureSteps(userId, at)),
    ]);
  },
});

export const consumers: readonly Consumer[] = [
  account,
  sellers,
  shops,
  members,
  orders,
  payments,
  refunds,
  finances,
  wallets,
  reviews,
  changes,
  chats,
  stock,
  sales,
  shows,
  live,
  withdrawn,
  parcels,
  integrations,
  operations,
  erasures,
];
