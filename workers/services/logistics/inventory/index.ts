export { restock } from "./commands/stock.ts";
export {
  availabilityQuery,
  availableOf,
  oversoldUnits,
  reservationDrift,
  type Stock,
  soldOf,
  stockOf,
  stockQuery,
} from "./queries/availability.ts";
export { weigh } from "./queries/bundles.ts";
export {
  commitHold,
  endLending,
  extendHold,
  lend,
  type Reserve,
  reacquire,
  releaseAllocated,
  releaseHold,
  reserve,
  type StockLine,
  shipAllocated,
} from "./repository/reservations.ts";
