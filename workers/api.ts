import { type Actor, ANONYMOUS, isActing } from "#kernel/actor";
import { fileHeaders } from "#kernel/answer-headers";
import type { newApp, Seen } from "#kernel/app";
import { type Cell, type CellConfig, cellsOf, findCell } from "#kernel/cell";
import { type Clock, systemClock } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { fail } from "#kernel/errors";
import { createIds } from "#kernel/ids";
import { type Limit, limitRate, rateLeft, ratePolicy } from "#kernel/limits";
import { observeAnswer, takeDeltas } from "#kernel/metrics";
import { type Opening, openCtx } from "#kernel/open-ctx";
import { readLocale, toProblem } from "#kernel/problem";
import type { newRpc } from "#kernel/rpc";
import { sessionEpoch } from "#kernel/session-epoch";
import { readActor } from "#kernel/token";
import { newTraceId, readTraceId } from "#kernel/trace";
import { onMetrics } from "#objects/stubs";
import { allow, corsHeaders, preflight } from "./headers.ts";
import { visitRoom } from "./rooms.ts";

/** A service as remote procedures over its HTTP twin's commands and queries. */
type Remote = { readonly rpc: ReturnType<typeof newRpc> };

export type Service = { readonly app: ReturnType<typeof newApp> };

/** Path prefix -> the service that answers it, loaded on its first request, so that start-up stays flat. */
export const SERVICES: { readonly [prefix: string]: () => Promise<Service> } = {
  "/v1/orders": () => import("#services/transaction/order/routes"),
  "/v1/vouchers": () => import("#services/transaction/voucher/routes"),
  "/v1/payments": () => import("#services/transaction/payment/routes"),
  "/v1/refunds": () => import("#services/transaction/refund/routes"),
  "/v1/wallet": () => import("#services/transaction/wallet/routes/wallet"),
  "/v1/ledger": () => import("#services/transaction/wallet/routes/ledger"),
  "/v1/categories": () => import("#services/catalog/category/routes"),
  "/v1/sellers": () => import("./sellers.ts"),
  "/v1/seller-appeals": () => import("#services/catalog/seller/routes/appeals"),
  "/v1/commission-rules": () => import("#services/catalog/seller/routes/commission"),
  "/v1/products": () => import("#services/catalog/product/routes/products"),
  "/v1/duplicates": () => import("#services/catalog/product/routes/duplicates"),
  "/v1/offers": () => import("#services/catalog/product/routes/offers"),
  "/v1/feeds": () => import("#platform/product-feed/routes"),
  "/v1/media": () => import("#services/catalog/product/routes/media"),
  "/v1/auth": () => import("#services/social/auth/routes/index"),
  "/v1/users": () => import("./users.ts"),
  "/v1/notifications": () => import("#services/social/notification/routes"),
  "/v1/checkouts": () => import("#services/transaction/checkout/routes"),
  "/v1/search": () => import("#services/catalog/search/routes"),
  "/v1/ads": () => import("#services/catalog/ad/routes/ads"),
  "/v1/ad-campaigns": () => import("#services/catalog/ad/routes/campaigns"),
  "/v1/analytics": () => import("#services/intelligence/analytics/routes"),
  "/v1/dead-letters": () => import("#platform/redrive/routes"),
  "/v1/chats": () => import("#services/communication/chat/routes"),
  "/v1/recommendations": () => import("#services/catalog/recommendation/routes"),
  "/v1/reviews": () => import("#services/catalog/review/routes/reviews"),
  "/v1/questions": () => import("#services/catalog/review/routes/questions"),
  "/v1/carts": () => import("#services/transaction/cart/routes"),
  "/v1/flash-sales": () => import("#services/marketing/flash-sale/routes"),
  "/v1/livestreams": () => import("#services/communication/livestream/routes"),
  "/v1/inventory": () => import("#services/logistics/inventory/routes"),
  "/v1/calls": () => import("#services/communication/videocall/routes"),
  "/v1/tracking": () => import("#services/logistics/tracking/routes"),
  "/v1/shipping": () => import("#services/logistics/shipping/routes"),
  "/v1/metrics": () => import("#platform/metrics/routes/desk"),
  "/v1/backups": () => import("#platform/backup/routes"),
  "/v1/webhook-endpoints": () => import("#platform/webhooks-out/routes"),
};

