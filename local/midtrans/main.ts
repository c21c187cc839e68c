import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { listen } from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { controlApi } from "./control-api.ts";
import { coreApi } from "./core-api.ts";
import { Iris, type IrisOptions } from "./iris.ts";
import { irisApi } from "./iris-api.ts";
import { Sandbox } from "./sandbox.ts";
import { snapApi } from "./snap-api.ts";
import type { Merchant } from "./types.ts";

export type { CallFailure, FaultRequest, Faults } from "./faults.ts";
export type { Delivery, Merchant, Status, Transaction } from "./types.ts";
export { signatureOf } from "./wire.ts";

export interface MidtransOptions {
  dataDir: string;
  /** One account a market; each names its own currency and may name its own notification URL. */
  merchants: Merchant[];
  host?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Base of redirect and action addresses, where a browser reaches the sandbox under another name. */
  publicUrl?: string;
  /** For merchants that name none. */
  notificationUrl?: string;
  /** Multiplies the retry intervals of 2, 10, 30, 90 and 210 minutes; 1 is what Midtrans does. */
  retryScale?: number;
  notificationDelayMs?: number;
  /** Payouts, served below /iris. */
  iris?: IrisOptions;
  /** Until a refund's second notification, with `bank_confirmed_at`. */
  refundConfirmMs?: number;
  /** Until a captured card payment settles; without it, the next day at 16:00 WIB as with Midtrans. */
  cardSettlementMs?: number;
}

export interface RunningMidtrans {
  url: string;
  port: number;
  close(): Promise<void>;
}

const DEFAULTS = { retryScale: 1, notificationDelayMs: 20, refundConfirmMs: 2_000 };

export async function startMidtrans(options: MidtransOptions): Promise<RunningMidtrans> {
  const keys = options.merchants.map((merchant) => merchant.serverKey);
  if (keys.length === 0) throw new Error("the Midtrans sandbox needs at least one merchant");
  if (new Set(keys).size < keys.length)
    throw new Error("two merchants of the Midtrans sandbox share a server key");
  mkdirSync(options.dataDir, { recursive: true });
  const sandbox = new Sandbox({ ...DEFAULTS, ...options });
  const iris = options.iris && new Iris(options.dataDir, options.iris);
  const payments = [...coreApi(sandbox), ...snapApi(sandbox), ...controlApi(sandbox)];
  const endpoints = [...payments, ...(iris ? irisApi(iris) : [])];
  const web = await listen(endpoints, { host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  sandbox.publicUrl = options.publicUrl ?? web.url;
  sandbox.resume();
  return {
    url: web.url,
    port: web.port,
    close: async () => {
      await web.close();
      sandbox.close();
      iris?.close();
    },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await serveEngine(async (options: MidtransOptions) => {
    const { url, port, close } = await startMidtrans(options);
    return { report: { facts: { url, port: String(port) } }, stop: close };
  });
}
