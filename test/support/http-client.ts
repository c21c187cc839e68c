import { setTimeout as sleep } from "node:timers/promises";
import { type Cell, cellConfig } from "#kernel/cell";
import { systemClock } from "#kernel/clock";
import { createIds } from "#kernel/ids";
import { type Claims, signToken } from "#kernel/token";

/** Beyond this an answer has not come at all: the test says so instead of running into its own limit. */
const ANSWER_WITHIN_MS = 30_000;
/** Outlives every test file. */
const TOKEN_MS = 3_600_000;
const POLL_MS = 100;
/** What happens by queue, sweep and roll-up comes within this, on a machine that others use too. */
const EVENTUALLY_MS = 45_000;

export const ids = createIds(systemClock);

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer it knows, field by field.
export type Body = any;
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly bytes: Uint8Array;
};
export type Options = { readonly headers?: Readonly<Record<string, string>>; readonly key?: string };
type Served = { readonly url: string; readonly bindings: Readonly<Record<string, string>> };

export type Client = {
  readonly market: string;
  readonly token: string | undefined;
  call(method: string, path: string, body?: unknown, options?: Options): Promise<Answer>;
  get(path: string, options?: Options): Promise<Answer>;
  post(path: string, body?: unknown, options?: Options): Promise<Answer>;
  patch(path: string, body?: unknown, options?: Options): Promise<Answer>;
  /** The answer's body; fails with what was answered when it is a refusal. */
  read(path: string): Promise<Body>;
  do(path: string, body?: unknown, options?: Options): Promise<Body>;
};

type Who = {
  readonly market?: string;
  readonly token?: string | undefined;
  /** Where the call comes from, as the edge tells the Worker. */
  readonly address?: string;
};

/** Over HTTP and a socket, as everybody calls. A POST has an Idempotency-Key of its own unless given one. */
export function clientOf({ url }: Pick<Served, "url">, { market = "id", token, address }: Who = {}): Client {
  const call: Client["call"] = async (method, path, body, { headers = {}, key } = {}) => {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        "x-market": market,
        // A kept connection may be closed by the other side in the moment that it is used again.
        connection: "close",
        ...(body === undefined || raw ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(address === undefined ? {} : { "cf-connecting-ip": address }),
        ...(method === "POST" ? { "idempotency-key": key ?? crypto.randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const isJson = /json/.test(response.headers.get("content-type") ?? "") && bytes.length > 0;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
      bytes,
    };
  };
  const taken = async (what: string, answering: Promise<Answer>): Promise<Body> => {
    const { status, body } = await answering;
    if (status < 400) return body;
    throw new Error(`${what} answered ${status}: ${JSON.stringify(body).slice(0, 500)}`);
  };
  const post: Client["post"] = (path, body = {}, options) => call("POST", path, body, options);
  return {
    market,
    token,
    call,
    get: (path, options) => call("GET", path, undefined, options),
    post,
    patch: (path, body, options) => call("PATCH", path, body, options),
    read: (path) => taken(`GET ${path}`, call("GET", path)),
    do: (path, body, options) => taken(`POST ${path}`, post(path, body, options)),
  };
}

/** Somebody who signed in before the test: a token signed with the platform's own key. */
export async function signedClient(served: Served, claims: Claims, market = "id"): Promise<Client> {
  const env = served.bindings as unknown as Env;
  const issue = { env, cell: market as Cell, config: cellConfig(env, market).config };
  const token = await signToken(issue, claims, { now: Date.now(), lifetimeMs: TOKEN_MS });
  return clientOf(served, { market, token });
}

export const userClaims = (about: Partial<Extract<Claims, { use: "user" }>> = {}): Claims => ({
  use: "user",
  sub: ids.next("user"),
  sid: ids.next("session"),
  amr: ["pwd"],
  at: Date.now(),
  sh: [],
  ep: 0,
  ...about,
});

/** Looks until there is something to see, and says what it saw last when there is nothing in time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  { withinMs = EVENTUALLY_MS, seen = () => undefined as unknown } = {},
): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) {
      throw new Error(`waited ${withinMs} ms for ${what}; last seen: ${JSON.stringify(seen())}`);
    }
    await sleep(POLL_MS);
  }
}
