import { createHash, createHmac } from "node:crypto";

/** SHA-256 of a text: pure, so the domain may ask for it. */
export const sha256 = (text: string, encoding: "hex" | "base64url" = "hex"): string =>
  createHash("sha256").update(text).digest(encoding);

/** The first 48 bits of HMAC-SHA-256 (RFC 2104) as a number: draws that anybody can repeat stand on it. */
export const hmacNumber = (key: string, text: string): number =>
  createHmac("sha256", key).update(text).digest().readUIntBE(0, 6);

/** HMAC-SHA-256 in base64, as signed notifications carry it. */
export const hmacBase64 = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text).digest("base64");

/** SHA-256 of a text that comes in pieces. */
export function openSha256(): { add(text: string): void; end(): string } {
  const hash = createHash("sha256");
  return { add: (text) => void hash.update(text), end: () => hash.digest("hex") };
}
