import { sql } from "drizzle-orm";
import { PDFDocument } from "pdf-lib";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { ledgerTransfer } from "#schema/transaction/wallet";
import { verifyText } from "../../../scripts/ledger-verify.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { key } from "../transaction/shopping.ts";
import {
  biteship,
  confirmed,
  corner,
  delivered,
  easypost,
  event,
  JAKARTA,
  type Json,
  MINUTE_MS,
  origin,
  parcel,
  ratesOf,
  refOf,
  sourcesOf,
} from "./shipping-corner.ts";

/** What the ledger says that a label has cost: each posting, and with a minus what came back. */
async function booked(h: Harness, labelId: string): Promise<string[]> {
  await h.drain();
  const rows = await h.ctx().db.read.select().from(ledgerTransfer);
  return rows
    .filter(({ id }) => id === `carriage/${labelId}` || id.startsWith(`carriage/${labelId}/`))
    .toSorted((a, b) => Number(a.seq - b.seq))
    .map(({ debit, amountMinor }) => `${debit.startsWith("carriage:") ? "" : "-"}${amountMinor}`);
}

test("the table is always there; with a pick-up address carriers are asked, and copies named", async () => {
  const { h, shop } = await corner();
  const alone = await ratesOf(h, parcel(shop));
  expect(alone).toMatchObject([{ rateId: "table:own:flat", priceMinor: 1_500_000n, chargeableGrams: 1_200 }]);
  await origin(h, shop);
  const live = await ratesOf(h, parcel(shop));
  expect(live.map(({ rateId }) => rateId)).toContain("biteship:jne:reg");
  expect(live[0]?.provider).toBe("table");
  const prices = live.slice(1).map(({ priceMinor }) => priceMinor);
  expect(prices).toEqual(prices.toSorted((a, b) => Number(a - b)));
  expect(sourcesOf(live)).toEqual(["table", "live"]);
  const again = await ratesOf(h, parcel(shop));
  expect(sourcesOf(again)).toEqual(["table", "cached"]);
  expect(again.slice(1).map(({ priceMinor }) => priceMinor)).toEqual(prices);
  const atTheDoor = await ratesOf(h, parcel(shop, { cash: true }));
  expect(atTheDoor.every(({ cash }) => cash)).toBe(true);
  expect(atTheDoor.map(({ rateId }) => rateId)).not.toContain("biteship:jne:yes");
});

test("a carrier that hangs costs less than a second, and an old copy stands in for it", async () => {
  const { h, shop } = await corner();
  await origin(h, shop);
  const live = await ratesOf(h, parcel(shop));
  h.clock.advance(h.market.shipping.copyFreshMs + 1);
  await biteship("POST", "/sandbox/faults", { answerFails: "timeout", times: 1, waybillId: "rates" });
  const from = Date.now();
  const old = await ratesOf(h, parcel(shop));
  expect(Date.now() - from).toBeLessThan(2_000);
  expect(sourcesOf(old)).toEqual(["table", "cached"]);
  expect(old.length).toBe(live.length);
  h.clock.advance(h.market.shipping.copyOldMs);
  await biteship("POST", "/sandbox/faults", { answerFails: "malformed", times: 1, waybillId: "rates" });
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
});

test("nonsense is not shown, and a breaker opens, spares the carrier, and closes by one call", async () => {
  const { h, shop } = await corner();
  await origin(h, shop);
  await biteship("POST", "/sandbox/faults", { priceFactor: 0, times: 1, waybillId: "rates" });
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
  const { failures, openMs } = h.market.shipping.breaker;
  await biteship("POST", "/sandbox/faults", { answerFails: "http500", times: failures, waybillId: "rates" });
  for (let i = 0; i < failures; i += 1) expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
  // The carrier is well again and is not asked; another isolate knows it from Redis.
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
  const elsewhere = harness({ at: h.clock.now() });
  expect(sourcesOf(await ratesOf(elsewhere, parcel(shop)))).toEqual(["table"]);
  h.clock.advance(openMs);
  await biteship("POST", "/sandbox/faults", { answerFails: "http500", times: 1, waybillId: "rates" });
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table"]);
  h.clock.advance(openMs);
  expect(sourcesOf(await ratesOf(h, parcel(shop)))).toEqual(["table", "live"]);
});

