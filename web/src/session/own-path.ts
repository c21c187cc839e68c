/** Stands for whichever site the page is of. */
const HERE = "https://here.invalid";

/**
 * The path of this storefront that somebody may be sent on to, as `/account/orders?state=paid`. Browsers read
 * `//`, `/\` and a tab or line break between them as another site, so the path is read as they read it.
 */
export function ownPath(given: unknown): string | undefined {
  if (typeof given !== "string" || !given.startsWith("/")) return undefined;
  const read = URL.parse(given, HERE);
  if (read?.origin !== HERE || read.pathname.startsWith("//")) return undefined;
  return `${read.pathname}${read.search}${read.hash}`;
}
