export {
  type DraftLine,
  type DraftOrder,
  type OrderDraft,
  type Placement,
  placeOrders,
} from "./commands/place.ts";
export { type Order, type OrderState, type Place, type ShippingChoice, shareOf } from "./domain.ts";
export { type OrderCard, orderCardQuery } from "./queries/cards.ts";
export { type Parcel, parcelsQuery, partiesQuery } from "./queries/parcels.ts";
export { orderStatesQuery } from "./queries/states.ts";
export { load as loadOrder, loadGroup, returnLines, type Scope as OrderScope } from "./repository.ts";
