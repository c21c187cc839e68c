import { createHmac } from "node:crypto";
import { PDFDocument } from "pdf-lib";
import { expect, onTestFinished, test } from "vitest";
import { easypost } from "#services/logistics/shipping/providers/easypost";
import { toGrams, toMinor, toOunces } from "#services/logistics/shipping/providers/easypost-wire";
import { CarrierRefused, CarrierSilent } from "#services/logistics/shipping/providers/port";
import { startEasypost } from "../../local/easypost/main.ts";
import { labelOf, listener, RECEIVER, SENDER, scratchFolder, steer } from "../support/carrier-bench.ts";
import { eventually } from "../support/midtrans-sandbox.ts";

const SECRET = "a-webhook-secret-ﬁ";
const [FROM, TO] = [SENDER, RECEIVER].map((one) => ({ ...one, country: "SG", postalCode: "049315" })) as [
  typeof SENDER,
  typeof SENDER,
];

async function bench(answers: number[] = []) {
  const { heard, url: webhookUrl } = await listener(answers);
  const account = { apiKey: "EZTKcontract", currency: "SGD", webhookUrl, webhookSecret: SECRET };
  const running = await startEasypost({ dataDir: scratchFolder("easypost"), accounts: [account] });
  onTestFinished(() => running.close());
  const own = { ...account, apiUrl: running.url };
  return { heard, own, port: easypost(own, "SGD"), control: steer(running.url) };
}

const ask = { origin: FROM, destination: TO, grams: 1_000, goodsMinor: 5_000n, couriers: [] };
const soon = () => AbortSignal.timeout(2_000);
const label = labelOf({
  provider: "easypost",
  carrier: "UPSDAP",
  service: "UPSStandard",
  currency: "SGD",
  sender: FROM,
  receiver: TO,
  parcelGrams: 1_000,
});

test("ounces are never fewer than the grams, and amounts keep their cents", () => {
  for (const grams of [1, 28, 29, 1_000, 30_000])
    expect(toGrams(toOunces(grams))).toBeGreaterThanOrEqual(grams);
  expect([toMinor("8.9"), toMinor("12"), toMinor("7.53"), toMinor("-1"), toMinor("free")]).toEqual([
    890n,
    1_200n,
    753n,
    undefined,
    undefined,
  ]);
});

test("a shipment has the rates of its currency, and those of another are not taken for ours", async () => {
  const { port, own } = await bench();
  const rates = await port.rates(ask, soon());
  expect(rates.map(({ carrier }) => carrier)).toEqual(["DHLeCommerce", "FedEx", "UPSDAP"]);
  expect(rates[2]).toMatchObject({
    service: "UPSStandard",
    priceMinor: 1_310n,
    minDays: 3,
    maxDays: 3,
    cash: false,
  });
  expect(await easypost(own, "GBP").rates(ask, soon())).toEqual([]);
});

test("a time-out, a failure, a broken line and nonsense are silence; a refusal is an answer", async () => {
  const { port, own, control } = await bench();
  for (const answerFails of ["http500", "malformed", "reset"]) {
    await control("POST", "/sandbox/faults", { answerFails, times: 1 });
    await expect(port.rates(ask, soon())).rejects.toBeInstanceOf(CarrierSilent);
  }
  await control("POST", "/sandbox/faults", { answerFails: "timeout", times: 1 });
  await expect(port.rates(ask, AbortSignal.timeout(100))).rejects.toBeInstanceOf(CarrierSilent);
  await expect(port.rates({ ...ask, destination: { ...TO, city: "" } }, soon())).rejects.toBeInstanceOf(
    CarrierRefused,
  );
  await expect(easypost({ ...own, apiKey: "wrong" }, "SGD").rates(ask, soon())).rejects.toBeInstanceOf(
    CarrierRefused,
  );
  expect(await port.rates(ask, soon())).toHaveLength(3);
});

