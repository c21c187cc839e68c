import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../local/midtrans/main.ts";
import {
  type Bench,
  bench,
  details,
  eventually,
  orderId,
  qris,
  SERVER_KEY,
  type Shop,
  shop,
  type Wire,
} from "../support/midtrans-sandbox.ts";

const signed = (body: Wire): boolean => {
  const text = `${body.order_id}${body.status_code}${body.gross_amount}${SERVER_KEY}`;
  return createHash("sha512").update(text).digest("hex") === body.signature_key;
};

async function market(options: Parameters<typeof bench>[0] = {}): Promise<Bench & { shop: Shop }> {
  const target = await shop();
  return { ...(await bench({ notificationUrl: target.url, ...options })), shop: target };
}

const deliveries = async ({ call }: Bench, id: string): Promise<Delivery[]> =>
  (await call("GET", `/sandbox/notifications?order_id=${id}`)).items as Delivery[];

const statuses = (target: Shop): unknown[] => target.received.map(({ body }) => body.transaction_status);

describe("a notification", () => {
  it("tells every change, in the documented shape, signed with the merchant's key", async () => {
    const { charge, act, shop } = await market();
    const id = orderId();
    const { transaction_id } = await charge(qris(id));
    await shop.until(1);
    await act(id, "pay");
    const [pending, settled] = (await shop.until(2)).map(({ body }) => body);
    expect(pending).toMatchObject({ transaction_status: "pending", status_code: "201", acquirer: "gopay" });
    expect(settled).toMatchObject({
      transaction_status: "settlement",
      status_code: "200",
      status_message: "midtrans payment notification",
      transaction_id,
      order_id: id,
      merchant_id: "G123456789",
      gross_amount: "275000.00",
      currency: "IDR",
      payment_type: "qris",
      fraud_status: "accept",
      issuer: "gopay",
      transaction_type: "on-us",
    });
    for (const name of ["transaction_time", "settlement_time", "expiry_time"]) {
      expect(settled?.[name]).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    }
    expect(settled).not.toHaveProperty("qr_string");
    expect([pending, settled].every((body) => body && signed(body))).toBe(true);
  });

  it.each([
    ["expire", "expire", "202"],
    ["cancel", "cancel", "202"],
    ["deny", "deny", "202"],
  ])("of %s carries the documented code", async (action, transaction_status, status_code) => {
    const { charge, act, call, shop } = await market();
    const id = orderId();
    await charge(qris(id));
    await shop.until(1);
    await (action === "deny" ? act(id, "deny") : call("POST", `/v2/${id}/${action}`));
    const body = (await shop.until(2))[1]?.body ?? {};
    expect(body).toMatchObject({ transaction_status, status_code });
    expect(signed(body)).toBe(true);
  });

  it("of a refund comes twice, the second time confirmed by the bank", async () => {
    const { charge, act, call, shop } = await market();
    const id = orderId();
    await charge(qris(id));
    await act(id, "pay");
    await shop.until(2);
    await call("POST", `/v2/${id}/refund`, { refund_key: "r1", amount: 5_000 });
    const [first, second] = (await shop.until(4)).slice(2).map(({ body }) => body);
    expect(first).toMatchObject({ transaction_status: "partial_refund", refund_amount: "5000.00" });
    expect(first?.refunds).toEqual([expect.not.objectContaining({ bank_confirmed_at: expect.anything() })]);
    expect(second?.refunds).toMatchObject([{ refund_key: "r1", bank_confirmed_at: expect.any(String) }]);
  });

  it("goes where the headers of the charge say", async () => {
    const { charge, shop: own } = await market();
    const [one, two] = [await shop(), await shop()];
    await charge(qris(), { "x-append-notification": one.url });
    await Promise.all([own.until(1), one.until(1)]);
    const headers = { "x-override-notification": `${one.url},${two.url}`, "x-append-notification": own.url };
    await charge(qris(), headers);
    await Promise.all([one.until(2), two.until(1)]);
    expect(own.received).toHaveLength(1);
  });

  it("goes to the merchant's own address before the common one", async () => {
    const [own, common] = [await shop(), await shop()];
    const merchant = { serverKey: SERVER_KEY, clientKey: "c", currency: "GBP", notificationUrl: own.url };
    const { charge } = await bench({ merchants: [merchant], notificationUrl: common.url });
    await charge(qris(orderId(), "19.99"));
    expect((await own.until(1))[0]?.body).toMatchObject({ gross_amount: "19.99", currency: "GBP" });
    expect(common.received).toHaveLength(0);
  });
});

