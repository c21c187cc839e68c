import * as z from "zod";

/** What a provider collects. */
export const ONLINE_METHODS = [
  "card",
  "qris",
  "virtual_account",
  "gopay",
  "shopeepay",
  "convenience_store",
] as const;

/** All that a market may offer; the wallet is ours, and cash is collected at the door. */
export const PAYMENT_METHODS = [...ONLINE_METHODS, "wallet", "cod"] as const;

/** With what the buyer pays at a till, a machine or his bank. */
export const zDigits = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("payment_code"), store: z.string(), code: z.string() }),
  z.object({ kind: z.literal("virtual_account"), bank: z.string(), number: z.string() }),
  z.object({ kind: z.literal("bill"), billerCode: z.string(), billKey: z.string() }),
]);
