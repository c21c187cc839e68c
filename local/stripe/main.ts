import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { listen } from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { stripeApi } from "./api.ts";
import { controlApi } from "./control-api.ts";
import { Sandbox } from "./sandbox.ts";
import type { Account } from "./types.ts";

export type { FaultRequest } from "./faults.ts";
export type { Account, Delivery } from "./types.ts";
export { signatureOf } from "./wire.ts";

export interface StripeOptions {
  dataDir: string;
  /** One a market. */
  accounts: Account[];
  /** 0 takes a free one. */
  port?: number;
  host?: string;
  /** Base of the pages' addresses, where a browser reaches the sandbox under another name. */
  publicUrl?: string;
  /** Multiplies the intervals between tries of an event. */
  retryScale?: number;
  eventDelayMs?: number;
  /** Named in events; the version that the platform pins. */
  apiVersion?: string;
}

export interface RunningStripe {
  url: string;
  port: number;
  close(): Promise<void>;
}

const EVENT_DELAY_MS = 20;

export async function startStripe(options: StripeOptions): Promise<RunningStripe> {
  const { dataDir, accounts, host = "127.0.0.1", port = 0 } = options;
  mkdirSync(dataDir, { recursive: true });
  const sandbox = new Sandbox({
    dataDir,
    accounts,
    apiVersion: options.apiVersion ?? "2026-10-28.endive",
    retryScale: options.retryScale ?? 1,
    delayMs: options.eventDelayMs ?? EVENT_DELAY_MS,
  });
  const web = await listen([...stripeApi(sandbox), ...controlApi(sandbox)], { host, port });
  sandbox.start(options.publicUrl ?? web.url);
  return {
    url: web.url,
    port: web.port,
    close: async () => {
      await web.close();
      sandbox.close();
    },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await serveEngine(async (options: StripeOptions) => {
    const { url, port, close } = await startStripe(options);
    return { report: { facts: { url, port: String(port) } }, stop: close };
  });
}
