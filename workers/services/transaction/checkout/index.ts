export type { Checkout } from "./domain/checkout.ts";
export { type Parcel, priceParcels, type QuotedLine, type Totals, totalsOf } from "./domain/pricing.ts";
export { exportQuery } from "./repository.ts";
