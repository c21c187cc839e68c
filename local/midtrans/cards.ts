import { randomUUID } from "node:crypto";
import { type Card, type CardOutcome, type CardToken, done, invalid, type Outcome, refuse } from "./types.ts";

/** Test cards that do not simply succeed: https://docs.midtrans.com/docs/testing-payment-on-sandbox. */
const OUTCOMES: Record<string, CardOutcome> = {
  "4911111111111113": "deny_by_bank",
  "4511111111111117": "challenge",
  "4611111111111116": "deny_by_fraud",
  "4711111111111115": "deny_by_bank",
  "5111111111111118": "deny_by_bank",
  "5510111111111115": "challenge",
  "5411111111111115": "deny_by_fraud",
  "5511111111111114": "deny_by_bank",
};

/** Cards of the same page whose holder is not enrolled for 3D Secure: the attempt counts. */
const NOT_ENROLLED = new Set([
  "4411111111111118",
  "4511111111111117",
  "4611111111111116",
  "4711111111111115",
  "5410111111111116",
  "5510111111111115",
  "5411111111111115",
  "5511111111111114",
]);

export const TEST_CARD = { number: "4811111111111114", cvv: "123", month: "12", year: "2030" };

/** Long enough to fill in a page, short enough that a stale page must ask for the card again. */
const TOKEN_TTL_MS = 10 * 60_000;

export interface CardInput {
  clientKey: string;
  number: string;
  cvv: string;
  month: string;
  year: string;
}

/** https://docs.midtrans.com/reference/get-token, with the 8-digit BIN form of the token. */
export function makeToken(input: CardInput, now: number): Outcome<CardToken> {
  const number = input.number.replaceAll(" ", "");
  const problems: string[] = [];
  if (!/^\d{12,19}$/.test(number)) problems.push("card_number is invalid");
  else if (!passesLuhn(number)) problems.push("card_number does not match with luhn algorithm");
  if (!/^\d{3,4}$/.test(input.cvv)) problems.push("card_cvv is invalid");
  const month = /^(0?[1-9]|1[0-2])$/.test(input.month) ? Number(input.month) : undefined;
  const year = /^\d{4}$/.test(input.year) ? Number(input.year) : undefined;
  if (month === undefined) problems.push("card_exp_month is invalid");
  if (year === undefined) problems.push("card_exp_year is invalid");
  if (month !== undefined && year !== undefined && Date.UTC(year, month, 1) <= now) {
    problems.push("card_exp_year must be greater than this year");
  }
  if (problems.length > 0) return invalid(problems);
  const masked = `${number.slice(0, 8)}-${number.slice(-4)}`;
  const card: Card = {
    masked,
    type: number.startsWith("4097") ? "debit" : "credit",
    outcome: OUTCOMES[number] ?? "accept",
    enrolled: !NOT_ENROLLED.has(number),
  };
  const token = `${masked}-${randomUUID()}`;
  return done({ token, clientKey: input.clientKey, card, expiresAt: now + TOKEN_TTL_MS });
}

/** https://docs.midtrans.com/reference/charge-transactions-on-card, "Error". */
export const tokenRefused = (): Outcome<never> => refuse("411", "Token id is missing, invalid, or timed out");

function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
