export {
  collectCash,
  createPayment,
  endPayment,
  type NewPayment,
  reassignPayments,
  refundOrder,
  refundPayment,
  releaseOwed,
} from "./commands/compose.ts";
export { settleNothing } from "./commands/nothing.ts";
export { takeMidtransNotification } from "./commands/notify.ts";
export { takeStripeEvent } from "./commands/notify-stripe.ts";
export { startPayment } from "./commands/start.ts";
export type { PaymentAction, PaymentOptions } from "./domain/action.ts";
export {
  amountRefusal,
  isOnline,
  type Payment,
  type PaymentMethod,
  type PaymentState,
  payWithinMsOf,
} from "./domain/payment.ts";
export { groupPaymentsQuery, paymentQuery, paymentStatesQuery } from "./repository/payments.ts";
export { splitsQuery } from "./repository/splits.ts";
export { toPaymentDto, zPayment, zPaymentAction } from "./schemas.ts";
