import { createHmac } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, inject } from "vitest";
import { type ParcelToQuote, quoteParcels } from "#services/logistics/shipping/index";
import { type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, paidOrder, type Shop } from "../transaction/shopping.ts";

export type Json = Record<string, unknown>;
export const MINUTE_MS = 60_000;
export const JAKARTA = { country: "ID", region: "DKI Jakarta", city: "Jakarta", postalCode: "12190" };

/** Each test has a place of its own, so that no copy of another's rates is taken for its own. */
let places = 0;
const newPostalCode = () => {
  places += 1;
  return String(40_000 + ((Date.now() + places * 37) % 9_000));
};

export async function origin(h: Harness, { member }: Pick<Shop, "member">, about: Json = {}) {
  const country = h.market.countries[0] ?? "ID";
  const address = {
    name: "Toko Maju",
    phone: "+6281234567890",
    country,
    region: "Jawa Barat",
    city: "Bandung",
    postalCode: newPostalCode(),
    line1: "Jl. Asia Afrika 8",
  };
  const answer = await member.put("/v1/shipping/origin", { address, ...about });
  expect(answer.status).toBe(200);
}

const control = (name: "biteship" | "easypost") => async (method: string, path: string, body?: Json) => {
  const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
  return (await (await fetch(inject("engineUrls")[name] + path, { method, ...init })).json()) as Json;
};
export const biteship = control("biteship");
export const easypost = control("easypost");

export async function corner(market: "id" | "sg" = "id") {
  const h = harness({ market });
  const shop = await openShop(h);
  // Whatever a test before this one has learnt of the carriers is forgotten.
  await h.ctx().redis.del(`${h.cell}:carrier:biteship`, `${h.cell}:carrier:easypost`);
  return { h, shop, buyer: await h.buyer() };
}

export const parcel = ({ sellerId, offerId }: Shop, about: Partial<ParcelToQuote> = {}): ParcelToQuote => ({
  sellerId,
  goodsMinor: 25_000_000n,
  cash: false,
  lines: [{ offerId, quantity: 2, weightGrams: 600 }],
  ...about,
});
export async function ratesOf(h: Harness, one: ParcelToQuote, destination = JAKARTA) {
  const [quote] = await quoteParcels(h.ctx(), { destination, parcels: [one] });
  await h.settle();
  return quote?.rates ?? [];
}
export const sourcesOf = (rates: readonly { readonly source: string }[]) => [
  ...new Set(rates.map(({ source }) => source)),
];

const CHOICE = { provider: "biteship", carrier: "jne", service: "reg", name: "JNE Reguler" };
type Choice = {
  readonly provider: string;
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
};

/** A confirmed order with the rate that its buyer chose. */
export async function confirmed(
  { h, shop, buyer }: Awaited<ReturnType<typeof corner>>,
  {
    method = "qris",
    choice = CHOICE,
    priceMinor = "2650000",
  }: { method?: "qris" | "cod"; choice?: Choice; priceMinor?: string } = {},
) {
  const basket = { buyer, shops: [shop] };
  const { orderId } = method === "cod" ? await buy(h, { ...basket, method }) : await paidOrder(h, basket);
  const chosen = { ...choice, rateId: "chosen", priceMinor, minDays: 2, maxDays: 3, chargeableGrams: 1_200 };
  await h.ctx().db.read.execute(sql`UPDATE "order" SET shipping_choice = ${JSON.stringify(chosen)}::jsonb
    WHERE id = ${orderId}`);
  expect((await shop.member.post(`/v1/orders/${orderId}/confirm`, {}, key())).status).toBe(200);
  return orderId;
}

export const delivered = (h: Harness, label: Json, source: string) =>
  ({
    id: h.ids.next("event"),
    type: "tracking.delivered",
    v: 1,
    at: h.clock.now(),
    cell: h.cell,
    subject: label.shipmentId,
    seq: 1,
    trace: "test",
    payload: {
      shipmentId: label.shipmentId,
      orderId: label.orderId,
      sellerId: label.sellerId,
      carrier: label.carrier,
      trackingNumber: label.trackingNumber,
      deliveredAt: h.clock.now(),
      source,
    },
  }) as Parameters<Harness["deliver"]>[0][number];

/** An event as EasyPost signs it. */
export function event(
  h: Harness,
  description: string,
  result: Json,
  secret = h.config.easypost?.webhookSecret ?? "",
) {
  const made = {
    object: "Event",
    id: `evt_${h.ids.next("event")}`,
    description,
    created_at: new Date(h.clock.now()).toISOString(),
    result,
  };
  const body = JSON.stringify(made);
  const digest = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-hmac-signature": `hmac-sha256-hex=${digest}` };
  return () => h.anonymous.post("/v1/webhooks/easypost", body, { headers });
}

/** EasyPost finds a shipment by our name for it. */
export async function refOf(labelId: string): Promise<string> {
  const headers = { authorization: `Basic ${btoa("EZTK-local-sg:")}` };
  const answer = await fetch(`${inject("engineUrls").easypost}/v2/shipments/${labelId}`, { headers });
  return ((await answer.json()) as { id: string }).id;
}
