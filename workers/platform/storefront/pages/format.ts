import { languageIn, moneyText } from "#kernel/money-text";
import type { Place } from "./page.ts";

type Money = { readonly minor: string; readonly currency: string };

type Speaking = Pick<Place, "ctx" | "locale">;

export const languageOf = ({ ctx, locale }: Speaking): string =>
  languageIn(locale, ctx.config.market.countries);

export const formatMoney = (place: Speaking, money: Money): string => moneyText(languageOf(place), money);

/** `1.234`: a number as the browser writes it. */
export const formatCount = (place: Speaking, value: number): string =>
  new Intl.NumberFormat(languageOf(place)).format(value);

/** A day as the browser writes it, where the market is. */
export const formatDay = (place: Speaking, iso: string): string =>
  new Intl.DateTimeFormat(languageOf(place), {
    dateStyle: "long",
    timeZone: place.ctx.config.market.timeZone,
  }).format(new Date(iso));
