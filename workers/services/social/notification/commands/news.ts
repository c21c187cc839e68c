import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import type { AppealDecided, SellerPenalised } from "#services/catalog/seller/facts";
import type {
  RefundApproved,
  RefundRejected,
  RefundRequested,
  RefundSettled,
  RefundStuck,
  RefundUncollected,
} from "#services/transaction/refund/facts";
import type {
  BalanceCarried,
  PayoutAccountRefused,
  PayoutAccountTaken,
  PayoutCompleted,
  PayoutFailed,
} from "#services/transaction/wallet/facts";
import { buyerOf } from "../domain/intents.ts";
import type { Intent } from "../domain/message.ts";
import { type ShopNews, tellShops } from "./shop.ts";

// What becomes of the facts of others as words for a buyer and for a shop.

type FactOf<E extends { make(...args: never): unknown }> = ReturnType<E["make"]>;
type RefundFact =
  | FactOf<typeof RefundRequested>
  | FactOf<typeof RefundApproved>
  | FactOf<typeof RefundRejected>
  | FactOf<typeof RefundSettled>
  | FactOf<typeof RefundStuck>
  | FactOf<typeof RefundUncollected>;

function toBuyer(fact: RefundFact): readonly Intent[] {
  const { type, id, payload } = fact;
  const { refundId, orderId } = payload;
  const about = { transactionId: `${type}/${id}`, to: buyerOf(payload) };
  const of = { refundId, orderId };
  switch (type) {
    case "refund.requested":
      return [];
    case "refund.approved": {
      const resolution = fact.payload.kind === "exchange" ? "replacement" : "refund";
      const data = { ...of, resolution, isReturnless: fact.payload.isReturnless };
      return [{ ...about, template: type, data }];
    }
    case "refund.rejected":
      return [{ ...about, template: type, data: { ...of, isFinal: fact.payload.isFinal } }];
    case "refund.stuck":
      // However often it is tried in vain, it is said once.
      return [{ ...about, transactionId: `${type}/${refundId}`, template: type, data: of }];
    case "refund.uncollected": {
      const { lessMinor, dueMinor, currency } = fact.payload;
      const data = { ...of, less: { minor: lessMinor, currency }, due: { minor: dueMinor, currency } };
      return [{ ...about, template: type, data }];
    }
    case "refund.settled": {
      const { toBuyerMinor: minor, currency, tender, isUncollected = false } = fact.payload;
      const data = { ...of, tender, amount: { minor, currency } };
      return minor === "0" || isUncollected ? [] : [{ ...about, template: "refund.paid", data }];
    }
  }
}

/** A shop hears of what is asked of it, and of what others have decided. */
function toShop(fact: RefundFact): readonly ShopNews[] {
  const { sellerId, refundId, orderId } = fact.payload;
  const transactionId = `shop.${fact.type}/${fact.id}`;
  const data = { refundId, orderId };
  if (fact.type === "refund.requested") {
    return [{ sellerId, transactionId, template: "shop.refund_requested", data }];
  }
  const isDecision = fact.type === "refund.approved" || fact.type === "refund.rejected";
  if (!isDecision || fact.payload.by === "seller") return [];
  const isApproved = fact.type === "refund.approved";
  return [{ sellerId, transactionId, template: "shop.refund_decided", data: { ...data, isApproved } }];
}

export const tellRefunds = async (ctx: Ctx, facts: readonly RefundFact[]): Promise<readonly Intent[]> => [
  ...facts.flatMap(toBuyer),
  ...(await tellShops(ctx, facts.flatMap(toShop))),
];

type MoneyFact =
  | FactOf<typeof PayoutAccountTaken>
  | FactOf<typeof PayoutAccountRefused>
  | FactOf<typeof PayoutCompleted>
  | FactOf<typeof PayoutFailed>
  | FactOf<typeof BalanceCarried>
  | FactOf<typeof SellerPenalised>
  | FactOf<typeof AppealDecided>;

const zUserId = zId("user");
const isShop = (owner: string): owner is Id<"seller"> => owner.startsWith("slr_");

const TEMPLATE: { readonly [T in MoneyFact["type"]]: string } = {
  "payout_account.taken": "shop.payout_account_taken",
  "payout_account.refused": "shop.payout_account_refused",
  "payout.completed": "payout.shop_completed",
  "payout.failed": "payout.shop_failed",
  "wallet.balance_carried": "shop.carried_forward",
  "seller.penalised": "shop.penalised",
  "appeal.decided": "shop.appeal_decided",
};
const isAboutConduct = ({ type }: MoneyFact): boolean =>
  type === "seller.penalised" || type === "appeal.decided";
const ownerOf = ({ payload }: MoneyFact): string => ("owner" in payload ? payload.owner : payload.sellerId);

/** A shop's money and standing are for those of its members who may see them; a person's are his. */
export async function tellMoney(ctx: Ctx, facts: readonly MoneyFact[]): Promise<readonly Intent[]> {
  const news = facts.flatMap((fact): readonly ShopNews[] => {
    const sellerId = ownerOf(fact);
    if (!isShop(sellerId)) return [];
    const whoMay = isAboutConduct(fact) ? "seller:write" : "payout:read";
    const transactionId = `${fact.type}/${fact.id}`;
    return [{ sellerId, transactionId, template: TEMPLATE[fact.type], data: fact.payload, whoMay }];
  });
  const own = facts.flatMap(({ type, id, payload }): readonly Intent[] => {
    const isPayout = type === "payout.completed" || type === "payout.failed";
    const { data: userId } = zUserId.safeParse(isPayout ? payload.owner : undefined);
    if (!userId) return [];
    const template = type === "payout.completed" ? "payout.user_completed" : "payout.user_failed";
    return [{ transactionId: `${type}/${id}`, template, data: payload, to: { userId } }];
  });
  return [...own, ...(await tellShops(ctx, news))];
}
