import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { emailMessage } from "#schema/social/notification";
import { type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, paidOrder, sandbox } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

const PDF = new TextEncoder().encode("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF");
const PDF_HEADERS = { headers: { "content-type": "application/pdf" } };
const CSV_HEADERS = { headers: { "content-type": "text/csv" } };

async function paid(h: Harness) {
  const buyer = await h.buyer();
  const bought = await buy(h, {
    buyer,
    shops: [await openShop(h)],
    method: "card",
    cardToken: "pm_card_visa",
  });
  await h.drain();
  return bought;
}

test("a dispute of Stripe: a case with its end, papers in the private bucket, handed in, won", async () => {
  const h = harness({ market: "sg" });
  const desk = stripeDesk(h);
  const { paymentId, amount } = await paid(h);
  await desk.act(paymentId, "dispute");
  const told: string[] = [];
  // Newest first: an older word opens no second case and takes nothing back.
  for (const { body } of (await desk.events(paymentId)).toReversed()) await desk.post(body);
  told.push(...h.waiting().map((fact) => fact.type));
  await h.drain();
  const admin = await h.operator("admin");
  const open = (await admin.get("/v1/payments/disputes?limit=100")).body.items;
  const dispute = open.find((one: { paymentId: string }) => one.paymentId === paymentId);
  expect(dispute).toMatchObject({
    state: "needs_response",
    amount: { minor: `${amount.minor}` },
    provider: "stripe",
  });
  expect(Date.parse(dispute.evidenceBy)).toBeGreaterThan(Date.now());
  expect(told.filter((type) => type === "payment.disputed")).toHaveLength(1);
  const path = `/v1/payments/disputes/${dispute.id}`;
  const upload = () => admin.post(`${path}/evidence?fileName=pod.pdf&note=signed`, PDF, PDF_HEADERS);
  const paper = await upload();
  expect(paper.status).toBe(201);
  expect((await upload()).body).toEqual(paper.body);
  const lie = { headers: { "content-type": "image/png" } };
  expect((await admin.post(`${path}/evidence?fileName=a.png`, PDF, lie)).status).toBe(415);
  const stored = await h.env.DOCUMENTS.get(`sg/disputes/${dispute.id}/${paper.body.sha256}`);
  expect(new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(PDF);
  const submit = await admin.post(`${path}/submit`, { words: "Delivered and signed for." }, key());
  expect(submit.body).toMatchObject({ state: "under_review" });
  expect((await desk.see(paymentId)).dispute).toMatchObject({
    status: "under_review",
    evidence: { uncategorized_text: expect.stringContaining(paper.body.sha256) },
  });
  await desk.act(paymentId, "win");
  await desk.notify(paymentId);
  const closed = (await admin.get(path)).body;
  expect(closed).toMatchObject({ state: "won", evidence: [{ fileName: "pod.pdf" }] });
  expect((await admin.post(`${path}/evidence?fileName=b.pdf`, PDF, PDF_HEADERS)).status).toBe(409);
  const support = await h.operator("support");
  expect((await support.post(`${path}/close`, { outcome: "lost" }, key())).status).toBe(403);
});

test("a chargeback of Midtrans is a case that an operator closes; the payment stays what it is", async () => {
  const h = harness();
  const { paymentId, provider } = await paidOrder(h, { buyer: await h.buyer(), shops: [await openShop(h)] });
  await provider.act(paymentId, "chargeback");
  const body = (await provider.notifications(paymentId)).at(-1) ?? "";
  expect((await provider.post(body)).status).toBe(200);
  expect((await provider.post(body)).status).toBe(200);
  const admin = await h.operator("admin");
  const open = (await admin.get("/v1/payments/disputes?limit=100")).body.items;
  const mine = open.filter((one: { paymentId: string }) => one.paymentId === paymentId);
  expect(mine).toMatchObject([{ provider: "midtrans", state: "needs_response" }]);
  const path = `/v1/payments/disputes/${mine[0].id}/close`;
  await h.drain();
  expect((await admin.post(path, { outcome: "lost" }, key())).body).toMatchObject({ state: "lost" });
  const facts = h.waiting().map(({ type, payload }) => [type, (payload as { outcome?: string }).outcome]);
  expect(facts).toContainEqual(["payment.dispute_closed", "lost"]);
  await h.drain();
  expect((await admin.post(path, { outcome: "won" }, key())).status).toBe(409);
  expect((await admin.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "settled" });
});

type Row = { readonly outcome: string; readonly paymentId: string | null; readonly fee: { minor: string } };

test("Stripe's payout report: matched, differing, unknown here, missing there, once a file", async () => {
  const h = harness({ market: "sg" });
  const desk = stripeDesk(h);
  const bought = [await paid(h), await paid(h), await paid(h)];
  const [good = "", wrong = "", unseen = ""] = bought.map(({ paymentId }): string => paymentId);
  const csv: string = await desk.report([good, wrong]);
  const total = (Number(bought[1]?.amount.minor) / 100).toFixed(2);
  const altered = csv
    .split("\n")
    .map((line) => (line.includes(wrong) ? line.replace(total, "1.00") : line))
    .join("\n");
  const header = csv.split("\n")[0]?.split(",") ?? [];
  const cells: Record<string, string> = {
    currency: "sgd",
    gross: "12.34",
    fee: "0.50",
    reporting_category: "charge",
    payment_intent_id: "pi_unknown",
    created_utc: new Date(h.clock.now()).toISOString().slice(0, 19).replace("T", " "),
  };
  const stranger = header.map((name) => cells[name] ?? "").join(",");
  const file = `${altered}${stranger}\n`;
  const admin = await h.operator("admin");
  const path = "/v1/payments/settlement-files";
  const upload = (text: string) => admin.post(`${path}?provider=stripe`, text, CSV_HEADERS);
  const taken = await upload(file);
  expect(taken.status).toBe(200);
  expect(taken.body).toMatchObject({ counts: { matched: 1, amount_differs: 1, missing_here: 1 } });
  const facts = h
    .waiting()
    .filter(({ type }) => type === "payment.reconciled" || type === "payment.mismatch");
  expect(facts.map(({ type }) => type)).toContain("payment.reconciled");
  await h.drain();
  expect((await upload(file)).body).toEqual(taken.body);
  expect(h.waiting()).toEqual([]);
  const rows: Row[] = (await admin.get(`${path}/${taken.body.id}/rows?limit=100`)).body.items;
  const outcomes = (id: string) => rows.filter((row) => row.paymentId === id).map((row) => row.outcome);
  expect([outcomes(good), outcomes(wrong), outcomes(unseen)]).toEqual([
    ["matched"],
    ["amount_differs"],
    ["missing_there"],
  ]);
  expect(BigInt(rows.find((row) => row.paymentId === good)?.fee.minor ?? "0")).toBeGreaterThan(0n);
  const only = await admin.get(`${path}/${taken.body.id}/rows?outcome=missing_here`);
  expect(only.body.items).toMatchObject([{ ref: "pi_unknown", gross: { minor: "1234" } }]);
  const listed = (await admin.get(`${path}?limit=100`)).body.items;
  expect(listed).toContainEqual(taken.body);
  expect((await upload("a,b\n1,2\n")).body).toMatchObject({ code: "payment.file_unreadable" });
  expect(
    (await (await h.operator("support")).post(`${path}?provider=stripe`, file, CSV_HEADERS)).status,
  ).toBe(403);
});

test("a refund that nobody can send is told to whoever runs the market", async () => {
  const h = harness();
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [await openShop(h)], method: "virtual_account" });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  await buyer.post(`/v1/orders/${bought.orderId}/cancel`, { reason: "changed_mind" }, key());
  const [refund] = (await buyer.get(`/v1/payments/${bought.paymentId}`)).body.refunds;
  await h.runDue(refund.id);
  await h.drain();
  const [mail] = await h
    .ctx()
    .db.read.select()
    .from(emailMessage)
    .where(eq(emailMessage.transactionId, `refund_stuck/${refund.id}`));
  expect(mail).toMatchObject({ address: h.config.mailFrom, template: "operation.refund_stuck" });
});

test("Midtrans' settlement file is matched by order id and rupiah", async () => {
  const h = harness();
  const { paymentId, amount } = await paidOrder(h, { buyer: await h.buyer(), shops: [await openShop(h)] });
  const rupiah = (amount.minor / 100n).toString();
  const at = new Date(h.clock.now() + 7 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  const file = [
    "Transaction Time,Order ID,Transaction ID,Channel,Transaction Status,Gross Amount,MDR Fee,Net Amount",
    `${at},id-${paymentId},"t,1",qris,settlement,"${rupiah}.00",1855.00,${Number(rupiah) - 1855}.00`,
    ",,,,,Total,,",
  ].join("\r\n");
  const admin = await h.operator("admin");
  const path = "/v1/payments/settlement-files";
  const taken = await admin.post(`${path}?provider=midtrans`, file, CSV_HEADERS);
  const { body } = await admin.get(`${path}/${taken.body.id}/rows?outcome=matched`);
  expect(body.items).toMatchObject([
    { paymentId, ref: "t,1", gross: { minor: `${amount.minor}` }, fee: { minor: "185500" } },
  ]);
  expect(await sandbox(h).transaction(paymentId)).toMatchObject({ transaction_status: "settlement" });
});
