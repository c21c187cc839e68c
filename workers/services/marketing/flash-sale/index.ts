export {
  claimFor,
  endLiveSale,
  holdState,
  type LiveSale,
  openLiveSale,
  planLiveSale,
} from "./commands/live.ts";
export {
  type HeldUnits,
  heldUnits,
  keepHold,
  lendUnits,
  type SaleLine,
} from "./commands/orders.ts";
