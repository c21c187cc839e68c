export { isTrading } from "./domain.ts";
export type { SellerState } from "./facts.ts";
export { type Membership, membershipsQuery, type SellerCard, sellersQuery } from "./repository.ts";
