/**
 * Runs the whole platform on this machine: engines, sandboxes, migrations, the demo markets and the Worker.
 *
 *   npm start [-- --reset]      PORT, DATA_DIR, LOG_LEVEL, RATE_LIMIT_{ADDRESS,USER,KEY}
 *   npm run dev                 the same, bundling again at every change
 */
import { fork } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { Into, Seeded } from "../scripts/db-seed.ts";
import { announce } from "./announcement.ts";
import { buildAssets } from "./assets.ts";
import { LOCAL_MARKETS } from "./configuration.ts";
import { removeEngineData } from "./engines.ts";
import { type Platform, startPlatform } from "./platform.ts";
import { ROOT } from "./runtime.ts";
import { isPortFree, readSettings } from "./settings.ts";

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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { reset: { type: "boolean" }, watch: { type: "boolean" } } });
  const { port, vars, dataDir = join(ROOT, ".data") } = settingsOrQuit();
  let platform: Platform | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await platform?.stop();
    rmSync(join(dataDir, "platform.json"), { force: true });
    process.exit(0);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
  if (values.reset) {
    removeEngineData(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
  await buildAssets();
  const startedAt = performance.now();
  try {
    platform = await startPlatform({
      dataDir,
      port,
      durable: true,
      markets: LOCAL_MARKETS,
      vars,
      say,
      beforeServing,
    });
  } catch (error) {
    quit((error as Error).message);
  }
  const into = { url: platform.url, bindings: platform.bindings, dataDir };
  const isFilled = existsSync(markOf(dataDir));
  const logins = await seedOnce(into).catch(async (error: Error) => {
    await platform?.stop();
    return quit(error.message);
  });
  const { url, mailUrl, midtransUrl, stripeUrl, biteshipUrl, streamUrl, bindings, engines } = platform;
  const postgresUrl = engines.postgresUrl("postgres");
  const running = JSON.stringify({
    url,
    mailUrl,
    midtransUrl,
    stripeUrl,
    biteshipUrl,
    streamUrl,
    postgresUrl,
    bindings,
  });
  // Scripts find the platform by it; the bindings hold secrets of this machine.
  writeFileSync(join(dataDir, "platform.json"), running, { mode: 0o600 });
  say(announce({ platform, dataDir: relative(".", dataDir), logins }));
  say(`  Ready in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
  if (isFilled) runSeed({ ...into, isFilled }).catch(({ message }: Error) => say(`titan: ${message}`));
  if (!values.watch) return;
  const { watchWorker } = await import("./worker/bundle.ts");
  await watchWorker(() => platform?.reload() ?? Promise.resolve());
}

/** An orphan of a killed run has been ended by now; whoever still holds the port is somebody else. */
async function beforeServing(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new Error(`port ${port} is in use. Stop what listens there, or choose another: PORT=8788 npm start`);
}

const markOf = (dataDir: string): string => join(dataDir, "seeded.json");

async function seedOnce(into: Into & { readonly dataDir: string }): Promise<readonly string[]> {
  const mark = markOf(into.dataDir);
  if (existsSync(mark)) return (JSON.parse(readFileSync(mark, "utf8")) as Seeded).logins;
  const { logins } = await runSeed(into);
  writeFileSync(mark, JSON.stringify({ at: new Date().toISOString(), logins }));
  return logins;
}

/** In a process of its own, which ends: what paints and fills two markets holds hundreds of megabytes. */
async function runSeed(into: Into): Promise<Seeded> {
  const child = fork(join(ROOT, "scripts/db-seed.ts"), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.send(into);
  return new Promise<Seeded>((resolve, reject) => {
    child.once("message", (seeded) => resolve(seeded as Seeded));
    child.once("exit", () => reject(new Error("the demo markets could not be filled")));
  });
}

await main();
