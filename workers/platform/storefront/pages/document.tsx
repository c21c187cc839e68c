import { raw } from "hono/html";
import { toScriptText } from "#services/catalog/product/index";
import { languageOf } from "./format.ts";
import { nonceMark } from "./nonce.ts";
import type { Place, Written } from "./page.ts";
import type { Reading } from "./reading.ts";
import { Header } from "./shell.tsx";

/** The files of the browser's part, as its build names them. */
export type Files = {
  readonly script: string;
  readonly styles: readonly string[];
  readonly preloads: readonly string[];
  readonly font: string | undefined;
};

/** The brand's letter; in the document, so that no page asks for an icon. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' " +
  "height='32' rx='9' fill='%234f46e5'/%3E%3Cpath d='M8 9h16v4h-6v11h-4V13H8z' fill='%23fff'/%3E%3C/svg%3E";

/** Before the first paint, so that nobody sees the other theme for a moment. */
const THEME = `{const t=localStorage.getItem("titan.theme");if(t)document.documentElement.dataset.theme=t}`;

type Given = {
  readonly place: Place;
  readonly written: Written;
  readonly path: string;
  readonly reading: Reading;
  readonly files: Files;
};

/** A whole document. Everything in it that runs names the nonce. */
export function writeDocument(given: Given): string {
  const { place, written, path, reading, files } = given;
  const { ctx, base } = place;
  const { locales, currency, timeZone } = ctx.config.market;
  const page = (
    <html
      lang={languageOf(place)}
      data-market={ctx.cell}
      data-base={base === "" ? "/" : base}
      data-locales={locales.join(",")}
      data-currency={currency}
      data-time-zone={timeZone}
    >
      <Head place={place} written={written} path={path} files={files} />
      <body>
        <div id="app">
          <Header place={place} />
          <main id="main" class="page">
            {written.body}
          </main>
        </div>
        <script id="seeds" type="application/json" nonce={nonceMark()}>
          {raw(toText(reading.seeds))}
        </script>
        <Scripts files={files} />
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}

const toText = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

/** Behind what is to be seen: a browser asks for the page's pictures before them. */
const Scripts = ({ files }: Pick<Given, "files">) => (
  <>
    <script type="module" nonce={nonceMark()} src={files.script} />
    {files.preloads.map((href) => (
      <link rel="modulepreload" fetchpriority="low" nonce={nonceMark()} href={href} />
    ))}
  </>
);

type HeadProps = Omit<Given, "reading">;

function Head({ place, written, path, files }: HeadProps) {
  const { origin, base } = place;
  const { title, description, image, indexed, jsonLd = [] } = written;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <title>{title}</title>
      <meta name="description" content={description} />
      <link rel="icon" type="image/svg+xml" href={ICON} />
      <meta name="color-scheme" content="light dark" />
      {!indexed && <meta name="robots" content="noindex" />}
      {indexed && <Addresses place={place} path={path} />}
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={`${origin}${base}${path}`} />
      {image !== undefined && <meta property="og:image" content={`${origin}${image}`} />}
      {files.font !== undefined && (
        <link rel="preload" as="font" type="font/woff2" href={files.font} crossorigin="anonymous" />
      )}
      {files.styles.map((href) => (
        <link rel="stylesheet" href={href} />
      ))}
      <script nonce={nonceMark()}>{raw(THEME)}</script>
      {jsonLd.map((data) => (
        <script type="application/ld+json" nonce={nonceMark()}>
          {raw(toScriptText(data as never))}
        </script>
      ))}
    </head>
  );
}

/** One page in several languages, each of which says where the others are. */
function Addresses({ place, path }: { readonly place: Place; readonly path: string }) {
  const { ctx, origin, base } = place;
  const { locales } = ctx.config.market;
  const tail = path === "/" ? "" : path;
  return (
    <>
      <link rel="canonical" href={`${origin}${base}${tail}` || origin} />
      {locales.map((locale, at) => (
        <link
          rel="alternate"
          hreflang={languageOf({ ctx, locale })}
          href={`${origin}${at === 0 ? "" : `/${locale}`}${tail}`}
        />
      ))}
    </>
  );
}
