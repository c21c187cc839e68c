import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ownerOf } from "../../local/owner.ts";
import { DATA_DIR, findRunning, type RunningAt } from "../client.ts";

const POLL_MS = 200;

export type Stage = Pick<RunningAt, "url" | "mailUrl" | "midtransUrl" | "biteshipUrl"> & {
  stop(): Promise<void>;
};

const isUp = async (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** A first start seeds for a while before it says where it is: it is waited for, or ends by itself. */
async function untilReady(): Promise<void> {
  while (findRunning() === undefined && ownerOf(DATA_DIR) !== undefined) await sleep(POLL_MS);
}

/** The platform that runs here, or undefined. */
export async function joinRunning(url: string | undefined): Promise<Stage | undefined> {
  if (url === undefined) await untilReady();
  const running = findRunning();
  const wanted = url?.replace(/\/$/, "") ?? running?.url;
  if (wanted === undefined || !(await isUp(wanted))) {
    if (url !== undefined) throw new Error(`nothing answers at ${url}`);
    return undefined;
  }
  if (!running) throw new Error("the mailbox of that platform is not known: start it with npm start");
  return { ...running, url: wanted, stop: async () => undefined };
}

/** A platform of the demo's own: free ports, data that goes with it, the same seed as npm start has. */
export async function startOwn(): Promise<Stage> {
  const [{ startPlatform }, { LOCAL_MARKETS }, { buildAssets }, { seed }] = await Promise.all([
    import("../../local/platform.ts"),
    import("../../local/configuration.ts"),
    import("../../local/assets.ts"),
    import("../db-seed.ts"),
  ]);
  const dataDir = mkdtempSync(join(tmpdir(), "titan-demo-"));
  await buildAssets();
  const platform = await startPlatform({ dataDir, port: 0, durable: false, markets: LOCAL_MARKETS });
  const stop = async () => {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await seed({ ...platform, dataDir });
  } catch (error) {
    await stop();
    throw error;
  }
  const { url, mailUrl, midtransUrl, biteshipUrl } = platform;
  return { url, mailUrl, midtransUrl, biteshipUrl, stop };
}
