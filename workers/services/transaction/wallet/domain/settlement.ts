import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { type Currency, smaller } from "#kernel/money";
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
  /** What it has brought the shop and has not gone back, in escrow or paid out. */
  readonly creditMinor: bigint;
  /** What of the buyer's money has not gone back. */
  readonly paidMinor: bigint;
  readonly fundedAt: number | null;
  readonly deliveredAt: number | null;
  readonly completedAt: number | null;
  readonly releasedAt: number | null;
  readonly cancelledAt: number | null;
  /** Refunds and lost disputes that are booked. */
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
    creditMinor: 0n,
    paidMinor: 0n,
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
  const creditMinor = order.totalMinor + parts.promotion + parts.shipping_subsidy;
  const funded = {
    ...settlement,
    escrowMinor: creditMinor,
    creditMinor,
    paidMinor: order.totalMinor,
    commissionMinor: order.commissionMinor,
    commissionTaxMinor: order.commissionTaxMinor,
    turnoverMinor: turnover,
    fundedAt: now,
    version: settlement.version + 1,
  };
  return { settlement: funded, transfers: book(settlement, `order/${order.orderId}`, legs) };
}

/** It was called off and never paid for: what a bank takes of money that came too late is no shop's. */
export function decideUnpaid(settlement: Settlement, now: number): Settlement {
  if (settlement.cancelledAt !== null || settlement.fundedAt !== null) return settlement;
  return { ...settlement, cancelledAt: now, version: settlement.version + 1 };
}

/** The order is off after it was paid: everybody has back what he put in. */
export function decideCancel(settlement: Settlement, order: OrderMoney, now: number): Step {
  if (settlement.cancelledAt !== null || settlement.fundedAt === null) return { settlement, transfers: [] };
  const name = `order/${order.orderId}/off`;
  const off = {
    ...settlement,
    escrowMinor: 0n,
    creditMinor: 0n,
    paidMinor: 0n,
    commissionMinor: 0n,
    commissionTaxMinor: 0n,
    turnoverMinor: 0n,
    cancelledAt: now,
    version: settlement.version + 1,
  };
  // What a bank has taken back before is not given back once more.
  if (settlement.refunds.length > 0) {
    const { escrowMinor, paidMinor } = settlement;
    const rest: Leg[] = [
      { kind: "refund", from: escrow, to: platform("payments"), minor: escrowMinor },
      ...platformLegs(paidMinor - escrowMinor),
    ];
    return { settlement: off, transfers: book(settlement, name, rest) };
  }
  const { turnover: _, ...parts } = partsOf(order);
  const legs: Leg[] = [
    { kind: "sale_cancelled", from: escrow, to: platform("payments"), minor: parts.sale },
    { kind: "sale_tax", from: escrow, to: platform("payments"), minor: parts.sale_tax },
    { kind: "sale_shipping", from: escrow, to: platform("payments"), minor: parts.sale_shipping },
    { kind: "promotion", from: escrow, to: platform("promotion"), minor: parts.promotion },
    { kind: "shipping_subsidy", from: escrow, to: platform("promotion"), minor: parts.shipping_subsidy },
  ];
  return { settlement: off, transfers: book(settlement, name, legs) };
}

/** The platform's part of what goes back; below nought its share of a discount comes back to it. */
const platformLegs = (minor: bigint): Leg[] => [
  { kind: "promotion", from: platform("promotion"), to: platform("payments"), minor },
  { kind: "promotion_back", from: platform("payments"), to: platform("promotion"), minor: -minor },
];

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

/**
 * A refund is through. Before the release it comes out of escrow and what is to be taken of it shrinks; after
 * it the shop gives back what it was paid, below nought if need be, and has its commission back, and the tax
 * that was withheld of turnover that is none any more.
 */
export function decideRefund(settlement: Settlement, refund: RefundMoney, cashStepMinor: bigint): Step {
  if (settlement.refunds.includes(refund.refundId)) return { settlement, transfers: [] };
  const { legs, after } = reverse(settlement, refund, cashStepMinor);
  return { settlement: after, transfers: book(settlement, `refund/${refund.refundId}`, legs) };
}

export type Lost = { readonly disputeId: string; readonly minor: bigint };

/**
 * The buyer's bank has taken back a part of what he paid, for good: as a refund in that proportion, and what
 * has gone back already is not taken from the shop once more but lost.
 */
