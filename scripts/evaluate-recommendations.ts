/**
 * Measures the recommendation model on the public Online Retail file (UCI Machine Learning Repository, D.
 * Chen, CC BY 4.0): what was bought before the file's last 30 days teaches it and what is popular alike, and
 * both are asked for 20 items that each customer buys for the first time in those days.
 *
 *   npm run evaluate:recommendations -- FILE [--json] [--back DAYS]
 *
 * With --back the file is cut off so many days before its end: parameters are chosen on such earlier splits.
 */
import { parseArgs } from "node:util";
import { type Evaluation, evaluate } from "#services/catalog/recommendation/domain/evaluation";
import { readPurchases } from "./purchases.ts";

const DAY_MS = 86_400_000;
const TEST_DAYS = 30;

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const figure = (value: number) => value.toFixed(4);

function describe({ persons, trainedOn, splitAt, ...report }: Evaluation, seconds: string): string {
  const { recall20, ndcg20, popularityRecall20, popularityNdcg20 } = report;
  const ratio = popularityRecall20 === 0 ? "-" : (recall20 / popularityRecall20).toFixed(2);
  return [
    `${trainedOn} purchases before ${day(splitAt)}, ${persons} customers to be asked about; ${seconds} s`,
    `model       recall@20 ${figure(recall20)}  NDCG@20 ${figure(ndcg20)}`,
    `popularity  recall@20 ${figure(popularityRecall20)}  NDCG@20 ${figure(popularityNdcg20)}`,
    `recall@20 is ${ratio} times popularity's`,
  ].join("\n");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, back: { type: "string", default: "0" } },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error("usage: npm run evaluate:recommendations -- FILE [--json]");
  const startedAt = performance.now();
  const { purchases, endsAt } = await readPurchases(file);
  if (purchases.length === 0) throw new Error(`${file} has no purchase of a known customer`);
  const until = endsAt - Number(values.back) * DAY_MS;
  const known = purchases.filter(({ at }) => at <= until);
  const found = evaluate(known, { splitAt: until - TEST_DAYS * DAY_MS });
  const { recall20, ndcg20, popularityRecall20, popularityNdcg20 } = found;
  if (values.json) console.log(JSON.stringify({ recall20, ndcg20, popularityRecall20, popularityNdcg20 }));
  else console.log(describe(found, ((performance.now() - startedAt) / 1_000).toFixed(1)));
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
