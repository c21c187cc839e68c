/**
 * Checks the export of a flash sale offline: the hash chain of every shard, and every rule at every step.
 *
 *   npm run flash-sale:verify -- EXPORT [--json]      EXPORT is what GET /v1/flash-sales/{id}/export answers
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import {
  Audit,
  type Findings,
  type Head,
  type Header,
} from "../workers/services/marketing/flash-sale/domain/audit.ts";
import type { Group } from "../workers/services/marketing/flash-sale/domain/entry.ts";

type Line = { readonly sale?: Header; readonly end?: readonly Head[] } & Partial<
  Group & { readonly shard: number }
>;

const NOTHING: Findings = { groups: 0, holds: 0, sold: 0, held: 0, violations: [] };

/** The first line is the sale, each other one a row of a shard's log, and the last one where the logs end. */
export async function verifyExport(lines: AsyncIterable<string>): Promise<Findings> {
  let audit: Audit | undefined;
  let isEnded = false;
  const broken: string[] = [];
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const line = parse(text);
    if (line?.sale && !audit) audit = new Audit(line.sale);
    else if (audit && line?.shard !== undefined && !isEnded) audit.take(line.shard, line as Group);
    else if (audit && line?.end && !isEnded) {
      audit.end(line.end);
      isEnded = true;
    } else {
      broken.push(`line ${number} is none of an export of a sale`);
      break;
    }
  }
  if (!isEnded) broken.push("the end of the export is missing");
  const findings = audit?.findings() ?? NOTHING;
  return { ...findings, violations: [...broken, ...findings.violations] };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = { json: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [file] = positionals;
  if (file === undefined) {
    console.error("usage: npm run flash-sale:verify -- EXPORT [--json]");
    process.exit(2);
  }
  const findings = await verifyExport(createInterface({ input: createReadStream(file) }));
  if (values.json) console.log(JSON.stringify(findings));
  else {
    const { groups, holds, sold, held, violations } = findings;
    for (const violation of violations) console.log(violation);
    console.log(`${groups} rows, ${holds} holds, ${sold} units sold, ${held} held`);
    console.log(violations.length === 0 ? "every hash and every rule holds" : "THE EXPORT IS NOT GOOD");
  }
  if (findings.violations.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
