/**
 * Kills the runtime at work, starts it again, and audits what must hold.
 *
 *   npm run chaos -- flash-sale [--claims N] [--kills N] [--json]
 */
import { parseArgs } from "node:util";
import { chaosFlashSale } from "./chaos/flash-sale.ts";

const CLAIMS = 1_000_000;
const KILLS = 20;
const NAMES = { "flash-sale": chaosFlashSale } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    claims: { type: "string", default: String(CLAIMS) },
    kills: { type: "string", default: String(KILLS) },
  },
});
const run = NAMES[positionals[0] as keyof typeof NAMES];
if (!run) {
  console.error(`usage: npm run chaos -- NAME [--json]; NAME is one of ${Object.keys(NAMES).join(", ")}`);
  process.exit(2);
}
const wanted = { claims: Number(values.claims), kills: Number(values.kills) };
const report = await run(wanted, (line) => process.stderr.write(`chaos: ${line}\n`));
if (values.json) console.log(JSON.stringify(report));
else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(12)} ${value}`);
const { oversold, stranded, doubleHolds, lostHolds, unsoldOrders, violations } = report;
if (oversold + stranded + doubleHolds + lostHolds + unsoldOrders + violations.length > 0)
  process.exitCode = 1;
