export { LISTING_TAG } from "./queries/tags.ts";
export { type Listed, listedQuery, newestListedQuery } from "./repository/listings.ts";
