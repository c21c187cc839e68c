export {
  type Cashback,
  type Clawback,
  captureFunds,
  cashback,
  clawback,
  type GiveBack,
  giveBackToWallet,
  type Reservation,
  refundToWallet,
  releaseFunds,
  reserveFunds,
  type TakeBack,
  type TakeRefusal,
  takeBackCashback,
  topUpLimits,
  type WalletRefund,
} from "./commands/compose.ts";
export { takeIrisNotification } from "./commands/notify.ts";
export type { SellerAccount, WalletBalance } from "./domain/balance.ts";
export { balanceQuery, payablesQuery, sellerAccountQuery } from "./queries/balance.ts";
export { exportQuery } from "./repository/payout.ts";
