import { expect, onTestFinished, test } from "vitest";
import { biteship, orderReference } from "#services/logistics/shipping/providers/biteship";
import { CarrierRefused, CarrierSilent } from "#services/logistics/shipping/providers/port";
import { startBiteship } from "../../local/biteship/main.ts";
import { labelOf, listener, RECEIVER, SENDER, scratchFolder, steer } from "../support/carrier-bench.ts";
import { eventually } from "../support/midtrans-sandbox.ts";

const KEY = "biteship_test.contract";
const SECRET = "a-secret-of-the-dashboard";

async function bench() {
  const { heard, url: webhookUrl } = await listener();
  const account = { apiKey: KEY, webhookUrl, webhookHeader: "x-biteship-signature", webhookSecret: SECRET };
  const running = await startBiteship({ dataDir: scratchFolder("biteship"), accounts: [account] });
  onTestFinished(() => running.close());
  const own = { ...account, apiUrl: running.url };
  const control = steer(running.url);
  const placed = async () => {
    const { items } = await control("GET", `/sandbox/parcels?reference_id=${label.id}`);
    return items as readonly { readonly order_id: string; readonly waybill_id: string }[];
  };
  return { heard, own, port: biteship(own), control, placed };
}

const ask = (grams = 1_200) => ({
  origin: SENDER,
  destination: RECEIVER,
  grams,
  goodsMinor: 25_000_000n,
  couriers: ["jne", "sicepat"],
});
const soon = () => AbortSignal.timeout(2_000);
const label = labelOf({ provider: "biteship", carrier: "jne", service: "reg", currency: "IDR" });

test("rates are asked by postal codes and weight, and read in minor units and days", async () => {
  const { port } = await bench();
  const rates = await port.rates(ask(), soon());
  const services = rates.map(({ carrier, service }) => `${carrier} ${service}`);
  expect(services).toEqual(["jne reg", "jne yes", "sicepat reg"]);
  expect(rates[0]).toEqual({
    carrier: "jne",
    service: "reg",
    name: "JNE Reguler",
    priceMinor: 2_650_000n,
    minDays: 2,
    maxDays: 3,
    cash: true,
    insurable: true,
  });
  const [heavier] = await port.rates(ask(2_001), soon());
  expect(heavier?.priceMinor).toBe(3_550_000n);
});

test("a time-out, a failure, a broken line and nonsense are silence; a refusal is an answer", async () => {
  const { port, control } = await bench();
  for (const answerFails of ["http500", "malformed", "reset"]) {
    await control("POST", "/sandbox/faults", { answerFails, times: 1, waybillId: "rates" });
    await expect(port.rates(ask(), soon())).rejects.toBeInstanceOf(CarrierSilent);
  }
  await control("POST", "/sandbox/faults", { answerFails: "timeout", times: 1, waybillId: "rates" });
  await expect(port.rates(ask(), AbortSignal.timeout(100))).rejects.toBeInstanceOf(CarrierSilent);
  await expect(port.rates({ ...ask(), couriers: [] }, soon())).rejects.toBeInstanceOf(CarrierRefused);
  expect(await port.rates(ask(), soon())).toHaveLength(3);
});

test("a label is a draft; confirmed again, at once or after a lost answer, it is one order", async () => {
  const { port, own, control, placed } = await bench();
  const { ref, costMinor } = await port.prepare(label);
  expect(costMinor).toBe(2_650_000n);
  expect(await port.bill(ref)).toBeUndefined();
  await control("POST", "/sandbox/faults", { answerFails: "lost", times: 1, waybillId: "confirm" });
  await expect(port.buy(ref, label)).rejects.toBeInstanceOf(CarrierSilent);
  const bought = await port.buy(ref, label);
  expect(bought).toMatchObject({ costMinor: 2_650_000n, pdf: null, zpl: null });
  expect(await port.buy(ref, label)).toEqual(bought);
  const second = await port.prepare({ ...label, carrier: "jnt", service: "ez" });
  const [one, other] = await Promise.all([port.buy(second.ref, label), port.buy(second.ref, label)]);
  expect(one).toEqual(other);
  const items = await placed();
  expect(items).toHaveLength(2);
  expect(await orderReference(own, items[0]?.order_id ?? "")).toBe(label.id);
});

test("an unknown courier is refused, and a price that is a lie is told before it is paid", async () => {
  const { port, control } = await bench();
  await expect(port.prepare({ ...label, carrier: "nobody" })).rejects.toBeInstanceOf(CarrierRefused);
  await control("POST", "/sandbox/faults", { priceFactor: 300, times: 1, waybillId: "orders" });
  expect((await port.prepare(label)).costMinor).toBe(7_950_000n);
});

test("what has not been picked up is taken back, what has been is not, asked once or twice", async () => {
  const { port, control } = await bench();
  const { ref } = await port.prepare(label);
  expect(await port.cancel(ref)).toBe("voided");
  await port.buy(ref, label);
  expect([await port.cancel(ref), await port.cancel(ref)]).toEqual(["voided", "voided"]);
  const second = await port.prepare(label);
  const bought = await port.buy(second.ref, label);
  const number = "trackingNumber" in bought ? bought.trackingNumber : "";
  await control("POST", `/sandbox/parcels/${number}/scans`, { status: "picked" });
  expect(await port.cancel(second.ref)).toBe("refused");
});

test("a late number and another price come by notifications, twice when told so", async () => {
  const { port, control, heard, placed } = await bench();
  await control("POST", "/sandbox/faults", { waybillLater: true, times: 1, waybillId: "orders" });
  const { ref } = await port.prepare(label);
  expect(await port.buy(ref, label)).toEqual({ later: true });
  const number = (await placed())[0]?.waybill_id ?? "";
  await control("POST", `/sandbox/parcels/${number}/number`);
  expect(await port.buy(ref, label)).toMatchObject({ trackingNumber: number });
  await control("POST", "/sandbox/faults", { repeat: 2, times: 1 });
  await control("POST", `/sandbox/parcels/${number}/bill`, { price: 31_000 });
  await eventually(() => heard.length === 4, "the order, its number and its price twice");
  expect(heard.map(({ body }) => body.event).toSorted()).toEqual([
    "order.price",
    "order.price",
    "order.status",
    "order.waybill_id",
  ]);
  expect(heard.every(({ headers }) => headers["x-biteship-signature"] === SECRET)).toBe(true);
  expect(await port.bill(ref)).toEqual({ billedMinor: 3_100_000n, billedGrams: null });
});
