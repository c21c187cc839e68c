import type { Giveaway } from "./room.ts";

/**
 * Repeats a draw from what was published (workers/services/communication/livestream/domain/giveaway.ts): the
 * seed is the one that was committed to, and the winners are those that seed and entries lead to.
 */
export async function isFairDraw({ id, winners, commitment, drawn, proof }: Giveaway): Promise<boolean> {
  if (!proof) return false;
  const { seed, entries } = proof;
  if ((await sha256(`${id}:${seed}`)) !== commitment) return false;
  const left = [...entries];
  const found: string[] = [];
  const about = `${id}:${await sha256(entries.join("\n"))}`;
  const key = await hmacKey(seed);
  let counter = 0;
  while (found.length < winners && left.length > 0) {
    const limit = 2 ** 48 - (2 ** 48 % left.length);
    let number = limit;
    while (number >= limit) {
      number = await hmacNumber(key, `${about}:${counter}`);
      counter += 1;
    }
    found.push(...left.splice(number % left.length, 1));
  }
  return JSON.stringify(found) === JSON.stringify(drawn);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const hmacKey = (seed: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytesOf(seed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** The first 48 bits as a number. */
async function hmacNumber(key: CryptoKey, text: string): Promise<number> {
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, bytesOf(text)));
  return mac.getUint16(0) * 2 ** 32 + mac.getUint32(2);
}
