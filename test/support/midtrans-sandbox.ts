import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type MidtransOptions, type RunningMidtrans, startMidtrans } from "../../local/midtrans/main.ts";

export const SERVER_KEY = "SB-Mid-server-test-id";
export const CLIENT_KEY = "SB-Mid-client-test-id";

export type Wire = Record<string, unknown>;

export interface Received {
  at: number;
  body: Wire;
}

/** A shop that takes notifications and answers as it is told. */
export interface Shop {
  url: string;
  received: Received[];
  /** The HTTP status of the next answers; the last one stays. */
  answers: number[];
  /** Resolves when so many notifications have come, and fails when they do not. */
  until(count: number): Promise<Received[]>;
}

export async function shop(): Promise<Shop> {
  const received: Received[] = [];
  const answers = [200];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      received.push({ at: Date.now(), body: JSON.parse(text) as Wire });
      const status = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(status ?? 200, status === 307 ? { location: `${request.url}?again` } : {});
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const until = async (count: number) => {
    await eventually(() => received.length >= count, `${count} notifications, ${received.length} came`);
    return received;
  };
  return { url: `http://127.0.0.1:${port}/notified`, received, answers, until };
}

/** Waits at most so long for what happens on the sandbox's own time. */
const EVENTUALLY_MS = 5_000;

export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + EVENTUALLY_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`expected ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Bench extends RunningMidtrans {
  dataDir: string;
  /** Calls the merchant's API. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Wire>;
  /** Does what the customer does, as a script. */
  act(orderId: string, action: string): Promise<Wire>;
  faults(faults: Wire): Promise<Wire>;
  charge(body: Wire, headers?: Record<string, string>): Promise<Wire>;
  token(number?: string): Promise<string>;
}

export async function bench(options: Partial<MidtransOptions> = {}): Promise<Bench> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "midtrans-"));
  const running = await startMidtrans({
    merchants: [{ serverKey: SERVER_KEY, clientKey: CLIENT_KEY, currency: "IDR", merchantId: "G123456789" }],
    notificationDelayMs: 0,
    refundConfirmMs: 50,
    retryScale: 0.000_01,
    ...options,
    dataDir,
  });
  onTestFinished(async () => {
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { ...running, dataDir, ...clientOf(running.url) };
}

export const basic = (key: string): string => `Basic ${btoa(`${key}:`)}`;

/** Reads an answer as JSON; the caller asserts what is in it. */
const read = async (response: Response): Promise<Wire> => (await response.json()) as Wire;

export function clientOf(url: string): Pick<Bench, "call" | "act" | "faults" | "charge" | "token"> {
  const call: Bench["call"] = async (method, path, body, headers = {}) =>
    read(
      await fetch(url + path, {
        method,
        headers: { authorization: basic(SERVER_KEY), "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return {
    call,
    act: (orderId, action) => call("POST", `/sandbox/transactions/${orderId}/${action}`),
    faults: (faults) => call("POST", "/sandbox/faults", faults),
    charge: (body, headers) => call("POST", "/v2/charge", body, headers),
    token: async (number = "4811 1111 1111 1114") => {
      const query = new URLSearchParams({
        client_key: CLIENT_KEY,
        card_number: number,
        card_cvv: "123",
        card_exp_month: "12",
        card_exp_year: "2999",
      });
      return String((await call("GET", `/v2/token?${query}`)).token_id);
    },
  };
}

let count = 0;

export const orderId = (): string => {
  count += 1;
  return `order-${count}`;
};

export const details = (id: string = orderId(), gross: unknown = 275_000): Wire => ({
  transaction_details: { order_id: id, gross_amount: gross },
});

export const qris = (id: string = orderId(), gross: unknown = 275_000): Wire => ({
  payment_type: "qris",
  ...details(id, gross),
});
