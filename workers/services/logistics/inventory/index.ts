export {
  availabilityQuery,
  availableOf,
  oversoldUnits,
  reservationDrift,
  type Stock,
  stockOf,
  stockQuery,
} from "./availability.ts";
export {
  commitHold,
  extendHold,
  type Reserve,
  reacquire,
  releaseAllocated,
  releaseHold,
  reserve,
  type StockLine,
  shipAllocated,
} from "./reservations.ts";
