/** Wire form of every amount that Midtrans answers: "10000.00". */
const DECIMAL = /^-?\d{1,15}(\.\d{1,2})?$/;

/** Hundredths, exactly: the sandbox adds and compares money only in this form. */
export function toHundredths(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  const sign = whole.startsWith("-") ? -1n : 1n;
  return sign * (BigInt(whole.replace("-", "")) * 100n + BigInt(fraction.padEnd(2, "0")));
}

export function fromHundredths(hundredths: bigint): string {
  const sign = hundredths < 0n ? "-" : "";
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Reads an amount as a client sends it, a number or a numeric string. Rupiah carry no decimals ("Note: Do not
 * add decimal", https://docs.midtrans.com/reference/transaction-details-object); other currencies may.
 */
export function parseAmount(value: unknown, currency: string): bigint | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const text = String(value);
  if (!DECIMAL.test(text)) return undefined;
  const hundredths = toHundredths(text);
  return currency === "IDR" && hundredths % 100n !== 0n ? undefined : hundredths;
}