export function decideLost(settlement: Settlement, { disputeId, minor }: Lost, cashStepMinor: bigint): Step {
  const refundId = `dispute/${disputeId}`;
  if (settlement.refunds.includes(refundId)) return { settlement, transfers: [] };
  const { paidMinor, creditMinor } = settlement;
  // What an order that was called off has brought is with the buyers' money already.
  if (settlement.cancelledAt !== null) {
    const legs: Leg[] = [
      { kind: "dispute_lost", from: platform("payments"), to: platform("disputes"), minor },
    ];
    const refunds = [...settlement.refunds, refundId];
    const after = { ...settlement, refunds, version: settlement.version + 1 };
    return { settlement: after, transfers: book(settlement, `${refundId}/${settlement.orderId}`, legs) };
  }
  const toBuyerMinor = smaller(minor, paidMinor);
  const part = (of: bigint): bigint => (paidMinor === 0n ? 0n : (of * toBuyerMinor) / paidMinor);
  const fromSellerMinor = part(creditMinor);
  const money = {
    refundId,
    toBuyerMinor,
    fromSellerMinor,
    fromPlatformMinor: toBuyerMinor - fromSellerMinor,
    commissionBackMinor: part(settlement.commissionMinor),
    commissionTaxBackMinor: part(settlement.commissionTaxMinor),
    turnoverBackMinor: part(settlement.turnoverMinor),
  };
  const { legs, after } = reverse(settlement, money, cashStepMinor);
  const ends: Leg[] = [
    { kind: "dispute_lost", from: platform("payments"), to: platform("disputes"), minor: toBuyerMinor },
    { kind: "write_off", from: platform("loss"), to: platform("disputes"), minor: minor - toBuyerMinor },
  ];
  const name = `${refundId}/${settlement.orderId}`;
  return { settlement: after, transfers: book(settlement, name, [...legs, ...ends]) };
}

/** Tax was withheld of all that was turned over; of what is left the same share stays withheld. */
function withheldBackOf({ withheldMinor, turnoverMinor }: Settlement, back: bigint, step: bigint): bigint {
  if (withheldMinor === 0n || turnoverMinor === 0n) return 0n;
  const stays = (withheldMinor * (turnoverMinor - back)) / turnoverMinor;
  return withheldMinor - (stays - (stays % step));
}

function reverse(settlement: Settlement, money: RefundMoney, cashStepMinor: bigint) {
  const { refundId, fromSellerMinor, fromPlatformMinor } = money;
  const isReleased = settlement.releasedAt !== null;
  const fromEscrow = isReleased ? 0n : smaller(fromSellerMinor, settlement.escrowMinor);
  const back = {
    commission: smaller(money.commissionBackMinor, settlement.commissionMinor),
    tax: smaller(money.commissionTaxBackMinor, settlement.commissionTaxMinor),
    turnover: smaller(money.turnoverBackMinor, settlement.turnoverMinor),
  };
  const withheldBack = withheldBackOf(settlement, back.turnover, cashStepMinor);
  const ifPaid = (minor: bigint): bigint => (isReleased ? minor : 0n);
  const legs: Leg[] = [
    { kind: "refund", from: escrow, to: platform("payments"), minor: fromEscrow },
    { kind: "clawback", from: payable, to: platform("payments"), minor: fromSellerMinor - fromEscrow },
    ...platformLegs(fromPlatformMinor),
    { kind: "commission_back", from: platform("commission"), to: payable, minor: ifPaid(back.commission) },
    { kind: "commission_tax_back", from: platform("commission_tax"), to: payable, minor: ifPaid(back.tax) },
    { kind: "withholding_back", from: platform("withholding"), to: payable, minor: withheldBack },
  ];
  const after = {
    ...settlement,
    escrowMinor: settlement.escrowMinor - fromEscrow,
    creditMinor: settlement.creditMinor - smaller(fromSellerMinor, settlement.creditMinor),
    paidMinor: settlement.paidMinor - smaller(money.toBuyerMinor, settlement.paidMinor),
    commissionMinor: settlement.commissionMinor - back.commission,
    commissionTaxMinor: settlement.commissionTaxMinor - back.tax,
    turnoverMinor: settlement.turnoverMinor - back.turnover,
    withheldMinor: settlement.withheldMinor - withheldBack,
    refunds: [...settlement.refunds, refundId],
    version: settlement.version + 1,
  };
  return { legs, after };
}
