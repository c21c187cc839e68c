export { claimRedemptions, inheritCollected } from "./commands/inherit.ts";
export { type RedeemVouchers, redeemVouchers } from "./commands/redeem.ts";
export type { Basket, BasketLine, BasketParcel } from "./domain/basket.ts";
export type { Need, Reason } from "./domain/eligibility.ts";
export type { Applied, Share } from "./domain/quote.ts";
export { type Redeemed, type Repriced, reprice } from "./domain/reprice.ts";
export { type Discounts, loadRedeemed, type QuoteVouchers, quoteVouchers } from "./queries/quote.ts";
export { exportQuery } from "./repository/usage.ts";
