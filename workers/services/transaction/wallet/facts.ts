import * as z from "zod";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** A lot of bonus has come to its end. */
export const END_LOT = defineJob("wallet.end_lot", undefined, z.object({ accountId: z.string() }));

/** A shop's money of one order leaves escrow. */
export const RELEASE_ORDER = defineJob("wallet.release", undefined, z.object({ orderId: zId("order") }));

/** Adds to folded accounts what was posted to them since. */
export const FOLD = defineJob("wallet.fold", undefined, z.object({}));

/** Closes the days that are over. */
export const CLOSE_DAYS = defineJob("wallet.close_days", undefined, z.object({}));

/** Hands a payout to its provider, and asks about it until it is over. */
export const SEND_PAYOUT = defineJob("wallet.send_payout", undefined, z.object({ payoutId: zId("payout") }));