test("an operator's table prices its zone by weight, and what nobody may see is refused", async () => {
  const { h, shop } = await corner();
  const operator = await h.operator();
  const zone = { postalPrefixes: ["ZZ9"], baseMinor: "1200050", stepMinor: "900000", minDays: 3, maxDays: 6 };
  const prices = {
    service: `eco-${Date.now()}`,
    carrier: "Economy",
    names: { en: "Economy" },
    zones: [zone],
  };
  const added = await operator.post("/v1/shipping/tables", { prices }, key());
  expect(added.status).toBe(201);
  expect((await operator.post("/v1/shipping/tables", { prices }, key())).body.code).toBe(
    "shipping.table_exists",
  );
  expect((await shop.member.get("/v1/shipping/tables")).status).toBe(403);
  const there = { ...JAKARTA, postalCode: "ZZ901" };
  expect(await ratesOf(h, parcel(shop), there)).toMatchObject([
    { name: "Economy", priceMinor: 2_100_100n, minDays: 3 },
  ]);
  const off = { prices, isActive: false };
  const changed = await operator.put(`/v1/shipping/tables/${added.body.id}`, off, {
    headers: { "if-match": '"1"' },
  });
  expect(changed.body.version).toBe(2);
  expect(await ratesOf(h, parcel(shop), there)).toMatchObject([{ service: "flat" }]);
});

test("a label is bought at the carrier, drawn, and the parcel leaves with its number", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  const orderId = await confirmed(own);
  const early = await shop.member.post("/v1/shipping/labels", { orderId }, key());
  expect([early.status, early.body.code]).toEqual([409, "shipping.origin_missing"]);
  await origin(h, shop);
  const once = key();
  const both = await Promise.all([
    shop.member.post("/v1/shipping/labels", { orderId }, once),
    shop.member.post("/v1/shipping/labels", { orderId }, key()),
  ]);
  expect(both.every(({ status, body }) => status === 201 || body.code === "shipping.label_in_progress")).toBe(
    true,
  );
  const bought = both.find(({ status }) => status === 201)?.body ?? {};
  expect(bought).toMatchObject({ state: "shipped", provider: "biteship", carrier: "jne", cash: null });
  const { id, trackingNumber, pdfUrl, zplUrl } = bought;
  const replayed = await shop.member.post("/v1/shipping/labels", { orderId }, once);
  expect(replayed.body).toEqual(both[0]?.body);
  const again = await shop.member.post("/v1/shipping/labels", { orderId }, key());
  expect(again.body.code).toBe("shipping.order_not_ready");
  const { items } = (await biteship("GET", `/sandbox/parcels?reference_id=${id}`)) as { items: Json[] };
  expect(items).toHaveLength(1);
  const order = (await buyer.get(`/v1/orders/${orderId}`)).body;
  expect(order).toMatchObject({ state: "shipped", shipments: [{ carrier: "jne", trackingNumber }] });
  await h.drain();
  expect((await buyer.get(`/v1/tracking/${order.shipments[0].id}`)).body).toMatchObject({
    courier: "jne",
    trackingNumber,
  });
  const pdf = await shop.member.get(pdfUrl);
  expect((await PDFDocument.load(pdf.bytes)).getPage(0).getSize()).toEqual({ width: 288, height: 432 });
  const zpl = new TextDecoder().decode((await shop.member.get(zplUrl)).bytes);
  expect(zpl.startsWith("^XA") && zpl.includes(`^FD${trackingNumber}^FS`) && zpl.trim().endsWith("^XZ")).toBe(
    true,
  );
  const stranger = await h.member(h.ids.next("seller"));
  expect([(await stranger.get(pdfUrl)).status, (await buyer.get(pdfUrl)).status]).toEqual([404, 403]);
});

test("an answer that was lost is bought once, by whoever goes on: the shop again, or the job", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  await origin(h, shop);
  for (const goOn of ["shop", "job"]) {
    const orderId = await confirmed(own);
    await biteship("POST", "/sandbox/faults", { answerFails: "lost", times: 1, waybillId: "confirm" });
    const silent = await shop.member.post("/v1/shipping/labels", { orderId }, key());
    expect([silent.status, silent.body.code]).toEqual([503, "shipping.label_not_ready"]);
    const { items } = (await shop.member.get(`/v1/shipping/labels?orderId=${orderId}`)).body;
    expect(items).toMatchObject([{ state: "claimed", trackingNumber: null, pdfUrl: null }]);
    h.clock.advance(2 * MINUTE_MS);
    if (goOn === "shop") await shop.member.post("/v1/shipping/labels", { orderId }, key());
    else expect(await h.runDue(items[0].id)).toBe(1);
    expect((await shop.member.get(`/v1/shipping/labels/${items[0].id}`)).body.state).toBe("shipped");
    expect((await buyer.get(`/v1/orders/${orderId}`)).body.shipments).toHaveLength(1);
    expect((await biteship("GET", `/sandbox/parcels?reference_id=${items[0].id}`)).items).toHaveLength(1);
    expect(await h.runDue(items[0].id)).toBe(0);
  }
});

