import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { Currency } from "#kernel/money";
import { type Account, escrowOf, heldBy, payableOf, platformOf } from "./accounts.ts";
import type { NewTransfer, TransferKind } from "./transfer.ts";

/** What the facts of an order say of its money; frozen when it was placed. */
export type OrderMoney = {
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: BuyerId;
  readonly currency: Currency;
  readonly method: string;
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly sellerShippingDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
};

/** What a refund that is through says of it: toBuyer = fromSeller + fromPlatform. */
export type RefundMoney = {
  readonly refundId: string;
  readonly toBuyerMinor: bigint;
  readonly fromSellerMinor: bigint;
  readonly fromPlatformMinor: bigint;
  readonly commissionBackMinor: bigint;
  readonly commissionTaxBackMinor: bigint;
  /** Turnover that is none any more. */
  readonly turnoverBackMinor: bigint;
};

/** What the ledger owes for one order: to the shop, and of that to the platform and the state. */
export type Settlement = {
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: BuyerId;
  readonly currency: Currency;
  readonly escrowMinor: bigint;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
  readonly turnoverMinor: bigint;
  readonly withheldMinor: bigint;
  readonly fundedAt: number | null;
  readonly deliveredAt: number | null;
  readonly completedAt: number | null;
  readonly releasedAt: number | null;
  readonly cancelledAt: number | null;
  /** Refunds that are booked. */
  readonly refunds: readonly string[];
  readonly version: number;
};

export type Step = { readonly settlement: Settlement; readonly transfers: readonly NewTransfer[] };

export function openSettlement(order: OrderMoney): Settlement {
  const { orderId, sellerId, buyerId, currency } = order;
  const none = { escrowMinor: 0n, commissionMinor: 0n, commissionTaxMinor: 0n, turnoverMinor: 0n };
  const times = { fundedAt: null, deliveredAt: null, completedAt: null, releasedAt: null, cancelledAt: null };
  return {
    orderId,
    sellerId,
    buyerId,
    currency,
    ...none,
    withheldMinor: 0n,
    ...times,
    refunds: [],
    version: 0,
  };
}

/** What goods, tax and carriage brought; tax within prices is taken out of the goods. */
export function partsOf(order: OrderMoney) {
  const { goodsMinor, discountMinor, shippingMinor, shippingDiscountMinor, taxMinor, totalMinor } = order;
  const goods = goodsMinor - discountMinor;
  const shipping = shippingMinor - shippingDiscountMinor;
  const taxWithin = taxMinor - (totalMinor - goods - shipping);
  return {
    sale: goods - taxWithin,
    sale_tax: taxMinor,
    sale_shipping: shipping,
    promotion: discountMinor - order.sellerDiscountMinor,
    shipping_subsidy: shippingDiscountMinor - order.sellerShippingDiscountMinor,
    turnover: goodsMinor - order.sellerDiscountMinor - taxWithin,
  };
}

type Party = (settlement: Settlement) => Account;
const escrow: Party = ({ sellerId, currency }) => escrowOf(sellerId, currency);
const payable: Party = ({ sellerId, currency }) => payableOf(sellerId, currency);
const platform =
  (kind: Parameters<typeof platformOf>[0]): Party =>
  ({ currency }) =>
    platformOf(kind, currency);

type Leg = {
  readonly kind: TransferKind;
  readonly from: Party;
  readonly to: Party;
  readonly minor: bigint;
};

/** Transfers of an order, named by it and by what they are; nothing is booked of nought. */
function book(settlement: Settlement, name: string, legs: readonly Leg[]): NewTransfer[] {
  return legs
    .filter(({ minor }) => minor > 0n)
    .map(({ kind, from, to, minor }) => ({
      id: `${name}/${kind}`,
      kind,
      debit: from(settlement),
      credit: to(settlement),
      amountMinor: minor,
      forced: true,
      orderId: settlement.orderId,
    }));
}

