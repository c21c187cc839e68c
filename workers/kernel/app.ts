import { type Context, Hono } from "hono";
import type { z } from "zod";
import { ANSWER_HEADERS, answerHeaders } from "./answer-headers.ts";
import { JsonText } from "./cache.ts";
import type { Ctx } from "./ctx.ts";
import { type FieldError, fail } from "./errors.ts";
import { once } from "./idempotency.ts";
import { authorise, type Policy } from "./policy.ts";
import { toProblem } from "./problem.ts";

/** A JSON command is small; files go through `raw` routes, which state a limit of their own. */
const BODY_BYTES_MAX = 64 * 1024;
/** Long enough for a UUID with a prefix; it is stored with each answer. */
const KEY_CHARS_MAX = 64;

/** A route is data: what answers it, guards it, documents it and tests it is read from here. */
export type RouteSpec = {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below the app's prefix, in the form of OpenAPI: `/{orderId}/cancel`. */
  readonly path: "" | `/${string}`;
  /** One sentence for the API reference. */
  readonly summary: string;
  readonly policy: Policy;
  readonly request: {
    readonly params?: z.ZodObject;
    readonly query?: z.ZodObject;
    /** Named in lower case. */
    readonly headers?: z.ZodObject;
    readonly body?: z.ZodType<object>;
    /** A body that is not one of our JSON commands: given as bytes, of one of these content types. */
    readonly raw?: { readonly contentTypes: readonly string[]; readonly bytesMax: number };
    /** JSON commands beyond the usual 64 KiB (bulk lines) say how large they may be. */
    readonly bytesMax?: number;
  };
  /** The answers of success by status, the usual one first; refusals are the service's error codes. */
  readonly responses: { readonly [status in 200 | 201 | 202 | 204 | 301 | 302]?: z.ZodType };
  /** Demands an Idempotency-Key and answers a retry with the first answer. */
  readonly idempotency?: "required";
  /** Demands If-Match with the version that was read; the handler finds it in `ifMatch`. */
  readonly concurrency?: "if-match";
  /** A valid input, flat: the API reference shows it and the common suite starts from it. */
  readonly example: { readonly [field: string]: unknown };
};

type Part<R extends RouteSpec, K extends string> = R["request"] extends {
  readonly [P in K]: infer S extends z.ZodType;
}
  ? z.output<S>
  : unknown;
type Headers_<R extends RouteSpec> = R["request"] extends { readonly headers: infer S extends z.ZodType }
  ? { readonly headers: z.output<S> }
  : unknown;
type Raw<R extends RouteSpec> = R["request"] extends { readonly raw: object }
  ? { readonly raw: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string } }
  : unknown;
type Key<R extends RouteSpec> = R extends { idempotency: "required" }
  ? { readonly idempotencyKey: string }
  : unknown;
type Match<R extends RouteSpec> = R extends { concurrency: "if-match" }
  ? { readonly ifMatch: number }
  : unknown;
export type Input<R extends RouteSpec> = Part<R, "params"> &
  Part<R, "query"> &
  Part<R, "body"> &
  Headers_<R> &
  Raw<R> &
  Key<R> &
  Match<R>;
type Dto<R extends RouteSpec> = Frozen<z.input<Extract<R["responses"][keyof R["responses"]], z.ZodType>>>;
/** An answer is only written out, so a handler may give read-only data. */
type Frozen<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [K in keyof T]: Frozen<T[K]> };
export type Output<R extends RouteSpec> = Dto<R> | JsonText<Dto<R>> | Reply<Dto<R>>;

