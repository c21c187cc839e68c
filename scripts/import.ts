/**
 * Imports the public Online Retail file (UCI Machine Learning Repository, D. Chen, CC BY 4.0) as the shelf of
 * one shop, through the API and in bulk. Safe to run again: what is there keeps its price and its stock.
 *
 *   npm run import -- online-retail FILE [--market gb] [--url http://127.0.0.1:8787] [--json]
 *
 * SERVICE_KEY holds an API key with the scopes catalogue:write and inventory:write; the local seed made one.
 */
import { parseArgs } from "node:util";
import { type Client, openClient } from "./client.ts";
import {
  type Article,
  type Catalogue,
  createCatalogue,
  ROW_REASONS,
  readOnlineRetail,
} from "./online-retail.ts";
import { importProducts, makeCategories, makeLocations, openShop, setLevels, signIn } from "./seed/market.ts";
import { OPERATOR } from "./seed/people.ts";
import { articleRow, WHOLESALE_CATEGORIES, WHOLESALE_SHOP } from "./seed/wholesale.ts";

/** As many as one request of the product import takes. */
const BATCH = 500;
/** More than all of the file sells of anything, many times over. */
const STOCK = 1_000_000;

async function readCatalogue(file: string): Promise<Catalogue> {
  const catalogue = createCatalogue();
  for await (const records of readOnlineRetail(file)) for (const record of records) catalogue.add(record);
  return catalogue.finish();
}

type Offer = { readonly id: string; readonly sku: string };

/** A code that has an offer already keeps it as it is: a replay may have changed its price since. */
async function importArticles(
  service: Client,
  sellerId: string,
  articles: readonly Article[],
): Promise<{ readonly created: number; readonly unchanged: number }> {
  const offers = await service.all<Offer>(`/v1/offers?sellerId=${sellerId}`);
  const known = new Set(offers.map(({ sku }) => sku));
  const missing = articles.filter(({ code }) => !known.has(code));
  let created = 0;
  for (let from = 0; from < missing.length; from += BATCH) {
    const rows = missing.slice(from, from + BATCH).map(articleRow);
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    created += (await importProducts(service, sellerId, lines)).created;
  }
  return { created, unchanged: articles.length - missing.length };
}

type Level = { readonly offerId: string };

/** Counts what was never counted. */
async function stockArticles(service: Client, owner: Client, sellerId: string): Promise<number> {
  const [location] = await makeLocations(owner, ["Main warehouse"]);
  const offers = await service.all<Offer>(`/v1/offers?sellerId=${sellerId}`);
  const levels = await owner.all<Level>("/v1/inventory/levels");
  const counted = new Set(levels.map(({ offerId }) => offerId));
  const rows = offers.flatMap(({ id }) =>
    counted.has(id) || !location ? [] : [{ offerId: id, locationId: location.id, onHand: STOCK }],
  );
  await setLevels(service, rows);
  return rows.length;
}

function describeSkipped({ rows, skipped }: Catalogue): string {
  const lines = Object.entries(skipped).map(
    ([reason, count]) => `  ${String(count).padStart(7)}  ${ROW_REASONS[reason as keyof typeof ROW_REASONS]}`,
  );
  return [`${rows} rows read; skipped, and why:`, ...lines].join("\n");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      market: { type: "string", default: "gb" },
      url: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [format, file] = positionals;
  if (format !== "online-retail" || file === undefined) {
    throw new Error("usage: npm run import -- online-retail FILE [--market gb]");
  }
  const say = (line: string) => (values.json ? undefined : console.log(line));
  const startedAt = performance.now();
  const catalogue = await readCatalogue(file);
  say(describeSkipped(catalogue));
  const scopes = ["catalogue:write", "inventory:write"];
  const service = await openClient({ url: values.url, market: values.market, scopes });
  const at = { url: service.url, market: values.market };
  const { client: operator } = await signIn(at, OPERATOR);
  await makeCategories(operator, WHOLESALE_CATEGORIES);
  const { sellerId, client: owner } = await openShop(at, operator, WHOLESALE_SHOP);
  const { created, unchanged } = await importArticles(service, sellerId, catalogue.articles);
  const stocked = await stockArticles(service, owner, sellerId);
  const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(1));
  say(`${created} products made, ${unchanged} were there; ${stocked} stocked; ${seconds} s`);
  const { rows, skipped } = catalogue;
  if (values.json) console.log(JSON.stringify({ rows, skipped, created, unchanged, stocked, seconds }));
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