/** Cash at the door reaches us through whoever took it; other money came in with its payment. */
const cashLeg = ({ method, totalMinor }: OrderMoney): Leg[] =>
  method === "cod"
    ? [
        {
          kind: "payment",
          from: ({ currency }) => heldBy("cash", currency),
          to: platform("payments"),
          minor: totalMinor,
        },
      ]
    : [];

/** The order is paid: what it brought, and what the platform adds to it, waits in escrow. Once. */
export function decideFund(settlement: Settlement, order: OrderMoney, now: number): Step {
  if (settlement.fundedAt !== null) return { settlement, transfers: [] };
  const { turnover, ...parts } = partsOf(order);
  const legs: Leg[] = [
    ...cashLeg(order),
    { kind: "sale", from: platform("payments"), to: escrow, minor: parts.sale },
    { kind: "sale_tax", from: platform("payments"), to: escrow, minor: parts.sale_tax },
    { kind: "sale_shipping", from: platform("payments"), to: escrow, minor: parts.sale_shipping },
    { kind: "promotion", from: platform("promotion"), to: escrow, minor: parts.promotion },
    { kind: "shipping_subsidy", from: platform("promotion"), to: escrow, minor: parts.shipping_subsidy },
  ];
  const funded = {
    ...settlement,
    escrowMinor: order.totalMinor + parts.promotion + parts.shipping_subsidy,
    commissionMinor: order.commissionMinor,
    commissionTaxMinor: order.commissionTaxMinor,
    turnoverMinor: turnover,
    fundedAt: now,
    version: settlement.version + 1,
  };
  return { settlement: funded, transfers: book(settlement, `order/${order.orderId}`, legs) };
}

/** The order is off after it was paid: everybody has back what he put in. */
export function decideCancel(settlement: Settlement, order: OrderMoney, now: number): Step {
  if (settlement.cancelledAt !== null || settlement.fundedAt === null) return { settlement, transfers: [] };
  const { turnover: _, ...parts } = partsOf(order);
  const legs: Leg[] = [
    { kind: "sale_cancelled", from: escrow, to: platform("payments"), minor: parts.sale },
    { kind: "sale_tax", from: escrow, to: platform("payments"), minor: parts.sale_tax },
    { kind: "sale_shipping", from: escrow, to: platform("payments"), minor: parts.sale_shipping },
    { kind: "promotion", from: escrow, to: platform("promotion"), minor: parts.promotion },
    { kind: "shipping_subsidy", from: escrow, to: platform("promotion"), minor: parts.shipping_subsidy },
  ];
  const cancelled = {
    ...settlement,
    escrowMinor: 0n,
    commissionMinor: 0n,
    commissionTaxMinor: 0n,
    turnoverMinor: 0n,
    cancelledAt: now,
    version: settlement.version + 1,
  };
  return { settlement: cancelled, transfers: book(settlement, `order/${order.orderId}/off`, legs) };
}

export function decideProgress(
  settlement: Settlement,
  progress: { readonly deliveredAt: number } | { readonly completedAt: number },
): Settlement {
  const { deliveredAt, completedAt } = { ...settlement, ...progress };
  if (deliveredAt === settlement.deliveredAt && completedAt === settlement.completedAt) return settlement;
  return { ...settlement, deliveredAt, completedAt, version: settlement.version + 1 };
}

/** When the shop's money is its own: not before the order is completed, and so long after delivery. */
export function releaseAt(
  { completedAt, deliveredAt, releasedAt, cancelledAt }: Settlement,
  afterMs: number,
): number | undefined {
  if (completedAt === null || releasedAt !== null || cancelledAt !== null) return undefined;
  return Math.max(completedAt, (deliveredAt ?? completedAt) + afterMs);
}

type Withholding = NonNullable<Market["wallet"]["withholding"]>;
export type Terms = {
  /** Absent where the law asks for none, or the shop is exempt. */
  readonly withholding: Withholding | undefined;
  readonly cashStepMinor: bigint;
};