test("a label has a PDF that opens and a ZPL; bought again after a lost answer it is one label", async () => {
  const { port, control } = await bench();
  const { ref, costMinor } = await port.prepare(label);
  expect(costMinor).toBe(1_310n);
  await control("POST", "/sandbox/faults", { answerFails: "lost", only: "buy", times: 1 });
  await expect(port.buy(ref, label)).rejects.toBeInstanceOf(CarrierSilent);
  const bought = await port.buy(ref, label);
  if ("later" in bought || !bought.pdf) throw new Error("the label is there");
  expect((await PDFDocument.load(bought.pdf)).getPageCount()).toBe(1);
  expect(bought.zpl).toMatch(/^\^XA[\s\S]+\^BCN[\s\S]+\^XZ$/);
  expect(bought.zpl).toContain(bought.trackingNumber);
  expect(await port.buy(ref, label)).toMatchObject({
    trackingNumber: bought.trackingNumber,
    costMinor: 1_310n,
  });
});

test("a price that rose is told before it is paid, and a service that is gone is refused", async () => {
  const { port, control } = await bench();
  await control("POST", "/sandbox/faults", { priceFactor: 250, only: "shipments", times: 1 });
  expect((await port.prepare(label)).costMinor).toBe(3_275n);
  await expect(port.prepare({ ...label, service: "Gone" })).rejects.toBeInstanceOf(CarrierRefused);
});

test.each([
  ["submitted, and settled later", undefined, "asked"],
  ["at once", "refunded", "voided"],
  ["not at all", "not_applicable", "refused"],
] as const)("a label is given back: %s", async (_, refundIs, outcome) => {
  const { port, control, heard } = await bench();
  if (refundIs) await control("POST", "/sandbox/faults", { refundIs });
  const { ref } = await port.prepare(label);
  await port.buy(ref, label);
  expect([await port.cancel(ref), await port.cancel(ref)]).toEqual([outcome, outcome]);
  if (refundIs) return;
  await control("POST", `/sandbox/shipments/${ref}/refund`, { status: "refunded" });
  await eventually(
    () => heard.some(({ body }) => body.description === "refund.successful"),
    "the refund's event",
  );
  expect(await port.cancel(ref)).toBe("voided");
});

test("events are signed over their bytes, come again until taken, and late ones in any order", async () => {
  const { port, control, heard } = await bench([500, 503]);
  const { ref } = await port.prepare(label);
  await port.buy(ref, label);
  await eventually(() => heard.length === 3, "an event that is taken at its third try");
  const [first] = heard;
  const digest = createHmac("sha256", SECRET.normalize("NFKD"))
    .update(first?.text ?? "")
    .digest("hex");
  expect(first?.headers["x-hmac-signature"]).toBe(`hmac-sha256-hex=${digest}`);
  expect(new Set(heard.map(({ body }) => body.id)).size).toBe(1);
  await control("POST", "/sandbox/faults", { reorder: 2, times: 2 });
  await control("POST", `/sandbox/shipments/${ref}/scans`, {
    status: "in_transit",
    at: "2026-11-24T01:00:00Z",
  });
  await control("POST", `/sandbox/shipments/${ref}/scans`, {
    status: "delivered",
    at: "2026-11-25T01:00:00Z",
  });
  await eventually(() => heard.length === 5, "both events");
  const told = heard.slice(3).map(({ body }) => (body.result as { status: string; object: string }).status);
  expect(told).toEqual(["delivered", "in_transit"]);
});

test("a courier is called for one bought shipment, and for no other", async () => {
  const { port } = await bench();
  const { ref } = await port.prepare(label);
  const when = { from: Date.UTC(2026, 10, 24, 1), until: Date.UTC(2026, 10, 24, 5), sender: FROM };
  await expect(port.pickup([ref], when)).rejects.toBeInstanceOf(CarrierRefused);
  await port.buy(ref, label);
  expect(await port.pickup([ref], when)).toMatch(/^WTC/);
  await expect(port.pickup([ref, ref], when)).rejects.toBeInstanceOf(CarrierRefused);
});
