import { type Consumer, defineConsumer } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { CheckoutCompleted, CheckoutStarted } from "#services/transaction/checkout/facts";
import {
  OrderCancelled,
  OrderCompleted,
  OrderDelivered,
  OrderPaid,
  OrderPlaced,
  OrderShipped,
} from "#services/transaction/order/facts";
import { dayOf, type EventRow, netLines, type SoldOrder } from "./domain.ts";
import { ROLL_UP_DAY } from "./facts.ts";
import { forgetVisitor, insertEvents, insertSales, type SaleLine, soldAtOf } from "./repository.ts";

const FORGOTTEN = "Events and sold lines are counted without saying whose they were.";

/** Changes of a day that come close together are counted in one go. */
const ROLL_UP_AFTER_MS = 2_000;

/** Names and addresses stay out of analytics: ids, amounts and quantities are what is counted. */
const KEPT = ["orderId", "orderGroupId", "totalMinor", "goodsMinor", "method", "lines", "reason"] as const;

type Told = Fact<string, number, { readonly [field: string]: unknown }>;

function toEvent(fact: Told, now: number): EventRow {
  const { payload } = fact;
  const text = (field: string) => (typeof payload[field] === "string" ? (payload[field] as string) : "");
  const kept = KEPT.filter((field) => field in payload && field !== "lines");
  return {
    eventId: fact.id,
    type: fact.type,
    source: "domain",
    at: fact.at,
    receivedAt: now,
    subject: fact.subject,
    seq: fact.seq,
    visitorId: text("buyerId"),
    sessionId: "",
    sellerId: text("sellerId"),
    productId: "",
    currency: text("currency"),
    properties: JSON.stringify(Object.fromEntries(kept.map((field) => [field, payload[field]]))),
  };
}

type Sale = {
  readonly fact: Told;
  readonly order: SoldOrder;
  readonly isSold: boolean;
  readonly soldAt: number;
};

const toLines = ({ market }: Ctx, { fact, order, isSold, soldAt }: Sale): SaleLine[] =>
  netLines(order, market).map(({ netMinor, taxMinor, ...line }, lineNumber) => ({
    orderId: order.orderId,
    lineNumber,
    orderGroupId: order.orderGroupId,
    sellerId: order.sellerId,
    buyerId: order.buyerId,
    productId: line.productId,
    offerId: line.offerId,
    sku: line.sku,
    title: line.title,
    quantity: isSold ? line.quantity : 0,
    currency: order.currency,
    netMinor: (isSold ? netMinor : 0n).toString(),
    taxMinor: (isSold ? taxMinor : 0n).toString(),
    soldAt,
    version: fact.seq,
  }));

/** Sold when paid; no longer when cancelled after that. Whichever comes first, the later version stands. */
async function salesOf(ctx: Ctx, facts: readonly Told[]): Promise<readonly Sale[]> {
  const paid = facts.filter((fact) => fact.type === OrderPaid.type);
  const undone = facts.filter((fact) => fact.type === OrderCancelled.type && fact.payload.wasPaid === true);
  const known = await soldAtOf(
    ctx.clickhouse,
    undone.map((fact) => fact.subject),
  );
  const here = new Map(paid.map((fact) => [fact.subject, fact.at]));
  const orderOf = (fact: Told) => fact.payload as SoldOrder & Told["payload"];
  return [
    ...paid.map((fact) => ({ fact, order: orderOf(fact), isSold: true, soldAt: fact.at })),
    ...undone.map((fact) => {
      const soldAt = known.get(fact.subject) ?? here.get(fact.subject) ?? fact.at;
      return { fact, order: orderOf(fact), isSold: false, soldAt };
    }),
  ];
}

async function ingest(ctx: Ctx, facts: readonly Told[]): Promise<readonly Statement[]> {
  const now = ctx.clock.now();
  const sales = await salesOf(ctx, facts);
  await insertEvents(
    ctx.clickhouse,
    facts.map((fact) => toEvent(fact, now)),
  );
  await insertSales(
    ctx.clickhouse,
    sales.flatMap((sale) => toLines(ctx, sale)),
  );
  const days = new Set(sales.map((sale) => dayOf(sale.soldAt, ctx.market.timeZone)));
  return [...days].map((day) =>
    schedule(ctx, ROLL_UP_DAY, { subject: day, payload: { day }, dueAt: now + ROLL_UP_AFTER_MS }),
  );
}

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "analytics.ingest",
    queue: "ANALYTICS",
    on: [
      CheckoutStarted,
      CheckoutCompleted,
      OrderPlaced,
      OrderPaid,
      OrderShipped,
      OrderDelivered,
      OrderCompleted,
      OrderCancelled,
    ],
    handle: (ctx, facts) => ingest(ctx, facts),
  }),
  defineConsumer({
    name: "analytics.erasures",
    on: [UserErased],
    handle: async (ctx, facts) => {
      for (const { payload } of facts) await forgetVisitor(ctx.clickhouse, payload.userId);
      const at = ctx.clock.now();
      return facts.map(({ payload: { userId } }) =>
        recordErasure([{ userId, store: "clickhouse.event", action: "anonymised", reason: FORGOTTEN, at }]),
      );
    },
  }),
];