/** Tax on the turnover, in whole steps of cash, in the shop's favour. */
function withheldOf(turnoverMinor: bigint, { withholding, cashStepMinor }: Terms): bigint {
  if (!withholding) return 0n;
  const exact = (turnoverMinor * BigInt(withholding.rateBasisPoints)) / 10_000n;
  return exact - (exact % cashStepMinor);
}

/** Escrow becomes the shop's; commission, the tax on it and the tax withheld leave it in the same breath. */
export function decideRelease(settlement: Settlement, terms: Terms, now: number): Step {
  const { releasedAt, cancelledAt, fundedAt, orderId } = settlement;
  if (releasedAt !== null || cancelledAt !== null || fundedAt === null) return { settlement, transfers: [] };
  const withheldMinor = withheldOf(settlement.turnoverMinor, terms);
  const { escrowMinor, commissionMinor, commissionTaxMinor } = settlement;
  const legs: Leg[] = [
    { kind: "release", from: escrow, to: payable, minor: escrowMinor },
    { kind: "commission", from: payable, to: platform("commission"), minor: commissionMinor },
    { kind: "commission_tax", from: payable, to: platform("commission_tax"), minor: commissionTaxMinor },
    { kind: "withholding", from: payable, to: platform("withholding"), minor: withheldMinor },
  ];
  const released = {
    ...settlement,
    escrowMinor: 0n,
    withheldMinor,
    releasedAt: now,
    version: settlement.version + 1,
  };
  return { settlement: released, transfers: book(settlement, `order/${orderId}/release`, legs) };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * A refund is through. Before the release it comes out of escrow and what is to be taken of it shrinks; after
 * it the shop gives back what it was paid, below nought if need be, and has its commission back.
 */
export function decideRefund(settlement: Settlement, refund: RefundMoney): Step {
  const { refundId, fromSellerMinor, fromPlatformMinor } = refund;
  if (settlement.refunds.includes(refundId)) return { settlement, transfers: [] };
  const isReleased = settlement.releasedAt !== null;
  const fromEscrow = isReleased ? 0n : least(fromSellerMinor, settlement.escrowMinor);
  const back = {
    commission: least(refund.commissionBackMinor, settlement.commissionMinor),
    tax: least(refund.commissionTaxBackMinor, settlement.commissionTaxMinor),
    turnover: least(refund.turnoverBackMinor, settlement.turnoverMinor),
  };
  const platformPart: Leg[] = [
    { kind: "promotion", from: platform("promotion"), to: platform("payments"), minor: fromPlatformMinor },
    {
      kind: "promotion_back",
      from: platform("payments"),
      to: platform("promotion"),
      minor: -fromPlatformMinor,
    },
  ];
  const legs: Leg[] = [
    { kind: "refund", from: escrow, to: platform("payments"), minor: fromEscrow },
    { kind: "clawback", from: payable, to: platform("payments"), minor: fromSellerMinor - fromEscrow },
    ...platformPart,
    {
      kind: "commission_back",
      from: platform("commission"),
      to: payable,
      minor: isReleased ? back.commission : 0n,
    },
    {
      kind: "commission_tax_back",
      from: platform("commission_tax"),
      to: payable,
      minor: isReleased ? back.tax : 0n,
    },
  ];
  const refunded = {
    ...settlement,
    escrowMinor: settlement.escrowMinor - fromEscrow,
    commissionMinor: settlement.commissionMinor - back.commission,
    commissionTaxMinor: settlement.commissionTaxMinor - back.tax,
    turnoverMinor: settlement.turnoverMinor - back.turnover,
    refunds: [...settlement.refunds, refundId],
    version: settlement.version + 1,
  };
  return { settlement: refunded, transfers: book(settlement, `refund/${refundId}`, legs) };
}