test("a part of an order asked for again under its key, after the job sent it, is one label", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  await origin(h, shop);
  const orderId = await confirmed(own, { priceMinor: "9000000" });
  const [line] = (await buyer.get(`/v1/orders/${orderId}`)).body.lines;
  const ask = (quantity: number, at = key()) =>
    shop.member.post("/v1/shipping/labels", { orderId, lines: [{ lineId: line.id, quantity }] }, at);
  const labels = async () => (await shop.member.get(`/v1/shipping/labels?orderId=${orderId}`)).body.items;
  expect((await ask(3)).body.code).toBe("shipping.order_not_ready");
  expect(await labels()).toEqual([]);
  const retry = key();
  await biteship("POST", "/sandbox/faults", { answerFails: "lost", times: 1, waybillId: "confirm" });
  expect((await ask(1, retry)).body.code).toBe("shipping.label_not_ready");
  const [{ id }] = await labels();
  h.clock.advance(2 * MINUTE_MS);
  expect(await h.runDue(id)).toBe(1);
  expect((await ask(1, retry)).body).toMatchObject({ id, state: "shipped" });
  expect(await labels()).toMatchObject([{ id, state: "shipped" }]);
  // A key that was used for another order, and has been forgotten since, is nothing of that order's.
  await h.ctx().db.read.execute(sql`DELETE FROM idempotency WHERE key = ${retry.key}`);
  const otherId = await confirmed(own, { priceMinor: "9000000" });
  const { body: other } = await shop.member.post("/v1/shipping/labels", { orderId: otherId }, retry);
  expect(other).toMatchObject({ orderId: otherId, state: "shipped" });
  expect((await buyer.get(`/v1/orders/${orderId}`)).body).toMatchObject({
    state: "confirmed",
    lines: [{ shippedQuantity: 1 }],
  });
  const back = key();
  const wayBack = () => shop.member.post(`/v1/shipping/labels/${id}/return`, {}, back);
  const { body: first } = await wayBack();
  await h.ctx().db.read.execute(sql`DELETE FROM idempotency WHERE key = ${back.key}`);
  expect((await wayBack()).body.id).toBe(first.id);
  expect(await labels()).toHaveLength(2);
});

test("a price that was a lie is not paid unasked, and a cancelled order does not leave", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  await origin(h, shop);
  const orderId = await confirmed(own, { priceMinor: "1000000" });
  const dear = await shop.member.post("/v1/shipping/labels", { orderId }, key());
  expect(dear.body).toMatchObject({ code: "shipping.label_dearer", status: 409 });
  h.clock.advance(MINUTE_MS);
  const accepted = { orderId, acceptMinor: dear.body.detail };
  await biteship("POST", "/sandbox/faults", { answerFails: "http500", times: 1, waybillId: "confirm" });
  expect((await shop.member.post("/v1/shipping/labels", accepted, key())).status).toBe(503);
  const cancel = await shop.member.post(
    `/v1/orders/${orderId}/cancel?as=seller`,
    { reason: "cannot_ship" },
    key(),
  );
  expect(cancel.status).toBe(200);
  h.clock.advance(2 * MINUTE_MS);
  const { items } = (await shop.member.get(`/v1/shipping/labels?orderId=${orderId}`)).body;
  await h.runDue(items[0].id);
  const states = (await shop.member.get(`/v1/shipping/labels?orderId=${orderId}`)).body.items;
  expect(states.map((one: Json) => one.state)).toEqual(["voided", "refused"]);
  expect((await buyer.get(`/v1/orders/${orderId}`)).body).toMatchObject({
    state: "cancelled",
    shipments: [],
  });
});

