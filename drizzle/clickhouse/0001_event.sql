-- Everything that happened, from our own services and from storefronts. The same event may come more than once:
-- rows of one event_id have one sorting key, so they collapse, and queries that must be exact read FINAL.
CREATE TABLE IF NOT EXISTS event (
  event_id String,
  type LowCardinality(String),
  source LowCardinality(String),
  at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  subject String,
  seq UInt32,
  visitor_id String,
  session_id String,
  seller_id String,
  product_id String,
  currency LowCardinality(String),
  properties String
) ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(at)
ORDER BY (type, toDate(at), event_id)
TTL toDateTime(at) + INTERVAL 25 MONTH;

-- One row a line of an order that counts as sold: paid, or delivered when paid on delivery. The row of the order's
-- highest version is the truth: a line that was cancelled after it was paid stands there with nothing sold.
CREATE TABLE IF NOT EXISTS sale_line (
  order_id String,
  line_number UInt16,
  order_group_id String,
  seller_id String,
  buyer_id String,
  product_id String,
  offer_id String,
  sku String,
  title String,
  quantity UInt32,
  currency LowCardinality(String),
  net_minor Int64,
  tax_minor Int64,
  sold_at DateTime64(3, 'UTC'),
  version UInt32
) ENGINE = ReplacingMergeTree(version)
ORDER BY (seller_id, order_id, line_number)
TTL toDateTime(sold_at) + INTERVAL 10 YEAR;

-- Roll-up by day of the market and seller, computed anew from de-duplicated lines: the newest row is the truth.
CREATE TABLE IF NOT EXISTS sales_day (
  day Date,
  seller_id String,
  currency LowCardinality(String),
  net_minor Int64,
  tax_minor Int64,
  units UInt64,
  orders UInt64,
  computed_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (day, seller_id, currency);

-- What storefronts sent and the registry refused, so that a broken client is noticed.
CREATE TABLE IF NOT EXISTS rejected_event (
  received_at DateTime64(3, 'UTC'),
  type String,
  code LowCardinality(String),
  path String
) ENGINE = MergeTree
ORDER BY received_at
TTL toDateTime(received_at) + INTERVAL 30 DAY;
