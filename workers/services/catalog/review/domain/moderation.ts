import type { Market } from "#kernel/market";

/** What speaks against publishing at once, in the order in which it is looked for. */
export const FINDINGS = [
  "personal_data",
  "link",
  "profanity",
  "burst",
  "device_ring",
  "address_ring",
] as const;
export type Finding = (typeof FINDINGS)[number];
export type Verdict = "published" | "pending" | "rejected";

export type Rules = Market["review"];

/** Words by locale that are not printed unseen; a market's languages are looked at together. */
const PROFANITY: { readonly [locale: string]: string } = {
  en: `arsehole asshole bastard bitch bollocks bullshit cunt dickhead fuck fucked fucker fucking motherfucker
    shit shitty slut twat wanker whore`,
  id: `anjing asu babi bajingan bangsat brengsek goblok jancuk kampret keparat kontol memek ngentot pantek
    perek tolol`,
};
const PROFANE = new Set(Object.values(PROFANITY).flatMap((words) => words.split(/\s+/)));

/** Digits and signs that stand for letters in words that want to pass unseen. */
const DISGUISES: { readonly [sign: string]: string } = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Each word as it stands, without its disguise, and with letters that are drawn out said once. */
function readings(word: string): readonly string[] {
  const bare = [...word].map((char) => DISGUISES[char] ?? char).join("");
  const short = bare.replace(/(\p{L})\1{2,}/gu, "$1");
  return [word, bare, short];
}

export function isProfane(text: string): boolean {
  const words = plain(text).match(/[\p{L}\p{N}@$!]+/gu) ?? [];
  return words.some((word) => {
    const trimmed = word.replace(/^[!@$]+|!+$/g, "");
    return [...readings(word), ...readings(trimmed)].some((one) => PROFANE.has(one));
  });
}

const EMAIL = /[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?(?:\.|\(dot\)|\[dot\])\s?[a-z]{2,}/i;
/**
 * A telephone number has from nine to fifteen digits (E.164) and begins like one, whatever stands between.
 */
const NUMBER = /(?<![\w])(?:\+|00|0|62|65|44)[\d\s().-]{7,24}\d(?!\w)/g;
const PHONE_DIGITS_MIN = 9;
const PHONE_DIGITS_MAX = 15;

export function hasPersonalData(text: string): boolean {
  if (EMAIL.test(text)) return true;
  return [...text.matchAll(NUMBER)].some(([number]) => {
    const digits = number.replace(/\D/g, "").length;
    return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX;
  });
}

const SCHEME = /\b(?:https?|ftp):\/\/|\bwww\./i;
/** A host without its scheme: endings that spam is sent to, so that "3.5cm" and "no.thanks" pass. */
const ENDINGS = "com|net|org|info|biz|shop|store|xyz|top|click|link|site|online|io|me|ly|gg|app|id|sg|uk|co";
const HOST = new RegExp(`(?<![\\w@.-])(?:[a-z0-9-]+\\.)+(?:${ENDINGS})(?![\\w-])`, "i");

export const hasLink = (text: string): boolean => SCHEME.test(text) || HOST.test(text);

/** What is known of who else wrote about this product lately. */
export type Signals = {
  /** Reviews of the product within the window, without this one. */
  readonly recentReviews: number;
  /** Other accounts that reviewed it from this device, and from this address within the window. */
  readonly deviceAccounts: number;
  readonly addressAccounts: number;
};
export const NO_SIGNALS: Signals = { recentReviews: 0, deviceAccounts: 0, addressAccounts: 0 };

export function findingsOf(text: string, signals: Signals, rules: Rules): readonly Finding[] {
  const found: { readonly [F in Finding]: boolean } = {
    personal_data: hasPersonalData(text),
    link: hasLink(text),
    profanity: isProfane(text),
    burst: signals.recentReviews >= rules.burstMax,
    device_ring: signals.deviceAccounts >= rules.deviceAccountsMax,
    address_ring: signals.addressAccounts >= rules.addressAccountsMax,
  };
  return FINDINGS.filter((finding) => found[finding]);
}

const SEVERITY: readonly Verdict[] = ["published", "pending", "rejected"];

function verdictOn(finding: Finding, rules: Rules): Verdict {
  if (finding === "personal_data") return rules.personalData;
  if (finding === "link") return rules.links;
  // Who writes much, or many at one place, may be honest: a person looks.
  return finding === "profanity" ? rules.profanity : "pending";
}

export type Moderated = { readonly state: Verdict; readonly findings: readonly Finding[] };

/** The gravest of what was found decides. */
export function moderate(text: string, signals: Signals, rules: Rules): Moderated {
  const findings = findingsOf(text, signals, rules);
  const gravest = Math.max(0, ...findings.map((finding) => SEVERITY.indexOf(verdictOn(finding, rules))));
  return { state: SEVERITY[gravest] ?? "pending", findings };
}
