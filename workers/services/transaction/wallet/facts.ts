import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zMoney } from "#kernel/money";

const zBank = z.object({ bank: z.string(), lastDigits: z.string() });

/** A shop's payouts go elsewhere from now on, and until `usableFrom` none is sent there. */
export const PayoutAccountTaken = defineEvent(
  "payout_account.taken",
  1,
  zBank.extend({ sellerId: zId("seller"), usableFrom: z.int().nullable() }),
);

/** The bank knows no such account, or knows it by another name: nothing is paid to it. */
export const PayoutAccountRefused = defineEvent(
  "payout_account.refused",
  1,
  zBank.extend({ sellerId: zId("seller"), reason: z.enum(["name_mismatch", "unknown"]) }),
);

const zPayoutTold = zBank.extend({
  payoutId: zId("payout"),
  owner: z.string(),
  ownerKind: z.enum(["seller", "user"]),
  amount: zMoney,
});
/** The bank has it. */
export const PayoutCompleted = defineEvent("payout.completed", 1, zPayoutTold);
/** The money is its owner's again; `isReturned` where the bank had taken it and gave it back. */
export const PayoutFailed = defineEvent(
  "payout.failed",
  1,
  zPayoutTold.extend({ note: z.string().nullable(), isReturned: z.boolean() }),
);

/** Money that its owner paid in is in his wallet. */
export const WalletToppedUp = defineEvent(
  "wallet.topped_up",
  1,
  z.object({ userId: zId("user"), paymentId: zId("payment"), amount: zMoney }),
);

/** A shop owed more than it had a day ago and does still: what it sells next pays for it. Told once a day. */
export const BalanceCarried = defineEvent(
  "wallet.balance_carried",
  1,
  z.object({ sellerId: zId("seller"), owed: zMoney }),
);

/** Asks the bank whose account it is. */
export const CHECK_ACCOUNT = defineJob("wallet.check_account", undefined, z.object({ owner: z.string() }));

/** A day after a shop was charged, whatever it had: whether it owes. */
export const CARRY_BALANCE = defineJob(
  "wallet.carry_balance",
  undefined,
  z.object({ sellerId: zId("seller") }),
);

/** A lot of bonus has come to its end. */
export const END_LOT = defineJob("wallet.end_lot", undefined, z.object({ accountId: z.string() }));

/** Lots that were renewed for a person have come to their end. */
export const END_LOTS = defineJob("wallet.end_lots", undefined, z.object({ userId: zId("user") }));

/** A shop's money of one order leaves escrow. */
export const RELEASE_ORDER = defineJob("wallet.release", undefined, z.object({ orderId: zId("order") }));

/** Adds to folded accounts what was posted to them since. */
export const FOLD = defineJob("wallet.fold", undefined, z.object({}));

/** Closes the days that are over. */
export const CLOSE_DAYS = defineJob("wallet.close_days", undefined, z.object({}));

/** Hands a payout to its provider, and asks about it until it is over. */
export const SEND_PAYOUT = defineJob("wallet.send_payout", undefined, z.object({ payoutId: zId("payout") }));
