import type { Schemas } from "../api/schema.gen.ts";

/** What the Worker wrote into the document: the market, and the language with its place in addresses. */
const { dataset, lang } = document.documentElement;

export type Locale = "en" | "id";
/** The market's two letters, as the API has them. */
export const market = dataset.market ?? "id";
/** ISO 4217; prices of the market are in it. */
export const currency = (dataset.currency ?? "IDR") as Schemas["Money"]["currency"];
/** BCP 47, with the market's country: `id-ID`, `en-SG`. */
export const language = lang;
export const locale: Locale = lang.startsWith("id") ? "id" : "en";
/** The market's own language has none. */
export const basePath = dataset.base ?? "/";
/** A path of this storefront as the address bar has it: `/en/account` beside the market's own language. */
export const hrefOf = (path: string): string => (basePath === "/" ? path : `${basePath}${path}`);
/** Where the market's days begin and end. */
export const timeZone = dataset.timeZone ?? "UTC";
