/** Runs the whole platform for one test file, as a child of it, until it lets go or kills it. */
import { rmSync } from "node:fs";
import { buildAssets } from "../../local/assets.ts";
import { databaseOf, LOCAL_CELLS } from "../../local/configuration.ts";
import type { EngineName, Engines } from "../../local/engines.ts";
import { type PlatformOptions, startPlatform } from "../../local/platform.ts";
import { removePostgresData } from "../../local/postgres/placement.ts";
import { OPENID_CLIENT, startOpenIdProvider } from "./openid-provider.ts";

export type HostOptions = Pick<
  PlatformOptions,
  "dataDir" | "port" | "durable" | "redis" | "markets" | "vars" | "waits"
> & {
  /** Its data goes when it is stopped. */
  readonly isTemporary?: boolean;
};
export type HostReport = {
  readonly url: string;
  readonly mailUrl: string;
  readonly midtransUrl: string;
  readonly stripeUrl: string;
  readonly biteshipUrl: string;
  readonly easypostUrl: string;
  readonly redisBackend: Engines["redisBackend"];
  readonly bindings: Readonly<Record<string, string>>;
  /** Each market's database, for what only time or a look behind the API can do. */
  readonly databases: Readonly<Record<string, string>>;
};
/** What the test asks of an engine; the answer carries the same `id`. */
export type Ask = {
  readonly id: number;
  readonly engine: EngineName;
  readonly verb: "kill" | "pid";
};
export type Told = { readonly id: number; readonly pid: number | undefined };

const options = JSON.parse(process.argv[2] ?? "") as HostOptions;
// Ctrl-C reaches the whole group; the runner ends its tests first and lets go afterwards.
process.on("SIGINT", () => undefined);
await buildAssets();
const openId = await startOpenIdProvider({ port: 0 });
const oauth = { local: { ...OPENID_CLIENT, issuer: openId.url } };
const platform = await startPlatform({ ...options, oauth });

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  void Promise.all([platform.stop(), openId.close()]).then(() => {
    if (options.isTemporary) {
      removePostgresData(options.dataDir);
      rmSync(options.dataDir, { recursive: true, force: true });
    }
    process.exit(0);
  });
};
process.on("SIGTERM", stop);
process.on("disconnect", stop);
process.on("message", obey);

function obey({ id, engine, verb }: Ask): void {
  const handle = platform.engines.engine(engine);
  if (verb === "kill") handle.kill("SIGKILL");
  const told: Told = { id, pid: handle.pid };
  process.send?.(told);
}

const report: HostReport = {
  url: platform.url,
  mailUrl: platform.mailUrl,
  midtransUrl: platform.midtransUrl,
  stripeUrl: platform.stripeUrl,
  biteshipUrl: platform.biteshipUrl,
  easypostUrl: platform.easypostUrl,
  redisBackend: platform.engines.redisBackend,
  bindings: platform.bindings,
  databases: Object.fromEntries(
    LOCAL_CELLS.map((cell) => [cell, platform.engines.postgresUrl(databaseOf(cell))]),
  ),
};
process.send?.(report);