/** Protobuf service -> who answers it, below /rpc, over Connect and gRPC-Web. */
export const REMOTES: { readonly [service: string]: () => Promise<Remote> } = {
  "titan.cart.v1.CartService": () => import("#services/transaction/cart/rpc"),
  "titan.inventory.v1.InventoryService": () => import("#services/logistics/inventory/rpc"),
  "titan.order.v1.OrderService": () => import("#services/transaction/order/rpc"),
  "titan.payment.v1.PaymentService": () => import("#services/transaction/payment/rpc"),
  "titan.product.v1.ProductService": () => import("#services/catalog/product/rpc"),
  "titan.user.v1.UserService": () => import("#services/social/user/rpc"),
};

/**
 * Platform parts answer for every market at once and are not limited: probes, scrapers and providers call
 * them, and a notification says by itself which market it is for.
 */
export const PLATFORM: { readonly [prefix: string]: () => Promise<Service> } = {
  "/.well-known": () => import("#platform/well-known/routes"),
  "/docs": () => import("#platform/docs/routes/page"),
  "/healthz": () => import("#platform/health/routes"),
  "/metrics": () => import("#platform/metrics/routes/scrape"),
  "/payments": () => import("#platform/payment-return/routes"),
  "/openapi.json": () => import("#platform/docs/routes/document"),
  "/readyz": () => import("#platform/readiness/routes"),
  "/v1/webhooks": () => import("#platform/webhooks/routes"),
};

/** Everything that is not the API is a page: its first HTML is written here, the rest is the browser's. */
const PAGES = async (): Promise<Answering> => {
  const { answerPage } = await import("#platform/storefront/pages/index");
  return {
    app: {
      fetch: async (request, ctx, seen) => {
        seen.route = "page";
        return answerPage(ctx, request, readInside);
      },
    },
  };
};

/** A page reads the API in the same isolate; for the numbers it is one answer, and not one a read. */
async function readInside(ctx: Ctx, request: Request): Promise<Response> {
  const [, , second = ""] = readUrl(request.url).path.split("/", 3);
  const load = SERVICES[`/v1/${second}`];
  if (!load) throw new Error(`no service /v1/${second}`);
  const { app } = loaded.get(load) ?? (await loadOnce(load));
  return app.fetch(request, ctx, { route: "none" });
}

const isPage = ({ method }: Request, first: string): boolean =>
  (method === "GET" || method === "HEAD") && !["v1", "rpc", "a"].includes(first);

/** Test seam: everything about a request that is not in the request. */
export type Surroundings = { readonly clock?: Clock };

export async function answer(
  request: Request,
  env: Env,
  execution: Pick<ExecutionContext, "waitUntil">,
  { clock = systemClock }: Surroundings = {},
): Promise<Response> {
  const startedAt = clock.now();
  const { hostname, path } = readUrl(request.url);
  const opening = {
    env,
    clock,
    requestId: createIds(clock).next("request"),
    traceId: readTraceId(request.headers) ?? newTraceId(),
    locale: readLocale(request),
    address: request.headers.get("cf-connecting-ip") ?? "local",
    defer: (work: Promise<unknown>) => execution.waitUntil(work),
  };
  const cors = corsHeaders(env, request);
  if (request.method === "OPTIONS" && cors) return preflight(cors);
  const asked = { request, hostname, path };
  const answered = await dispatch(asked, opening)
    .catch((error) => refuseRemote(asked, error, opening))
    .catch((error) => toProblem(error, opening));
  const response = answered.status < 400 ? answered : await toReader(asked, answered, opening);
  if (cors) allow(response, cors);
  response.headers.set("x-request-id", opening.requestId);
  flushMetrics(env, opening, startedAt);
  return response;
}

