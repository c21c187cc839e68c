import { currency } from "../shell/page.ts";
import { money } from "../shell/text.ts";

/** Spending is counted in parts of a minor unit, which nobody pays: what is shown is what is whole. */
export const adMoney = (minor: string): string => money({ minor: minor.split(".", 1)[0] || "0", currency });
