import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { eq, sql } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import type { TrackingSessionDO } from "#objects/tracking-session";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, paidOrder } from "../transaction/shopping.ts";

const HOUR_MS = 3_600_000;
const DOOR = { latitude: -6.175_392, longitude: 106.827_153 };
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const WITH_PASS = (pass: string) => ({ headers: { "x-driver-pass": pass } });
type Wire = Record<string, unknown>;

/** The couriers' platform: parcels that go their way; its notifications the tests deliver themselves. */
function couriers({ config, anonymous }: Harness) {
  const base = inject("engineUrls").biteship;
  const call = async (method: string, path: string, body?: Wire): Promise<Wire> => {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    return (await fetch(base + path, { method, ...init })).json();
  };
  const { apiKey = "", webhookHeader = "", webhookSecret = "" } = config.biteship ?? {};
  return {
    handOver: (number: string) =>
      call("POST", "/sandbox/parcels", { api_key: apiKey, waybill_id: number, courier: "jne" }),
    scan: (number: string, status: string, at: number, note = "") =>
      call("POST", `/sandbox/parcels/${number}/scans`, { status, note, at: new Date(at).toISOString() }),
    faults: (number: string, faults: Wire) =>
      call("POST", "/sandbox/faults", { ...faults, waybillId: number }),
    notify: (body: Wire, secret = webhookSecret) =>
      anonymous.post("/v1/webhooks/biteship", JSON.stringify(body), {
        headers: { "content-type": "application/json", [webhookHeader]: secret },
      }),
  };
}
const notice = (number: string, status: string) => ({
  event: "order.status",
  courier_waybill_id: number,
  courier_company: "jne",
  status,
});

let count = 0;
const newNumber = () => {
  count += 1;
  return `${Date.now()}${String(count).padStart(3, "0")}`;
};

/** An order that has left in parcels of the given numbers, each of one unit, and is followed. */
async function shipped(method: "cod" | "qris" = "qris", parcels = 1) {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const basket = { buyer, shops: [shop] };
  const { orderId, orderGroupId } =
    method === "qris" ? await paidOrder(h, basket) : await buy(h, { ...basket, method });
  await h.ctx().db.read.execute(sql`UPDATE order_group
    SET address = address || ${JSON.stringify(DOOR)}::jsonb WHERE id = ${orderGroupId}`);
  const { body } = await shop.member.post(`/v1/orders/${orderId}/confirm`, {}, key());
  const numbers = Array.from({ length: parcels }, newNumber);
  for (const [i, trackingNumber] of numbers.entries()) {
    const isLast = i === parcels - 1;
    const part = isLast ? {} : { lines: [{ lineId: body.lines[0].id, quantity: 1 }] };
    const parcel = { carrier: "JNE", trackingNumber, ...part };
    const answer = await shop.member.post(`/v1/orders/${orderId}/ship`, parcel, key());
    expect(answer.status).toBe(200);
  }
  await h.drain();
  const order = (await buyer.get(`/v1/orders/${orderId}`)).body;
  const ids: readonly Id<"shipment">[] = order.shipments.map((one: { id: string }) => one.id);
  for (const id of ids) {
    await runInDurableObject(stubOf(id), (object: TrackingSessionDO) => {
      object.clock = h.clock;
    });
  }
  const [shipmentId = "" as Id<"shipment">] = ids;
  const [number = ""] = numbers;
  return { h, shop, buyer, orderId, ids, numbers, shipmentId, number, at: `/v1/tracking/${shipmentId}` };
}
const stubOf = (id: string) => env.TRACKING_SESSION.getByName(`id:tracking-session:${id}`);

/** What the object has to tell goes to Postgres, and from there to whom it concerns. */
async function tell(h: Harness, shipmentId: Id<"shipment">): Promise<readonly string[]> {
  await runDurableObjectAlarm(stubOf(shipmentId));
  const rows = await h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, shipmentId));
  const facts = rows.map(({ closedAt: _, ...fact }) => fact as Fact);
  if (facts.length > 0) await h.deliver(facts);
  return facts.map(({ type }) => type).sort();
}
const stateOf = async (client: Client, orderId: string) =>
  (await client.get(`/v1/orders/${orderId}`)).body.state;

