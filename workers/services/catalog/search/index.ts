export { LISTING_TAG } from "./queries.ts";
