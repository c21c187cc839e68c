export { productJsonLd, toScriptText } from "./domain/json-ld.ts";
export { decideUpload, MEDIA_TYPES, mediaKey, VIDEO_BYTES_MAX } from "./domain/media.ts";
export type { OfferState } from "./domain/offer.ts";
export type { ProductState } from "./domain/product.ts";
export type { ProductView } from "./domain/view.ts";
export { quoteOffers } from "./queries/quotes.ts";
export { type CardOffer, cardOffersQuery, cardsQuery } from "./repository/cards.ts";
export { logPromotion } from "./repository/offers.ts";
export { assertQuoted, type OfferQuote, offersQuery } from "./repository/quotes.ts";
