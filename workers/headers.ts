import { cellsOf } from "#kernel/cell";

const PREFLIGHT_SECONDS = 600;
const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS =
  "authorization, content-type, idempotency-key, if-match, x-market, x-seller, traceparent";
const EXPOSED = "etag, idempotent-replayed, ratelimit, ratelimit-policy, retry-after, x-request-id";

/** The API answers data: nothing in it may run, frame or be guessed at. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** The reference page runs our own script and none from elsewhere. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
  "frame-ancestors 'none'; base-uri 'none'";

const SECURITY: readonly (readonly [string, string])[] = [
  ["strict-transport-security", "max-age=63072000; includeSubDomains; preload"],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"],
  ["cross-origin-resource-policy", "same-site"],
];

/** Undefined when the request is of the same origin, or of one that is not on the list. */
export function corsHeaders(env: Env, request: Request): Readonly<Record<string, string>> | undefined {
  const origin = request.headers.get("origin");
  if (origin === null) return undefined;
  const known =
    env.CORS_ORIGINS.split(",").includes(origin) ||
    Object.values(cellsOf(env)).some((config) => config.origin === origin);
  if (!known) return undefined;
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    vary: "origin",
  };
}

export function preflight(cors: Readonly<Record<string, string>>): Response {
  const headers = {
    ...cors,
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": REQUEST_HEADERS,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
  return new Response(null, { status: 204, headers });
}

/** What every answer carries, set on the answer itself; a policy that it set already stays. */
export function secure(
  { headers }: Response,
  path: string,
  cors: Readonly<Record<string, string>> | undefined,
): void {
  for (const [header, value] of SECURITY) headers.set(header, value);
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", path.startsWith("/docs") ? PAGE_POLICY : API_POLICY);
  }
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (cors) {
    for (const [header, value] of Object.entries(cors)) headers.set(header, value);
    headers.set("access-control-expose-headers", EXPOSED);
  }
}
