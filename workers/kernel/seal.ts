import type { Ctx } from "./ctx.ts";

const IV_BYTES = 12;

type Purpose = "ticket" | "totp" | "ad";
type Sealing = {
  readonly purpose?: Purpose;
  /** Whom or what it is about: it opens only when the same is named again (additional data of AES-GCM). */
  readonly about?: string;
};
type Keyed = Pick<Ctx, "keys">;

async function keyFor({ keys }: Keyed, purpose: Purpose, usage: "encrypt" | "decrypt") {
  const bytes = new Uint8Array(keys.derive(purpose));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [usage]);
}

/** AES-256-GCM under a key of this cell: base64url of the IV and the ciphertext of the value's JSON. */
export async function seal(
  ctx: Keyed,
  value: unknown,
  { purpose = "ticket", about = "" }: Sealing = {},
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const additionalData = new TextEncoder().encode(about);
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const key = await keyFor(ctx, purpose, "encrypt");
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain);
  return Buffer.concat([iv, new Uint8Array(sealed)]).toString("base64url");
}

/** The value that was sealed; throws when it was sealed elsewhere, for another, or has been changed. */
export async function openSealed(
  ctx: Keyed,
  sealed: string,
  { purpose = "ticket", about = "" }: Sealing = {},
): Promise<unknown> {
  const bytes = new Uint8Array(Buffer.from(sealed, "base64url"));
  const [iv, body] = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)];
  const additionalData = new TextEncoder().encode(about);
  const key = await keyFor(ctx, purpose, "decrypt");
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, body);
  return JSON.parse(new TextDecoder().decode(plain));
}