describe("trying again", () => {
  it.each([
    [500, 2],
    [503, 5],
    [404, 3],
    [302, 1],
    [429, 6],
  ])("after %i ends after %i attempts", async (status, attempts) => {
    const sandbox = await market();
    sandbox.shop.answers.splice(0, 1, status);
    const id = orderId();
    await sandbox.charge(qris(id));
    await eventually(
      async () => (await deliveries(sandbox, id))[0]?.state === "failed",
      "the retries to end",
    );
    const [delivery] = await deliveries(sandbox, id);
    expect(delivery?.attempts.map(({ result }) => result)).toEqual(new Array(attempts).fill(status));
    expect(sandbox.shop.received).toHaveLength(attempts);
  });

  it("stops as soon as the shop has taken it", async () => {
    const sandbox = await market();
    sandbox.shop.answers.splice(0, 1, 503, 503, 200);
    const id = orderId();
    await sandbox.charge(qris(id));
    await eventually(async () => (await deliveries(sandbox, id))[0]?.state === "delivered", "a delivery");
    expect(sandbox.shop.received.map(({ body }) => body)).toEqual(
      new Array(3).fill(sandbox.shop.received[0]?.body),
    );
  });

  it("follows 307 with the same body", async () => {
    const sandbox = await market();
    sandbox.shop.answers.splice(0, 1, 307, 200);
    await sandbox.charge(qris());
    const [first, second] = await sandbox.shop.until(2);
    expect(second?.body).toEqual(first?.body);
  });

  it("waits longer from try to try, by the documented intervals", async () => {
    const sandbox = await market({ retryScale: 0.001 });
    sandbox.shop.answers.splice(0, 1, 503);
    const id = orderId();
    await sandbox.charge(qris(id));
    await sandbox.shop.until(3);
    const [delivery] = await deliveries(sandbox, id);
    const [first, second, third] = delivery?.attempts.map(({ at }) => at) ?? [];
    // 2 and 10 minutes, scaled to 120 and 600 ms, shifted down by at most three quarters.
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(29);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(149);
  });
});

