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
