export { LISTING_TAG } from "./queries.ts";
export { type Listed, listedQuery, newestListedQuery } from "./repository.ts";
