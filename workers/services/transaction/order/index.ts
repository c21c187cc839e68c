export { deliverParcel, shipLabelled } from "./commands/fulfil.ts";
export {
  type DraftLine,
  type DraftOrder,
  type OrderDraft,
  type Placement,
  placeOrders,
} from "./commands/place.ts";
export { dueAtDoor, type Order, type OrderState, type Place, type ShippingChoice } from "./domain.ts";
export { type OrderCard, orderCardQuery } from "./queries/cards.ts";
export { invoiceNumberQuery } from "./queries/invoices.ts";
export {
  contactsQuery,
  type OrderContact,
  type Parcel,
  parcelsQuery,
  partiesQuery,
} from "./queries/parcels.ts";
export { orderStatesQuery } from "./queries/states.ts";
export {
  collectLess,
  load as loadOrder,
  loadGroup,
  returnLines,
  type Scope as OrderScope,
} from "./repository.ts";
