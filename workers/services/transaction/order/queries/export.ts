import { and, desc, inArray, lt } from "drizzle-orm";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { order } from "#schema/transaction/order";
import { scopeOf } from "../commands/scope.ts";
import type { Order } from "../domain.ts";
import { assemble, ordersQuery, type Scope } from "../repository.ts";
import type { OrderExport } from "../schemas.ts";
import { filtered } from "./orders.ts";

/** Orders read at a time; a page of bulk orders is some megabytes. */
const PAGE = 100;
/** What one file may hold; whoever wants more asks for a narrower time. */
const ORDERS_MAX = 10_000;

const COLUMNS = [
  "order_id",
  "order_group_id",
  "seller_id",
  "state",
  "payment_method",
  "created_at",
  "paid_at",
  "sku",
  "title",
  "variant",
  "quantity",
  "currency",
  "unit_price_minor",
  "goods_minor",
  "discount_minor",
  "tax_minor",
  "order_shipping_minor",
  "order_shipping_discount_minor",
  "order_total_minor",
];

/** One row a line, newest orders first, written as it is read. */
export function exportOrders(ctx: Ctx, { as, ...filters }: OrderExport) {
  const scope = scopeOf(ctx, as ?? "seller", "order:read");
  const encoder = new TextEncoder();
  let after: Id<"order"> | undefined;
  let written = 0;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(toRow(COLUMNS))),
    async pull(controller) {
      const orders = await readPage(ctx, scope, filters, after);
      const rows = orders.flatMap((one) => one.lines.map((line) => toRow(cellsOf(one, line))));
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.join("")));
      after = orders.at(-1)?.id;
      written += orders.length;
      if (orders.length < PAGE || written >= ORDERS_MAX) controller.close();
    },
  });
  const headers = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="orders.csv"',
  };
  return new Reply(stream, { headers });
}

async function readPage(
  ctx: Ctx,
  scope: Scope,
  filters: Parameters<typeof filtered>[1],
  after: Id<"order"> | undefined,
): Promise<readonly Order[]> {
  const which = and(filtered(scope, filters), after === undefined ? undefined : lt(order.id, after));
  const [ids] = await ctx.db.load(
    query(
      (read) => read.select({ id: order.id }).from(order).where(which).orderBy(desc(order.id)).limit(PAGE),
      (rows) => rows.map((row) => row.id),
    ),
  );
  if (ids.length === 0) return [];
  const { heads, lines } = ordersQuery(inArray(order.id, ids));
  const [found, own] = await ctx.db.load(heads, lines);
  return assemble(found, own).toReversed();
}

const cellsOf = (one: Order, line: Order["lines"][number]): readonly string[] => [
  one.id,
  one.orderGroupId,
  one.sellerId,
  one.state,
  one.method,
  new Date(one.createdAt).toISOString(),
  one.paidAt === null ? "" : new Date(one.paidAt).toISOString(),
  line.sku,
  line.title,
  line.variantLabel,
  line.quantity.toString(),
  one.currency,
  line.unitPriceMinor.toString(),
  line.goodsMinor.toString(),
  line.discountMinor.toString(),
  line.taxMinor.toString(),
  one.shippingMinor.toString(),
  one.shippingDiscountMinor.toString(),
  one.totalMinor.toString(),
];

/** RFC 4180; what a spreadsheet would take for a formula is made text. */
const toRow = (cells: readonly string[]): string => `${cells.map(toCell).join(",")}\r\n`;

function toCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
