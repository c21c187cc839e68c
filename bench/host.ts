import { databaseOf, type MarketOverrides } from "../local/configuration.ts";
import { startPlatform } from "../local/platform.ts";
import { CELL } from "./people.ts";

/** Started by stage.ts: the platform in a process of its own, apart from the work that the load is. */
export type HostOptions = {
  readonly dataDir: string;
  readonly inspectorPort?: number;
  readonly vars: Readonly<Record<string, string>>;
  readonly markets?: MarketOverrides;
};
export type HostReport = {
  readonly url: string;
  readonly redisUrl: string;
  readonly midtransUrl: string;
  /** Of the measured market's database, for who looks behind the platform's back. */
  readonly postgresUrl: string;
  readonly bindings: Readonly<Record<string, string>>;
};

const options = JSON.parse(process.argv[2] ?? "") as HostOptions;
// A Ctrl-C in the terminal reaches this process too; the parent stops it in order.
process.on("SIGINT", () => undefined);
const platform = await startPlatform({ ...options, port: 0, durable: true });
let stopping = false;
process.on("disconnect", () => {
  if (stopping) return;
  stopping = true;
  void platform.stop().then(() => process.exit(0));
});
const report: HostReport = {
  url: platform.url,
  redisUrl: platform.engines.redisUrl,
  midtransUrl: platform.midtransUrl,
  postgresUrl: platform.engines.postgresUrl(databaseOf(CELL)),
  bindings: platform.bindings,
};
process.send?.(report);
