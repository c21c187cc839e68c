export { restock } from "./commands.ts";
export {
  availabilityQuery,
  availableOf,
  oversoldUnits,
  reservationDrift,
  type Stock,
  stockOf,
  stockQuery,
} from "./queries/availability.ts";
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
