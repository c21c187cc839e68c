import { sql } from "drizzle-orm";
import { Reply } from "#kernel/app";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { toDecimal, toRow } from "../domain/csv.ts";
import type { Movement } from "../domain/movement.ts";
import { fail } from "../errors.ts";

type Row = {
  seq: string;
  id: string;
  kind: string;
  account: string;
  account_kind: string;
  amount: string;
  after: string | null;
  order_id: string | null;
  memo: string | null;
  at: number;
};

type Window = {
  readonly owner: string;
  readonly kinds: readonly string[];
  readonly before: readonly [string, string];
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
};

/** After every row there is. */
const END: readonly [string, string] = ["9223372036854775807", "~"];

/** Newest first; each account and side gives its newest rows from its own index. */
function movementsQuery({ owner, kinds, before, from = 0, to, limit }: Window): Query<readonly Movement[]> {
  const [seq, account] = before;
  const fromAt = new Date(from).toISOString();
  const until = to === undefined ? sql`true` : sql`t.at < ${new Date(to).toISOString()}::timestamptz`;
  const side = (column: "debit" | "credit", sign: string) => sql`(
    SELECT t.seq, t.id, t.kind, ${sql.raw(sign)} t.amount_minor AS amount,
      ${sql.raw(`t.${column}_after`)} AS after, t.order_id, t.memo,
      (extract(epoch FROM t.at) * 1000)::float8 AS at
    FROM ledger_transfer t
    WHERE ${sql.raw(`t.${column}`)} = a.id AND t.phase IN ('direct', 'post') AND t.seq <= ${seq}::bigint
      AND t.at >= ${fromAt}::timestamptz AND ${until}
    ORDER BY t.seq DESC LIMIT ${limit})`;
  const owned = sql`SELECT id, kind AS account_kind FROM ledger_account
    WHERE owner = ${owner} AND kind IN (SELECT jsonb_array_elements_text(${JSON.stringify(kinds)}::jsonb))`;
  const text = sql`SELECT a.id AS account, a.account_kind, m.* FROM (${owned}) a
    CROSS JOIN LATERAL (${side("debit", "-")} UNION ALL ${side("credit", "+")}) m
    WHERE (m.seq, a.id) < (${seq}::bigint, ${account})
    ORDER BY m.seq DESC, a.id DESC LIMIT ${limit}`;
  return query(
    (read) => read.execute<Row>(text) as never,
    (result: { readonly rows: readonly Row[] }) => result.rows.map(toMovement),
  );
}

const toMovement = (row: Row): Movement => ({
  seq: row.seq,
  transferId: row.id,
  kind: row.kind,
  accountId: row.account,
  account: row.account_kind,
  amountMinor: BigInt(row.amount),
  balanceMinor: row.after === null ? null : BigInt(row.after),
  orderId: row.order_id,
  memo: row.memo,
  at: row.at,
});

type Whose = { readonly owner: string; readonly kinds: readonly string[] };

export async function listMovements<T>(
  ctx: Ctx,
  { owner, kinds }: Whose,
  { limit, cursor }: PageQuery,
  toItem: (movement: Movement) => T,
) {
  const scope = `wallet.entries ${owner} ${kinds.join(" ")}`;
  const [seq = END[0], account = END[1]] = decodeCursor(ctx, scope, cursor) ?? [];
  const before = [String(seq), String(account)] as const;
  const [rows] = await ctx.db.load(movementsQuery({ owner, kinds, before, limit: limit + 1 }));
  return toPage(ctx, scope, limit, rows, (row) => [row.seq, row.accountId], toItem);
}

const STATEMENT_MAX_MS = 366 * DAY_MS;
/** Movements a read. */
const PAGE = 500;
const COLUMNS = [
  "at",
  "transfer_id",
  "kind",
  "account",
  "order_id",
  "memo",
  "amount",
  "balance_after",
  "currency",
];

type Range = { readonly from: number; readonly to: number };

/** Every movement of a range as CSV, newest first, written as it is read. */
export function statementCsv(ctx: Ctx, { owner, kinds }: Whose, { from, to }: Range) {
  if (to <= from || to - from > STATEMENT_MAX_MS) throw fail("wallet.range_invalid");
  const encoder = new TextEncoder();
  let before: readonly [string, string] = END;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(toRow(COLUMNS))),
    async pull(controller) {
      const [rows] = await ctx.db.load(movementsQuery({ owner, kinds, before, from, to, limit: PAGE }));
      const text = rows.map((row) => toRow(cellsOf(row, ctx.market.currency))).join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) controller.close();
      else before = [last.seq, last.accountId];
    },
  });
  const headers = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="statement.csv"',
  };
  return new Reply<unknown>(stream, { headers });
}

const cellsOf = (one: Movement, currency: string): readonly string[] => [
  new Date(one.at).toISOString(),
  one.transferId,
  one.kind,
  one.account,
  one.orderId ?? "",
  one.memo ?? "",
  toDecimal(one.amountMinor),
  one.balanceMinor === null ? "" : toDecimal(one.balanceMinor),
  currency,
];
