import { createHash } from "node:crypto";
import { expect, inject } from "vitest";
import { actorKey, type BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import { availabilityQuery, reserve } from "#services/logistics/inventory/index";
import { insertLocation, setLevels } from "#services/logistics/inventory/repository/stock";
import { type DraftOrder, placeOrders } from "#services/transaction/order/index";
import {
  createPayment,
  type PaymentMethod,
  type PaymentOptions,
  startPayment,
} from "#services/transaction/payment/index";
import type { Client, Harness } from "../../support/harness.ts";

const PRICE_MINOR = 12_500_000n;
const SHIPPING_MINOR = 1_500_000n;
export const PAY_WITHIN_MS = 900_000;
const ADDRESS = {
  recipient: "Ayu Lestari",
  phone: "+628123456789",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  village: null,
  postalCode: "12190",
  line1: "Jl. Senopati 41",
  line2: null,
  latitude: null,
  longitude: null,
};

/** A shop with one offer in stock, and somebody who works there. */
export async function openShop(h: Harness, stock = 10) {
  const ctx = h.ctx();
  const sellerId = h.ids.next("seller");
  const offerId = h.ids.next("offer");
  const locationId = h.ids.next("location");
  const createdAt = h.clock.now();
  const location = {
    id: locationId,
    sellerId,
    name: "Gudang",
    priority: 0,
    version: 1,
    createdAt,
    closedAt: null,
  };
  const level = { offerId, sellerId, locationId, isFirst: false, onHand: stock, safety: 0, backorderMax: 0 };
  const committed = await ctx.db.commit([insertLocation(location), setLevels(ctx, "test", [level])]);
  expect(committed.ok).toBe(true);
  return {
    sellerId,
    offerId,
    locationId,
    productId: h.ids.next("product"),
    member: await h.member(sellerId),
    /** What can still be sold. */
    async available(): Promise<number> {
      const [levels] = await ctx.db.load(availabilityQuery(ctx, [offerId]));
      return levels.get(offerId) ?? 0;
    },
  };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;

type Basket = {
  readonly buyer: Client;
  readonly shops: readonly Shop[];
  readonly method: PaymentMethod;
  readonly quantity?: number;
  readonly email?: string;
  readonly options?: PaymentOptions;
  readonly cardToken?: string;
  readonly walletMinor?: bigint;
  /** Sold ahead: when the shop has promised it. */
  readonly readyAt?: ReadonlyMap<Shop, number> | undefined;
  /** Leaves the provider out, as a crash after the commit does. */
  readonly unstarted?: boolean;
};

/** What checkout would draft for one shop: goods with their tax within or on top, and flat shipping. */
function draftOf(h: Harness, { sellerId, offerId, productId }: Shop, quantity: number): DraftOrder {
  const goodsMinor = PRICE_MINOR * BigInt(quantity);
  const taxMinor = ((goodsMinor * 11n) / 111n / 100n) * 100n;
  const line = {
    offerId,
    productId,
    categoryId: null,
    sku: "KEMEJA-L",
    title: "Kemeja batik",
    variantLabel: "L",
    imageKey: null,
    unitPriceMinor: PRICE_MINOR,
    quantity,
    goodsMinor,
    discountMinor: 0n,
    sellerDiscountMinor: 0n,
    taxMinor,
    taxRateBasisPoints: 1_100,
    commissionRuleId: null,
    commissionBasisPoints: 500,
    commissionMinor: goodsMinor / 20n,
    commissionTaxMinor: 0n,
  };
  const totalMinor = goodsMinor + SHIPPING_MINOR + (h.market.tax.inclusive ? 0n : taxMinor);
  return {
    sellerId,
    shippingMinor: SHIPPING_MINOR,
    shippingDiscountMinor: 0n,
    sellerShippingDiscountMinor: 0n,
    shippingChoice: null,
    taxMinor,
    totalMinor,
    lines: [line],
  };
}

/** One order a shop, placed as checkout places it: stock, orders and payment in one commit. */
export async function buy(h: Harness, basket: Basket) {
  const {
    buyer,
    shops,
    method,
    quantity = 2,
    email = "ayu@example.com",
    options,
    cardToken,
    walletMinor,
  } = basket;
  const ctx = h.ctx(buyer.actor);
  const orderGroupId = h.ids.next("orderGroup");
  const paymentId = h.ids.next("payment");
  const payBy = h.clock.now() + PAY_WITHIN_MS;
  const buyerId = actorKey(buyer.actor) as BuyerId;
  const { currency } = h.market;
  const placement = placeOrders(ctx, {
    orderGroupId,
    buyerId,
    email,
    locale: "id",
    address: ADDRESS,
    payment: { method, paymentId },
    payBy,
    currency,
    sellers: shops.map((shop) => ({
      ...draftOf(h, shop, quantity),
      readyAt: basket.readyAt?.get(shop) ?? null,
    })),
  });
  const amount = { minor: placement.totalMinor, currency };
  const expiresAt = method === "cod" ? null : payBy;
  const about = { paymentId, orderGroupId, buyerId };
  const splits = placement.orders.map(({ orderId, sellerId, totalMinor: minor }) => {
    return { orderId, sellerId, minor };
  });
  const holds = placement.orders.map(({ reservationId, lines }) => {
    return { reservationId, owner: orderGroupId, expiresAt, lines };
  });
  const committed = await ctx.db.commit([
    reserve(ctx, ...holds),
    ...placement.statements,
    ...createPayment(ctx, { ...about, amount, method, payBy, options, splits, walletMinor }),
  ]);
  expect(committed).toEqual({ ok: true, value: undefined });
  const action = basket.unstarted ? undefined : await startPayment(ctx, paymentId, { cardToken });
  await h.settle();
  const orderIds = placement.orders.map((order) => order.orderId);
  return {
    orderGroupId,
    paymentId,
    orderIds,
    orderId: orderIds[0] as Id<"order">,
    amount,
    action,
    placement,
  };
}

type Wire = { readonly [field: string]: unknown };

/** The provider, from the customer's side: it acts, and its own signed notifications are ours to deliver. */
export function sandbox(h: Harness) {
  const base = inject("engineUrls").midtrans;
  const idOf = (paymentId: string) => `${h.cell}-${paymentId}`;
  const call = async (method: string, path: string, body?: Wire): Promise<Wire> => {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const response = await fetch(`${base}${path}`, { method, ...init });
    return (await response.json()) as Wire;
  };
  const notifications = async (paymentId: string): Promise<readonly string[]> => {
    const { items } = await call("GET", `/sandbox/notifications?order_id=${idOf(paymentId)}`);
    return (items as readonly { body: string }[]).map((one) => one.body);
  };
  const post = (body: string) =>
    h.anonymous.post("/v1/webhooks/midtrans", body, { headers: { "content-type": "application/json" } });
  return {
    notifications,
    post,
    act: (paymentId: string, action: string) =>
      call("POST", `/sandbox/transactions/${idOf(paymentId)}/${action}`),
    transaction: (paymentId: string) => call("GET", `/sandbox/transactions/${idOf(paymentId)}`),
    faults: (paymentId: string, faults: Wire) =>
      call("POST", "/sandbox/faults", { ...faults, orderId: idOf(paymentId) }),
    /** Delivers the newest notification, and what comes of it. */
    async notify(paymentId: string) {
      const body = (await notifications(paymentId)).at(-1);
      if (body === undefined) throw new Error("the sandbox has told of nothing");
      const answer = await post(body);
      await h.drain();
      return answer;
    },
    /** The same notification with other fields, signed as the provider signs. */
    signed(body: string, change: Wire, key: string = h.config.midtrans.serverKey): string {
      const wire = { ...(JSON.parse(body) as Wire), ...change };
      const signed = `${wire.order_id}${wire.status_code}${wire.gross_amount}${key}`;
      return JSON.stringify({ ...wire, signature_key: createHash("sha512").update(signed).digest("hex") });
    },
    async cardToken(number = "4811111111111114"): Promise<string> {
      const query = new URLSearchParams({
        client_key: h.config.midtrans.clientKey,
        card_number: number,
        card_cvv: "123",
        card_exp_month: "12",
        card_exp_year: "2999",
      });
      return String((await call("GET", `/v2/token?${query}`)).token_id);
    },
  };
}

/** Bought and paid for by QRIS, with all that comes of it. */
export async function paidOrder(h: Harness, { buyer, shops }: { buyer: Client; shops: readonly Shop[] }) {
  const bought = await buy(h, { buyer, shops, method: "qris" });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  return { ...bought, provider };
}

let keys = 0;
/** Another Idempotency-Key each time. */
export const key = (): { readonly key: string } => {
  keys += 1;
  return { key: `shopping-${keys}-${crypto.randomUUID()}` };
};
