import { moneyText } from "#kernel/money-text";
import type { Schemas } from "../api/schema.gen.ts";
import { type Locale, language, locale, timeZone } from "./page.ts";

/** Texts of a screen in both languages; the second has what the first has. */
export function texts<const T extends { readonly [name: string]: Said }>(of: {
  readonly en: T;
  readonly id: { readonly [K in keyof T]: Loose<T[K]> };
}): { readonly [K in keyof T]: Loose<T[K]> } {
  return of[locale as Locale] as { readonly [K in keyof T]: Loose<T[K]> };
}
type Said = string | ((...values: never[]) => string);
type Loose<S> = S extends string ? string : S;

type Money = Schemas["Money"];

export const money = (amount: Money): string => moneyText(language, amount);

const days = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone });
/** A day where the market is. */
export const day = (iso: string): string => days.format(new Date(iso));

const numbers = new Intl.NumberFormat(language);
export const count = (value: number): string => numbers.format(value);

type Texts = { readonly en: string; readonly id?: string | undefined };
/** A seller's text in the page's language, or in the one that he wrote. */
export const said = (of: Texts | null | undefined): string => (of && (of[locale] ?? of.en)) ?? "";
