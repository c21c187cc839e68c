export type { Checkout, Parcel, QuotedLine, Totals } from "./domain.ts";
export { priceParcels, totalsOf } from "./domain.ts";
export { exportQuery } from "./repository.ts";
