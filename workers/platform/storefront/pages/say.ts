import type { Place } from "./page.ts";
import { TEXTS } from "./texts.ts";

/** What a page says by itself, in its language. */
export const say = ({ locale }: Pick<Place, "locale">) => TEXTS[locale];
