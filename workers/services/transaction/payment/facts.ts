import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zMoney } from "#kernel/money";

const zAbout = z.object({
  paymentId: zId("payment"),
  orderGroupId: zId("orderGroup"),
  buyerId: z.string(),
  method: z.enum(["card", "qris", "virtual_account", "gopay", "wallet", "cod"]),
  /** Of the whole payment; a refund says its own beside it. */
  amount: zMoney,
  /** Who collected it, or sends it back; without it the provider of the market. */
  provider: z.enum(["midtrans", "stripe", "cod", "wallet"]).optional(),
  /** The part of it (of a refund: of `refunded`) that the buyer's wallet paid or received. */
  walletMinor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});

/** The whole amount is here. It may be late: the orders decide what becomes of it. */
export const PaymentSettled = defineEvent("payment.settled", 1, zAbout);

/** This try is over without money; the buyer may try again until the group's time is up. */
export const PaymentFailed = defineEvent(
  "payment.failed",
  1,
  zAbout.extend({ reason: z.enum(["denied", "expired", "cancelled"]), payBy: z.int() }),
);

/** Money has gone back. `key` is the name that whoever asked for the refund gave it. */
export const PaymentRefunded = defineEvent(
  "payment.refunded",
  1,
  zAbout.extend({ refundId: zId("refund"), key: z.string(), refunded: zMoney, reason: z.string() }),
);

/** The provider cannot send this money back; an operator has to. */
export const PaymentRefundStuck = defineEvent(
  "payment.refund_stuck",
  1,
  zAbout.extend({ refundId: zId("refund"), refunded: zMoney, note: z.string() }),
);

/** Asks the provider what has become of a payment, and ends it when its time is up. */
export const CHECK_PAYMENT = defineJob("payment.check", undefined, z.object({ paymentId: zId("payment") }));

/** Sends money back. */
export const SEND_REFUND = defineJob("payment.refund", undefined, z.object({ refundId: zId("refund") }));