/** Who calls a remote procedure hears a refusal in his protocol, wherever it came from. */
async function refuseRemote({ request, path }: Asked, error: unknown, base: Base): Promise<Response> {
  const load = remoteOf(path);
  if (!load) throw error;
  return (await load()).rpc.refuse(request, error, base);
}

function remoteOf(path: string): (() => Promise<Remote>) | undefined {
  if (!path.startsWith("/rpc/")) return undefined;
  const [, , service = ""] = path.split("/", 3);
  return Object.hasOwn(REMOTES, service) ? REMOTES[service] : undefined;
}

/** Who looks at a page in a browser reads a refusal as a page. */
async function toReader({ request, hostname, path }: Asked, response: Response, { env, locale }: Base) {
  const [, first = "", second = ""] = path.split("/", 3);
  const isProgram = first === "a" || `/${first}` in PLATFORM || `/${first}/${second}` in SERVICES;
  const { headers } = request;
  if (isProgram || !isPage(request, first) || !headers.get("accept")?.includes("text/html")) return response;
  if (response.headers.get("content-type") !== "application/problem+json") return response;
  const { writeRefusal } = await import("#platform/storefront/pages/index");
  const { locales = [] } = findCell(env, hostname, headers)?.config.market ?? {};
  return writeRefusal({ problem: response, url: request.url, locales, preferred: locale });
}

/** An operator in somebody's name is let through one request at a time, and what he does is written down. */
async function watch(ctx: Ctx, { request: { method }, path }: Pick<Asked, "request" | "path">) {
  const { watchActing } = await import("#services/social/auth/index");
  return watchActing(ctx, { method, path });
}

type Base = Omit<Opening, "cell" | "actor">;
type Found = { readonly cell: Cell; readonly config: CellConfig };

type Asked = { readonly request: Request; readonly hostname: string; readonly path: string };

