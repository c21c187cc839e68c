export { marketIndex } from "./queries/market.ts";
export { type Sponsored, sponsored } from "./queries/sponsored.ts";
export { exportQuery } from "./repository/engagement.ts";
