import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { askCarrier, CarrierSilent } from "#services/logistics/tracking/provider";
import { startBiteship } from "../../local/biteship/main.ts";
import { eventually } from "../support/midtrans-sandbox.ts";

type Json = Record<string, unknown>;
type Heard = { readonly headers: IncomingHttpHeaders; readonly body: Json };
const KEY = "biteship_test.contract";
const SECRET = "a-secret-of-the-dashboard";
const UPDATED_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/;

/** Whoever takes notifications, and the couriers' platform that sends them. */
async function bench() {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body: JSON.parse(body) as Json });
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const dataDir = mkdtempSync(join(tmpdir(), "biteship-"));
  const account = { apiKey: KEY, webhookUrl, webhookHeader: "x-biteship-signature", webhookSecret: SECRET };
  const start = () => startBiteship({ dataDir, accounts: [account] });
  let running = await start();
  onTestFinished(async () => {
    await running.close();
    server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const call = async (method: string, path: string, body?: Json, key = KEY) => {
    const headers = { authorization: key, "content-type": "application/json" };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(running.url + path, init);
    return { status: response.status, body: (await response.json()) as Json };
  };
  return {
    heard,
    call,
    account: () => ({ ...account, apiUrl: running.url }),
    handOver: (waybill: string) =>
      call("POST", "/sandbox/parcels", { api_key: KEY, waybill_id: waybill, courier: "jne" }),
    scan: (waybill: string, body: Json) => call("POST", `/sandbox/parcels/${waybill}/scans`, body),
    restart: async () => {
      await running.close();
      running = await start();
    },
  };
}

test("a tracking has Biteship's fields, whether asked by its id or by waybill and courier", async () => {
  const { call, handOver, scan } = await bench();
  await handOver("0123082100003094");
  await scan("0123082100003094", { status: "picked", note: "AT COUNTER" });
  const byWaybill = await call("GET", "/v1/trackings/0123082100003094/couriers/jne");
  expect(byWaybill).toMatchObject({
    status: 200,
    body: {
      success: true,
      messsage: "Successfully get tracking info",
      object: "tracking",
      waybill_id: "0123082100003094",
      courier: { company: "jne", driver_name: null, driver_phone: null, driver_photo_url: null },
      history: [{ note: "AT COUNTER", status: "picked", updated_at: expect.stringMatching(UPDATED_AT) }],
      status: "picked",
    },
  });
  const byId = await call("GET", `/v1/trackings/${byWaybill.body.id}`);
  expect(byId).toEqual(byWaybill);
});

test("a wrong key and an unknown number are HTTP 400 with a code", async () => {
  const { call, account } = await bench();
  const path = "/v1/trackings/nowhere/couriers/jne";
  expect(await call("GET", path)).toMatchObject({ status: 400, body: { success: false, code: 40_003_001 } });
  expect(await call("GET", path, undefined, "wrong")).toMatchObject({
    status: 400,
    body: { code: 40_000_001 },
  });
  const parcel = { courier: "jne", trackingNumber: "nowhere" };
  expect(await askCarrier(account(), parcel)).toBeUndefined();
  const silent = askCarrier({ ...account(), apiKey: "wrong" }, parcel);
  await expect(silent).rejects.toBeInstanceOf(CarrierSilent);
});

test("an order begins a parcel with a waybill, and is told of with the account's header", async () => {
  const { call, heard } = await bench();
  const order = {
    origin_contact_name: "Toko",
    origin_address: "Jl. Asal 1",
    destination_contact_name: "Ani",
    destination_address: "Jl. Tujuan 2",
    courier_company: "jne",
    courier_type: "reg",
  };
  const { body } = await call("POST", "/v1/orders", order);
  expect(body).toMatchObject({ success: true, object: "order", status: "confirmed", currency: "IDR" });
  await eventually(() => heard.length === 1, "a notification");
  const [one] = heard;
  expect(one?.headers["x-biteship-signature"]).toBe(SECRET);
  const courier = body.courier as Json;
  expect(one?.body).toMatchObject({
    event: "order.status",
    order_id: body.id,
    courier_tracking_id: courier.tracking_id,
    courier_waybill_id: courier.waybill_id,
    courier_company: "jne",
    status: "confirmed",
  });
  expect(one?.body).not.toHaveProperty("updated_at");
  const refused = await call("POST", "/v1/orders", { ...order, courier_company: "" });
  expect(refused).toMatchObject({ status: 400, body: { success: false } });
});

test("the provider reads scans in the carrier's own time, and what fails is no answer", async () => {
  const { account, call, handOver, scan, restart } = await bench();
  await handOver("JX1");
  await scan("JX1", { status: "delivered", note: "DELIVERED", at: "2026-11-23T08:00:00Z" });
  await scan("JX1", { status: "droppingOff" });
  await scan("JX1", { status: "dropping_off", note: "WITH DELIVERY COURIER", at: "2026-11-23T06:00:00Z" });
  await restart();
  const parcel = { courier: "jne", trackingNumber: "JX1" };
  expect(await askCarrier(account(), parcel)).toEqual([
    {
      at: Date.UTC(2026, 10, 23, 6),
      status: "out_for_delivery",
      note: "WITH DELIVERY COURIER",
      source: "carrier",
    },
    { at: Date.UTC(2026, 10, 23, 8), status: "delivered", note: "DELIVERED", source: "carrier" },
  ]);
  for (const answerFails of ["http500", "malformed", "reset"]) {
    await call("POST", "/sandbox/faults", { answerFails, times: 1, waybillId: "JX1" });
    await expect(askCarrier(account(), parcel)).rejects.toBeInstanceOf(CarrierSilent);
  }
  expect(await askCarrier(account(), parcel)).toHaveLength(2);
});
