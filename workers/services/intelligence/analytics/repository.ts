import type { ClickHouseClient } from "@clickhouse/client-web";
import type { EventRow, Rejection } from "./domain.ts";

/** One row a line of a sold order. */
export type SaleLine = {
  readonly orderId: string;
  readonly lineNumber: number;
  readonly orderGroupId: string;
  readonly sellerId: string;
  readonly buyerId: string;
  readonly productId: string;
  readonly offerId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly currency: string;
  readonly netMinor: string;
  readonly taxMinor: string;
  readonly soldAt: number;
  /** The version of the order that this tells of: a later one replaces it. */
  readonly version: number;
};

/** DateTime64(3) takes seconds with a fraction; epoch milliseconds alone would be read as seconds. */
const instant = (ms: number) => (ms / 1_000).toFixed(3);

async function insert(client: ClickHouseClient, table: string, values: readonly object[]): Promise<void> {
  if (values.length === 0) return;
  await client.insert({ table, values: [...values], format: "JSONEachRow" });
}

export const insertEvents = (client: ClickHouseClient, rows: readonly EventRow[]): Promise<void> =>
  insert(
    client,
    "event",
    rows.map((row) => ({
      event_id: row.eventId,
      type: row.type,
      source: row.source,
      at: instant(row.at),
      received_at: instant(row.receivedAt),
      subject: row.subject,
      seq: row.seq,
      visitor_id: row.visitorId,
      session_id: row.sessionId,
      seller_id: row.sellerId,
      product_id: row.productId,
      currency: row.currency,
      properties: row.properties,
    })),
  );

export const insertSales = (client: ClickHouseClient, lines: readonly SaleLine[]): Promise<void> =>
  insert(
    client,
    "sale_line",
    lines.map((line) => ({
      order_id: line.orderId,
      line_number: line.lineNumber,
      order_group_id: line.orderGroupId,
      seller_id: line.sellerId,
      buyer_id: line.buyerId,
      product_id: line.productId,
      offer_id: line.offerId,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      currency: line.currency,
      net_minor: line.netMinor,
      tax_minor: line.taxMinor,
      sold_at: instant(line.soldAt),
      version: line.version,
    })),
  );

export const insertRejections = (
  client: ClickHouseClient,
  receivedAt: number,
  rejected: readonly Rejection[],
): Promise<void> =>
  insert(
    client,
    "rejected_event",
    rejected.map(({ type, code, path }) => ({ received_at: instant(receivedAt), type, code, path })),
  );

/** When these orders were sold, as far as it is known; those that were not are left out. */
export async function soldAtOf(
  client: ClickHouseClient,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (orderIds.length === 0) return new Map();
  const result = await client.query({
    query: `SELECT order_id, toUnixTimestamp64Milli(min(sold_at)) AS at FROM sale_line FINAL
      WHERE order_id IN {ids:Array(String)} GROUP BY order_id`,
    query_params: { ids: [...orderIds] },
    format: "JSONEachRow",
  });
  const rows = await result.json<{ order_id: string; at: string }>();
  return new Map(rows.map((row) => [row.order_id, Number(row.at)]));
}

/** Counts the day anew from de-duplicated lines; the newest row wins, so running it twice is harmless. */
export async function rollUpDay(
  client: ClickHouseClient,
  { day, timeZone, now }: { readonly day: string; readonly timeZone: string; readonly now: number },
): Promise<void> {
  await client.command({
    query: `INSERT INTO sales_day
      SELECT toDate({day:String}), seller_id, currency, sum(net_minor), sum(tax_minor), sum(quantity),
        uniqExactIf(order_id, quantity > 0), toDateTime64({now:String}, 3, 'UTC')
      FROM sale_line FINAL
      WHERE toDate(sold_at, {zone:String}) = toDate({day:String})
        AND sold_at >= toDate({day:String}) - 1 AND sold_at < toDate({day:String}) + 2
      GROUP BY seller_id, currency`,
    query_params: { day, zone: timeZone, now: instant(now) },
  });
}

/** Events and sold lines stay as counts; nothing in them says any more whose they were. */
export async function forgetVisitor(client: ClickHouseClient, userId: string): Promise<void> {
  const query_params = { id: userId };
  const event = "ALTER TABLE event UPDATE visitor_id = '' WHERE visitor_id = {id:String}";
  const sale = "ALTER TABLE sale_line UPDATE buyer_id = '' WHERE buyer_id = {id:String}";
  for (const query of [event, sale]) await client.command({ query, query_params });
}
