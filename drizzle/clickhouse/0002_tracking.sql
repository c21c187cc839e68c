-- Where drivers were and what carriers saw, out of the shipments' objects. A batch whose answer was lost comes again:
-- its rows have the same key, so they collapse, and queries that must be exact read FINAL.
CREATE TABLE IF NOT EXISTS tracking_ping (
  shipment_id String,
  seller_id String,
  seq UInt64,
  at DateTime64(3, 'UTC'),
  latitude Float64,
  longitude Float64,
  accuracy_meters Float32,
  speed_kmh Nullable(Float32),
  heading_degrees Nullable(Float32),
  received_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (shipment_id, seq)
TTL toDateTime(received_at) + INTERVAL 6 MONTH;

CREATE TABLE IF NOT EXISTS tracking_scan (
  shipment_id String,
  seller_id String,
  seq UInt64,
  at DateTime64(3, 'UTC'),
  status LowCardinality(String),
  note String,
  source LowCardinality(String),
  received_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (shipment_id, seq)
TTL toDateTime(received_at) + INTERVAL 25 MONTH;
