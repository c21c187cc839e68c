import { type ChildProcess, fork } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { MidtransOptions } from "../../local/midtrans/main.ts";
import {
  type Bench,
  bench,
  CLIENT_KEY,
  clientOf,
  details,
  eventually,
  orderId,
  qris,
  SERVER_KEY,
  shop,
  type Wire,
} from "../support/midtrans-sandbox.ts";

const snap = ({ call }: Bench, body: Wire = details(), headers: Record<string, string> = {}) =>
  call("POST", "/snap/v1/transactions", body, headers);

/** Follows a form's answer as a browser does. */
const press = async (url: string, form: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: "POST", body: new URLSearchParams(form) });

describe("Snap", () => {
  it("answers 201 with a token and the page's address", async () => {
    const sandbox = await bench();
    const response = await fetch(`${sandbox.url}/snap/v1/transactions`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${SERVER_KEY}:`)}` },
      body: JSON.stringify(details()),
    });
    expect(response.status).toBe(201);
    const { token, redirect_url } = (await response.json()) as Wire;
    expect(redirect_url).toBe(`${sandbox.url}/snap/v4/redirection/${token}`);
  });

  it("answers errors in its own shape", async () => {
    const sandbox = await bench();
    expect(await snap(sandbox, {})).toEqual({
      error_messages: [
        "transaction_details.order_id is required",
        "transaction_details.gross_amount is required",
      ],
    });
    const item_details = [{ price: 1, quantity: 1, name: "Teh" }];
    expect(await snap(sandbox, { ...details(), item_details })).toEqual({
      error_messages: ["transaction_details.gross_amount is not equal to the sum of item_details"],
    });
    const id = orderId();
    await sandbox.charge(qris(id));
    expect(await snap(sandbox, details(id))).toEqual({
      error_messages: ["transaction_details.order_id has already been taken"],
    });
    const stranger = await fetch(`${sandbox.url}/snap/v1/transactions`, { method: "POST", body: "{}" });
    expect([stranger.status, await stranger.json()]).toMatchObject([
      401,
      { error_messages: expect.arrayContaining([expect.stringContaining("Access denied")]) },
    ]);
  });

  it("knows no transaction until the customer has chosen, then leads to the shop", async () => {
    const sandbox = await bench();
    const id = orderId();
    const finish = "https://shop.test/orders?ref=1";
    const { redirect_url } = await snap(sandbox, { ...details(id), callbacks: { finish } });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ status_code: "404" });
    expect(await (await fetch(String(redirect_url))).text()).toContain("Choose how to pay");
    const chosen = await press(`${redirect_url}/bca_va`);
    expect(chosen.url).toMatch(/\/pay\//);
    expect(await chosen.text()).toMatch(/BCA virtual account.*81278\d{11}/s);
    expect((await fetch(String(redirect_url))).url).toBe(chosen.url);
    const paid = await (await press(`${chosen.url}/pay`)).text();
    expect(paid).toContain("Payment received");
    expect(paid).toContain(
      `${finish}&amp;order_id=${id}&amp;status_code=200&amp;transaction_status=settlement`,
    );
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ transaction_status: "settlement" });
  });

  it("lets the customer choose again after a denial", async () => {
    const sandbox = await bench();
    const { redirect_url } = await snap(sandbox);
    const first = await press(`${redirect_url}/other_qris`);
    await press(`${first.url}/deny`);
    expect(await (await fetch(String(redirect_url))).text()).toContain("Choose again");
    const second = await press(`${redirect_url}/gopay`);
    expect(second.url).not.toBe(first.url);
    expect(await second.text()).toContain("GoPay");
  });

  it("takes a card through 3D Secure", async () => {
    const sandbox = await bench();
    const id = orderId();
    const { redirect_url } = await snap(sandbox, { ...details(id), credit_card: { secure: true } });
    const bank = await press(`${redirect_url}/credit_card`, {
      number: "4811111111111114",
      cvv: "123",
      month: "12",
      year: "2999",
    });
    expect(await bank.text()).toContain("3D Secure");
    expect(await (await press(bank.url, { result: "ok" })).text()).toContain("Payment received");
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({
      transaction_status: "capture",
      eci: "05",
    });
  });

  it("offers only what the shop enabled, and only the newest token of an order", async () => {
    const sandbox = await bench();
    const id = orderId();
    const first = await snap(sandbox, { ...details(id), enabled_payments: ["gopay", "bca_va"] });
    const page = await (await fetch(String(first.redirect_url))).text();
    expect(page).toContain("GoPay");
    expect(page).not.toContain("BNI");
    expect((await press(`${first.redirect_url}/bni_va`)).status).toBe(404);
    const second = await snap(sandbox, details(id));
    expect((await fetch(String(first.redirect_url))).status).toBe(404);
    expect((await fetch(String(second.redirect_url))).status).toBe(200);
  });

  it("notifies where the token's headers said", async () => {
    const [own, other] = [await shop(), await shop()];
    const sandbox = await bench({ notificationUrl: own.url });
    const { redirect_url } = await snap(sandbox, details(), { "x-override-notification": other.url });
    await press(`${redirect_url}/gopay`);
    await other.until(1);
    expect(own.received).toHaveLength(0);
  });
});