/** The runtime gives whole URLs, so two parts are cut out without parsing the rest at each request. */
function readUrl(url: string): { readonly hostname: string; readonly path: string } {
  const [, hostname = "", path = "/"] = /^https?:\/\/(\[[^\]]*\]|[^:/?#]*)[^/?#]*([^?#]*)/.exec(url) ?? [];
  return { hostname, path };
}

async function dispatch({ request, hostname, path }: Asked, base: Base): Promise<Response> {
  const { env } = base;
  const [, first = "", second = ""] = path.split("/", 3);
  const platform = PLATFORM[`/${first}`] ?? PLATFORM[`/${first}/${second}`];
  if (platform) return serve(platform, request, platformCtx(base));
  if (first === "v1" && second === "rooms") {
    const identifyHere = (found: Found) => identify(request, found, base);
    const refuseMoreHere = (limit: Limit) => refuseMore(limit, base);
    const visit = { request, hostname, path, identify: identifyHere, refuseMore: refuseMoreHere };
    return visitRoom(visit, base);
  }
  const remote = remoteOf(path);
  if (first === "a") return serveFile(request, path, base);
  const service = SERVICES[`/${first}/${second}`] ?? (isPage(request, first) ? PAGES : undefined);
  const load = remote ? async () => ({ app: (await remote()).rpc }) : service;
  if (!load) throw fail("route.not_found");
  const found = findCell(env, hostname, request.headers);
  if (!found) throw fail("market.not_found");
  // Whoever shows a bad token is somebody at an address, and is limited as one before hearing of it.
  const caller = await identify(request, found, base).catch(
    (error: unknown) => ({ kind: "bad", error }) as const,
  );
  const counted = caller.kind === "bad" ? ANONYMOUS : caller;
  const limit = await limitRate(env, counted, base.address, base.clock.now());
  if (!limit.within && remote) throw fail("request.limited", { retryAfter: limit.resetSeconds });
  if (!limit.within) return refuseMore(limit, base);
  if (caller.kind === "bad") throw caller.error;
  const actor = await buyerBehind(caller, request, found, base);
  const ctx = openCtx({ ...base, cell: found.cell, actor });
  const noteOutcome = isActing(actor) ? await watch(ctx, { request, path }) : undefined;
  const response = await serve(load, request, ctx);
  noteOutcome?.(response.status);
  return finish(ctx, response, limit);
}

/** The edge finds them before the Worker is asked (`run_worker_first` of wrangler.toml); here it does. */
async function serveFile({ method }: Request, path: string, { env }: Base): Promise<Response> {
  if (method !== "GET" && method !== "HEAD") throw fail("route.not_found");
  const file = await env.ASSETS.fetch(`https://assets.local${path}`);
  if (!file.ok) throw fail("route.not_found");
  const response = new Response(file.body, file);
  for (const [name, value] of Object.entries(fileHeaders(path))) response.headers.set(name, value);
  return response;
}

/** An import() gives up the isolate even when the module is there, and costs more than a cached answer. */
const loaded = new WeakMap<() => Promise<Answering>, Answering>();
type Answering = { readonly app: Pick<Service["app"], "fetch"> };

async function loadOnce(load: () => Promise<Answering>): Promise<Answering> {
  const service = await load();
  loaded.set(load, service);
  return service;
}

async function serve(load: () => Promise<Answering>, request: Request, ctx: Ctx): Promise<Response> {
  const startedAt = performance.now();
  const { app } = loaded.get(load) ?? (await loadOnce(load));
  const seen: Seen = { route: "none" };
  const response = await app.fetch(request, ctx, seen);
  const ms = performance.now() - startedAt;
  const status = seen.status ?? response.status;
  observeAnswer(ctx, { ...seen, status, seconds: ms / 1_000 });
  ctx.log.info("request", { method: request.method, route: seen.route, status, ms });
  return response;
}

function refuseMore(limit: Limit, base: Base): Response {
  const response = toProblem(fail("request.limited", { retryAfter: limit.resetSeconds }), base);
  response.headers.set("ratelimit-policy", ratePolicy(limit));
  response.headers.set("ratelimit", rateLeft(limit));
  return response;
}

function finish(ctx: Ctx, response: Response, limit: Limit): Response {
  response.headers.set("ratelimit-policy", ratePolicy(limit));
  response.headers.set("server-timing", `db;desc="round trips";dur=${ctx.trips()}`);
  return response;
}

/** JWT and session epoch: no database. A shop member names the shop with X-Seller. */
async function identify(request: Request, { cell, config }: Found, base: Base): Promise<Actor> {
  const token = request.headers.get("authorization");
  if (token === null) return ANONYMOUS;
  const issue = { env: base.env, cell, config };
  const shop = request.headers.get("x-seller");
  const { actor, epoch } = await readActor(issue, { token, shop, now: base.clock.now() });
  if (actor.kind === "user" && epoch !== undefined) {
    const redis = () => openCtx({ ...base, cell, actor }).redis;
    if (epoch < (await sessionEpoch(base.env, cell, actor.userId, redis)))
      throw fail("actor.unauthenticated");
  }
  return actor;
}

/** A key that may buy names the visitor it buys for by his cart token; the limit stays the key's own. */
async function buyerBehind(
  caller: Actor,
  request: Request,
  { cell, config }: Found,
  { env, clock }: Base,
): Promise<Actor> {
  const token = caller.kind === "service" ? request.headers.get("x-guest") : null;
  if (token === null || caller.kind !== "service") return caller;
  if (!caller.scopes.includes("buy")) throw fail("actor.forbidden");
  const bearer = { token: `Bearer ${token}`, shop: null, now: clock.now() };
  const { actor } = await readActor({ env, cell, config }, bearer);
  if (actor.kind !== "guest") throw fail("actor.unauthenticated");
  return actor;
}

function platformCtx(base: Base): Ctx {
  const [cell] = Object.keys(cellsOf(base.env));
  return openCtx({ ...base, cell: cell as Cell, actor: ANONYMOUS });
}

function flushMetrics(env: Env, { defer }: Base, startedAt: number): void {
  const deltas = takeDeltas(env, startedAt);
  if (deltas) defer(onMetrics({ objects: env }, (metrics) => metrics.add(deltas)).catch(() => undefined));
}