test("a courier's cash counts when he has delivered, a shop's driver's when the shop says so", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  await origin(h, shop);
  const byCourier = await confirmed(own, { method: "cod" });
  const part = { orderId: byCourier, lines: [{ lineId: h.ids.next("line"), quantity: 1 }] };
  expect((await shop.member.post("/v1/shipping/labels", part, key())).body.code).toBe(
    "shipping.order_not_ready",
  );
  const { body } = await shop.member.post("/v1/shipping/labels", { orderId: byCourier }, key());
  const order = (await buyer.get(`/v1/orders/${byCourier}`)).body;
  expect(body.cash).toEqual(order.total);
  await h.deliver([delivered(h, body, "shop")]);
  expect((await buyer.get(`/v1/orders/${byCourier}`)).body.state).toBe("shipped");
  const fact = delivered(h, body, "carrier");
  await h.deliver([fact]);
  await h.deliver([{ ...fact, id: h.ids.next("event") }]);
  const paid = (await buyer.get(`/v1/orders/${byCourier}`)).body;
  expect(paid).toMatchObject({ state: "delivered", paidAt: expect.any(String) });
  const table = { provider: "table", carrier: "own", service: "flat", name: "Reguler" };
  const byShop = await confirmed(own, { method: "cod", choice: table });
  const drawn = (await shop.member.post("/v1/shipping/labels", { orderId: byShop }, key())).body;
  expect(drawn).toMatchObject({
    state: "shipped",
    trackingNumber: expect.stringMatching(/^TTN[0-9A-Z]{14}$/),
    cost: null,
  });
  await h.deliver([delivered(h, drawn, "carrier")]);
  expect((await buyer.get(`/v1/orders/${byShop}`)).body.state).toBe("shipped");
});

test("EasyPost sells the label elsewhere, tells its way, bills and takes it back", async () => {
  const own = await corner("sg");
  const { h, shop, buyer } = own;
  await origin(h, shop);
  const choice = { provider: "easypost", carrier: "UPSDAP", service: "UPSStandard", name: "UPS Standard" };
  // The pound and its parts; an address of another country is dearer.
  const orderId = await confirmed(own, { method: "cod", choice, priceMinor: "2510" });
  const { body } = await shop.member.post("/v1/shipping/labels", { orderId, weightGrams: 1_000 }, key());
  expect(body).toMatchObject({ state: "shipped", cost: { minor: "2510", currency: "SGD" } });
  const zpl = new TextDecoder().decode((await shop.member.get(body.zplUrl)).bytes);
  expect(zpl).toContain(body.trackingNumber);
  const { items: [sent] = [] } = (await easypost("GET", "/sandbox/events")) as { items?: Json[] };
  expect(sent?.description).toBe("tracker.created");
  const details = [
    { status: "delivered", message: "DELIVERED", datetime: "2026-11-25T02:00:00Z" },
    { status: "out_for_delivery", message: "On the van", datetime: "2026-11-25T01:00:00Z" },
  ];
  const shipmentRef = await refOf(body.id);
  const told = event(h, "tracker.updated", { shipment_id: shipmentRef, tracking_details: details });
  expect((await told()).status).toBe(503);
  await h.drain();
  expect([(await told()).body, (await told()).body]).toEqual([{ taken: true }, { taken: true }]);
  const way = (await buyer.get(`/v1/tracking/${body.shipmentId}`)).body;
  expect(way.scans.map((scan: Json) => scan.status)).toEqual(["out_for_delivery", "delivered"]);
  const bill = { shipment_id: shipmentRef, final_invoice_amount: "31.20", captured_weight: 64 };
  expect((await event(h, "shipment.invoice.created", bill, "somebody-else-entirely")()).status).toBe(401);
  const invoice = event(h, "shipment.invoice.created", bill);
  expect([(await invoice()).status, (await invoice()).status]).toEqual([200, 200]);
  const audit = {
    billed: { minor: "3120" },
    difference: { minor: "610" },
    reason: "heavier",
    billedGrams: 1_814,
  };
  expect((await shop.member.get("/v1/shipping/audits")).body.items).toMatchObject([audit]);
  expect(await booked(h, body.id)).toEqual(["2510", "610"]);
  const all = (await (await h.operator()).get("/v1/shipping/audits?as=operator")).body.items;
  expect(all.map((one: Json) => one.labelId)).toContain(body.id);
  const voiding = await shop.member.post(`/v1/shipping/labels/${body.id}/void`, {}, key());
  expect(voiding.body.state).toBe("voiding");
  await easypost("POST", `/sandbox/shipments/${shipmentRef}/refund`, { status: "refunded" });
  await event(h, "refund.successful", { shipment_id: shipmentRef })();
  await h.runDue(body.id);
  expect((await shop.member.get(`/v1/shipping/labels/${body.id}`)).body).toMatchObject({
    state: "voided",
    pdfUrl: null,
  });
  // What was bought and what was billed on top of it came back with it, and a bill of it is none of ours.
  await event(h, "shipment.invoice.created", { ...bill, final_invoice_amount: "40.00" })();
  expect(await booked(h, body.id)).toEqual(["2510", "610", "-3120"]);
});

