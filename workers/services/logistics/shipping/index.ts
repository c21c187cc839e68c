export { documentKey as labelDocumentKey } from "./commands/advance.ts";
export { takeBiteshipOrderNotice, takeEasypostNotification } from "./commands/notify.ts";
export { buyReturnLabel, isDeadLabel, type ReturnLabel } from "./commands/return.ts";
export {
  type Destination,
  type ParcelQuote,
  type ParcelToQuote,
  PROVIDERS,
  type Rate,
} from "./domain/rate.ts";
export { quoteParcels } from "./queries/quote.ts";
export { ownLabelQuery } from "./repository/labels.ts";
export { originsQuery } from "./repository/origins.ts";
