import { z } from "zod";
import type { Clock } from "./clock.ts";

/** The one registry of prefixes; they are in stored data and on the wire, so none is ever changed. */
const PREFIX = {
  address: "adr",
  apiKey: "key",
  cart: "crt",
  category: "cat",
  challenge: "chl",
  checkout: "chk",
  consent: "cns",
  document: "doc",
  due: "due",
  email: "eml",
  event: "evt",
  guest: "gst",
  invitation: "ivt",
  invoice: "inv",
  letter: "ltr",
  line: "lin",
  location: "loc",
  media: "med",
  member: "mbr",
  movement: "mov",
  notification: "ntf",
  offer: "ofr",
  order: "ord",
  orderGroup: "grp",
  passkey: "psk",
  payment: "pay",
  product: "prd",
  refund: "rfd",
  rule: "rul",
  request: "req",
  reservation: "rsv",
  seller: "slr",
  session: "ses",
  shipment: "shp",
  stockItem: "sti",
  user: "usr",
  variant: "var",
} as const;

export type Noun = keyof typeof PREFIX;
export type Id<N extends Noun> = string & z.core.$brand<N>;
export type Ids = { next<N extends Noun>(noun: N): Id<N> };

export function zId<N extends Noun>(noun: N) {
  return z
    .string()
    .regex(new RegExp(`^${PREFIX[noun]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`))
    .brand<N>();
}

/** Makes UUIDv7 ids: they sort by time, so a B-tree grows at its right edge only. */
export function createIds(clock: Clock, random = () => crypto.getRandomValues(new BigUint64Array(2))): Ids {
  return {
    next<N extends Noun>(noun: N) {
      const [high = 0n, low = 0n] = random();
      const time = (BigInt(clock.now()) << 16n) | 0x7000n | (high & 0xfffn);
      const uuid = (time << 64n) | (1n << 63n) | (low >> 2n);
      return `${PREFIX[noun]}_${toCrockford(uuid)}` as Id<N>;
    },
  };
}

/** Crockford's alphabet is base 32 without i, l, o, u: the digits after `h` shift along. */
function toCrockford(uuid: bigint): string {
  const digits = uuid.toString(32).padStart(26, "0");
  return digits.replace(/[i-v]/g, (digit) => "jkmnpqrstvwxyz".charAt(digit.charCodeAt(0) - 105));
}
