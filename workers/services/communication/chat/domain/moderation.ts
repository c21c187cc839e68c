import type { Market } from "#kernel/market";
import { err, ok, type Result } from "#kernel/result";

export const FINDINGS = ["link", "phone", "bank"] as const;
export type Finding = (typeof FINDINGS)[number];
type Rules = Market["chat"];
type Span = { readonly from: number; readonly to: number; readonly finding: Finding };
export type Moderated = { readonly text: string; readonly findings: readonly Finding[] };

const MASK = "•••";
const LINK =
  /\b(?:https?:\/\/|www\.)[^\s<>"']+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|me|co|id|sg|uk|shop|ly)\b\S*/gi;
/** Digits as people write them: with blanks, dots, hyphens and brackets between. */
const DIGITS = /\+?\(?\d[\d\s().-]{5,30}\d/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g;
/** Words that make the digits after them an account. */
const BANK_WORDS =
  /\b(?:bca|bri|bni|mandiri|rekening|rek|no\.?\s?rek|account|acct|a\/c|iban|dbs|ocbc|uob|sort code)\b/i;
/** How far before the digits such a word may stand. */
const NEAR_CHARS = 40;
const PHONE_DIGITS = { min: 8, max: 15 };
const CARD_DIGITS = { min: 13, max: 19 };

/**
 * Keeps a deal where the buyer is protected: what leads away from the platform is masked or refused, as the
 * market says. Order numbers, prices and sizes pass: a number is a telephone's by its beginning and length,
 * an account's by the word before it, a card's by its check digit.
 */
export function moderate(
  text: string,
  rules: Rules,
  ownHosts: readonly string[],
): Result<Moderated, "chat.text_refused"> {
  const spans = find(text, rules, ownHosts).filter(({ finding }) => handlingOf(finding, rules) !== "allow");
  if (spans.some(({ finding }) => handlingOf(finding, rules) === "refuse")) return err("chat.text_refused");
  let masked = "";
  let at = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from < at) continue;
    masked += text.slice(at, from) + MASK;
    at = to;
  }
  const findings = FINDINGS.filter((one) => spans.some(({ finding }) => finding === one));
  return ok({ text: masked + text.slice(at), findings });
}

const handlingOf = (finding: Finding, { links, phones, banks }: Rules) =>
  ({ link: links, phone: phones, bank: banks })[finding];

function find(text: string, rules: Rules, ownHosts: readonly string[]): readonly Span[] {
  const allowed = [...ownHosts, ...rules.linkHosts];
  const links = [...text.matchAll(LINK)].filter(([link]) => !isAllowed(link, allowed));
  const ibans = [...text.matchAll(IBAN)].filter(([iban]) => isIban(iban));
  const spans = [
    ...links.map((match) => spanOf(match, "link")),
    ...ibans.map((match) => spanOf(match, "bank")),
  ];
  for (const match of text.matchAll(DIGITS)) {
    const finding = numberKind(
      match[0],
      text.slice(Math.max(0, match.index - NEAR_CHARS), match.index),
      rules,
    );
    if (finding) spans.push(spanOf(match, finding));
  }
  return spans;
}

const spanOf = ({ 0: found, index }: RegExpExecArray, finding: Finding): Span => ({
  from: index,
  to: index + found.length,
  finding,
});

function isAllowed(link: string, hosts: readonly string[]): boolean {
  const host =
    link
      .replace(/^https?:\/\//i, "")
      .split(/[/?#:]/)[0]
      ?.toLowerCase() ?? "";
  return hosts.some((one) => host === one || host.endsWith(`.${one}`));
}

function numberKind(written: string, before: string, { phonePrefixes }: Rules): Finding | undefined {
  const number = written.replace(/[^\d+]/g, "");
  const digits = number.replace("+", "");
  if (digits.length >= CARD_DIGITS.min && digits.length <= CARD_DIGITS.max && passesLuhn(digits))
    return "bank";
  if (digits.length < PHONE_DIGITS.min || digits.length > PHONE_DIGITS.max) return undefined;
  if (BANK_WORDS.test(before)) return "bank";
  return phonePrefixes.some((prefix) => number.startsWith(prefix)) ? "phone" : undefined;
}

/** ISO/IEC 7812-1: the check digit of cards. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the whole, its first four moved behind and letters as numbers, leaves 1 modulo 97. */
function isIban(written: string): boolean {
  const iban = written.replaceAll(" ", "");
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(Number.parseInt(char, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
