import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Cell } from "./cell.ts";

/** Each purpose has a key of its own, so a value signed for one is worth nothing to another. */
type Purpose =
  | "cursor"
  | "refresh"
  | "ticket"
  | "code"
  | "totp"
  | "share"
  | "link"
  | "address"
  | "queue"
  | "room"
  | "upload"
  | "driver"
  | "call"
  | "parcel"
  | "voucher"
  | "webhook"
  | "answer"
  | "ad";

export type Keys = {
  /** 32 bytes for a purpose in this cell (HKDF-SHA-256, RFC 5869). */
  derive(purpose: Purpose): Uint8Array;
  /** HMAC-SHA-256, base64url. */
  sign(purpose: Purpose, text: string): string;
  verify(purpose: Purpose, text: string, signature: string): boolean;
};

const derived = new WeakMap<object, Map<string, Uint8Array>>();

/** One root secret serves every market: the cell is part of the derivation, so none can forge another's. */
export function openKeys(env: Env, cell: Cell): Keys {
  const cache = derived.get(env) ?? new Map<string, Uint8Array>();
  derived.set(env, cache);
  const derive = (purpose: Purpose): Uint8Array => {
    const name = `titan/${cell}/${purpose}`;
    const known = cache.get(name);
    if (known) return known;
    const key = new Uint8Array(hkdfSync("sha256", env.ROOT_SECRET, "", name, 32));
    cache.set(name, key);
    return key;
  };
  const sign = (purpose: Purpose, text: string) =>
    createHmac("sha256", derive(purpose)).update(text).digest("base64url");
  return {
    derive,
    sign,
    verify(purpose, text, signature) {
      const [mine, theirs] = [Buffer.from(sign(purpose, text)), Buffer.from(signature)];
      return mine.length === theirs.length && timingSafeEqual(mine, theirs);
    },
  };
}
