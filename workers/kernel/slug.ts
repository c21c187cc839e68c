import * as z from "zod";

/** Long enough for a product's name, short enough for a line of an address bar. */
const SLUG_CHARS_MAX = 100;

/** Never like an id: ids have an underscore, so one path segment takes either. */
export const zSlug = z
  .string()
  .max(SLUG_CHARS_MAX)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

/** Latin letters and digits of a name, without accents; "" when nothing is left of it. */
export function slugify(name: string, charsMax = SLUG_CHARS_MAX): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.replace(/['’]/g, "").match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, charsMax).replace(/-$/, "");
}

/** A slug that nothing else has: the end of an id is random. */
export function slugFor(name: string, id: string): string {
  const tail = id.slice(-8);
  const words = slugify(name, SLUG_CHARS_MAX - tail.length - 1);
  return words === "" ? tail : `${words}-${tail}`;
}
