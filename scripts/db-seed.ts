/**
 * Fills the demo markets through the public API: people, categories, shops, products, stock and pictures.
 * Safe to run again: what is there stays as it is.
 *
 *   npm run db:seed        into the platform that runs on this machine
 */
import { once } from "node:events";
import { DATA_DIR, findRunning } from "./client.ts";
import { renewCalendar, seedMarket } from "./seed/market.ts";
import { keepServiceKeys, loginsOf, makePeople } from "./seed/people.ts";
import { startPainting } from "./seed/pictures.ts";

/** Filled; the third market waits for an import and has its people only. */
const FILLED = ["id", "sg"];
const MARKETS = [...FILLED, "gb"];

export type Into = {
  readonly url: string;
  readonly bindings: Readonly<Record<string, string>>;
  /** Where the service key is kept. */
  readonly dataDir?: string;
  /** The markets were filled before: only what goes on in them today is looked after. */
  readonly isFilled?: boolean;
};

export type Seeded = { readonly logins: readonly string[] };

export async function seed({ url, bindings, dataDir = DATA_DIR, isFilled }: Into): Promise<Seeded> {
  refuseProduction(bindings);
  if (isFilled) {
    for (const market of FILLED) await renewCalendar({ url, market });
    return { logins: loginsOf(FILLED) };
  }
  const keys = keepServiceKeys(dataDir, MARKETS);
  const painter = startPainting();
  const fill = async (market: string) => {
    const key = keys.get(market) ?? "";
    await makePeople(bindings, market, key);
    if (FILLED.includes(market)) await seedMarket({ url, market }, key, painter);
  };
  try {
    await Promise.all(MARKETS.map(fill));
  } finally {
    await painter.stop();
  }
  return { logins: loginsOf(FILLED) };
}

/** Everybody knows the demo's password. */
function refuseProduction(bindings: Into["bindings"]): void {
  const isLocal = Object.values(JSON.parse(bindings.CELLS ?? "{}") as object).every(
    (cell: { readonly neonEndpoint?: string }) => cell.neonEndpoint !== undefined,
  );
  const environment = process.env.ENVIRONMENT ?? bindings.ENVIRONMENT ?? "local";
  if (environment !== "production" && isLocal) return;
  throw new Error("demo people and goods are not made in production");
}

/** `npm start` runs this file in a process of its own and says by message where; it ends with its parent. */
async function told(): Promise<Into> {
  process.once("disconnect", () => process.exit());
  const [into] = await once(process, "message");
  return into as Into;
}

async function main(): Promise<void> {
  const running = process.connected ? await told() : findRunning();
  if (!running) throw new Error("no platform runs on this machine: npm start first");
  const startedAt = performance.now();
  const { logins } = await seed(running);
  if (process.send) return void process.send({ logins } satisfies Seeded, () => process.disconnect());
  console.log([...logins, `Seeded in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`].join("\n"));
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
