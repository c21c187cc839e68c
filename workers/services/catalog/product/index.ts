export { decideUpload, MEDIA_TYPES, mediaKey, VIDEO_BYTES_MAX } from "./domain/media.ts";
export type { OfferState } from "./domain/offer.ts";
export type { ProductState } from "./domain/product.ts";
export { quoteOffers } from "./queries/quotes.ts";
export { type CardOffer, cardOffersQuery, cardsQuery } from "./repository/cards.ts";
export { assertQuoted, type OfferQuote, offersQuery } from "./repository/quotes.ts";
