import { createHash, createHmac } from "node:crypto";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { openSealed, seal } from "#kernel/seal";
import { TOTP_STEP_MS, TOTP_WINDOW } from "../domain.ts";
import { isSame } from "./secrets.ts";

/** RFC 4226, 4, R6: as long as the hash. */
const SECRET_BYTES = 20;
const DIGITS = 6;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** HOTP of RFC 4226 with SHA-1, which is what authenticator apps speak. */
export function hotp(secret: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", secret).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const truncated = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The time step whose code this is, near enough to now; undefined when there is none. */
export function findStep(secret: Uint8Array, code: string, now: number): number | undefined {
  const current = Math.floor(now / TOTP_STEP_MS);
  const steps = Array.from({ length: 2 * TOTP_WINDOW + 1 }, (_, i) => current + TOTP_WINDOW - i);
  return steps.find((step) => step >= 0 && isSame(hotp(secret, step), code));
}

export const newTotpSecret = (): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

/** RFC 4648, without padding: what a person types who cannot scan. */
export function toBase32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

export function totpUri(secret: Uint8Array, { issuer, email }: { issuer: string; email: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

type Keyed = Pick<Ctx, "keys">;

/** Names the key that a secret was sealed with, so that another root secret is noticed and not guessed. */
export const totpKeyId = ({ keys }: Keyed): string =>
  createHash("sha256").update(keys.derive("totp")).digest("base64url").slice(0, 8);

export const sealTotp = (ctx: Keyed, userId: Id<"user">, secret: Uint8Array): Promise<string> =>
  seal(ctx, Buffer.from(secret).toString("base64url"), { purpose: "totp", about: userId });

export async function openTotp(ctx: Keyed, userId: Id<"user">, sealed: string): Promise<Uint8Array> {
  return Buffer.from(String(await openSealed(ctx, sealed, { purpose: "totp", about: userId })), "base64url");
}
