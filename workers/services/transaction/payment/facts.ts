import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zMoney } from "#kernel/money";
import { PAYMENT_METHODS, zDigits } from "#kernel/payment-method";

const zProvider = z.enum(["midtrans", "stripe", "wallet", "cod"]);

/** Why money of a payment at the door goes back that was not asked for there. */
export const UNCOLLECTED = "uncollected";

const zAbout = z.object({
  paymentId: zId("payment"),
  orderGroupId: zId("orderGroup"),
  buyerId: z.string(),
  /** A top-up goes into the buyer's wallet; no orders wait for it. */
  purpose: z.enum(["order", "top_up"]).optional(),
  method: z.enum(PAYMENT_METHODS),
  provider: zProvider,
  /** Of the whole payment; a refund says its own beside it. */
  amount: zMoney,
  /** In minor units, the part of it that the buyer's wallet pays; of a refund, the part that goes there. */
  walletMinor: z.string().regex(/^\d{1,18}$/),
});

/** The whole amount is here, or what was captured of it. It may be late: the orders decide what then. */
export const PaymentSettled = defineEvent("payment.settled", 1, zAbout);

/** This try is over without money; the buyer may try again until the group's time is up. */
export const PaymentFailed = defineEvent(
  "payment.failed",
  1,
  zAbout.extend({ reason: z.enum(["denied", "expired", "cancelled"]), payBy: z.int() }),
);

/** The provider has given digits for it, and waits for so much until `payBy`. */
export const PaymentAsked = defineEvent(
  "payment.asked",
  1,
  zAbout.extend({ digits: zDigits, asked: zMoney, payBy: z.int() }),
);

/** Money has gone back. `key` is the name that whoever asked for the refund gave it. */
export const PaymentRefunded = defineEvent(
  "payment.refunded",
  1,
  zAbout.extend({
    refundId: zId("refund"),
    key: z.string(),
    refunded: zMoney,
    /** Of it what the buyer's bank has given back in our place. */
    coveredMinor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    orderId: zId("order").nullable(),
    reason: z.string(),
    /** An operator has paid the provider's part from our own bank account. */
    isByHand: z.boolean().optional(),
  }),
);

/** Money that had gone back came back to us: the buyer's bank would not take it. */
export const PaymentRefundFailed = defineEvent(
  "payment.refund_failed",
  1,
  zAbout.extend({ refundId: zId("refund"), againId: zId("refund"), returned: zMoney, note: z.string() }),
);

/** The provider cannot send this money back; an operator has to. */
export const PaymentRefundStuck = defineEvent(
  "payment.refund_stuck",
  1,
  zAbout.extend({ refundId: zId("refund"), refunded: zMoney, note: z.string() }),
);

const zBeside = z.object({
  paymentId: zId("payment"),
  orderGroupId: zId("orderGroup"),
  refundId: zId("refund"),
  provider: zProvider,
  amount: zMoney,
});

/** A provider beside the one whose money is kept has taken money too; `refundId` brings it back. */
export const PaymentTakenBeside = defineEvent("payment.taken_beside", 1, zBeside);

/** It has gone back. */
export const PaymentReturnedBeside = defineEvent(
  "payment.returned_beside",
  1,
  zBeside.extend({
    /** Of it what the buyer's bank has given back in our place. */
    coveredMinor: z.string().regex(/^\d{1,18}$/),
    /** An operator has paid it from our own bank account. */
    isByHand: z.boolean(),
  }),
);

const zCase = z.object({
  disputeId: zId("dispute"),
  paymentId: zId("payment"),
  orderGroupId: zId("orderGroup"),
  provider: zProvider,
  amount: zMoney,
  reason: z.string(),
});

/** Minor units of the case's currency. */
const zMinor = z.string().regex(/^\d{1,18}$/);

/** A buyer's bank takes the money back. It may be answered until `evidenceBy`. */
export const PaymentDisputed = defineEvent(
  "payment.disputed",
  1,
  zCase.extend({ evidenceBy: z.int().nullable(), takenMinor: zMinor.optional() }),
);

/**
 * The bank has decided: won, the money is ours again; lost, it is gone. What was taken is the orders' shares,
 * what waiting refunds are covered with, and the excess that the buyer has twice.
 */
export const PaymentDisputeClosed = defineEvent(
  "payment.dispute_closed",
  1,
  zCase.extend({
    outcome: z.enum(["won", "lost"]),
    takenMinor: zMinor.optional(),
    feeMinor: zMinor.optional(),
    shares: z
      .array(
        z.object({
          orderId: zId("order"),
          minor: zMinor,
          sellerId: zId("seller").optional(),
          /** What was left of the order's money before: `minor` is a part of it. */
          ofMinor: zMinor.optional(),
        }),
      )
      .optional(),
    excessMinor: zMinor.optional(),
  }),
);

const zMatched = z.object({
  fileId: zId("settlementFile"),
  provider: zProvider,
  paymentId: zId("payment").nullable(),
  ref: z.string(),
  /** What the row is of. */
  kind: z.enum(["charge", "refund", "dispute", "fee", "other"]).optional(),
  gross: zMoney,
  fee: zMoney,
});

/** A row of a provider's settlement file is what we know, and this is what it has cost. */
export const PaymentReconciled = defineEvent("payment.reconciled", 1, zMatched);

/** A row that we do not know, one of ours that is not there, or another amount. */
export const PaymentMismatch = defineEvent(
  "payment.mismatch",
  1,
  zMatched.extend({
    outcome: z.enum(["missing_here", "missing_there", "amount_differs"]),
    expected: zMoney.nullable(),
  }),
);

/** Asks the provider what has become of a payment, and ends it when its time is up. */
export const CHECK_PAYMENT = defineJob("payment.check", undefined, z.object({ paymentId: zId("payment") }));

/** Sends money back. */
export const SEND_REFUND = defineJob("payment.refund", undefined, z.object({ refundId: zId("refund") }));
