import * as z from "zod";
import type { BuyerId } from "#kernel/actor";
import { defineConsumer } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { append } from "#kernel/outbox";
import { openSealed } from "#kernel/seal";
import { AdCharged, AdCredited } from "#services/catalog/ad/facts";
import { PayoutAccountChanged } from "#services/catalog/seller/facts";
import { LabelBilled, LabelBought, LabelVoided } from "#services/logistics/shipping/facts";
import { UserErased } from "#services/social/user/facts";
import { OrderCancelled, OrderCompleted, OrderDelivered, OrderPaid } from "#services/transaction/order/facts";
import {
  PaymentDisputeClosed,
  PaymentDisputed,
  PaymentReconciled,
  PaymentRefunded,
  PaymentRefundFailed,
  PaymentReturnedBeside,
  PaymentSettled,
  PaymentTakenBeside,
  UNCOLLECTED,
} from "#services/transaction/payment/facts";
import { RefundSettled } from "#services/transaction/refund/facts";
import { takeAccounts } from "./commands/account.ts";
import { coveredOf, feeOf, returnedBeside, taken, takenBeside, toppedUp } from "./commands/collect.ts";
import { forgetOwner } from "./commands/forget.ts";
import { heldBy, payableOf, platformOf } from "./domain/accounts.ts";
import { carriageTransfers } from "./domain/carriage.ts";
import { type DisputeMoney, decideEnd, decideTaken } from "./domain/dispute.ts";
import {
  decideCancel,
  decideFund,
  decideLost,
  decideProgress,
  decideRefund,
  decideUnpaid,
  type OrderMoney,
  openSettlement,
  type RefundMoney,
  releaseAt,
  type Settlement,
  type Step,
} from "./domain/settlement.ts";
import type { NewTransfer } from "./domain/transfer.ts";
import { CLOSE_DAYS, FOLD, RELEASE_ORDER } from "./facts.ts";
import { due, post } from "./repository/ledger.ts";
import { saveSettlements, settlementsQuery } from "./repository/settlement.ts";

type OrderPayload = z.output<typeof OrderPaid.payload>;

const toOrderMoney = (payload: OrderPayload): OrderMoney => ({
  orderId: payload.orderId,
  sellerId: payload.sellerId,
  buyerId: payload.buyerId as BuyerId,
  currency: payload.currency as Currency,
  method: payload.method,
  goodsMinor: BigInt(payload.goodsMinor),
  discountMinor: BigInt(payload.discountMinor),
  sellerDiscountMinor: BigInt(payload.sellerDiscountMinor),
  shippingMinor: BigInt(payload.shippingMinor),
  shippingDiscountMinor: BigInt(payload.shippingDiscountMinor),
  sellerShippingDiscountMinor: BigInt(payload.sellerShippingDiscountMinor),
  taxMinor: BigInt(payload.taxMinor),
  totalMinor: BigInt(payload.totalMinor),
  commissionMinor: BigInt(payload.commissionMinor),
  commissionTaxMinor: BigInt(payload.commissionTaxMinor),
});

function toRefundMoney(ctx: Ctx, payload: z.output<typeof RefundSettled.payload>): RefundMoney {
  const { inclusive } = ctx.market.tax;
  const turnoverBackMinor = payload.lines.reduce((sum, line) => {
    const net = BigInt(line.goodsMinor) - BigInt(line.sellerDiscountMinor);
    return sum + net - (inclusive ? BigInt(line.taxMinor) : 0n);
  }, 0n);
  return {
    refundId: payload.refundId,
    toBuyerMinor: BigInt(payload.toBuyerMinor),
    fromSellerMinor: BigInt(payload.fromSellerMinor),
    fromPlatformMinor: BigInt(payload.fromPlatformMinor),
    commissionBackMinor: BigInt(payload.commissionBackMinor),
    commissionTaxBackMinor: BigInt(payload.commissionTaxBackMinor),
    turnoverBackMinor,
  };
}

/** What the facts of a batch make of the settlements they are about, several of one order in turn. */
class Settling {
  readonly #known: Map<Id<"order">, Settlement>;
  readonly #changed = new Set<Id<"order">>();
  readonly #transfers: NewTransfer[] = [];
  readonly #versions: ReadonlyMap<Id<"order">, number>;

