import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import type { Ctx } from "#kernel/ctx";

const SECRET_BYTES = 32;
const CODE_DIGITS = 6;
/** 16 characters of Crockford's alphabet are 80 bits: nobody guesses one, and nobody reads 1 for l. */
const RECOVERY_CHARS = 16;
const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";

type Keyed = Pick<Ctx, "keys">;

/** 256 bits, base64url: 43 characters. */
export const newSecret = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");

/** All that is stored of a secret. It has 256 bits, so a plain hash keeps it. */
export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** The same for every caller who shows the same token: so a lost answer can be asked for again. */
export const successorOf = ({ keys }: Keyed, token: string): string => keys.sign("refresh", token);

export const newCode = (): string => String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, "0");

/** Six digits are guessed from a plain hash in no time: this one needs the server's key. */
export const hashCode = ({ keys }: Keyed, about: string, code: string): string =>
  keys.sign("code", `${about}\n${code}`);

export const newRecoveryCode = (): string => {
  const chars = Array.from({ length: RECOVERY_CHARS }, () => CROCKFORD.charAt(randomInt(CROCKFORD.length)));
  return chars.join("").replace(/(.{4})(?=.)/g, "$1-");
};

/** As typed by hand: without case, dashes and spaces, and with what looks alike made alike. */
export const plainRecoveryCode = (typed: string): string =>
  typed.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");

export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