/** An answer with headers or a status of its own; `body` may be bytes or a stream. */
export class Reply<T> {
  readonly body: T | JsonText<T> | ReadableStream | Uint8Array | null;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    body: Reply<T>["body"],
    {
      status,
      headers = {},
    }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

export const defineRoute = <const R extends RouteSpec>(spec: R): R => spec;

type Handler = (ctx: Ctx, input: object) => Promise<unknown>;
/**
 * Throws what is certain before a request is routed and read, from the isolate's memory and the path as it
 * came: who is turned away at the height of a rush costs half of one whose request is read.
 */
type TurnAway = (ctx: Ctx, params: { readonly [name: string]: string }) => void;
type Gate = Pick<RouteSpec, "method" | "policy"> & {
  readonly name: string;
  readonly url: RegExp;
  readonly turnAway: TurnAway;
};
/** What a request learns on its way: the metrics name answers by route. */
export type Seen = { route: string; status?: number };
type HonoEnv = { Bindings: { readonly ctx: Ctx; readonly seen: Seen } };

/** A service's HTTP face. Hono stays inside, so there is no way to add a route without a policy. */
export function newApp(prefix: `/${string}`) {
  const hono = new Hono<HonoEnv>().basePath(prefix);
  hono.notFound((c) => toProblem(fail("route.not_found"), c.env.ctx));
  hono.onError((error, c) => toProblem(error, c.env.ctx));
  const specs: RouteSpec[] = [];
  const gates: Gate[] = [];
  const app = {
    prefix,
    specs,
    route<const R extends RouteSpec>(
      spec: R,
      handle: (ctx: Ctx, input: Input<R>) => Promise<Output<R>>,
      turnAway?: TurnAway,
    ) {
      specs.push(spec);
      const name = `${spec.method.toUpperCase()} ${prefix}${spec.path}`;
      const status = Number(Object.keys(spec.responses)[0]);
      const path = spec.path === "" ? "/" : spec.path.replace(/\{(\w+)\}/g, ":$1");
      if (turnAway) gates.push({ ...spec, name, url: urlPattern(`${prefix}${spec.path}`), turnAway });
      hono.on(spec.method.toUpperCase(), path, async (c) => {
        const { ctx, seen } = c.env;
        seen.route = name;
        authorise(spec.policy, ctx.actor);
        const input = await readInput(c, spec);
        return respond(c, { spec, name, status, handle: handle as unknown as Handler }, input);
      });
      return app;
    },
    fetch: async (request: Request, ctx: Ctx, seen: Seen): Promise<Response> =>
      turnedAway(gates, request, ctx, seen) ?? hono.fetch(request, { ctx, seen }),
  };
  return app;
}

/** What a route's whole address looks like, with its parameters as they came. */
const urlPattern = (path: string): RegExp =>
  new RegExp(`^https?://[^/]*${path.replace(/\{(\w+)\}/g, "(?<$1>[^/?]+)")}(?:\\?|$)`);

function turnedAway(gates: readonly Gate[], request: Request, ctx: Ctx, seen: Seen): Response | undefined {
  for (const { method, policy, name, url, turnAway } of gates) {
    const params = request.method.toLowerCase() === method ? url.exec(request.url)?.groups : undefined;
    if (!params) continue;
    try {
      authorise(policy, ctx.actor);
      turnAway(ctx, params);
    } catch (error) {
      seen.route = name;
      return toProblem(error, ctx);
    }
  }
  return undefined;
}

/** A route with what is read from its spec once. */
type Mounted = {
  readonly spec: RouteSpec;
  readonly name: string;
  readonly status: number;
  readonly handle: Handler;
};

async function respond(
  c: Context<HonoEnv>,
  { spec, name, status, handle }: Mounted,
  input: object,
): Promise<Response> {
  const { ctx } = c.env;
  if (spec.idempotency === undefined) return toResponse(c.req.raw, await handle(ctx, input), status);
  const { idempotencyKey: key, ...rest } = input as { idempotencyKey: string };
  const { replayed, ...answer } = await once(ctx, { route: name, key, input: rest }, async () => {
    const response = await answerOf(c.req.raw, () => handle(ctx, input), status, ctx);
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, body: await response.text(), retryAfter };
  });
  const type = answer.status >= 400 ? "application/problem+json" : "application/json";
  const response = start(answer.body === "" ? null : answer.body, answer.status);
  response.headers.set("content-type", type);
  if (answer.retryAfter) response.headers.set("retry-after", answer.retryAfter);
  if (replayed) response.headers.set("idempotent-replayed", "true");
  return response;
}

/** A refusal of a keyed command is an answer like any other, and kept like one. */
async function answerOf(
  request: Request,
  handle: () => Promise<unknown>,
  status: number,
  ctx: Ctx,
): Promise<Response> {
  try {
    return toResponse(request, await handle(), status);
  } catch (error) {
    return toProblem(error, ctx);
  }
}