  constructor(known: ReadonlyMap<Id<"order">, Settlement>) {
    this.#known = new Map(known);
    this.#versions = new Map([...known].map(([orderId, { version }]) => [orderId, version]));
  }

  find(orderId: Id<"order">): Settlement | undefined {
    return this.#known.get(orderId);
  }

  take({ settlement, transfers }: Step): void {
    const { orderId } = settlement;
    if (this.#known.get(orderId) === settlement) return;
    this.#known.set(orderId, settlement);
    this.#changed.add(orderId);
    this.#transfers.push(...transfers);
  }

  write(ctx: Ctx): readonly Statement<string>[] {
    const changed = [...this.#changed].flatMap((orderId) => {
      const settlement = this.#known.get(orderId);
      return settlement ? [{ ...settlement, version: (this.#versions.get(orderId) ?? 0) + 1 }] : [];
    });
    if (changed.length === 0) return [];
    const releases = changed.flatMap((settlement) => {
      const dueAt = releaseAt(settlement, ctx.market.wallet.releaseAfterMs);
      const { orderId } = settlement;
      return dueAt === undefined
        ? []
        : [schedule(ctx, RELEASE_ORDER, { subject: orderId, payload: { orderId }, dueAt })];
    });
    return [saveSettlements(changed), ...book(ctx, this.#transfers), ...releases];
  }
}

/** Between two folds a reader adds up what is new; a day is closed some minutes after its end. */
const FOLD_AFTER_MS = 30_000;

function book(ctx: Ctx, transfers: readonly NewTransfer[]): readonly Statement<string>[] {
  if (transfers.length === 0) return [];
  const now = ctx.clock.now();
  const keeping = { subject: "ledger", payload: {} };
  return [
    post(ctx, transfers, [
      due(FOLD, { ...keeping, dueAt: now + FOLD_AFTER_MS }),
      due(CLOSE_DAYS, { ...keeping, dueAt: now + FOLD_AFTER_MS }),
    ]),
  ];
}

/** Any fact of a paid order funds it first: facts come in any order, and each carries all amounts. */
function funded(settling: Settling, order: OrderMoney, at: number): Settlement {
  const settlement = settling.find(order.orderId) ?? openSettlement(order);
  settling.take(decideFund(settlement, order, at));
  return settling.find(order.orderId) ?? settlement;
}

type AdMoney = ReturnType<typeof AdCharged.make> | ReturnType<typeof AdCredited.make>;
type Cancelled = ReturnType<typeof OrderCancelled.make>;

function calledOff(settling: Settling, order: OrderMoney, { at, payload }: Cancelled): Step {
  if (payload.wasPaid) return decideCancel(funded(settling, order, at), order, at);
  const settlement = settling.find(order.orderId) ?? openSettlement(order);
  return { settlement: decideUnpaid(settlement, at), transfers: [] };
}

/** The number is sealed under the account's id; banks' codes are small letters with who pays out. */
async function openAccount(ctx: Ctx, { at, payload }: ReturnType<typeof PayoutAccountChanged.make>) {
  const { payoutAccountId: about, bankCode, holderName, email, sealedNumber } = payload;
  const accountNumber = zNumber.parse(await openSealed(ctx, sealedNumber, { about }));
  return { bank: bankCode.toLowerCase(), accountNumber, holderName, email, setAt: at };
}
const zNumber = z.string();

type DisputeFact = ReturnType<typeof PaymentDisputed.make> | ReturnType<typeof PaymentDisputeClosed.make>;

function disputeTransfers(fact: DisputeFact): readonly NewTransfer[] {
  const { disputeId, provider, amount, takenMinor = "0" } = fact.payload;
  if (provider === "wallet" || provider === "cod") return [];
  const money: DisputeMoney = {
    disputeId,
    holder: provider,
    currency: amount.currency,
    takenMinor: BigInt(takenMinor),
  };
  if (fact.type === "payment.disputed") return decideTaken(money);
  const { outcome, feeMinor = "0", excessMinor = "0" } = fact.payload;
  return decideEnd({ ...money, outcome, feeMinor: BigInt(feeMinor), excessMinor: BigInt(excessMinor) });
}

/** A charge is booked once by its number; what the shop does not have is netted with its next sales. */
function advertisingTransfer({ type, payload }: AdMoney): NewTransfer {
  const { sellerId, amount } = payload;
  const currency = amount.currency;
  const [payable, earned] = [payableOf(sellerId, currency), platformOf("advertising", currency)];
  const money = { amountMinor: BigInt(amount.minor), forced: true };
  return type === "ad.charged"
    ? {
        ...{ id: `ad/${payload.campaignId}/${payload.n}`, kind: "advertising" as const },
        ...{ debit: payable, credit: earned, ...money },
      }
    : {
        ...{ id: `ad_credit/${payload.creditId}`, kind: "advertising_back" as const },
        ...{ debit: earned, credit: payable, ...money },
      };
}

export const consumers = [
  defineConsumer({
    name: "wallet.take_account",
    on: [PayoutAccountChanged],
    handle: async (ctx, facts) => {
      const bySeller = Map.groupBy(facts, ({ payload }) => payload.sellerId);
      const taken = [...bySeller].map(async ([sellerId, told]) =>
        takeAccounts(ctx, sellerId, await Promise.all(told.map((fact) => openAccount(ctx, fact)))),
      );
      return (await Promise.all(taken)).flat();
    },
  }),
  defineConsumer({
    name: "wallet.forget_owner",
    on: [UserErased],
    handle: async (ctx, facts) => facts.flatMap(({ payload: { userId } }) => forgetOwner(ctx, userId)),
  }),
  defineConsumer({
    name: "wallet.take_advertising",
    on: [AdCharged, AdCredited],
    handle: async (ctx, facts) =>
      book(
        ctx,
        facts.map((fact) => advertisingTransfer(fact)),
      ),
  }),
  defineConsumer({
    name: "wallet.take_carriage",
    on: [LabelBought, LabelBilled, LabelVoided],
    handle: async (ctx, facts) => book(ctx, facts.flatMap(carriageTransfers)),
  }),
  defineConsumer({
    name: "wallet.settle_order",
    on: [OrderPaid, OrderDelivered, OrderCompleted, OrderCancelled],
    handle: async (ctx, facts) => {
      const [known] = await ctx.db.load(settlementsQuery(facts.map(({ payload }) => payload.orderId)));
      const settling = new Settling(known);
      for (const fact of facts) {
        const order = toOrderMoney(fact.payload);
        if (fact.type === "order.cancelled") {
          settling.take(calledOff(settling, order, fact));
          continue;
        }
        // Cash is at the door and not here: of such an order only its payment says that it is paid.
        const isCash = order.method === "cod" && fact.type !== "order.paid";
        const settlement = isCash
          ? (settling.find(order.orderId) ?? openSettlement(order))
          : funded(settling, order, fact.at);
        const progress =
          fact.type === "order.delivered"
            ? { deliveredAt: fact.at }
            : fact.type === "order.completed"
              ? { completedAt: fact.at }
              : undefined;
        if (progress) settling.take({ settlement: decideProgress(settlement, progress), transfers: [] });
      }
      return settling.write(ctx);
    },
  }),
  defineConsumer({
    name: "wallet.settle_refund",
    on: [RefundSettled],
    handle: async (ctx, facts) => {
      const [known] = await ctx.db.load(settlementsQuery(facts.map(({ payload }) => payload.orderId)));
      const settling = new Settling(known);
      for (const { payload } of facts) {
        const settlement = settling.find(payload.orderId);
        if (settlement?.fundedAt == null)
          throw new Error(`order ${payload.orderId} is not in the ledger yet`);
        settling.take(decideRefund(settlement, toRefundMoney(ctx, payload), ctx.market.cashStepMinor));
      }
      return settling.write(ctx);
    },
  }),
  defineConsumer({
    name: "wallet.take_payment",
    on: [PaymentSettled],
    handle: async (ctx, facts) => {
      const top = facts.flatMap((fact) => toppedUp(ctx, fact));
      return [
        ...book(ctx, [
          ...facts.flatMap(({ payload }) => taken(payload)),
          ...top.map(({ transfer }) => transfer),
        ]),
        ...(top.length > 0 ? [append(...top.map(({ fact }) => fact))] : []),
      ];
    },
  }),
  defineConsumer({
    name: "wallet.take_fee",
    on: [PaymentReconciled],
    handle: async (ctx, facts) => {
      const once = new Map(facts.flatMap(feeOf).map((transfer) => [transfer.id, transfer]));
      return book(ctx, [...once.values()]);
    },
  }),
  defineConsumer({
    name: "wallet.take_refund",
    on: [PaymentRefunded],
    handle: async (ctx, facts) =>
      book(
        ctx,
        facts.flatMap(
          ({
            payload: {
              refundId,
              refunded,
              method,
              provider = "midtrans",
              walletMinor = "0",
              coveredMinor = "0",
              isByHand = false,
              reason,
            },
          }) => {
            const covered = coveredOf(refundId, refunded.currency, BigInt(coveredMinor));
            const amountMinor = BigInt(refunded.minor) - BigInt(walletMinor) - BigInt(coveredMinor);
            if (amountMinor <= 0n || method === "wallet" || provider === "wallet") return covered;
            // What was taken in cash goes back from our own bank account, as does what a provider would not;
            // what was not asked for at the door is cash that never came.
            const isCash = method === "cod" || provider === "cod";
            const byUs = isCash && reason === UNCOLLECTED ? "cash" : "bank";
            const holder = isCash || isByHand ? byUs : provider;
            const { currency } = refunded;
            const parties = { debit: platformOf("payments", currency), credit: heldBy(holder, currency) };
            return [
              ...covered,
              {
                id: `payment_refund/${refundId}`,
                kind: "payment_refund",
                ...parties,
                amountMinor,
                forced: true,
              },
            ];
          },
        ),
      ),
  }),
  defineConsumer({
    name: "wallet.take_beside",
    on: [PaymentTakenBeside, PaymentReturnedBeside],
    handle: async (ctx, facts) => {
      // Whichever word comes first says that the money came.
      const transfers = facts.flatMap(({ type, payload }) =>
        type === "payment.taken_beside"
          ? takenBeside(payload)
          : [...takenBeside(payload), ...returnedBeside(payload)],
      );
      return book(ctx, [...new Map(transfers.map((transfer) => [transfer.id, transfer])).values()]);
    },
  }),
  defineConsumer({
    name: "wallet.take_refund_back",
    on: [PaymentRefundFailed],
    handle: async (ctx, facts) =>
      book(
        ctx,
        facts.flatMap(({ payload: { refundId, returned, provider } }) => {
          if (provider === "cod" || provider === "wallet") return [];
          const { currency } = returned;
          const parties = { debit: heldBy(provider, currency), credit: platformOf("payments", currency) };
          const id = `payment_refund/${refundId}/failed`;
          const amountMinor = BigInt(returned.minor);
          return [{ id, kind: "payment_refund_failed" as const, ...parties, amountMinor, forced: true }];
        }),
      ),
  }),
  defineConsumer({
    name: "wallet.take_dispute",
    on: [PaymentDisputed, PaymentDisputeClosed],
    handle: async (ctx, facts) => {
      const sharesOf = (fact: (typeof facts)[number]) =>
        fact.type === "payment.dispute_closed" ? (fact.payload.shares ?? []) : [];
      const orderIds = facts.flatMap((fact) => sharesOf(fact).map(({ orderId }) => orderId));
      const [known] = await ctx.db.load(settlementsQuery(orderIds));
      const settling = new Settling(known);
      for (const fact of facts) {
        for (const { orderId, minor } of sharesOf(fact)) {
          const settlement = settling.find(orderId);
          // Whether it was ever paid for is told soon, if it is not yet.
          if (!settlement || (settlement.fundedAt ?? settlement.cancelledAt) === null) {
            throw new Error(`order ${orderId} is not in the ledger yet`);
          }
          const lost = { disputeId: fact.payload.disputeId, minor: BigInt(minor) };
          settling.take(decideLost(settlement, lost, ctx.market.cashStepMinor));
        }
      }
      const transfers = facts.flatMap((fact) => disputeTransfers(fact));
      const once = new Map(transfers.map((transfer) => [transfer.id, transfer]));
      return [...settling.write(ctx), ...book(ctx, [...once.values()])];
    },
  }),
];
