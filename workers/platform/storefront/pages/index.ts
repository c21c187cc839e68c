import { ANONYMOUS } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { fail, isAppError, type Locale } from "#kernel/errors";
import { openCtx } from "#kernel/open-ctx";
import { open, type Policy } from "#kernel/policy";
import { type Files, writeDocument } from "./document.tsx";
import { FRAMES } from "./frames.ts";
import { home } from "./home.tsx";
import { documentOf } from "./kept.ts";
import { category, search } from "./lists.tsx";
import { live, liveList } from "./live.tsx";
import { newNonce, nonceMark } from "./nonce.ts";
import { away, notFound } from "./not-found.tsx";
import { matchPath, type Page, type Place, type Written } from "./page.ts";
import { product } from "./product.tsx";
import { type Inside, Moved, Reading } from "./reading.ts";
import { sale } from "./sale.tsx";
import { say } from "./say.ts";
import { shop } from "./shop.tsx";

/** The first HTML of what FRAMES names. */
const frame = (path: string): Page => ({
  path,
  policy: open,
  write: async (place): Promise<Written> => ({
    status: 200,
    indexed: false,
    title: `Titan · ${say(place).tagline}`,
    description: say(place).about,
    body: "",
  }),
});

export { writeRefusal } from "./refusal.tsx";

/** Every page that the router in the browser knows (web/src/routes.tsx), with what crawlers see of it. */
const PAGES: readonly Page[] = [
  ...[home, product, category, shop, search, live, liveList, sale],
  ...FRAMES.map(frame),
];

const LOCALE_SEGMENT = /^\/(en|id)(?=\/|$)/;

type Asked = { readonly place: Place; readonly path: string; readonly query: URLSearchParams };

/** The market's own language stands at the root; another one has its name before the path. */
function locate(ctx: Ctx, { origin, pathname, searchParams: query }: URL): Asked | undefined {
  const { locales } = ctx.config.market;
  const [usual = "en"] = locales;
  const named = LOCALE_SEGMENT.exec(pathname)?.[1] as Locale | undefined;
  if (named !== undefined && !locales.includes(named)) return undefined;
  const locale = named ?? usual;
  const base = named === undefined ? "" : `/${named}`;
  const path = pathname.slice(base.length).replace(/(.)\/$/, "$1") || "/";
  return { place: { ctx, origin, locale, base }, path, query };
}

/** The API is read as a visitor without an account would, in the page's language. */
const asVisitor = (ctx: Ctx, locale: Locale): Ctx => openCtx({ ...ctx, locale, actor: ANONYMOUS });

type Found = { readonly written: Written; readonly module?: string | undefined };

async function find(asked: Asked, reading: Reading): Promise<Found> {
  for (const { path: pattern, policy, module, write } of PAGES) {
    const params = matchPath(pattern, asked.path);
    if (!params) continue;
    refuseUnlessOpen(policy);
    return { module, written: await write(asked.place, reading, { params, query: asked.query }) };
  }
  return { written: notFound(asked.place) };
}

/** The first HTML is the same for everybody and may be kept: nothing that is not open may be in it. */
function refuseUnlessOpen({ kind }: Policy): void {
  if (kind !== "open") throw fail("actor.forbidden");
}

/** Writes a page's first HTML (the README beside it). */
export async function answerPage(ctx: Ctx, request: Request, inside: Inside): Promise<Response> {
  const url = new URL(request.url);
  const asked = locate(ctx, url);
  if (!asked) throw fail("route.not_found");
  const { place, path } = asked;
  const reading = new Reading(asVisitor(ctx, place.locale), inside, place.origin);
  const files = filesOf(ctx.env);
  try {
    const { written, module } = await find(asked, reading);
    const about = { place, written, path, reading, files: (await files)(module) };
    return respond(ctx, written, documentOf(about));
  } catch (error) {
    if (error instanceof Moved) return redirect(`${place.base}${error.pathFrom(path)}${url.search}`);
    const known = isAppError(error) ? error : undefined;
    if (known?.code !== "unavailable") throw error;
    const written = away(place);
    const html = writeDocument({ place, written, path, reading, files: (await files)() });
    const response = respond(ctx, written, html);
    response.headers.set("retry-after", String(known.retryAfter));
    return response;
  }
}

const redirect = (location: string): Response => new Response(null, { status: 301, headers: { location } });

function respond({ config }: Ctx, { status }: Written, html: string): Response {
  const nonce = newNonce();
  // Pictures of shows come from their provider, whichever page one was on when one began to watch.
  const video = config.stream ? [new URL(config.stream.playbackUrl).origin] : [];
  return new Response(html.replaceAll(nonceMark(), nonce), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policyWith(nonce, video),
      "cache-control": "private, no-cache",
      "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": "camera=(self), microphone=(self), geolocation=(self), payment=(self)",
      "cross-origin-opener-policy": "same-origin",
    },
  });
}

/** CSP level 3: scripts that the document names run, and what they load; nothing else does. */
const policyWith = (nonce: string, video: readonly string[]): string =>
  [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    ["media-src 'self' blob:", ...video].join(" "),
    ["connect-src 'self'", ...video].join(" "),
    "worker-src 'self' blob:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

type Chunk = {
  readonly file: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
};
/** Those of a page, by the module that takes it over. */
type FilesOf = (module?: string) => Files;
let files: Promise<FilesOf> | undefined;

/** Read once an isolate: a new build is a new deployment. */
function filesOf(env: Env): Promise<FilesOf> {
  files ??= readFiles(env).catch((error: unknown) => {
    files = undefined;
    throw error;
  });
  return files;
}

async function readFiles(env: Env): Promise<FilesOf> {
  const response = await env.ASSETS.fetch("https://assets.local/a/manifest.json");
  if (!response.ok) throw new Error("the pages are not built: npm start and npm run deploy do it");
  const chunks = await response.json<{ readonly [source: string]: Chunk }>();
  const entry = Object.values(chunks).find(({ isEntry }) => isEntry);
  if (!entry) throw new Error("the build of the pages has no entry");
  const at = (file: string) => `/a/${file}`;
  const shared = {
    script: at(entry.file),
    styles: (entry.css ?? []).map(at),
    font: entry.assets?.filter((file) => /latin-wght.*\.woff2$/.test(file) && !/ext/.test(file)).map(at)[0],
  };
  const known = new Map<string, Files>();
  return (module = "") => {
    const files = known.get(module) ?? {
      ...shared,
      preloads: importedBy([entry, chunks[`src/${module}`]], chunks),
    };
    known.set(module, files);
    return files;
  };
}

/** All that is loaded with these, however deep: a browser that finds out by itself waits once a level. */
function importedBy(
  roots: readonly (Chunk | undefined)[],
  chunks: { readonly [source: string]: Chunk },
): readonly string[] {
  const found = new Set<string>();
  const visit = (chunk: Chunk | undefined) => {
    if (!chunk || found.has(chunk.file)) return;
    found.add(chunk.file);
    for (const name of chunk.imports ?? []) visit(chunks[name]);
  };
  for (const root of roots) visit(root);
  return [...found].filter((file) => file !== roots[0]?.file).map((file) => `/a/${file}`);
}
