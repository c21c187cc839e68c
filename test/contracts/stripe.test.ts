import { Stripe } from "stripe";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { ProviderSilent } from "#services/transaction/payment/providers/port";
import { stripe } from "#services/transaction/payment/providers/stripe";
import { eventually } from "../support/midtrans-sandbox.ts";
import { SECRET_KEY, stripeBench, WEBHOOK_SECRET, wanted } from "../support/stripe-sandbox.ts";

type Bench = Awaited<ReturnType<typeof stripeBench>>;
const refusal = async (work: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  const thrown = await work.then(() => undefined).catch((error: unknown) => error);
  if (!(thrown instanceof Stripe.errors.StripeError)) throw new Error("it was not refused");
  return thrown;
};

test("the official client makes, confirms, captures, refunds and reads", async () => {
  const client = (await stripeBench()).client();
  const made = await client.paymentIntents.create(wanted(4_200, { capture_method: "manual" }));
  expect(made).toMatchObject({ object: "payment_intent", status: "requires_payment_method", amount: 4_200 });
  const held = await client.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
  expect(held).toMatchObject({ status: "requires_capture", amount_capturable: 4_200, amount_received: 0 });
  const part = { amount_to_capture: 1_200, final_capture: false };
  expect(await client.paymentIntents.capture(made.id, part)).toMatchObject({
    status: "requires_capture",
    amount_received: 1_200,
    amount_capturable: 3_000,
  });
  const last = await client.paymentIntents.capture(made.id, { amount_to_capture: 2_000 });
  expect(last).toMatchObject({ status: "succeeded", amount_received: 3_200, amount_capturable: 0 });
  const refund = await client.refunds.create({
    payment_intent: made.id,
    amount: 700,
    metadata: { key: "k" },
  });
  expect(refund).toMatchObject({ object: "refund", amount: 700, status: "succeeded" });
  const read = await client.paymentIntents.retrieve(made.id, { expand: ["latest_charge"] });
  expect(read.latest_charge).toMatchObject({ amount_captured: 3_200, amount_refunded: 700, refunded: false });
  const { data } = await client.refunds.list({ payment_intent: made.id });
  expect(data.map(({ metadata }) => metadata?.key)).toEqual(["k"]);
  const more = await refusal(client.refunds.create({ payment_intent: made.id, amount: 2_501 }));
  expect([more.type, more.statusCode]).toEqual(["StripeInvalidRequestError", 400]);
});

test.each([
  ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
  ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
])("%s is declined in Stripe's own words", async (method, code, decline) => {
  const client = (await stripeBench()).client();
  const { id } = await client.paymentIntents.create(wanted());
  const error = await refusal(client.paymentIntents.confirm(id, { payment_method: method }));
  expect(error).toMatchObject({ type: "StripeCardError", statusCode: 402, code, decline_code: decline });
  const after = await client.paymentIntents.retrieve(id);
  expect(after).toMatchObject({ status: "requires_payment_method", last_payment_error: { code } });
});

