import type { Place } from "./page.ts";

type Money = { readonly minor: string; readonly currency: string };

/** BCP 47 with the market's country: `id-ID`. */
export function languageOf({ ctx, locale }: Pick<Place, "ctx" | "locale">): string {
  const [country = "ID"] = ctx.config.market.countries;
  return `${locale}-${country}`;
}

/** As the browser writes the same amount: cents only where there are any. */
export function formatMoney(place: Pick<Place, "ctx" | "locale">, { minor, currency }: Money): string {
  const format = new Intl.NumberFormat(languageOf(place), {
    style: "currency",
    currency,
    minimumFractionDigits: DIGITS,
    maximumFractionDigits: DIGITS,
    trailingZeroDisplay: "stripIfInteger",
  } as Intl.NumberFormatOptions);
  return format.format(toDecimal({ minor, currency }) as unknown as number);
}

/** `1.234`: a number as the browser writes it. */
export const formatCount = (place: Pick<Place, "ctx" | "locale">, value: number): string =>
  new Intl.NumberFormat(languageOf(place)).format(value);

/** A day as the browser writes it, where the market is. */
export const formatDay = (place: Pick<Place, "ctx" | "locale">, iso: string): string =>
  new Intl.DateTimeFormat(languageOf(place), {
    dateStyle: "long",
    timeZone: place.ctx.config.market.timeZone,
  }).format(new Date(iso));

/** Every currency of our markets has cents. */
const DIGITS = 2;

/** `1500000` of IDR as `15000.00`, for machines. */
function toDecimal({ minor }: Money): string {
  const padded = minor.padStart(DIGITS + 1, "0");
  return `${padded.slice(0, -DIGITS)}.${padded.slice(-DIGITS)}`;
}
