import type { Merchant, Transaction } from "./types.ts";

/** ISO 4217 numbers; QRIS itself carries only rupiah. */
const CURRENCY_NUMBER: Record<string, string> = { IDR: "360", SGD: "702", GBP: "826" };

/** QRIS names its terminal's place in at most 25 and 15 characters. */
const NAME_MAX = 25;

const field = (tag: string, value: string): string =>
  `${tag}${value.length.toString().padStart(2, "0")}${value}`;

/**
 * The text of a dynamic QRIS code: EMVCo's merchant-presented form with Bank Indonesia's merchant
 * accounts.
 */
export function qrisText(
  transaction: Pick<Transaction, "id" | "grossAmount" | "currency">,
  merchant: Merchant,
): string {
  const account =
    field("00", "COM.GO-JEK.WWW") + field("01", "936009143000000001") + field("02", "G000000001");
  const national = field("00", "ID.CO.QRIS.WWW") + field("02", "ID1020000000001") + field("03", "UME");
  const reference = field("50", `A1${transaction.id.replaceAll("-", "").slice(0, 22).toUpperCase()}ID`);
  const body =
    field("00", "01") +
    field("01", "12") +
    field("26", account) +
    field("51", national) +
    field("52", "5999") +
    field("53", CURRENCY_NUMBER[transaction.currency] ?? "360") +
    field("54", transaction.grossAmount.replace(/\.00$/, "")) +
    field("58", "ID") +
    field("59", (merchant.name ?? "Titan Commerce").slice(0, NAME_MAX)) +
    field("60", "JAKARTA") +
    field("61", "10110") +
    field("62", reference) +
    "6304";
  return body + crc16(body).toString(16).toUpperCase().padStart(4, "0");
}

/** CRC-16/CCITT-FALSE, over everything up to and with the checksum's own tag and length. */
export function crc16(text: string): number {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
