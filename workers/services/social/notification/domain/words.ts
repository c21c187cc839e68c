import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import { moneyText } from "#kernel/money-text";

const TAGS: { readonly [L in Locale]: string } = { en: "en-GB", id: "id-ID" };

/** What a template needs to speak: a language, a place in time, and where its links lead. */
export type Voice = {
  readonly locale: Locale;
  /** With the market's country: `en-ID`. */
  readonly language: string;
  readonly timeZone: string;
  /** The market's storefront, without a slash at the end. */
  readonly origin: string;
};

export const say = ({ locale }: Pick<Voice, "locale">, words: { readonly [L in Locale]: string }): string =>
  words[locale];

/** As the storefront writes it, but that no mail needs a space that does not break. */
export const money = ({ language }: Pick<Voice, "language">, minor: string, currency: Currency): string =>
  moneyText(language, { minor, currency }).replace(/\s/g, " ");

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
