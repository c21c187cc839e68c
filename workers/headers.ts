import { cellsOf } from "#kernel/cell";

const PREFLIGHT_SECONDS = 600;
const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS =
  "authorization, content-type, idempotency-key, if-match, x-driver-pass, x-market, x-seller, traceparent, " +
  // What clients of Connect and gRPC-Web send and read.
  "connect-protocol-version, connect-timeout-ms, grpc-timeout, x-grpc-web, x-user-agent";
const EXPOSED =
  "etag, idempotent-replayed, ratelimit, ratelimit-policy, retry-after, x-request-id, " +
  "grpc-status, grpc-message, grpc-status-details-bin";

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

/** Lets the page that asked read the answer. */
export function allow({ headers }: Response, cors: Readonly<Record<string, string>>): void {
  for (const [header, value] of Object.entries(cors)) headers.set(header, value);
  headers.set("access-control-expose-headers", EXPOSED);
}
