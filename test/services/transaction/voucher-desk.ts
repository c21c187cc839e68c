import { expect } from "vitest";
import type { BuyerId } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import { consumeFacts } from "#kernel/consume";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import {
  OrderCancelled,
  OrderCompleted,
  OrderLinesCancelled,
  OrderPlaced,
} from "#services/transaction/order/facts";
import { RefundSettled } from "#services/transaction/refund/facts";
import { consumers } from "#services/transaction/voucher/consumers";
import { type Applied, redeemVouchers } from "#services/transaction/voucher/index";
import type { Client, Harness } from "../../support/harness.ts";
import { toldOrder } from "../social/told-orders.ts";

export const idr = (minor: number | bigint) => ({ minor: minor.toString(), currency: "IDR" });
/** Codes are one a market for ever, and the engines outlive a test. */
export const codeOf = (h: Harness, name: string) =>
  `${name}-${h.ids.next("voucher").slice(-12)}`.toUpperCase();

type Terms = { readonly [field: string]: unknown };

/** A voucher that holds from now on for a day, made through the API. */
export async function make(h: Harness, maker: Client, terms: Terms = {}) {
  const now = h.clock.now();
  const body = {
    titles: { en: "Test voucher" },
    benefit: { kind: "fixed", amount: idr(500_000) },
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + DAY_MS).toISOString(),
    ...terms,
  };
  const answer = await maker.post("/v1/vouchers", body, { key: h.ids.next("request") });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as {
    readonly id: Id<"voucher">;
    readonly code: string;
    readonly version: number;
    readonly sellerId: Id<"seller"> | null;
    readonly benefit: { readonly kind: string };
  };
}
export type Made = Awaited<ReturnType<typeof make>>;

type Parts = readonly (readonly [Id<"seller">, bigint])[];

/** What a quote of this voucher would say, for these shops. */
function appliedOf(h: Harness, { id, code, version, sellerId, benefit }: Made, parts: Parts): Applied {
  return {
    voucherId: id,
    code,
    version,
    fundedBy: sellerId === null ? "platform" : "seller",
    sellerId,
    target: benefit.kind === "cashback" ? "cashback" : "goods",
    amountMinor: parts.reduce((sum, [, minor]) => sum + minor, 0n),
    shares: parts.map(([seller, minor]) => ({ sellerId: seller, lineId: h.ids.next("line"), minor })),
  };
}

type Use = {
  readonly buyerId?: BuyerId;
  readonly email?: string;
  readonly orderGroupId?: Id<"orderGroup">;
  readonly parts?: Parts;
};

/** Uses vouchers as a checkout's commit does; says the code that it was refused with. */
export async function redeem(h: Harness, vouchers: readonly Made[], use: Use = {}): Promise<string> {
  const { orderGroupId = h.ids.next("orderGroup"), buyerId = h.ids.next("user") } = use;
  const email = use.email ?? `${buyerId}@example.com`;
  const parts = use.parts ?? [[h.ids.next("seller"), 500_000n]];
  const applied = vouchers.map((voucher) => appliedOf(h, voucher, parts));
  const ctx = h.ctx();
  const result = await ctx.db.commit(redeemVouchers(ctx, { orderGroupId, buyerId, email, applied }));
  return result.ok ? "ok" : result.code;
}

export const tally = (results: readonly string[]): { [result: string]: number } =>
  Object.fromEntries([...Map.groupBy(results, (one) => one)].map(([one, all]) => [one, all.length]));

type Told = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: BuyerId;
  readonly email?: string;
  readonly orderId?: Id<"order">;
  readonly lines?: ReturnType<typeof toldOrder>["lines"];
};

function factOf(h: Harness, kind: "placed" | "cancelled" | "completed", about: Told): Fact {
  const told = toldOrder(h.ids, { email: `${about.buyerId}@example.com`, ...about });
  const subject = { id: told.orderId, version: 2 };
  if (kind === "placed") return OrderPlaced.make(h.ctx(), subject, { ...told, payBy: h.clock.now() });
  if (kind === "completed") return OrderCompleted.make(h.ctx(), subject, told);
  return OrderCancelled.make(h.ctx(), subject, { ...told, reason: "unpaid", wasPaid: false });
}

export const placed = (h: Harness, about: Told) => factOf(h, "placed", about);
export const cancelled = (h: Harness, about: Told) => factOf(h, "cancelled", about);
export const completed = (h: Harness, about: Told) => factOf(h, "completed", about);

/** Units of a paid order are called off; `isWhole`, and it is cancelled. */
export function calledOff(h: Harness, about: Told, isWhole: boolean): Fact {
  const told = toldOrder(h.ids, { email: `${about.buyerId}@example.com`, ...about });
  const units = told.lines.map(({ lineId }) => ({ lineId, quantity: 1 }));
  const why = { reason: "changed_mind", by: "buyer" as const, units, isWhole };
  return OrderLinesCancelled.make(h.ctx(), { id: told.orderId, version: 3 }, { ...told, ...why });
}

/** Units of the order's first line came back. */
export function returned(
  h: Harness,
  { orderGroupId, sellerId, buyerId, lines = [] }: Told,
  units: number,
): Fact {
  const [first] = lines;
  if (!first) throw new Error("an order has lines");
  const { lineId, offerId, productId, categoryId } = first;
  const refundId = h.ids.next("refundCase");
  const zero = {
    goodsMinor: "0",
    discountMinor: "0",
    sellerDiscountMinor: "0",
    taxMinor: "0",
    commissionMinor: "0",
    commissionTaxMinor: "0",
  };
  return RefundSettled.make(
    h.ctx(),
    { id: refundId, version: 1 },
    {
      ...{ refundId, orderGroupId, sellerId, buyerId, email: "a@example.com", locale: "en", currency: "IDR" },
      ...{
        kind: "return",
        orderId: h.ids.next("order"),
        reason: "changed_mind",
        isFault: false,
        isWhole: false,
      },
      lines: [{ lineId, offerId, productId, categoryId, quantity: units, ...zero }],
      ...{ shippingMinor: "0", withheldMinor: "0", taxMinor: "0", toBuyerMinor: "0" },
      ...{
        commissionBackMinor: "0",
        commissionTaxBackMinor: "0",
        fromSellerMinor: "0",
        fromPlatformMinor: "0",
      },
      ...{ tender: "wallet", method: "qris", paymentId: null },
    },
  );
}

/** To this service alone: what others make of an order that is not there is not this test's. */
export async function hear(h: Harness, ...facts: readonly Fact[]): Promise<void> {
  expect([...(await consumeFacts(h.ctx(), consumers, facts))]).toEqual([]);
}

/** The voucher's own figures, as its owner reads them. */
export async function usageOf(maker: Client, { id }: Made) {
  const { status, body } = await maker.get(`/v1/vouchers/${id}/usage`);
  expect(status).toBe(200);
  return body;
}
