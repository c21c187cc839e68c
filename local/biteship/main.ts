import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { listen } from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { biteshipApi } from "./api.ts";
import { controlApi } from "./control-api.ts";
import { Sandbox } from "./sandbox.ts";
import type { Account } from "./types.ts";

export type { FaultRequest } from "./faults.ts";
export type { Delivery } from "./types.ts";

export interface BiteshipOptions {
  dataDir: string;
  /** One a market. */
  accounts: Account[];
  /** 0 takes a free one. */
  port?: number;
}

export interface RunningBiteship {
  url: string;
  port: number;
  close(): Promise<void>;
}

export async function startBiteship({
  dataDir,
  accounts,
  port = 0,
}: BiteshipOptions): Promise<RunningBiteship> {
  mkdirSync(dataDir, { recursive: true });
  const sandbox = new Sandbox(dataDir, accounts);
  const endpoints = [...biteshipApi(sandbox), ...controlApi(sandbox)];
  const web = await listen(endpoints, { host: "127.0.0.1", port });
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
  await serveEngine(async (options: BiteshipOptions) => {
    const { url, port, close } = await startBiteship(options);
    return { report: { facts: { url, port: String(port) } }, stop: close };
  });
}
