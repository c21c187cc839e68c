import { setTimeout as pause } from "node:timers/promises";
import { CELL, type Headers_, ids, signIn } from "./people.ts";
import { call, type Ground, makeOffer } from "./sale-world.ts";

const ADDRESS = {
  recipient: "Ani Wijaya",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Pusat",
  district: "Gambir",
  postalCode: "10110",
  line1: "Jl. Merdeka 1",
  latitude: -6.1754,
  longitude: 106.8272,
};
/** A shipment is followed once its event was handled. */
const FOLLOWED_WITHIN_MS = 30_000;
const POLL_MS = 200;

/** A parcel that a shop has sent, with the shop's own headers. */
export type SentParcel = { readonly shipmentId: string; readonly shop: Headers_ };

const keyed = (headers: Headers_): Headers_ => ({ ...headers, "idempotency-key": ids.next("event") });

async function read<T>({ url }: Ground, path: string, headers: Headers_): Promise<T | undefined> {
  const response = await fetch(url + path, { headers: { ...headers, "x-market": CELL } });
  const body: unknown = await response.json();
  return response.ok ? (body as T) : undefined;
}

/** One order of so many units that leaves in as many parcels, each followed. */
export async function sendParcels(ground: Ground, count: number): Promise<readonly SentParcel[]> {
  const operator = await signIn(ground, ids.next("user"), { operator: "admin" });
  const { offerId, seller: shop } = await makeOffer(ground, operator, count);
  const buyer = await signIn(ground, ids.next("user"));
  const { cart } = await call<{ cart: { id: string } }>(ground, "/v1/carts", buyer, {});
  await call(ground, `/v1/carts/${cart.id}/lines`, keyed(buyer), { offerId, quantity: count });
  const start = { email: "buyer@example.com", paymentMethod: "cod", address: ADDRESS };
  const checkout = await call<{ id: string }>(ground, "/v1/checkouts", keyed(buyer), start);
  type Completed = { readonly orders: readonly { readonly id: string }[] };
  const path = `/v1/checkouts/${checkout.id}/complete`;
  const { orders } = await call<Completed>(ground, path, keyed(buyer), {});
  const at = `/v1/orders/${orders[0]?.id}`;
  type Order = {
    readonly lines: readonly { readonly id: string }[];
    readonly shipments: readonly { readonly id: string }[];
  };
  const confirmed = await call<Order>(ground, `${at}/confirm`, keyed(shop), {});
  const lines = [{ lineId: confirmed.lines[0]?.id, quantity: 1 }];
  for (let n = 0; n < count; n += 1) {
    const parcel = { carrier: "Kurir toko", trackingNumber: `BENCH-${n}`, lines };
    await call(ground, `${at}/ship`, keyed(shop), parcel);
  }
  const { shipments = [] } = (await read<Order>(ground, `${at}?as=seller`, shop)) ?? {};
  const giveUpAt = Date.now() + FOLLOWED_WITHIN_MS;
  for (const { id } of shipments) {
    while (!(await read(ground, `/v1/tracking/${id}`, shop))) {
      if (Date.now() > giveUpAt) throw new Error("the shipments are not followed in time");
      await pause(POLL_MS);
    }
  }
  return shipments.map(({ id }) => ({ shipmentId: id, shop }));
}

/** Where a driver of his own enters the parcel's feed; a pass is good for one driver. */
export async function driverUrl(ground: Ground, { shipmentId, shop }: SentParcel): Promise<string> {
  const path = `/v1/tracking/${shipmentId}`;
  const { pass } = await call<{ pass: string }>(ground, `${path}/passes`, keyed(shop), {});
  const headers = { "x-driver-pass": pass };
  const { url, ticket } = await call<{ url: string; ticket: string }>(ground, `${path}/tickets`, headers, {});
  return `${ground.url.replace("http", "ws")}${url}&ticket=${ticket}`;
}
