import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { connectRoom, type RoomClient } from "#party/client";
import type { TrackingEvent, TrackingFrame } from "#party/protocol/tracking";
import { biteshipAccountOf } from "../../local/configuration.ts";
import { type Body, type Client, until } from "../support/http-client.ts";
import { buy, guestOf, newEmail, openStall, reach, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";

const PARCELS = 3;
const ACKED_BEFORE = 150;
const ACKED_AFTER = 60;
/** A driver's socket may send forty frames a second. */
const PING_EVERY_MS = 30;

/** One driver: what he sent, each at a place of its own, and what was answered. */
type Driver = {
  readonly path: string;
  readonly room: RoomClient<TrackingFrame>;
  readonly sent: Map<string, number>;
  readonly acked: Map<string, number>;
};

const placeOf = (n: number) => Math.round((-6 - n / 10_000) * 10_000) / 10_000;
let isDriving = true;

async function drive({ room, sent, acked }: Driver): Promise<void> {
  while (isDriving) {
    const cid = crypto.randomUUID();
    const n = sent.size;
    sent.set(cid, n);
    const fix = { at: Date.now(), latitude: placeOf(n), longitude: 106.8, accuracyMeters: 10 };
    const rest = { speedKmh: null, headingDegrees: null };
    const { seq } = await room.change({ t: "pings", fixes: [{ ...fix, ...rest }] }, cid);
    acked.set(cid, seq);
    await pause(PING_EVERY_MS);
  }
}
const ackedOf = (drivers: readonly Driver[]) => drivers.reduce((sum, { acked }) => sum + acked.size, 0);

/** A paid order that left as one parcel of this carrier, and is followed. */
async function sendParcel(platform: RunningPlatform, stall: Stall, carrier: string, trackingNumber: string) {
  const buyer = await guestOf(platform);
  const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 1 }];
  const bought = await buy(buyer, { lines, method: "qris", email: newEmail("parcel") });
  await sandboxOf(platform).act(bought.payment.id, "pay");
  const orderId = bought.orders[0]?.id ?? "";
  await reach(buyer, orderId, "paid");
  await stall.shop.do(`/v1/orders/${orderId}/confirm`);
  const { shipments } = await stall.shop.do(`/v1/orders/${orderId}/ship`, { carrier, trackingNumber });
  const path = `/v1/tracking/${shipments[0].id}`;
  await until("the parcel to be followed", async () => (await buyer.get(path)).status === 200);
  return { buyer, orderId, path };
}

async function openDriver(platform: RunningPlatform, stall: Stall, number: string): Promise<Driver> {
  const { path } = await sendParcel(platform, stall, "Kurir toko", number);
  const { pass } = await stall.shop.do(`${path}/passes`);
  const options = { headers: { "x-driver-pass": pass } };
  const room = connectRoom<TrackingFrame, TrackingEvent>({
    base: platform.url,
    ticket: () => stall.shop.do(`${path}/tickets`, {}, options),
    onFrame: () => undefined,
  });
  return { path, room, sent: new Map(), acked: new Map() };
}

describe("parcels on the road, over a platform that is killed while drivers drive", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  const drivers: Driver[] = [];
  const before: ReadonlyMap<string, number>[] = [];

  beforeAll(async () => {
    const first = await sharePlatform();
    stall = await openStall(first, [{ title: "Kopi", priceMinor: 2_500_000n, stock: 50 }]);
    for (let n = 0; n < PARCELS; n += 1) drivers.push(await openDriver(first, stall, `TOKO-${n}`));
    const driving = drivers.map(drive);
    await until("answers", async () => ackedOf(drivers) >= ACKED_BEFORE);
    await first.end("SIGKILL");
    for (const { acked } of drivers) before.push(new Map(acked));
    const answered = ackedOf(drivers);
    platform = await sharePlatform();
    await until("answers after the start", async () => ackedOf(drivers) >= answered + ACKED_AFTER);
    isDriving = false;
    await Promise.all(driving);
    return () => {
      for (const { room } of drivers) room.close();
    };
  });

  it("answers the same for what was answered before the kill", () => {
    const count = before.reduce((sum, acked) => sum + acked.size, 0);
    expect(count).toBeGreaterThanOrEqual(ACKED_BEFORE);
    for (const [n, acked] of before.entries()) {
      for (const [cid, seq] of acked) expect(drivers[n]?.acked.get(cid)).toBe(seq);
    }
  });

  it("has every acknowledged ping in the archive once, at the place that was acknowledged", async () => {
    for (const { path, sent, acked } of drivers) {
      expect(acked.size).toBe(sent.size);
      const items: readonly Body[] = await until("the archive", async () => {
        const track = await stall.shop.read(`${path}/track`);
        return track.items.length >= acked.size && track.items;
      });
      expect(items.map(({ seq }) => seq)).toEqual(Array.from(items, (_, i) => i + 1));
      expect(items).toHaveLength(acked.size);
      const placeAt = new Map(items.map(({ seq, latitude }) => [seq, latitude]));
      for (const [cid, seq] of acked) expect(placeAt.get(seq)).toBe(placeOf(sent.get(cid) ?? -1));
    }
  });

  it("a carrier whose notifications are doubled, reordered, forged or lost still delivers", async () => {
    const number = `99${Date.now()}`;
    const { buyer, orderId, path } = await sendParcel(platform, stall, "JNE", number);
    const carrier = carrierOf(platform, number);
    await carrier.post("", { api_key: biteshipAccountOf("id").apiKey, waybill_id: number, courier: "jne" });
    const hour = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
    await carrier.faults({ forge: true, times: 1 });
    await carrier.post(`/${number}/scans`, { status: "picked", note: "AT COUNTER", at: hour(9) });
    await until("the forgery to be refused", async () => (await carrier.results()).includes(401));
    // The carrier is asked by and by, so that the scan itself may be known; its forged notice never counts.
    expect(await carrier.results()).not.toContain(200);
    await carrier.faults({ drop: true, times: 1 });
    await carrier.post(`/${number}/scans`, { status: "dropping_off", note: "SORTING CENTER", at: hour(5) });
    await carrier.faults({ repeat: 3, reorder: 6, times: 2 });
    await carrier.post(`/${number}/scans`, { status: "delivered", note: "DELIVERED TO [ANI]", at: hour(1) });
    await carrier.post(`/${number}/scans`, {
      status: "dropping_off",
      note: "WITH DELIVERY COURIER",
      at: hour(2),
    });
    await reach(buyer, orderId, "delivered", "completed");
    const { status, scans } = await statusOf(buyer, path);
    expect(status).toBe("delivered");
    const steps = scans.map((scan: Body) => scan.status);
    expect(steps).toEqual(["picked_up", "in_transit", "out_for_delivery", "delivered"]);
  });
});

const statusOf = (client: Client, path: string): Promise<Body> => client.read(path);

/** The couriers' platform, and its switches for this parcel. */
function carrierOf({ biteshipUrl }: RunningPlatform, number: string) {
  const call = async (path: string, body?: object): Promise<Body> => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await fetch(biteshipUrl + path, body ? init : {});
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    post: (path: string, body: object) => call(`/sandbox/parcels${path}`, body),
    faults: (faults: object) => call("/sandbox/faults", { ...faults, waybillId: number }),
    results: async (): Promise<readonly unknown[]> => {
      const { items } = await call(`/sandbox/notifications?waybill_id=${number}`);
      return items.map(({ result }: Body) => result);
    },
  };
}
