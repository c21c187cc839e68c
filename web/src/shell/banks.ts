import type { Schemas } from "../api/schema.gen.ts";
import { currency } from "./page.ts";

/** Short names of banks that people of a market know, to show how one is written. */
const BANKS: { readonly [C in Schemas["Money"]["currency"]]: readonly [string, string] } = {
  IDR: ["bca", "mandiri"],
  SGD: ["dbs", "ocbc"],
  GBP: ["barclays", "hsbc"],
};
export const [oneBank, anotherBank] = BANKS[currency];
