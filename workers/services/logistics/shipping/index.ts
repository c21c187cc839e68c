export { takeBiteshipOrderNotice, takeEasypostNotification } from "./commands/notify.ts";
export {
  type Destination,
  type ParcelQuote,
  type ParcelToQuote,
  PROVIDERS,
  type Rate,
} from "./domain/rate.ts";
export { quoteParcels } from "./queries/quote.ts";
export { originsQuery } from "./repository/origins.ts";