test("what leaves is followed, and a carrier's delivery delivers the order", async () => {
  const { h, buyer, shop, orderId, shipmentId, number, at } = await shipped();
  const carrier = couriers(h);
  expect((await buyer.get(at)).body).toMatchObject({ status: "pending", courier: "jne", scans: [], orderId });
  await carrier.handOver(number);
  const now = h.clock.now();
  await carrier.scan(number, "delivered", now - 1_000, "DELIVERED TO [AYU LESTARI | JAKARTA]");
  await carrier.scan(number, "picked", now - 3 * HOUR_MS, "RECEIVED AT COUNTER");
  await carrier.scan(number, "dropping_off", now - HOUR_MS, "WITH DELIVERY COURIER [JAKARTA]");
  expect((await carrier.notify(notice(number, "picked"))).body).toEqual({ taken: true });
  expect((await carrier.notify(notice(number, "delivered"))).body).toEqual({ taken: true });
  const { body } = await buyer.get(at);
  expect(body.status).toBe("delivered");
  const steps = body.scans.map((scan: { status: string }) => scan.status);
  expect(steps).toEqual(["picked_up", "out_for_delivery", "delivered"]);
  expect(body.deliveryCode).toBeUndefined();
  expect(await tell(h, shipmentId)).toEqual(["tracking.changed", "tracking.delivered"]);
  expect(await stateOf(buyer, orderId)).toBe("delivered");
  expect(await tell(h, shipmentId)).toEqual(["tracking.changed", "tracking.delivered"]);
  expect((await shop.member.get(`/v1/orders/${orderId}/timeline?as=seller`)).body.items.at(-1).move).toBe(
    "deliver",
  );
});

test("the public page has nobody's name, place or words, and its token cannot be made up", async () => {
  const { h, buyer, number, at } = await shipped();
  const carrier = couriers(h);
  await carrier.handOver(number);
  await carrier.scan(number, "dropping_off", h.clock.now(), "DITERIMA OLEH [BAPAK BUDI | GAMBIR]");
  await carrier.notify(notice(number, "dropping_off"));
  const { body } = await buyer.get(at);
  const page = await h.anonymous.get(`/v1/tracking/public/${body.publicToken}`);
  expect(page.body).toMatchObject({
    carrier: "JNE",
    status: "in_transit",
    trackingNumberEnd: number.slice(-4),
  });
  expect(JSON.stringify(page.body)).not.toMatch(/BUDI|GAMBIR|Ayu|latitude|usr_|ord_|shp_/);
  const [id, signature = ""] = body.publicToken.split(".");
  const last = signature.endsWith("A") ? "B" : "A";
  for (const token of [
    `${id}.${signature.slice(0, -1)}${last}`,
    id,
    `${h.ids.next("shipment").slice(4)}.${signature}`,
  ]) {
    expect((await h.anonymous.get(`/v1/tracking/public/${token}`)).status).toBe(404);
  }
  const abroad = harness({ market: "sg" });
  expect((await abroad.anonymous.get(`/v1/tracking/public/${body.publicToken}`)).status).toBe(404);
});

test("a parcel is shown to those whom the order concerns and to nobody else", async () => {
  const { h, buyer, shop, at } = await shipped();
  expect((await buyer.get(at)).body.deliveryCode).toMatch(/^\d{6}$/);
  expect((await shop.member.get(at)).body).toMatchObject({ status: "pending" });
  expect((await shop.member.get(at)).body.deliveryCode).toBeUndefined();
  expect((await (await h.operator("support")).get(at)).status).toBe(200);
  const others = [await h.buyer(), await h.guest(), await h.member(h.ids.next("seller"))];
  for (const other of others) expect((await other.get(at)).status).toBe(404);
  expect((await (await h.member(h.ids.next("seller"))).post(`${at}/passes`)).status).toBe(404);
  expect((await others[0]?.post(`${at}/tickets`))?.status).toBe(404);
  expect((await buyer.post(`${at}/tickets`)).body.url).toContain("/v1/rooms/tracking-session/");
});

