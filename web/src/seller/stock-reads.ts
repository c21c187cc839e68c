/** What a change of stock makes old. */
export const STOCK_READS = [
  "GET /v1/inventory/levels",
  "GET /v1/inventory/levels/{offerId}",
  "GET /v1/inventory/low-stock",
  "GET /v1/inventory/movements",
] as const;