describe("switches", () => {
  it("repeat, and only as often as told", async () => {
    const { charge, faults, shop } = await market();
    await faults({ repeat: 3, times: 1 });
    await charge(qris());
    const copies = await shop.until(3);
    expect(new Set(copies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await charge(qris());
    await shop.until(4);
  });

  it("delay", async () => {
    const { charge, faults, shop } = await market();
    await faults({ delayMs: 300, times: 1 });
    const start = Date.now();
    await charge(qris());
    const [first] = await shop.until(1);
    expect((first?.at ?? 0) - start).toBeGreaterThanOrEqual(299);
  });

  it("reorder: the newest first", async () => {
    const { charge, act, faults, shop } = await market();
    await faults({ reorder: 2, times: 2 });
    const id = orderId();
    await charge(qris(id));
    await act(id, "pay");
    await shop.until(2);
    expect(statuses(shop)).toEqual(["settlement", "pending"]);
  });

  it("let go of what is held when they are reset", async () => {
    const { charge, call, faults, shop } = await market();
    await faults({ reorder: 9 });
    await charge(qris());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(shop.received).toHaveLength(0);
    expect(await call("DELETE", "/sandbox/faults")).toEqual({ faults: [] });
    await shop.until(1);
  });

  it("drop", async () => {
    const sandbox = await market();
    const id = orderId();
    await sandbox.faults({ drop: true, orderId: id });
    await sandbox.charge(qris(id));
    await sandbox.charge(qris());
    await sandbox.shop.until(1);
    expect(sandbox.shop.received[0]?.body.order_id).not.toBe(id);
    expect(await deliveries(sandbox, id)).toMatchObject([{ state: "dropped", attempts: [] }]);
  });

  it("forge: a wrong signature, sent once", async () => {
    const sandbox = await market();
    sandbox.shop.answers.splice(0, 1, 503);
    const id = orderId();
    await sandbox.faults({ forge: true, times: 1 });
    await sandbox.charge(qris(id));
    await eventually(
      async () => (await deliveries(sandbox, id))[0]?.state === "failed",
      "the forgery to be refused",
    );
    expect(sandbox.shop.received).toHaveLength(1);
    expect(signed(sandbox.shop.received[0]?.body ?? {})).toBe(false);
  });

  it("wrong amount: signed all the same", async () => {
    const { charge, faults, shop } = await market();
    await faults({ wrongAmount: true, times: 1 });
    await charge(qris());
    const [first] = await shop.until(1);
    expect(first?.body.gross_amount).toBe("275001.00");
    expect(signed(first?.body ?? {})).toBe(true);
  });

  it("are listed, counted down and checked", async () => {
    const { call, faults, charge } = await market();
    expect(await faults({ forge: true, times: 2, orderId: "a" })).toEqual({
      faults: [{ name: "forge", value: true, orderId: "a", remaining: 2 }],
    });
    await charge(qris("a"));
    expect(await call("GET", "/sandbox/faults")).toMatchObject({ faults: [{ remaining: 1 }] });
    expect(await faults({ explode: true })).toEqual({
      error: "no such fault, or not with that value: explode",
    });
    expect(await faults({ repeat: -1 })).toMatchObject({ error: expect.any(String) });
  });
});

describe("calls that fail", () => {
  const send = (sandbox: Bench, body: Wire, key: string) =>
    fetch(`${sandbox.url}/v2/charge`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${SERVER_KEY}:`)}`, "idempotency-key": key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(500),
    });

  it.each(["http500", "http503"] as const)("with %s have charged nothing", async (chargeFails) => {
    const sandbox = await bench();
    const id = orderId();
    await sandbox.faults({ chargeFails, times: 1 });
    const response = await send(sandbox, qris(id), "k");
    expect(response.status).toBe(Number(chargeFails.slice(4)));
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ status_code: "404" });
    expect(await (await send(sandbox, qris(id), "k")).json()).toMatchObject({ status_code: "201" });
  });

  it("may be no JSON, no answer, or a broken connection", async () => {
    const sandbox = await bench();
    await sandbox.faults({ chargeFails: "malformed", times: 1 });
    await expect(send(sandbox, qris(), "a").then((response) => response.json())).rejects.toThrow(SyntaxError);
    for (const [chargeFails, reason] of [
      ["timeout", /timeout/],
      ["reset", /fetch failed/],
    ] as const) {
      await sandbox.faults({ chargeFails, times: 1 });
      await expect(send(sandbox, qris(), chargeFails)).rejects.toThrow(reason);
    }
  });

  it("with the answer lost have charged, and the same Idempotency-Key gets the answer", async () => {
    const sandbox = await bench();
    const id = orderId();
    await sandbox.faults({ chargeFails: "lost", times: 1 });
    await expect(send(sandbox, qris(id), "k")).rejects.toThrow(/fetch failed/);
    const { transaction_id } = await sandbox.call("GET", `/v2/${id}/status`);
    expect(await (await send(sandbox, qris(id), "k")).json()).toMatchObject({
      status_code: "201",
      transaction_id,
    });
    expect(await (await send(sandbox, qris(id), "another")).json()).toMatchObject({ status_code: "406" });
  });

  it("include status and refund", async () => {
    const sandbox = await bench();
    const id = orderId();
    await sandbox.charge(qris(id));
    await sandbox.act(id, "pay");
    await sandbox.faults({ statusFails: "http503", refundFails: "http500", times: 1 });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ status_code: "503" });
    expect(await sandbox.call("POST", `/v2/${id}/refund`, {})).toMatchObject({ status_code: "500" });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ transaction_status: "settlement" });
  });

  it("of Snap too", async () => {
    const sandbox = await bench();
    await sandbox.faults({ chargeFails: "http500", times: 1 });
    expect(await sandbox.call("POST", "/snap/v1/transactions", details())).toMatchObject({
      status_code: "500",
    });
    expect(await sandbox.call("POST", "/snap/v1/transactions", details())).toMatchObject({
      token: expect.any(String),
    });
  });
});
