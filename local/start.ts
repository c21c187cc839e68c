/**
 * Runs the whole platform on this machine: engines, sandboxes, migrations, the demo markets and the Worker.
 *
 *   npm start [-- --reset]      PORT, LOG_LEVEL, RATE_LIMIT_ADDRESS, RATE_LIMIT_USER, RATE_LIMIT_KEY
 *   npm run dev                 the same, bundling again at every change
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seed } from "../scripts/db-seed.ts";
import { buildAssets } from "./assets.ts";
import { removeEngineData } from "./engines.ts";
import { type Platform, startPlatform } from "./platform.ts";
import { ROOT, watchWorker } from "./runtime.ts";
import { isPortFree, readSettings } from "./settings.ts";

const DATA_DIR = join(ROOT, ".data");
const say = (line: string) => console.log(line);

function quit(line: string): never {
  console.error(`titan: ${line}`);
  process.exit(1);
}

function settingsOrQuit() {
  try {
    return readSettings(process.env);
  } catch (error) {
    return quit((error as Error).message);
  }
}

function describe({ url, mailUrl, midtransUrl, engines }: Platform, logins: readonly string[]): string {
  const localhost = url.replace("127.0.0.1", "localhost");
  const redis =
    engines.redisBackend === "built-in"
      ? "No redis-server or valkey-server on PATH: the built-in engine serves."
      : `Redis is ${engines.redisBackend} from PATH.`;
  return [
    "",
    `  API          ${localhost}/v1      markets by X-Market: id, sg, gb`,
    `  Reference    ${localhost}/docs    ${localhost}/openapi.json`,
    `  Health       ${localhost}/healthz ${localhost}/readyz`,
    `  Metrics      ${localhost}/metrics`,
    `  Mailbox      ${mailUrl}`,
    `  Payments     ${midtransUrl}       the Midtrans sandbox`,
    "",
    ...logins.map((login) => `  ${login}`),
    "",
    `  ${redis}`,
    "  Data is in .data/. Ctrl-C stops everything; npm start -- --reset starts afresh.",
    "",
  ].join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { reset: { type: "boolean" }, watch: { type: "boolean" } } });
  const { port, vars } = settingsOrQuit();
  let platform: Platform | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await platform?.stop();
    rmSync(join(DATA_DIR, "platform.json"), { force: true });
    process.exit(0);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
  if (values.reset) {
    removeEngineData(DATA_DIR);
    rmSync(DATA_DIR, { recursive: true, force: true });
  }
  await buildAssets();
  const startedAt = performance.now();
  try {
    platform = await startPlatform({ dataDir: DATA_DIR, port, durable: true, vars, say, beforeServing });
  } catch (error) {
    quit((error as Error).message);
  }
  const logins = await seedOnce(platform);
  const { url, mailUrl, midtransUrl, bindings } = platform;
  const running = JSON.stringify({ url, mailUrl, midtransUrl, bindings });
  // Scripts find the platform by it; the bindings hold secrets of this machine.
  writeFileSync(join(DATA_DIR, "platform.json"), running, { mode: 0o600 });
  say(describe(platform, logins));
  say(`  Ready in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
  if (values.watch) await watchWorker(() => platform?.reload() ?? Promise.resolve());
}

/** An orphan of a killed run has been ended by now; whoever still holds the port is somebody else. */
async function beforeServing(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new Error(`port ${port} is in use. Stop what listens there, or choose another: PORT=8788 npm start`);
}

async function seedOnce(platform: Platform): Promise<readonly string[]> {
  const mark = join(DATA_DIR, "seeded.json");
  const { logins } = await seed({ ...platform, isSeeded: existsSync(mark) });
  writeFileSync(mark, JSON.stringify({ at: new Date().toISOString() }));
  return logins;
}

await main();
