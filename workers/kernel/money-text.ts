import type { Locale } from "./errors.ts";

/** ISO 4217 gives every currency of our markets cents, also the rupiah, of which Intl shows none. */
const DIGITS = 2;

/** BCP 47 with the market's country, `en-ID`: digits stand as they do there, whatever the language. */
export const languageIn = (locale: Locale, [country = "ID"]: readonly string[]): string =>
  `${locale}-${country}`;

/** Making one costs more than using it; there are as many as markets have languages. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(language: string, currency: string): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    minimumFractionDigits: DIGITS,
    maximumFractionDigits: DIGITS,
    // Nobody pays sen: they are shown only where there are any.
    trailingZeroDisplay: currency === "IDR" ? "stripIfInteger" : "auto",
  } as Intl.NumberFormatOptions);
  formats.set(key, made);
  return made;
}

type Amount = { readonly minor: string; readonly currency: string };

/** `Rp 150.000`, `$12.50`: the one way in which pages, mails and answers write money; no float touches it. */
export function moneyText(language: string, { minor, currency }: Amount): string {
  const sign = minor.startsWith("-") ? "-" : "";
  const digits = minor.slice(sign.length).padStart(DIGITS + 1, "0");
  const decimal = `${sign}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
  // `format` takes a decimal numeral as text; the type asks for a literal that the compiler can see.
  return formatOf(language, currency).format(decimal as Intl.StringNumericLiteral);
}
