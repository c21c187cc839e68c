export {
  type Commission,
  type CommissionBook,
  type CommissionedLine,
  commissionOf,
} from "./domain/commission.ts";
export { isTrading } from "./domain/shop.ts";
export type { SellerState } from "./facts.ts";
export { commissionRules } from "./queries/commission.ts";
export { type Membership, membershipsQuery, type SellerCard, sellersQuery } from "./repository/shops.ts";
