import type { Locale } from "#kernel/errors";
import { newNonce } from "./nonce.ts";
import { TEXTS } from "./texts.ts";

type Asked = {
  /** What a program would be told (RFC 9457): its status and headers stay. */
  readonly problem: Response;
  /** Of the request. */
  readonly url: string;
  /** Those of the market, its own first; none when no market was found. */
  readonly locales: readonly Locale[];
  readonly preferred: Locale;
};

/** Small and whole, in the colours of web/src/styles.css: who asks too much is not sent more to ask for. */
const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5;
  background: light-dark(oklch(0.985 0.003 260), oklch(0.17 0.012 265));
  color: light-dark(oklch(0.235 0.025 265), oklch(0.955 0.006 260)) }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; text-align: center }
main { max-width: 26rem; padding: 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 }
a { color: light-dark(oklch(0.5 0.205 275), oklch(0.74 0.13 278));
  display: inline-block; padding: 0.75rem 1.25rem; font-weight: 600 }`;

function wordsOf(status: number, seconds: number, locale: Locale): readonly [string, string] {
  const text = TEXTS[locale];
  if (status === 429) return [text.limited, text.limitedText(seconds)];
  if (status === 404) return [text.notFound, text.nothingHere];
  return [text.away, text.awayText];
}

/** A refusal for whoever looks at a page, in the page's language. */
export function writeRefusal({ problem, url, locales, preferred }: Asked): Response {
  const { pathname: path, search } = new URL(url);
  const named = /^\/(en|id)(?=\/|$)/.exec(path)?.[1] as Locale | undefined;
  const locale = locales.find((one) => one === named) ?? locales[0] ?? preferred;
  const seconds = Number(problem.headers.get("retry-after") ?? 0);
  const [title, words] = wordsOf(problem.status, seconds, locale);
  const nonce = newNonce();
  const html = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title} · Titan</title>
        <style nonce={nonce}>{STYLE}</style>
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          <p>{words}</p>
          {problem.status === 404 ? (
            <a href={locale === locales[0] ? "/" : `/${locale}`}>{TEXTS[locale].home}</a>
          ) : (
            <a href={search || "?"}>{TEXTS[locale].again}</a>
          )}
        </main>
      </body>
    </html>
  );
  const response = new Response(`<!doctype html>${html}`, problem);
  response.headers.set("content-type", "text/html; charset=utf-8");
  response.headers.set("content-language", locale);
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`;
  response.headers.set("content-security-policy", policy);
  return response;
}
