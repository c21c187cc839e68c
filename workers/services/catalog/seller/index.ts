export {
  type Commission,
  type CommissionBook,
  type CommissionedLine,
  commissionOf,
} from "./domain/commission.ts";
export { decideCampaign } from "./domain/performance.ts";
export type { PayoutAccount } from "./domain/profile.ts";
export { isTrading } from "./domain/shop.ts";
export type { SellerState } from "./facts.ts";
export { commissionRules } from "./queries/commission.ts";
export { sellerStanding } from "./queries/performance.ts";
export { followsQuery, payoutAccountQuery } from "./repository/profiles.ts";
export { type Membership, membershipsQuery, type SellerCard, sellersQuery } from "./repository/shops.ts";
export type { SellerStanding } from "./repository/standing.ts";