describe("the payment page", () => {
  it("shows what the shop sent as text, never as markup, and runs nothing", async () => {
    const sandbox = await bench();
    const item_details = [{ price: 275_000, quantity: 1, name: "<img src=x onerror=alert(1)>" }];
    const { transaction_id } = await sandbox.charge({ ...qris(), item_details });
    const response = await fetch(`${sandbox.url}/pay/${transaction_id}`);
    const html = await response.text();
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).not.toMatch(/<img|<script/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toContain("Rp 275.000");
    expect(html).toContain("<svg");
  });

  it.each([
    ["pay", "Payment received", "settlement"],
    ["deny", "Payment denied", "deny"],
    ["expire", "Payment expired", "expire"],
  ])("has a button that does %s, once", async (action, shown, status) => {
    const sandbox = await bench();
    const { transaction_id } = await sandbox.charge(qris());
    const url = `${sandbox.url}/pay/${transaction_id}`;
    expect(await (await fetch(url)).text()).toContain(`action="/pay/${transaction_id}/${action}"`);
    expect(await (await press(`${url}/${action}`)).text()).toContain(shown);
    expect(await (await press(`${url}/pay`)).text()).toContain(shown);
    expect(await sandbox.call("GET", `/v2/${transaction_id}/status`)).toMatchObject({
      transaction_status: status,
    });
  });

  it("answers 404 for what is not there", async () => {
    const sandbox = await bench();
    for (const path of [
      "/pay/none",
      "/v2/qris/none/qr-code",
      "/v2/3ds/redirect/none",
      "/snap/v4/redirection/none",
    ]) {
      expect((await fetch(sandbox.url + path)).status).toBe(404);
    }
    const { transaction_id } = await sandbox.charge(qris());
    expect((await press(`${sandbox.url}/pay/${transaction_id}/explode`)).status).toBe(404);
  });

  it("has an overview of payments and notifications", async () => {
    const target = await shop();
    const sandbox = await bench({ notificationUrl: target.url });
    const id = orderId();
    await sandbox.charge(qris(id));
    await target.until(1);
    const html = await (await fetch(sandbox.url)).text();
    expect(html).toContain(id);
    expect(html).toContain(target.url);
  });
});

const ENTRY = join(import.meta.dirname, "../../local/midtrans/main.ts");

/** The sandbox as a process of its own, as the platform runs it. */
async function forked(options: MidtransOptions): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(ENTRY, [JSON.stringify(options)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const message = await new Promise<{ facts: { url: string } }>((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
  });
  return { child, url: message.facts.url };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", resolve));

describe("what it keeps", () => {
  const merchants = [{ serverKey: SERVER_KEY, clientKey: CLIENT_KEY, currency: "IDR" }];

  function place(): string {
    const dataDir = mkdtempSync(join(tmpdir(), "midtrans-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    return dataDir;
  }

  it("survives SIGKILL, also with a line cut short", async () => {
    const target = await shop();
    const dataDir = place();
    const options = { dataDir, merchants, notificationUrl: target.url, retryScale: 0.000_01 };
    const first = await forked({ ...options, notificationDelayMs: 60_000 });
    const client = clientOf(first.url);
    const [paid, open] = [orderId(), orderId()];
    const { transaction_id } = await client.charge(qris(paid));
    await client.act(paid, "pay");
    await client.charge({ ...qris(open), custom_expiry: { expiry_duration: 2, unit: "second" } });
    const card = await client.token();
    const { redirect_url } = await client.call("POST", "/snap/v1/transactions", details());
    const before = await client.call("GET", `/v2/${paid}/status`);
    first.child.kill("SIGKILL");
    await ended(first.child);
    expect(target.received).toHaveLength(0);
    appendFileSync(join(dataDir, "midtrans.jsonl"), '{"kind":"transaction","value":{"id":"tor');

    const second = await forked({
      ...options,
      port: Number(new URL(first.url).port),
      notificationDelayMs: 0,
    });
    const again = clientOf(second.url);
    expect(await again.call("GET", `/v2/${paid}/status`)).toEqual(before);
    expect(await again.charge(qris(paid))).toMatchObject({ status_code: "406" });
    expect((await fetch(String(redirect_url))).status).toBe(200);
    const credit_card = { token_id: card };
    expect(await again.charge({ ...details(), payment_type: "credit_card", credit_card })).toMatchObject({
      status_code: "200",
    });
    await eventually(
      async () => (await again.call("GET", `/v2/${open}/status`)).transaction_status === "expire",
      "the open payment to expire",
    );
    const items = (await again.call("GET", `/sandbox/notifications?order_id=${paid}`)).items as {
      id: string;
    }[];
    for (const { id } of items) await again.call("POST", `/sandbox/notifications/${id}/resend`);
    await eventually(
      () =>
        target.received.some(
          ({ body }) => body.transaction_id === transaction_id && body.transaction_status === "settlement",
        ),
      "the settlement to be told",
    );
  });

  it("tells after a start what it had not told before the end", async () => {
    const dataDir = place();
    const target = await shop();
    target.answers.splice(0, 1, 503, 200);
    // The first try fails, and the next one is due when the process is no more.
    const options = {
      dataDir,
      merchants,
      notificationUrl: target.url,
      retryScale: 0.005,
      notificationDelayMs: 0,
    };
    const first = await forked(options);
    await clientOf(first.url).charge(qris());
    await target.until(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    first.child.kill("SIGKILL");
    await ended(first.child);
    await forked(options);
    const [one, two] = await target.until(2);
    expect(two?.body).toEqual(one?.body);
  });

  it("ends with its parent and on SIGTERM", async () => {
    const left = await forked({ dataDir: place(), merchants });
    left.child.disconnect();
    expect(await ended(left.child)).toBe(0);
    const told = await forked({ dataDir: place(), merchants });
    told.child.kill("SIGTERM");
    expect(await ended(told.child)).toBe(0);
  });
});
