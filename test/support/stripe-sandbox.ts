import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Stripe } from "stripe";
import { onTestFinished } from "vitest";
import { type StripeOptions, startStripe } from "../../local/stripe/main.ts";

export const SECRET_KEY = "sk_test_contract";
export const WEBHOOK_SECRET = "whsec_contract";

export type Heard = { readonly at: number; readonly headers: IncomingHttpHeaders; readonly body: string };
type Json = Record<string, unknown>;

/** Somebody who takes events and answers as told, the sandbox that sends them, and the official client. */
export async function stripeBench(options: Partial<StripeOptions> = {}) {
  const heard: Heard[] = [];
  const answers = [200];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ at: Date.now(), headers: request.headers, body });
      response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 200).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const dataDir = mkdtempSync(join(tmpdir(), "stripe-"));
  const account = {
    secretKey: SECRET_KEY,
    publishableKey: "pk_test_contract",
    webhookSecret: WEBHOOK_SECRET,
    webhookUrl,
  };
  const start = () =>
    startStripe({ dataDir, accounts: [account], eventDelayMs: 0, retryScale: 0.000_2, ...options });
  let running = await start();
  onTestFinished(async () => {
    await running.close();
    server.close();
    server.closeAllConnections();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const call = async (method: string, path: string, body?: Json): Promise<Json> => {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    return (await (await fetch(running.url + path, { method, ...init })).json()) as Json;
  };
  return {
    heard,
    answers,
    call,
    url: () => running.url,
    /** A client of the official SDK, on which nothing is tried again by itself. */
    client: (key = SECRET_KEY, timeout = 5_000) =>
      new Stripe(key, {
        httpClient: Stripe.createFetchHttpClient(),
        host: "127.0.0.1",
        port: running.port,
        protocol: "http",
        maxNetworkRetries: 0,
        telemetry: false,
        timeout,
      }),
    faults: (faults: Json) => call("POST", "/sandbox/faults", faults),
    act: (payment: string, action: string) => call("POST", `/sandbox/payments/${payment}/${action}`),
    restart: async () => {
      await running.close();
      running = await start();
    },
  };
}

let count = 0;
/** A payment of its own each time, by which the sandbox tells switches apart. */
export function wanted(amount = 4_200, more: Json = {}) {
  count += 1;
  return {
    amount,
    currency: "sgd",
    payment_method_types: ["card"],
    metadata: { payment: `p${count}` },
    ...more,
  } as const;
}