test("a key answers the same to the same; another body is 400, and a second call meanwhile 409", async () => {
  const { client: open, faults, url } = await stripeBench();
  const client = open();
  const params = wanted();
  const key = { idempotencyKey: "once" };
  const first = await client.paymentIntents.create(params, key);
  const again = await client.paymentIntents.create(params, key);
  expect(again.id).toBe(first.id);
  const headers = { authorization: `Bearer ${SECRET_KEY}`, "idempotency-key": "raw" };
  const form = "amount=4200&currency=sgd";
  const raw = () => fetch(`${url()}/v1/payment_intents`, { method: "POST", headers, body: form });
  const replays = [await raw(), await raw()].map((one) => one.headers.get("idempotent-replayed"));
  expect(replays).toEqual([null, "true"]);
  const other = await refusal(client.paymentIntents.create({ ...params, amount: 4_300 }, key));
  expect([other.type, other.statusCode]).toEqual(["StripeIdempotencyError", 400]);
  await faults({ answerDelayMs: 300, times: 1 });
  const slow = client.paymentIntents.create(wanted(), { idempotencyKey: "slow" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const busy = await refusal(client.paymentIntents.create(wanted(), { idempotencyKey: "slow" }));
  expect([busy.statusCode, busy.code]).toEqual([409, "idempotency_key_in_use"]);
  expect((await slow).status).toBe("requires_payment_method");
});

test("a wrong key is 401, an unknown intent 404 and an amount too small 400", async () => {
  const { client } = await stripeBench();
  const errors = [
    await refusal(client("sk_test_wrong").paymentIntents.create(wanted())),
    await refusal(client().paymentIntents.retrieve("pi_nobody")),
    await refusal(client().paymentIntents.create(wanted(1))),
  ];
  expect(errors.map(({ type, statusCode, code }) => [type, statusCode, code])).toEqual([
    ["StripeAuthenticationError", 401, undefined],
    ["StripeInvalidRequestError", 404, "resource_missing"],
    ["StripeInvalidRequestError", 400, "amount_too_small"],
  ]);
});

test("events are signed; late, repeated, newest first, forged and lying ones come as told", async () => {
  const { client: open, heard, faults, act } = await stripeBench();
  const client = open();
  const crypto = Stripe.createSubtleCryptoProvider();
  const verify = ({ body, headers }: { body: string; headers: Record<string, unknown> }, now?: number) =>
    Stripe.webhooks.constructEventAsync(
      body,
      String(headers["stripe-signature"]),
      WEBHOOK_SECRET,
      300,
      crypto,
      now,
    );
  const pay = async (switches: Record<string, unknown>) => {
    const params = wanted();
    const { payment } = params.metadata;
    heard.splice(0);
    const { id } = await client.paymentIntents.create(params);
    await eventually(() => heard.length === 1, "the first event");
    heard.splice(0);
    await faults({ ...switches, payment });
    await client.paymentIntents.confirm(id, { payment_method: "pm_card_visa" });
    return payment;
  };
  await pay({});
  await eventually(() => heard.length === 2, "two events");
  const [first] = heard;
  if (!first) throw new Error("no event");
  const event = await verify(first);
  expect(event).toMatchObject({ object: "event", id: expect.stringMatching(/^evt_/) });
  await expect(verify({ ...first, body: first.body.replace("4200", "4201") })).rejects.toThrow("signature");
  await expect(verify(first, Date.now() + 301_000)).rejects.toThrow("tolerance");

  await pay({ repeat: 2, times: 1 });
  await eventually(() => heard.length === 3, "one of them twice");
  const names = heard.map(({ body }) => (JSON.parse(body) as { id: string }).id);
  expect(new Set(names).size).toBe(2);

  await pay({ reorder: 2, times: 2 });
  await eventually(() => heard.length === 2, "both, the newest first");
  const types = heard.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types).toEqual(["charge.succeeded", "payment_intent.succeeded"]);

  const at = Date.now();
  await pay({ delayMs: 400, times: 2 });
  await eventually(() => heard.length === 2, "both, late");
  expect((heard[0]?.at ?? 0) - at).toBeGreaterThanOrEqual(400);

  await pay({ forge: true, times: 2 });
  await eventually(() => heard.length === 2, "forged ones");
  for (const one of heard) await expect(verify(one)).rejects.toThrow("signature");

  await pay({ wrongAmount: true, times: 2 });
  await eventually(() => heard.length === 2, "lying ones");
  expect((await verify(heard[0] ?? first)).data.object).toMatchObject({ amount: 4_201 });
  const dropped = await pay({ drop: true });
  expect(await act(dropped, "dispute")).toMatchObject({ dispute: { status: "needs_response" } });
  expect(heard).toEqual([]);
});

test("an event that is not taken comes again, and what was answered survives a restart", async () => {
  const bench = await stripeBench();
  bench.answers.splice(0, 1, 500, 503, 200);
  const made = await bench.client().paymentIntents.create(wanted());
  await eventually(() => bench.heard.length === 3, "two more tries");
  expect(new Set(bench.heard.map(({ body }) => body)).size).toBe(1);
  await bench.restart();
  expect(await bench.client().paymentIntents.retrieve(made.id)).toMatchObject({ id: made.id, amount: 4_200 });
});

/** The platform's own side of it, against a provider that fails, hangs and lies. */
function adapterOf(bench: Bench, now = Date.now()) {
  const config = {
    origin: "https://titan.test",
    midtrans: { serverKey: "x", clientKey: "x", apiUrl: "http://127.0.0.1:1", snapUrl: "http://127.0.0.1:1" },
    stripe: {
      secretKey: SECRET_KEY,
      publishableKey: "pk",
      webhookSecret: WEBHOOK_SECRET,
      apiUrl: bench.url(),
    },
  };
  return stripe({ cell: "sg" as never, config, now });
}

const charge = (id: string, remember: (ref: string) => Promise<void>, cardToken: string | undefined) => ({
  id: id as Id<"payment">,
  method: "card" as const,
  options: {},
  amount: { minor: 4_200n, currency: "SGD" as const },
  payBy: Date.now() + 900_000,
  capture: "automatic" as const,
  cardToken,
  remember,
});

test.each(["http500", "http503", "malformed", "reset", "lost"])(
  "an answer that is %s: making an intent costs nothing, and what was confirmed is asked for",
  async (failure) => {
    const bench = await stripeBench();
    const provider = adapterOf(bench);
    let ref: string | undefined;
    const keep = async (name: string) => {
      ref = name;
    };
    const id = `pay_${failure}`;
    await bench.faults({ createFails: failure, times: 1, payment: id });
    const made = await provider.charge(charge(id, keep, "pm_card_visa")).catch((error: unknown) => error);
    expect(made).toBeInstanceOf(ProviderSilent);
    expect(made).toMatchObject({ isHarmless: true });
    expect(await provider.find({ id: id as Id<"payment">, ref })).toBeUndefined();
    await bench.faults({ confirmFails: failure, times: 1, payment: id });
    const unheard = await provider.charge(charge(id, keep, "pm_card_visa")).catch((error: unknown) => error);
    expect(unheard).toMatchObject({ name: "ProviderSilent", isHarmless: false });
    const known = await provider.find({ id: id as Id<"payment">, ref });
    expect(known?.report.status).toBe(failure === "lost" ? "settlement" : "pending");
    const again = await provider.charge(charge(id, keep, "pm_card_visa"));
    expect(again.report).toMatchObject({ status: "settlement", capturedMinor: 4_200n });
    const ended = await provider.cancel({ id: id as Id<"payment">, ref });
    expect(ended?.report.status).toBe("settlement");
    const send = { id: id as Id<"payment">, ref, method: "card" as const, key: `r-${id}`, reason: "test" };
    const refund = { ...send, amount: { minor: 4_200n, currency: "SGD" as const } };
    await bench.faults({ refundFails: failure, times: 1, payment: id });
    await expect(provider.refund(refund)).rejects.toThrow(ProviderSilent);
    expect(await provider.refund(refund)).toEqual({ kind: "done" });
    const after = await provider.find({ id: id as Id<"payment">, ref });
    expect(after).toMatchObject({
      refundKeys: [`r-${id}`],
      report: { status: "refund", refundedMinor: 4_200n },
    });
  },
);

test("a provider that hangs is left after its time", async () => {
  const bench = await stripeBench();
  await bench.faults({ createFails: "timeout", times: 1 });
  const hung = await refusal(bench.client(SECRET_KEY, 200).paymentIntents.create(wanted()));
  expect(hung.type).toBe("StripeConnectionError");
});

test("a page is opened once, leads to the bank when its card asks, and is closed", async () => {
  const bench = await stripeBench();
  const provider = adapterOf(bench);
  const refs: string[] = [];
  const keep = async (name: string) => {
    refs.push(name);
  };
  const first = await provider.charge(charge("pay_page", keep, undefined));
  expect(first.action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/pay/cs_test_") });
  const [ref] = refs;
  const place = { id: "pay_page" as Id<"payment">, ref };
  expect((await provider.charge({ ...charge("pay_page", keep, undefined), ref })).action).toEqual(
    first.action,
  );
  expect((await provider.find(place))?.report.status).toBe("pending");
  const url = first.action?.kind === "redirect" ? first.action.url : "";
  const page = await (await fetch(url)).text();
  expect(page).toContain("SGD 42.00");
  const asked = await fetch(`${url}/pm_card_authenticationRequired`, { method: "POST", redirect: "manual" });
  const bank = new URL(asked.headers.get("location") ?? "", bench.url());
  expect(bank.pathname).toMatch(/^\/authenticate\/pi_/);
  const body = new URLSearchParams({ result: "ok" });
  const back = await fetch(bank, { method: "POST", body, redirect: "manual" });
  expect(back.headers.get("location")).toContain("https://titan.test/payments/pay_page/return");
  expect((await provider.find(place))?.report).toMatchObject({ status: "settlement", capturedMinor: 4_200n });

  const other = { ...place, id: "pay_closed" as Id<"payment"> };
  await provider.charge(charge("pay_closed", keep, undefined));
  const closed = await provider.cancel({ ...other, ref: refs.at(-1) });
  expect(closed?.report.status).toBe("expire");
});
