/**
 * Kills the runtime at work, starts it again, and audits what must hold.
 *
 *   npm run chaos -- flash-sale [--claims N] [--kills N] [--json]
 *   npm run chaos -- checkout [--kills N] [--json]
 */
import { parseArgs } from "node:util";
import { chaosCheckout } from "./chaos/checkout.ts";
import { chaosFlashSale } from "./chaos/flash-sale.ts";

const CLAIMS = 1_000_000;
const KILLS = 20;
/** What of a report must be nought, or empty. */
const NAMES = {
  "flash-sale": {
    run: chaosFlashSale,
    faults: ["oversold", "stranded", "doubleHolds", "lostHolds", "unsoldOrders", "violations"],
  },
  checkout: {
    run: chaosCheckout,
    faults: [
      "oversold",
      "ledgerDrift",
      "quotaOverrun",
      "paidWithoutStock",
      "strandedReservations",
      "differing",
      "restless",
    ],
  },
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    claims: { type: "string", default: String(CLAIMS) },
    kills: { type: "string", default: String(KILLS) },
  },
});
const chosen = NAMES[positionals[0] as keyof typeof NAMES];
if (!chosen) {
  console.error(`usage: npm run chaos -- NAME [--json]; NAME is one of ${Object.keys(NAMES).join(", ")}`);
  process.exit(2);
}
const wanted = { claims: Number(values.claims), kills: Number(values.kills) };
const say = (line: string) => process.stderr.write(`chaos: ${line}\n`);
const report: { readonly [name: string]: unknown } = await chosen.run(wanted, say);
if (values.json) console.log(JSON.stringify(report));
else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(20)} ${value}`);
const isNought = (value: unknown) => value === 0 || (Array.isArray(value) && value.length === 0);
if (!chosen.faults.every((name) => isNought(report[name]))) process.exitCode = 1;