test("the buyer hears of each milestone once, and of a second attempt at the door again", async () => {
  const { h, buyer, number, shipmentId } = await shipped();
  const carrier = couriers(h);
  await carrier.handOver(number);
  const start = h.clock.now() - 5 * HOUR_MS;
  const heard = async (status: string, note: string, hours: number) => {
    await carrier.scan(number, status, start + hours * HOUR_MS, note);
    await carrier.notify(notice(number, status));
    await tell(h, shipmentId);
    const { items } = (await buyer.get("/v1/notifications?limit=100")).body;
    const titles = items.map(({ title }: { title: string }) => title);
    return titles.filter((title: string) => /^Paket Anda/.test(title)).toSorted();
  };
  const [today, failed] = ["Paket Anda sedang diantar", "Paket Anda gagal diantar"];
  expect(await heard("picked", "AT COUNTER", 0)).toEqual([]);
  expect(await heard("dropping_off", "WITH DELIVERY COURIER", 1)).toEqual([today]);
  expect(await heard("rejected", "NOBODY HOME", 2)).toEqual([failed, today]);
  expect(await heard("dropping_off", "WITH DELIVERY COURIER", 3)).toEqual([failed, today, today]);
  expect(await heard("delivered", "RECEIVED", 4)).toEqual([failed, today, today]);
});

test("a notification counts by its secret, and for nothing but a hint", async () => {
  const { h, buyer, number, at } = await shipped();
  const carrier = couriers(h);
  expect((await carrier.notify({})).body).toEqual({ taken: false });
  expect(await carrier.notify(notice(number, "delivered"), "forged")).toMatchObject({
    status: 401,
    body: { code: "tracking.webhook_refused" },
  });
  expect((await carrier.notify(notice("0000000000000", "delivered"))).body).toEqual({ taken: false });
  await carrier.handOver(number);
  await carrier.scan(number, "picked", h.clock.now(), "AT COUNTER");
  expect((await carrier.notify(notice(number, "delivered"))).body).toEqual({ taken: true });
  expect((await buyer.get(at)).body.status).toBe("picked_up");
});

test("a carrier that is away is asked again, and one that tells nothing is asked by itself", async () => {
  const { h, buyer, number, shipmentId, at } = await shipped();
  const carrier = couriers(h);
  expect(await h.runDue(shipmentId)).toBeLessThanOrEqual(1);
  await carrier.handOver(number);
  await carrier.scan(number, "picked", h.clock.now());
  await carrier.faults(number, { answerFails: "http500", times: 2 });
  expect((await carrier.notify(notice(number, "picked"))).body).toEqual({ taken: true });
  expect((await buyer.get(at)).body.status).toBe("pending");
  const status = async () => {
    // A token does not outlive the jumps of a test's clock.
    const again = await h.buyer(buyer.actor.kind === "user" ? buyer.actor.userId : undefined);
    return (await again.get(at)).body.status;
  };
  expect(await h.runDue(shipmentId)).toBe(1);
  expect(await status()).toBe("pending");
  h.clock.advance(HOUR_MS / 10);
  expect(await h.runDue(shipmentId)).toBe(1);
  expect(await status()).toBe("picked_up");
  await carrier.scan(number, "delivered", h.clock.now());
  h.clock.advance(HOUR_MS);
  expect(await h.runDue(shipmentId)).toBe(1);
  expect(await status()).toBe("delivered");
  h.clock.advance(HOUR_MS);
  expect(await h.runDue(shipmentId)).toBe(0);
});

test("a driver with a pass sends positions and proves the delivery; without one nothing", async () => {
  const { h, buyer, shop, shipmentId, orderId, at } = await shipped();
  const { body } = await shop.member.post(`${at}/passes`);
  const driver = WITH_PASS(body.pass);
  const now = new Date(h.clock.now()).toISOString();
  const pings = { cid: "ping-0000001", fixes: [{ ...DOOR, latitude: DOOR.latitude + 0.01, at: now }] };
  expect((await h.anonymous.post(`${at}/pings`, pings, driver)).body).toEqual({ seq: 1, taken: 1 });
  expect((await h.anonymous.post(`${at}/pings`, pings, driver)).body).toEqual({ seq: 1, taken: 1 });
  for (const pass of ["", "x.y", `${body.pass}x`]) {
    expect((await h.anonymous.post(`${at}/pings`, pings, WITH_PASS(pass))).status).toBe(401);
  }
  const other = `/v1/tracking/${h.ids.next("shipment")}`;
  expect((await h.anonymous.post(`${other}/pings`, pings, driver)).status).toBe(401);
  expect((await buyer.get(at)).body).toMatchObject({ position: { longitude: DOOR.longitude } });
  const proof = { cid: "proof-000001", ...DOOR, recipient: "Pak RT" };
  const empty = await h.anonymous.post(`${at}/proof`, proof, driver);
  expect(empty.body.code).toBe("tracking.proof_empty");
  const png = { headers: { ...driver.headers, "content-type": "image/png" } };
  expect((await h.anonymous.put(`${at}/proof/photo`, new Uint8Array([1, 2]), png)).status).toBe(415);
  expect((await h.anonymous.put(`${at}/proof/photo`, PNG, png)).status).toBe(204);
  const given = await h.anonymous.post(`${at}/proof`, proof, driver);
  expect(given.body).toMatchObject({ recipient: "Pak RT", hasPhoto: true, hasCode: false, metersAway: 0 });
  expect((await h.anonymous.post(`${at}/proof`, proof, driver)).body).toEqual(given.body);
  expect(new Uint8Array((await buyer.get(`${at}/proof/photo`)).bytes)).toEqual(PNG);
  expect((await (await h.buyer()).get(`${at}/proof/photo`)).status).toBe(404);
  await tell(h, shipmentId);
  expect(await stateOf(buyer, orderId)).toBe("delivered");
  h.clock.advance(17 * HOUR_MS);
  expect((await h.anonymous.post(`${at}/pings`, pings, driver)).status).toBe(401);
});