test("Biteship's price is asked for, a file's rows count once, and a day's parcels are listed", async () => {
  const own = await corner();
  const { h, shop } = own;
  await origin(h, shop);
  const orderId = await confirmed(own);
  const label = (await shop.member.post("/v1/shipping/labels", { orderId }, key())).body;
  const number = label.trackingNumber;
  await biteship("POST", `/sandbox/parcels/${number}/bill`, { price: 40_000 });
  const { webhookHeader = "", webhookSecret = "" } = h.config.biteship ?? {};
  const notice = {
    event: "order.price",
    order_id: "of-the-couriers",
    courier_waybill_id: number,
    price: 999_000,
  };
  const headers = { "content-type": "application/json", [webhookHeader]: webhookSecret };
  const told = await h.anonymous.post("/v1/webhooks/biteship", JSON.stringify(notice), { headers });
  expect(told.body).toEqual({ taken: true });
  await h.runDue(label.id as Id<"label">);
  const surcharge = { billed: { minor: "4000000" }, difference: { minor: "1350000" }, reason: "surcharge" };
  expect((await shop.member.get("/v1/shipping/audits")).body.items).toMatchObject([surcharge]);
  const operator = await h.operator();
  const row = {
    trackingNumber: number,
    billedMinor: "2650000",
    billedGrams: 1_000,
    billedAt: new Date(h.clock.now() + 1).toISOString(),
  };
  const file = {
    provider: "biteship",
    source: "november.csv",
    rows: [row, { ...row, trackingNumber: "NOBODYS" }],
  };
  for (let sent = 0; sent < 2; sent += 1) {
    expect((await operator.post("/v1/shipping/bills", file, key())).body).toEqual({
      matched: 1,
      unknown: ["NOBODYS"],
    });
  }
  expect((await shop.member.get("/v1/shipping/audits")).body.items).toEqual([]);
  // The file is the carrier's last word; a row of it that is older than what was asked for changes nothing.
  const old = { ...row, billedMinor: "9900000", billedAt: new Date(h.clock.now() - MINUTE_MS).toISOString() };
  await operator.post("/v1/shipping/bills", { ...file, rows: [old] }, key());
  expect(await booked(h, label.id)).toEqual(["2650000", "1350000", "-1350000"]);
  expect(verifyText((await operator.get("/v1/ledger/export")).body).drift).toEqual([]);
  const back = (await shop.member.post(`/v1/shipping/labels/${label.id}/return`, {}, key())).body;
  expect(back).toMatchObject({ kind: "return", state: "bought", shipmentId: null });
  const date = new Date(h.clock.now() + 7 * 60 * MINUTE_MS).toISOString().slice(0, 10);
  const csv = (await shop.member.get(`/v1/shipping/manifest?date=${date}`)).body;
  expect(csv.trim().split("\r\n")).toHaveLength(2);
  expect(csv).toContain(`"${number}"`);
  const pdf = await shop.member.get(`/v1/shipping/manifest?date=${date}&format=pdf`);
  expect((await PDFDocument.load(pdf.bytes)).getPageCount()).toBe(1);
});

test("bills of a label that come at once leave one cost in the ledger: the latest's", async () => {
  const own = await corner();
  const { h, shop } = own;
  await origin(h, shop);
  const orderId = await confirmed(own);
  const label = (await shop.member.post("/v1/shipping/labels", { orderId }, key())).body;
  const operator = await h.operator();
  const files = ["2900000", "3100000"].map((billedMinor, n) => {
    const billedAt = new Date(h.clock.now() + n).toISOString();
    const row = { trackingNumber: label.trackingNumber, billedMinor, billedAt };
    return { provider: "biteship", source: "november.csv", rows: [row] };
  });
  const answers = [...files, ...files].map((file) => operator.post("/v1/shipping/bills", file, key()));
  for (const { body } of await Promise.all(answers)) expect(body.matched, JSON.stringify(body)).toBe(1);
  const cost = (await booked(h, label.id)).reduce((sum, minor) => sum + BigInt(minor), 0n);
  expect(cost).toBe(3_100_000n);
});
