/**
 * Derives every balance of the ledger from its log, checks the chain of daily trial balances, and says what
 * does not follow. Exit status 1 on any drift.
 *
 *   npm run ledger:verify [-- --market id] [--url http://127.0.0.1:8787] [--json]   a running platform's
 * export
 *   DATABASE_URL=postgres://... npm run ledger:verify [-- --json]                   a database, in one
 * snapshot
 *
 * SERVICE_KEY holds an API key with the scope `platform`; locally the demo's key is used.
 */
import { parseArgs } from "node:util";
import pg from "pg";
import {
  type AuditLine,
  LedgerAudit,
  type LedgerFindings,
} from "../workers/services/transaction/wallet/domain/audit.ts";
import { openClient } from "./client.ts";

/** Fields that are amounts: JSON and the driver bring them as text. */
const AMOUNTS = new Set([
  "amountMinor",
  "debitAfter",
  "creditAfter",
  "postedMinor",
  "heldMinor",
  "debitMinor",
  "creditMinor",
  "balanceMinor",
  "transfers",
]);
/** Rows of the log a read. */
const PAGE = 10_000;

const toAmounts = (name: string, value: unknown): unknown =>
  AMOUNTS.has(name) && typeof value === "string" ? BigInt(value) : value;

export function verifyText(text: string): LedgerFindings {
  const audit = new LedgerAudit();
  for (const line of text.split("\n")) {
    if (line !== "") audit.take(JSON.parse(line, toAmounts) as AuditLine);
  }
  return audit.findings();
}

const SECTIONS = {
  day: `SELECT day::text, round(extract(epoch FROM closed_until) * 1000)::float8 AS "closedUntil",
      transfers::text,
      log_hash AS "logHash", balance_hash AS "balanceHash", previous_hash AS "previousHash", hash
    FROM ledger_day ORDER BY day`,
  account: `SELECT id, currency, mode, may_overdraw AS "mayOverdraw", held_minor::text AS "heldMinor",
      (posted_minor + coalesce((
        SELECT sum(amount_minor) FROM ledger_delta d WHERE d.account_id = a.id), 0))::text AS "postedMinor"
    FROM ledger_account a ORDER BY id`,
  transfer: `SELECT seq, id, phase, kind, debit, credit, currency, amount_minor::text AS "amountMinor",
      pending_id AS "pendingId", forced, order_id AS "orderId", memo, actor,
      round(extract(epoch FROM at) * 1000)::float8 AS at, debit_after::text AS "debitAfter",
      credit_after::text AS "creditAfter"
    FROM ledger_transfer WHERE seq > $1 ORDER BY seq LIMIT ${PAGE}`,
  balance: `SELECT day::text, account_id AS "accountId", currency, debit_minor::text AS "debitMinor",
      credit_minor::text AS "creditMinor", balance_minor::text AS "balanceMinor"
    FROM ledger_day_balance ORDER BY day, account_id`,
} as const;

/** One snapshot for all reads, so that a ledger that is being written to is as good as one at rest. */
export async function verifyDatabase(databaseUrl: string): Promise<LedgerFindings> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const audit = new LedgerAudit();
    const take = async (kind: keyof typeof SECTIONS, values: unknown[] = []) => {
      const { rows } = await client.query<Record<string, unknown>>(SECTIONS[kind], values);
      for (const row of rows) {
        const entries = Object.entries(row).map(([name, value]) => [name, toAmounts(name, value)]);
        audit.take({ kind, row: Object.fromEntries(entries) } as AuditLine);
      }
      return rows;
    };
    await take("day");
    await take("account");
    for (let after = "0"; ; ) {
      const rows = await take("transfer", [after]);
      after = String(rows.at(-1)?.seq ?? after);
      if (rows.length < PAGE) break;
    }
    await take("balance");
    return audit.findings();
  } finally {
    await client.end();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      url: { type: "string" },
      market: { type: "string" },
    },
  });
  const { DATABASE_URL } = process.env;
  const results: (LedgerFindings & { readonly ledger: string })[] = [];
  if (DATABASE_URL)
    results.push({
      ledger: new URL(DATABASE_URL).pathname.slice(1),
      ...(await verifyDatabase(DATABASE_URL)),
    });
  for (const market of DATABASE_URL ? [] : values.market ? [values.market] : ["id", "sg", "gb"]) {
    const client = await openClient({ url: values.url, market, scopes: ["platform"] });
    const bytes = await client.bytes("/v1/ledger/export");
    results.push({ ledger: market, ...verifyText(new TextDecoder().decode(bytes)) });
  }
  if (values.json) console.log(JSON.stringify(results));
  else for (const result of results) print(result);
  if (results.some(({ drift }) => drift.length > 0)) process.exitCode = 1;
}

function print({
  ledger,
  transfers,
  accounts,
  days,
  drift,
  lastHash,
}: LedgerFindings & { readonly ledger: string }): void {
  for (const one of drift) console.log(`${ledger}: ${one}`);
  const head = lastHash === null ? "" : `, last hash ${lastHash.slice(0, 16)}`;
  const verdict = drift.length === 0 ? "every balance follows from the log" : "THE LEDGER DOES NOT ADD UP";
  console.log(
    `${ledger}: ${transfers} transfers, ${accounts} accounts, ${days} closed days${head}: ${verdict}`,
  );
}

if (import.meta.main) await main();
