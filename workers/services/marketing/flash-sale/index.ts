export {
  claimFor,
  endLiveSale,
  holdState,
  type LiveSale,
  openLiveSale,
  planLiveSale,
  takeBack,
} from "./commands/live.ts";
export {
  type HeldUnits,
  heldUnits,
  keepHold,
  lendUnits,
  type SaleLine,
} from "./commands/orders.ts";
