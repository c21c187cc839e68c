import { PDFDocument } from "pdf-lib";
import { expect, test } from "vitest";
import { confirmed, corner, origin } from "../logistics/shipping-corner.ts";
import { PARCEL } from "./returning.ts";
import { key } from "./shopping.ts";

type Corner = Awaited<ReturnType<typeof corner>>;

/** An approved return of one unit of an order that came as the shop sent it. */
async function approved(own: Corner, how: "labelled" | "by hand") {
  const { shop, buyer } = own;
  const orderId = await confirmed(own);
  const sent =
    how === "labelled"
      ? await shop.member.post("/v1/shipping/labels", { orderId }, key())
      : await shop.member.post(`/v1/orders/${orderId}/ship`, PARCEL, key());
  expect(sent.status, JSON.stringify(sent.body)).toBeLessThan(300);
  expect((await buyer.post(`/v1/orders/${orderId}/deliver`, {}, key())).status).toBe(200);
  const [line] = (await buyer.get(`/v1/orders/${orderId}`)).body.lines;
  const lines = [{ lineId: line.id, quantity: 1 }];
  const ask = { orderId, kind: "return", reason: "changed_mind", lines };
  const { id } = (await buyer.post("/v1/refunds", ask, key())).body;
  const path = `/v1/refunds/${id}`;
  const early = await shop.member.post(`${path}/label`, {}, key());
  expect(early.body).toMatchObject({ code: "refund.wrong_state" });
  const yes = (await shop.member.post(`${path}/approve`, {}, key())).body;
  expect(yes).toMatchObject({ state: "approved", label: null });
  return { path, orderId, lineId: line.id as string };
}

test("an approved return has the carrier's label once, and the buyer sends the goods on it", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  await origin(h, shop);
  const { path, orderId, lineId } = await approved(own, "labelled");
  const give = () => shop.member.post(`${path}/label`, { weightGrams: 500, acceptMinor: "9000000" }, key());
  const { label, state } = (await give()).body;
  expect([label, state]).toEqual([
    { carrier: "jne", trackingNumber: expect.any(String), pdfUrl: `${path}/label`, paidBy: "seller" },
    "approved",
  ]);
  expect((await give()).body.label).toEqual(label);
  const { trackingNumber } = label;
  // Biteship's own number: nothing was drawn in its place.
  expect(trackingNumber).toMatch(/^WYB-/);
  const labels = (await shop.member.get(`/v1/shipping/labels?orderId=${orderId}`)).body.items;
  // Both were made in one moment of the test's clock, so neither is the newer.
  const kinds: string[] = labels.map(({ kind, cash }: { kind: string; cash: null }) => `${kind} ${cash}`);
  expect(kinds.sort()).toEqual(["outbound null", "return null"]);
  const seen = (await buyer.get(path)).body;
  expect(seen.label).toEqual({ carrier: "jne", trackingNumber, pdfUrl: `${path}/label` });
  const pdf = await buyer.get(`${path}/label`);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect((await PDFDocument.load(pdf.bytes)).getPageCount()).toBe(1);
  expect((await (await h.buyer()).get(`${path}/label`)).status).toBe(404);
  // What was sent has its label; the money goes its way as ever.
  const sent = await buyer.post(`${path}/send`, { carrier: "JNE", trackingNumber }, key());
  expect(sent.body).toMatchObject({ back: { trackingNumber }, label: { trackingNumber } });
  expect((await give()).body).toMatchObject({ code: "refund.wrong_state" });
  const back = { lines: [{ lineId, resellable: 1 }] };
  expect((await shop.member.post(`${path}/receive`, back, key())).body).toMatchObject({ state: "settling" });
});

test("goods that came without a label go back on one, paid by the platform from an operator", async () => {
  const own = await corner();
  const { h, shop, buyer } = own;
  const { path } = await approved(own, "by hand");
  const operator = await h.operator();
  const give = () => operator.post(`${path}/label?as=operator`, { acceptMinor: "9000000" }, key());
  expect((await give()).body).toMatchObject({ code: "shipping.origin_missing" });
  expect((await buyer.get(path)).body.label).toMatchObject({ trackingNumber: null, pdfUrl: null });
  expect((await buyer.get(`${path}/label`)).status).toBe(404);
  await origin(h, shop);
  const given = (await give()).body;
  expect(given.label).toMatchObject({ paidBy: "platform", pdfUrl: `${path}/label` });
  await h.drain();
  expect((await buyer.get(`${path}/label`)).status).toBe(200);
  // The shop takes the label back, and may give another.
  const [label] = (await shop.member.get("/v1/shipping/labels")).body.items;
  await shop.member.post(`/v1/shipping/labels/${label.id}/void`, {}, key());
  await h.drain();
  expect((await buyer.get(path)).body.label).toBe(null);
  const again = (await shop.member.post(`${path}/label`, { acceptMinor: "9000000" }, key())).body;
  expect(again.label).toMatchObject({ paidBy: "seller", pdfUrl: `${path}/label` });
  expect(again.label.trackingNumber).not.toBe(given.label.trackingNumber);
});
