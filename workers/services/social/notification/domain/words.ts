import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";

const TAGS: { readonly [L in Locale]: string } = { en: "en-GB", id: "id-ID" };

/** What a template needs to speak: a language, a place in time, and where its links lead. */
export type Voice = {
  readonly locale: Locale;
  readonly timeZone: string;
  /** The market's storefront, without a slash at the end. */
  readonly origin: string;
};

export const say = ({ locale }: Pick<Voice, "locale">, words: { readonly [L in Locale]: string }): string =>
  words[locale];

/** Rupiah are shown whole when they are, since nobody pays sen. Digits go in as text, never as a float. */
export function money({ locale }: Pick<Voice, "locale">, minor: string, currency: Currency): string {
  const sign = minor.startsWith("-") ? "-" : "";
  const digits = minor.replace("-", "").padStart(3, "0");
  const amount = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  const format = new Intl.NumberFormat(TAGS[locale], {
    style: "currency",
    currency,
    // Stated, since the locale's data gives rupiah none and would round.
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    trailingZeroDisplay: currency === "IDR" ? "stripIfInteger" : "auto",
  });
  // `format` takes a decimal numeral as text; the type asks for a literal that the compiler can see.
  return format.format(amount as Intl.StringNumericLiteral).replace(/\s/g, " ");
}

export const moment = ({ locale, timeZone }: Voice, at: number): string =>
  new Intl.DateTimeFormat(TAGS[locale], {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
