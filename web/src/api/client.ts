import { addressOf } from "#kernel/address";
import { type Identity, isSomebodyElse } from "../session/person.ts";
import { bearer, identity, renew } from "../session/tokens.ts";
import { market } from "../shell/page.ts";
import type { Routes } from "./schema.gen.ts";

export type RouteName = keyof Routes;
/** Names of the routes that only read. */
export type ReadName = Extract<RouteName, `GET ${string}`>;
export type Answer<N extends RouteName> = Routes[N]["answer"];
export type Input<N extends RouteName> = Omit<Routes[N], "answer">;
type Anything = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
};
export type Options = {
  /** A retry of a keyed command says the same key, so that it happens once. */
  readonly key?: string;
  /** The version that the change was decided on. */
  readonly ifMatch?: number;
  /** The shop that one acts for. */
  readonly seller?: string;
  /** A waiting room's turn, shown with a claim of its sale. */
  readonly turn?: string;
  /** It may outlive the page. */
  readonly keepalive?: boolean;
  readonly signal?: AbortSignal;
};

/** A field that the API refuses, as `body.lines.0.quantity`. */
type BadField = { readonly path: string; readonly code: string; readonly message: string };

/** A refusal as RFC 9457 has it; `title` is in the page's language and may be shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | undefined;
  readonly fields: readonly BadField[];
  /** Seconds after which the same call may be tried again. */
  readonly retryAfter: number | undefined;
  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    super(problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "network";
    this.title = problem.title ?? "";
    this.requestId = problem.requestId;
    this.fields = problem.errors ?? [];
    this.retryAfter = retryAfter;
  }
}
type Problem = {
  readonly code: string;
  readonly title: string;
  readonly requestId: string;
  readonly errors: readonly BadField[];
};

/** Calls the API as whoever is signed in, or as the holder of the guest's cart. */
export async function call<N extends RouteName>(
  name: N,
  input: Input<N>,
  options: Options = {},
): Promise<Answer<N>> {
  const response = await send(name, input as Anything, options);
  if (response.status === 204) return undefined as Answer<N>;
  if (!response.headers.get("content-type")?.includes("json")) return (await response.text()) as Answer<N>;
  return (await response.json()) as Answer<N>;
}

/** Sends a file: the body of a route that takes bytes. */
export const upload = <N extends RouteName>(
  name: N,
  input: Input<N>,
  file: Blob,
  options: Options = {},
): Promise<Answer<N>> => call(name, { ...input, body: file }, options);

/** Bytes that are somebody's own, which a plain link could not ask for. */
export async function download<N extends ReadName>(
  name: N,
  input: Input<N>,
  options: Options = {},
): Promise<Blob> {
  return (await send(name, input as Anything, options)).blob();
}

/** The answer as it came, once it is known to be one of success. */
async function send(name: RouteName, input: Anything, options: Options = {}): Promise<Response> {
  const asker = identity.get();
  const token = await bearer();
  refuseForAnother(asker);
  const response = await once(name, input, { ...options, token });
  if (response.ok) return response;
  const refusal = await refusalOf(response);
  // The token may have died a moment ago, or the session elsewhere.
  if (token !== undefined && refusal.status === 401 && !PROOFS_REFUSED.has(refusal.code)) {
    const renewed = await renew(token);
    refuseForAnother(asker);
    if (renewed !== undefined) {
      const again = await once(name, input, { ...options, token: renewed });
      if (again.ok) return again;
      throw await refusalOf(again);
    }
  }
  throw refusal;
}

/** Another tab may have signed somebody else in: what was asked for here is not asked for in his name. */
function refuseForAnother(asker: Identity): void {
  if (isSomebodyElse(asker, identity.get())) throw new ApiError(409, { code: "session.changed" });
}

/** 401 of a password, code or link that is wrong: another token would only count the guess twice. */
const PROOFS_REFUSED: ReadonlySet<string> = new Set([
  "auth.wrong_credentials",
  "auth.code_wrong",
  "auth.ticket_dead",
  "auth.passkey_refused",
  "auth.provider_refused",
]);

async function once(
  name: RouteName,
  input: Anything,
  {
    key,
    ifMatch,
    seller,
    turn,
    keepalive = false,
    signal,
    token,
  }: Options & { readonly token: string | undefined },
): Promise<Response> {
  const [method = "GET"] = name.split(" ", 1);
  const headers = new Headers({ "x-market": market, "accept-language": document.documentElement.lang });
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (key !== undefined) headers.set("idempotency-key", key);
  if (ifMatch !== undefined) headers.set("if-match", `"${ifMatch}"`);
  if (seller !== undefined) headers.set("x-seller", seller);
  if (turn !== undefined) headers.set("x-sale-turn", turn);
  const request: RequestInit = { method, headers, keepalive, ...(signal && { signal }) };
  if (input.body instanceof Blob) {
    headers.set("content-type", input.body.type);
    request.body = input.body;
  } else if (input.body !== undefined) {
    headers.set("content-type", "application/json");
    request.body = JSON.stringify(input.body);
  }
  return fetch(addressOf(name, input), request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { code: "network" });
  });
}

async function refusalOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(response.status, problem, Number.isNaN(retryAfter) ? undefined : retryAfter);
}
