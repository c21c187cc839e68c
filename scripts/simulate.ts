/**
 * Seeded simulations of what no single machine can show.
 *
 *   npm run simulate -- flash-sale [--seed N] [--json]     1 to 256 shards, 10k to 1M claims a second
 */
import { parseArgs } from "node:util";
import { type Outcome, type Scenario, simulate } from "./simulate/flash-sale.ts";

/** The crowd of a second, or as much of it as makes this many claims. */
const CLAIMS_MAX = 200_000;
const SHARDS = [1, 4, 16, 64, 256];
const RATES = [10_000, 100_000, 1_000_000];
/** One in ten of those who come in the second gets a unit. */
const QUOTA_SHARE = 0.1;
const SKEW = 0.5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    seed: { type: "string", default: "7" },
  },
});
if (positionals[0] !== "flash-sale" || !Number.isInteger(Number(values.seed))) {
  console.error("usage: npm run simulate -- flash-sale [--seed N] [--json]");
  process.exit(2);
}

const rows: (Scenario & Outcome)[] = [];
for (const perSecond of RATES) {
  for (const shards of SHARDS) {
    const seconds = Math.min(1, CLAIMS_MAX / perSecond);
    const quota = Math.round(perSecond * seconds * QUOTA_SHARE);
    for (const skew of shards === 1 ? [0] : [0, SKEW]) {
      const scenario = { shards, perSecond, seconds, quota, skew, seed: Number(values.seed) };
      rows.push({ ...scenario, ...simulate(scenario) });
    }
  }
}
if (values.json) console.log(JSON.stringify(rows));
else printTable();

function printTable(): void {
  const head = [
    "claims/s",
    "shards",
    "skew",
    "answered/s",
    "p50 ms",
    "p99 ms",
    "refills",
    "steals",
    "unfair %",
  ];
  const cells = rows.map((one) => [
    one.perSecond,
    one.shards,
    one.skew,
    one.answeredPerSecond,
    one.p50Ms,
    one.p99Ms,
    one.refills,
    one.steals,
    one.unfairPercent,
  ]);
  for (const line of [head, ...cells]) console.log(line.map((cell) => `${cell}`.padStart(11)).join(""));
  const broken = rows.filter(({ stranded, oversold }) => stranded + oversold > 0);
  console.log(
    broken.length === 0 ? "sold exactly the quota in each" : `NOT EXACT: ${JSON.stringify(broken)}`,
  );
}
if (rows.some(({ stranded, oversold }) => stranded + oversold > 0)) process.exitCode = 1;
