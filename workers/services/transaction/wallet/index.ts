export {
  type Cashback,
  type Clawback,
  captureFunds,
  cashback,
  clawback,
  type Reservation,
  refundToWallet,
  releaseFunds,
  reserveFunds,
  type TakeRefusal,
  type WalletRefund,
} from "./commands/compose.ts";
export { takeIrisNotification } from "./commands/notify.ts";
export type { SellerAccount, WalletBalance } from "./domain/balance.ts";
export { balanceQuery, sellerAccountQuery } from "./queries/balance.ts";
