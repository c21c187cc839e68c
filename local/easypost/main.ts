import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { listen } from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { easypostApi } from "./api.ts";
import { controlApi } from "./control-api.ts";
import { Sandbox } from "./sandbox.ts";
import type { Account } from "./types.ts";

export type { FaultRequest } from "./faults.ts";

export interface EasypostOptions {
  dataDir: string;
  /** One a market. */
  accounts: Account[];
  /** 0 takes a free one. */
  port?: number;
}

export interface RunningEasypost {
  url: string;
  port: number;
  close(): Promise<void>;
}

export async function startEasypost({
  dataDir,
  accounts,
  port = 0,
}: EasypostOptions): Promise<RunningEasypost> {
  mkdirSync(dataDir, { recursive: true });
  const sandbox = new Sandbox(dataDir, accounts);
  const at = { url: "" };
  const endpoints = [...easypostApi(sandbox, () => at.url), ...controlApi(sandbox, () => at.url)];
  const web = await listen(endpoints, { host: "127.0.0.1", port });
  at.url = web.url;
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
  await serveEngine(async (options: EasypostOptions) => {
    const { url, port, close } = await startEasypost(options);
    return { report: { facts: { url, port: String(port) } }, stop: close };
  });
}
