import * as z from "zod";
import type { Clock } from "./clock.ts";
import { randomBytes } from "./random.ts";

/** The one registry of prefixes; they are in stored data and on the wire, so none is ever changed. */
const PREFIX = {
  adAuction: "ada",
  adCampaign: "adc",
  adCredit: "adx",
  adGroup: "adg",
  adKeyword: "adk",
  address: "adr",
  apiKey: "key",
  answer: "ans",
  appeal: "apl",
  attachment: "att",
  call: "cal",
  cart: "crt",
  category: "cat",
  challenge: "chl",
  checkout: "chk",
  commission: "cmr",
  consent: "cns",
  consultation: "cst",
  conversation: "cnv",
  creditNote: "crn",
  dispute: "dsp",
  document: "doc",
  due: "due",
  duplicate: "dup",
  email: "eml",
  event: "evt",
  evidence: "evd",
  guest: "gst",
  hold: "hld",
  invitation: "ivt",
  invoice: "inv",
  label: "lbl",
  letter: "ltr",
  line: "lin",
  livestream: "lvs",
  location: "loc",
  media: "med",
  member: "mbr",
  merge: "mrg",
  movement: "mov",
  notification: "ntf",
  offer: "ofr",
  order: "ord",
  orderGroup: "grp",
  passkey: "psk",
  payment: "pay",
  payoutAccount: "pac",
  payout: "pyo",
  penalty: "pnl",
  pickup: "pku",
  product: "prd",
  rateTable: "rtb",
  question: "qst",
  recommendation: "rec",
  refund: "rfd",
  refundCase: "rfc",
  rule: "rul",
  review: "rev",
  sale: "fls",
  saleSlot: "slt",
  search: "sch",
  report: "rpt",
  request: "req",
  reservation: "rsv",
  seller: "slr",
  session: "ses",
  settlementFile: "stf",
  shipment: "shp",
  stockItem: "sti",
  stockTransfer: "stt",
  transfer: "trf",
  user: "usr",
  variant: "var",
  voucher: "vch",
  webhookDelivery: "whd",
  webhookEndpoint: "whe",
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
export function createIds(clock: Clock, random = () => randomBytes(16)): Ids {
  return {
    next<N extends Noun>(noun: N) {
      const bytes = random();
      const now = clock.now();
      for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (40 - 8 * i));
      bytes[6] = 0x70 | (Number(bytes[6]) & 0x0f);
      bytes[8] = 0x80 | (Number(bytes[8]) & 0x3f);
      return `${PREFIX[noun]}_${toCrockford(bytes)}` as Id<N>;
    },
  };
}

/** No id of this noun that was made at `at` or later sorts before it: a range of time is one of keys. */
export const firstIdAt = <N extends Noun>(noun: N, at: number): Id<N> =>
  createIds({ now: () => at }, () => new Uint8Array(16)).next(noun);

/** Crockford's base 32 has no i, l, o, u. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

/** 128 bits are 26 digits of five behind two zeros. Every request makes one, so without BigInt. */
function toCrockford(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 2;
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      text += DIGITS.charAt((held >>> bits) & 0x1f);
    }
  }
  return text;
}
