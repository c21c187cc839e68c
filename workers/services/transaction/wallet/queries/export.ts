import { and, asc, gt, lte, sql } from "drizzle-orm";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import { ledgerAccount, ledgerDay, ledgerDayBalance, ledgerTransfer } from "#schema/transaction/wallet";
import type { AuditLine } from "../domain/audit.ts";

/** Rows of the log a read: some two megabytes. */
const PAGE = 5_000;

const day: Query<readonly AuditLine[]> = query(
  (read) => read.select().from(ledgerDay).orderBy(asc(ledgerDay.day)),
  (rows) => rows.map((row): AuditLine => ({ kind: "day", row })),
);

const accounts: Query<readonly AuditLine[]> = query(
  (read) =>
    read
      .select({
        id: ledgerAccount.id,
        currency: ledgerAccount.currency,
        mode: ledgerAccount.mode,
        mayOverdraw: ledgerAccount.mayOverdraw,
        postedMinor: sql<string>`ledger_balance(${ledgerAccount.id})`,
        heldMinor: ledgerAccount.heldMinor,
      })
      .from(ledgerAccount)
      .orderBy(ledgerAccount.id),
  (rows) =>
    rows.map(
      (row): AuditLine => ({ kind: "account", row: { ...row, postedMinor: BigInt(row.postedMinor) } }),
    ),
);

const balances: Query<readonly AuditLine[]> = query(
  (read) => read.select().from(ledgerDayBalance).orderBy(asc(ledgerDayBalance.day)),
  (rows) => rows.map((row): AuditLine => ({ kind: "balance", row })),
);

/** For a moment nobody books, so that balances and the end of the log are of one instant. */
const stillness: Query<undefined> = query(
  (read) =>
    read
      .select({
        a: sql`set_config('lock_timeout', '2000', true)`,
        b: sql`pg_advisory_xact_lock(ledger_lock())`,
      })
      .from(sql`(VALUES (1)) AS one`),
  () => undefined,
);
const head = query(
  (read) => read.select({ seq: sql<string | null>`max(${ledgerTransfer.seq})` }).from(ledgerTransfer),
  ([row]) => BigInt(row?.seq ?? 0),
);

const page = (after: bigint, until: bigint) =>
  query(
    (read) =>
      read
        .select()
        .from(ledgerTransfer)
        .where(and(gt(ledgerTransfer.seq, after), lte(ledgerTransfer.seq, until)))
        .orderBy(asc(ledgerTransfer.seq))
        .limit(PAGE),
    (rows) => rows,
  );

async function* linesOf(ctx: Ctx): AsyncGenerator<readonly AuditLine[]> {
  const [, until, days, owned] = await ctx.db.load(stillness, head, day, accounts);
  yield days;
  yield owned;
  for (let after = 0n; ; ) {
    const [rows] = await ctx.db.load(page(after, until));
    yield rows.map((row) => ({ kind: "transfer", row }));
    after = rows.at(-1)?.seq ?? after;
    if (rows.length < PAGE) break;
  }
  const [closed] = await ctx.db.load(balances);
  const known = new Set(days.map((line: AuditLine) => line.kind === "day" && line.row.day));
  yield closed.filter((line: AuditLine) => line.kind === "balance" && known.has(line.row.day));
}

/** Everything that the audit needs, a JSON object a line: `npm run ledger:verify` reads it. */
export function exportLedger(ctx: Ctx) {
  const encoder = new TextEncoder();
  const lines = linesOf(ctx);
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value = [] } = await lines.next();
      if (done) return controller.close();
      const text = value.map((line: AuditLine) => `${JSON.stringify(line, toJson)}\n`).join("");
      controller.enqueue(encoder.encode(text === "" ? "\n" : text));
    },
  });
  return new Reply<unknown>(stream, { headers: { "content-type": "application/x-ndjson; charset=utf-8" } });
}

const toJson = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