test("a long way is shown from its beginning to its end", async () => {
  const { h, shop, shipmentId, at } = await shipped();
  const instant = (ms: number) => ((h.clock.now() + ms) / 1_000).toFixed(3);
  const row = { shipment_id: shipmentId, seller_id: shop.sellerId, longitude: 106.8, accuracy_meters: 10 };
  const values = Array.from({ length: 12_000 }, (_, i) => ({
    ...{ ...row, seq: i + 1, latitude: -6 - i / 100_000, speed_kmh: null, heading_degrees: null },
    ...{ at: instant(i * 1_000), received_at: instant(i * 1_000) },
  }));
  await h.ctx().clickhouse.insert({ table: "tracking_ping", values, format: "JSONEachRow" });
  const shown = await shop.member.get(`${at}/track`);
  expect(shown.status, JSON.stringify(shown.body)).toBe(200);
  const items: { seq: number }[] = shown.body.items;
  expect(items.length).toBeLessThanOrEqual(5_000);
  expect(items.length).toBeGreaterThan(3_000);
  expect([items[0]?.seq, items.at(-1)?.seq]).toEqual([3, 12_000]);
});

test("the buyer's code proves a delivery wherever it was", async () => {
  const { h, buyer, shop, at } = await shipped();
  const { deliveryCode } = (await buyer.get(at)).body;
  const driver = WITH_PASS((await shop.member.post(`${at}/passes`)).body.pass);
  const away = { cid: "proof-000001", latitude: -6.9, longitude: 107.6 };
  const wrong = deliveryCode === "000000" ? "000001" : "000000";
  const refused = await h.anonymous.post(`${at}/proof`, { ...away, code: wrong }, driver);
  expect(refused.body.code).toBe("tracking.code_wrong");
  const given = await h.anonymous.post(`${at}/proof`, { ...away, code: deliveryCode }, driver);
  expect(given.body).toMatchObject({ hasCode: true });
  expect((await buyer.get(at)).body.status).toBe("delivered");
});

test("an order of two parcels is delivered with the second, and cash is confirmed by the shop", async () => {
  const two = await shipped("qris", 2);
  const deliver = (of: Awaited<ReturnType<typeof shipped>>, id: string | undefined) =>
    of.shop.member.post(`/v1/tracking/${id}/scans`, { status: "delivered" });
  await deliver(two, two.ids[1]);
  await tell(two.h, two.ids[1] as Id<"shipment">);
  expect(await stateOf(two.buyer, two.orderId)).toBe("shipped");
  await deliver(two, two.ids[0]);
  await tell(two.h, two.ids[0] as Id<"shipment">);
  expect(await stateOf(two.buyer, two.orderId)).toBe("delivered");
  const cash = await shipped("cod");
  await deliver(cash, cash.shipmentId);
  await tell(cash.h, cash.shipmentId);
  expect(await stateOf(cash.buyer, cash.orderId)).toBe("shipped");
  const confirmed = await cash.shop.member.post(`/v1/orders/${cash.orderId}/deliver?as=seller`, {}, key());
  expect(confirmed.body.state).toBe("delivered");
});
