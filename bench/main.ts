/**
 * Benchmarks, each against what the machine can do without us, measured in the same run by the same client.
 *
 *   npm run bench -- NAME [--json] [--seconds N] [--profile FILE]
 *
 *   reads             product page, list and search: hot against a constant of the same size, and cold
 *   cart              adding a line, against a bare object that writes a row
 *   checkout          whole flows from cart to placed order
 *   checkout --hot    60 buyers, 30 at once, for a stock of 20
 *   flash-sale        claims by socket and HTTP, sold out, and Redis with Lua behind a Node server
 *   live              frames to 5,000 viewers over 1, 4 and 16 relays, against a bare broadcast
 *   tracking          drivers' pings by socket, to one shipment and to many, against a bare object's rows
 *   ledger            transfers on disjoint accounts and on one that all want, against bare UPDATEs
 *   startup           start-up time, bundle, memory at rest and after the others
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchCart } from "./cart.ts";
import { benchCheckout, benchHot } from "./checkout.ts";
import { benchFlashSale } from "./flash-sale.ts";
import { profile } from "./inspector.ts";
import { benchLedger } from "./ledger.ts";
import { benchLive } from "./live.ts";
import { benchReads } from "./reads.ts";
import { printRows, type Row } from "./row.ts";
import { openStage, type Stage } from "./stage.ts";
import { benchStartup } from "./startup.ts";
import { benchTracking } from "./tracking.ts";
import { makeWorld } from "./world.ts";

const SECONDS = 9;
type Bench = (stage: Stage, seconds: number) => Promise<readonly Row[]>;

const BENCHES: { readonly [name: string]: Bench } = {
  reads: async (stage, seconds) => benchReads(stage, await makeWorld(stage), seconds),
  cart: async (stage, seconds) => benchCart(stage, await makeWorld(stage), seconds),
  checkout: async (stage, seconds) => benchCheckout(stage, await makeWorld(stage), seconds),
  "checkout --hot": async (stage) => benchHot(stage, await makeWorld(stage)),
  "flash-sale": (stage, seconds) => benchFlashSale(stage, seconds),
  live: (stage, seconds) => benchLive(stage, seconds),
  tracking: (stage, seconds) => benchTracking(stage, seconds),
  ledger: (stage, seconds) => benchLedger(stage, seconds),
  startup: (stage, seconds) => benchStartup(stage, seconds),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      hot: { type: "boolean", default: false },
      seconds: { type: "string", default: String(SECONDS) },
      profile: { type: "string" },
    },
  });
  const name = `${positionals[0] ?? ""}${values.hot ? " --hot" : ""}`;
  const bench = BENCHES[name];
  const seconds = Number(values.seconds);
  if (!bench || !(seconds > 0)) {
    const names = Object.keys(BENCHES).join(", ");
    console.error(`usage: npm run bench -- NAME [--json] [--seconds N]; NAME is one of ${names}`);
    process.exit(2);
  }
  const say = (line: string) => process.stderr.write(`bench: ${line}\n`);
  const stage = await openStage(say, { inspected: name === "startup" || values.profile !== undefined });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stage.stop();
    return stopping;
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => void stop().then(() => process.exit(130)));
  }
  try {
    const rows = await run(bench, stage, seconds, values.profile);
    if (values.json) console.log(JSON.stringify(rows));
    else printRows(rows);
  } catch (error) {
    // After a Ctrl-C everything fails, and what failed says nothing.
    if (!stopping) console.error(error);
    process.exitCode = 1;
  } finally {
    await stop();
  }
}

async function run(bench: Bench, stage: Stage, seconds: number, file: string | undefined) {
  if (file === undefined) return bench(stage, seconds);
  let rows: readonly Row[] = [];
  const recorded = await profile(stage.inspectorPort, async () => {
    rows = await bench(stage, seconds);
  });
  writeFileSync(file, recorded);
  return rows;
}

await main();
