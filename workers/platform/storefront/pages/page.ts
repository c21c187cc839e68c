import type { Child } from "hono/jsx";
import type { Ctx } from "#kernel/ctx";
import type { Locale } from "#kernel/errors";
import type { Policy } from "#kernel/policy";
import type { Reading } from "./reading.ts";

/** Where a page is written for: addresses, language and the market's own words. */
export type Place = {
  readonly ctx: Ctx;
  /** Scheme and host of the storefront, without a slash at the end. */
  readonly origin: string;
  readonly locale: Locale;
  /** What stands before every path: nothing in the market's own language, `/en` in another. */
  readonly base: string;
};

/** A page's first HTML. What it leaves out, the browser adds: nothing here depends on who looks. */
export type Written = {
  readonly status: 200 | 404 | 503;
  readonly title: string;
  readonly description: string;
  /** Pages that are somebody's own, and results of searching, are not for crawlers. */
  readonly indexed: boolean;
  readonly image?: string;
  readonly jsonLd?: readonly object[];
  readonly body: Child;
};

export type Params = { readonly [name: string]: string };
type Asked = { readonly params: Params; readonly query: URLSearchParams };

export type Page = {
  /** As the router in the browser has it, `/products/:slug`. */
  readonly path: string;
  /** Who may see the first HTML; what is somebody's own the browser asks of the API, which has policies. */
  readonly policy: Policy;
  /** What takes it over, below web/src: its files are fetched with the first, and not one after another. */
  readonly module?: string;
  readonly write: (place: Place, reading: Reading, asked: Asked) => Promise<Written>;
};

/** The page's parameters when the path is its own. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const expected = pattern.split("/");
  const found = path.split("/");
  const isOpen = expected.at(-1) === "*";
  if (isOpen ? found.length < expected.length : found.length !== expected.length) return undefined;
  const params: { [name: string]: string } = {};
  for (const [at, part] of expected.entries()) {
    const value = found[at] ?? "";
    if (part === "*") return params;
    if (part.startsWith(":")) {
      if (!/^[\w-]{1,120}$/.test(value)) return undefined;
      params[part.slice(1)] = value;
    } else if (part !== value) return undefined;
  }
  return params;
}
