import type { ClickHouseClient } from "@clickhouse/client-web";
import type { Act } from "../domain/compose.ts";

/** DateTime64(3) takes seconds with a fraction. */
const instant = (ms: number) => (ms / 1_000).toFixed(3);

/** Somebody's act as the events tell of it; `basket` is what was bought together. */
export type Event = Act & { readonly personId: string; readonly basket: string };

type Row = readonly [person: string, basket: string, item: string, kind: Act["kind"], at: string];

const SOLD = `SELECT buyer_id, order_group_id, product_id, 'bought',
    toUnixTimestamp64Milli(max(sold_at)) AS last
  FROM sale_line FINAL
  WHERE quantity > 0 AND buyer_id != '' AND sold_at >= {since:DateTime64(3)}
  GROUP BY buyer_id, order_group_id, product_id`;
/** Without consent a visit is a session's and nobody's. */
const LOOKED = `SELECT if(visitor_id = '', session_id, visitor_id) AS person, '', product_id,
    if(type = 'product.viewed', 'viewed', 'carted') AS kind, toUnixTimestamp64Milli(max(at)) AS last
  FROM event FINAL
  WHERE type IN ('product.viewed', 'cart.line_added') AND product_id != '' AND at >= {since:DateTime64(3)}
  GROUP BY person, product_id, kind`;

/** The latest acts of a kind since then, no more than `limit`: what the isolate holds at once. */
export async function actsSince(
  client: ClickHouseClient,
  which: "sold" | "looked",
  { since, limit }: { readonly since: number; readonly limit: number },
): Promise<readonly Event[]> {
  const result = await client.query({
    query: `${which === "sold" ? SOLD : LOOKED} ORDER BY last DESC LIMIT {limit:UInt32}`,
    query_params: { since: instant(since), limit },
    format: "JSONCompactEachRow",
  });
  const rows = await result.json<Row>();
  return rows.map(([personId, basket, itemId, kind, at]) => ({
    personId,
    basket,
    itemId,
    kind,
    at: Number(at),
  }));
}

export type SlotRow = {
  readonly slot: string;
  readonly impressions: string;
  readonly clicks: string;
  readonly clicked: string;
  readonly reciprocal: number;
};

/** A list counts once however often it was in sight, and a click once an item; a click needs a sight. */
export async function slotsBetween(
  client: ClickHouseClient,
  { from, to, timeZone }: { readonly from: string; readonly to: string; readonly timeZone: string },
): Promise<readonly SlotRow[]> {
  const result = await client.query({
    query: `SELECT slot, count() AS impressions, sum(taken) AS clicks, countIf(taken > 0) AS clicked,
        avgIf(1 / (1 + first), taken > 0) AS reciprocal
      FROM (SELECT JSONExtractString(properties, 'slot') AS slot,
          JSONExtractString(properties, 'impressionId') AS impression,
          countIf(type = 'recommendation.shown') AS shown,
          uniqExactIf(product_id, type = 'recommendation.clicked') AS taken,
          minIf(JSONExtractInt(properties, 'position'), type = 'recommendation.clicked') AS first
        FROM event FINAL
        WHERE type IN ('recommendation.shown', 'recommendation.clicked')
          AND toDate(at, {zone:String}) BETWEEN {from:Date} AND {to:Date}
        GROUP BY slot, impression)
      WHERE shown > 0 GROUP BY slot ORDER BY slot`,
    query_params: { from, to, zone: timeZone },
    format: "JSONEachRow",
  });
  return result.json<SlotRow>();
}
