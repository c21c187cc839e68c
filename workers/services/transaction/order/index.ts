export type { Order, OrderState, Place } from "./domain.ts";
export {
  type DraftLine,
  type DraftOrder,
  type OrderDraft,
  type Placement,
  placeOrders,
} from "./placement.ts";
