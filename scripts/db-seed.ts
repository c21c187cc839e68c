/**
 * Fills the demo markets through the public API: people, categories, shops, products, stock and pictures.
 * Safe to run again: what is there stays as it is.
 *
 *   npm run db:seed        into the platform that runs on this machine
 */
import { DATA_DIR, findRunning } from "./client.ts";
import { seedMarket } from "./seed/market.ts";
import { keepServiceKeys, loginsOf, makePeople } from "./seed/people.ts";
import { startPainting } from "./seed/pictures.ts";

/** Filled; the third market waits for an import and has its people only. */
const FILLED = ["id", "sg"];
const MARKETS = [...FILLED, "gb"];

type Into = {
  readonly url: string;
  readonly bindings: Readonly<Record<string, string>>;
  /** Where the service key is kept. */
  readonly dataDir?: string;
  /** Known to be done already: only the logins are wanted. */
  readonly isSeeded?: boolean;
};

export async function seed({ url, bindings, dataDir = DATA_DIR, isSeeded = false }: Into): Promise<{
  readonly logins: readonly string[];
}> {
  refuseProduction(bindings);
  const logins = loginsOf(FILLED);
  if (isSeeded) return { logins };
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
  return { logins };
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

async function main(): Promise<void> {
  const running = findRunning();
  if (!running) throw new Error("no platform runs on this machine: npm start first");
  const startedAt = performance.now();
  const { logins } = await seed(running);
  console.log([...logins, `Seeded in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`].join("\n"));
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
