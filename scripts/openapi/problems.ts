import type { RouteSpec } from "#kernel/app";
import type { Policy } from "#kernel/policy";
import type { Json } from "./schemas.ts";

type Refusal = { readonly name: string; readonly description: string; readonly code: string };

const REFUSALS: { readonly [status: number]: Refusal } = {
  400: {
    name: "Invalid",
    description: "The request is not valid; `errors` says where.",
    code: "request.invalid",
  },
  401: {
    name: "Unauthenticated",
    description: "No token, or one that is not valid here.",
    code: "actor.unauthenticated",
  },
  403: { name: "Forbidden", description: "The caller may not do this.", code: "actor.forbidden" },
  404: {
    name: "Missing",
    description: "There is no such thing, or it is another's.",
    code: "route.not_found",
  },
  409: {
    name: "Conflict",
    description: "The state does not allow it; `code` says why.",
    code: "request.in_flight",
  },
  412: { name: "Stale", description: "It has changed since the version of If-Match.", code: "request.stale" },
  413: {
    name: "TooLarge",
    description: "The body is larger than this route takes.",
    code: "request.too_large",
  },
  415: { name: "Unsupported", description: "The content type is not taken here.", code: "request.not_json" },
  422: {
    name: "KeyReused",
    description: "The Idempotency-Key was used for another request.",
    code: "request.key_reused",
  },
  428: { name: "VersionMissing", description: "If-Match is missing.", code: "request.version_missing" },
  429: { name: "Limited", description: "Too many requests; see Retry-After.", code: "request.limited" },
  500: { name: "Internal", description: "A mistake of ours; quote the request id.", code: "internal" },
  503: { name: "Unavailable", description: "A part is away; see Retry-After.", code: "unavailable" },
};

export const PROBLEM: Json = {
  type: "object",
  description: "An error answer (RFC 9457). `code` is stable; `title` is in the caller's language.",
  required: ["type", "title", "status", "code", "requestId"],
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string" },
    code: { type: "string", examples: ["order.not_found"] },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "code", "message"],
        properties: {
          path: { type: "string", examples: ["body.lines.0.quantity"] },
          code: { type: "string" },
          message: { type: "string" },
        },
      },
    },
  },
};

export function problemResponses(): Json {
  const entries = Object.entries(REFUSALS).map(([status, { name, description, code }]) => {
    const example = {
      type: `/problems/${code}`,
      title: description,
      status: Number(status),
      code,
      requestId: "req_01jd8zt4w8h5vc6q1m9a2r7sxy",
    };
    const retry = { "Retry-After": { schema: { type: "integer" }, description: "Seconds to wait." } };
    const headers = status === "429" || status === "503" || status === "409" ? { headers: retry } : {};
    const content = { schema: { $ref: "#/components/schemas/Problem" }, example };
    return [name, { description, ...headers, content: { "application/problem+json": content } }];
  });
  return Object.fromEntries(entries);
}

const isOpen = (policy: Policy): boolean =>
  policy.kind === "open" || (policy.kind === "anyOf" && policy.policies.some(isOpen));

/** Which refusals a route can answer with follows from what it asks for. */
export function refusalsOf({ policy, request, idempotency, concurrency }: RouteSpec): Json {
  const hasBody = Boolean(request.body || request.raw);
  const wanted: readonly (readonly [number, boolean])[] = [
    [400, Boolean(hasBody || request.params || request.query || request.headers || idempotency)],
    [401, true],
    [403, !isOpen(policy)],
    [404, Boolean(request.params)],
    [409, Boolean(hasBody || idempotency)],
    [412, Boolean(concurrency)],
    [413, hasBody],
    [415, hasBody],
    [422, Boolean(idempotency)],
    [428, Boolean(concurrency)],
    [429, true],
    [500, true],
    [503, true],
  ];
  const used = wanted.filter(([, isUsed]) => isUsed).map(([status]) => status);
  return Object.fromEntries(
    used.map((status) => [status, { $ref: `#/components/responses/${REFUSALS[status]?.name}` }]),
  );
}

/** The policy as OpenAPI's security: every token is a bearer token, whoever it was issued to. */
export function securityOf(policy: Policy): readonly Json[] {
  if (policy.kind === "open") return [];
  return isOpen(policy) ? [{}, { bearer: [] }] : [{ bearer: [] }];
}

export function describePolicy(policy: Policy): string {
  switch (policy.kind) {
    case "open":
      return "anyone";
    case "guest":
      return "the holder of a cart token";
    case "buyer":
      return "a person who is signed in";
    case "seller":
      return `a member of the shop with \`${policy.permission}\``;
    case "operator":
      return `an operator with \`${policy.permission}\``;
    case "service":
      return `an API key with \`${policy.scope}\``;
    case "anyOf":
      return policy.policies.map(describePolicy).join(", or ");
  }
}