const JSON_HEADERS = answerHeaders({ "content-type": "application/json" });
const start = (body: BodyInit | null, status: number, headers = ANSWER_HEADERS) =>
  new Response(body, { status, headers });

function toResponse(request: Request, output: unknown, status: number): Response {
  if (output instanceof Reply) {
    const response = toResponse(request, output.body, output.status ?? status);
    for (const header in output.headers) response.headers.set(header, output.headers[header] ?? "");
    return response;
  }
  if (output === null || output === undefined) return start(null, status);
  if (output instanceof ReadableStream || output instanceof Uint8Array) {
    return start(output as BodyInit, status);
  }
  if (output instanceof JsonText) {
    const matches = request.headers.get("if-none-match") === output.etag;
    const response = matches ? start(null, 304) : start(output.text, status, JSON_HEADERS);
    response.headers.set("etag", output.etag);
    return response;
  }
  const response = start(JSON.stringify(output), status, JSON_HEADERS);
  const { version } = output as { version?: unknown };
  if (typeof version === "number") response.headers.set("etag", `"${version}"`);
  return response;
}

/** Parses what enters, once, and reports every bad field at once. A path parameter wins over a body field. */
async function readInput(c: Context, spec: RouteSpec): Promise<object> {
  const { request, idempotency, concurrency } = spec;
  const errors: FieldError[] = [];
  const read = (part: string, schema: z.ZodType | undefined, value: unknown): object => {
    const result = schema?.safeParse(value);
    for (const { path, code, message } of result?.error?.issues ?? []) {
      errors.push({ path: [part, ...path].join("."), code, message });
    }
    return (result?.data as object | undefined) ?? {};
  };
  const bytesMax = request.bytesMax ?? BODY_BYTES_MAX;
  const input: { [field: string]: unknown } = {
    ...read("body", request.body, request.body && (await readJson(c, bytesMax))),
    ...read("query", request.query, request.query && c.req.query()),
    ...read("params", request.params, request.params && c.req.param()),
  };
  if (request.headers) input.headers = read("headers", request.headers, readHeaders(c, request.headers));
  if (errors.length > 0) throw fail("request.invalid", { errors });
  if (request.raw) input.raw = await readRaw(c, request.raw);
  if (concurrency) input.ifMatch = readVersion(c);
  if (idempotency) input.idempotencyKey = readKey(c);
  return input;
}

/** Those that the route names: a record of all of them costs more than the rest of the reading. */
function readHeaders(c: Context, { shape, def }: z.ZodObject): object {
  // A loose object asks for whatever there is.
  if (def.catchall) return c.req.header();
  const headers: { [name: string]: string | undefined } = {};
  for (const name in shape) headers[name] = c.req.header(name);
  return headers;
}

function readKey(c: Context): string {
  const key = c.req.header("idempotency-key") ?? "";
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > KEY_CHARS_MAX) throw fail("request.key_missing");
  return key;
}

/** RFC 9110, 13.1.1: the entity tag of an answer is its version in quotes. */
function readVersion(c: Context): number {
  const header = c.req.header("if-match");
  if (header === undefined) throw fail("request.version_missing");
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw fail("request.stale");
  return Number(version);
}

async function readBytes(c: Context, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = c.req.header("content-length");
  if (Number(declared ?? 0) > bytesMax) throw fail("request.too_large");
  if (declared !== undefined) {
    // The runtime reads no more than was declared, and does so without a chunk at a time coming to us.
    const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
    if (bytes.byteLength > bytesMax) throw fail("request.too_large");
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Nobody said how much comes, so it is counted as it comes.
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > bytesMax) throw fail("request.too_large");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The content type is checked, because a form can be posted across origins without asking. */
async function readJson(c: Context, bytesMax: number): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) throw fail("request.not_json");
  const bytes = await readBytes(c, bytesMax);
  try {
    return JSON.parse(STRICT_UTF8.decode(bytes));
  } catch {
    throw fail("request.invalid", { detail: "The body is not JSON." });
  }
}

async function readRaw(
  c: Context,
  { contentTypes, bytesMax }: NonNullable<RouteSpec["request"]["raw"]>,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; contentType: string }> {
  const contentType = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!contentTypes.includes(contentType)) throw fail("request.unsupported");
  return { bytes: await readBytes(c, bytesMax), contentType };
}
