import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What `npm start` writes beside its data while it runs. */
export type RunningAt = {
  readonly url: string;
  readonly mailUrl: string;
  readonly midtransUrl: string;
  readonly biteshipUrl: string;
  /** The server of every local cell's database. */
  readonly postgresUrl: string;
  readonly bindings: Readonly<Record<string, string>>;
};

/** Of the platform that `npm start` runs, unless DATA_DIR names another's. */
export const DATA_DIR = process.env.DATA_DIR ?? join(import.meta.dirname, "../.data");
const URL_DEFAULT = "http://127.0.0.1:8787";
/** An answer that takes longer will not come. */
const ANSWER_WITHIN_MS = 60_000;
/** A limit of a minute asks to wait for the rest of it; beyond this something is wrong. */
const WAIT_SECONDS_MAX = 65;
const TRIES_MAX = 6;
/** A token is renewed this long before it ends, so that none ends on its way. */
const RENEW_MS = 60_000;

/** The platform that runs on this machine, or undefined. */
export function findRunning(dataDir = DATA_DIR): RunningAt | undefined {
  return readJson<RunningAt>(join(dataDir, "platform.json"));
}

export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
}

type Problem = {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};

/** A refusal as the API gave it (RFC 9457). */
export class RefusedError extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(call: string, status: number, problem: Problem) {
    const fields = problem.errors?.map(({ path, message }) => `${path}: ${message}`) ?? [];
    const said = [problem.title, problem.detail, ...fields.slice(0, 5)].filter(Boolean).join(" ");
    super(`${call} answered ${status} ${problem.code ?? ""}: ${said} (${problem.requestId ?? "no id"})`);
    this.name = "RefusedError";
    this.status = status;
    this.code = problem.code;
  }
}

type Ask = {
  /** Idempotency-Key: the same key again has the first answer, so the call may be repeated. */
  readonly key?: string;
  /** The version that was read. */
  readonly ifMatch?: number;
  /** For a key that buys: the cart token of the visitor it buys for. */
  readonly guest?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export type Client = {
  readonly url: string;
  readonly market: string;
  get<T>(path: string, ask?: Ask): Promise<T>;
  post<T>(path: string, body?: unknown, ask?: Ask): Promise<T>;
  patch<T>(path: string, body: unknown, ask?: Ask): Promise<T>;
  put<T>(path: string, body: unknown, ask?: Ask): Promise<T>;
  delete(path: string, ask?: Ask): Promise<void>;
  /** Sends a file; for what is not JSON. */
  upload<T>(path: string, body: string | Uint8Array, contentType: string): Promise<T>;
  /** The same to one address, again and again if need be. */
  putBytes(path: string, body: Uint8Array): Promise<void>;
  /** An answer that is not JSON. */
  bytes(path: string): Promise<Uint8Array>;
  /** Every page of a list. */
  all<T>(path: string): Promise<readonly T[]>;
};

type Opening = {
  readonly url?: string | undefined;
  readonly market: string;
  /** Somebody's access token. */
  readonly token?: string | undefined;
  /** What the service key must be allowed to do; without `token` and `scopes` nobody is signed in. */
  readonly scopes?: readonly string[] | undefined;
  /** Else SERVICE_KEY of the environment, else the key that the seed made for this machine. */
  readonly serviceKey?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly locale?: string;
};

type Token = () => Promise<string | undefined>;

export async function openClient(opening: Opening): Promise<Client> {
  const { market, token, scopes, dataDir = DATA_DIR } = opening;
  const url = (opening.url ?? findRunning(dataDir)?.url ?? URL_DEFAULT).replace(/\/$/, "");
  const base = { url, market, locale: opening.locale ?? "en" };
  if (!scopes) return clientOf(base, async () => token);
  const key = opening.serviceKey ?? process.env.SERVICE_KEY ?? keyOf(dataDir, market);
  const renew = await exchange(
    clientOf(base, async () => undefined),
    key,
    scopes,
  );
  return clientOf(base, renew);
}

function keyOf(dataDir: string, market: string): string {
  const key = readJson<{ readonly [market: string]: string }>(join(dataDir, "service-key.json"))?.[market];
  if (key) return key;
  throw new Error(`no service key for ${market}: set SERVICE_KEY, or run npm start once for a local one`);
}

type Access = {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly scopes: readonly string[];
};

/** A key is traded for a token of minutes, and again before that ends. */
async function exchange(anonymous: Client, apiKey: string, scopes: readonly string[]): Promise<Token> {
  const trade = () => anonymous.post<Access>("/v1/auth/token", { apiKey });
  let access = await trade();
  const missing = scopes.filter((scope) => !access.scopes.includes(scope));
  if (missing.length > 0) throw new Error(`the service key lacks the scope ${missing.join(", ")}`);
  let renewing: Promise<Access> | undefined;
  return async () => {
    if (Date.parse(access.expiresAt) - RENEW_MS > Date.now()) return access.accessToken;
    renewing ??= trade().finally(() => {
      renewing = undefined;
    });
    access = await renewing;
    return access.accessToken;
  };
}

type Base = { readonly url: string; readonly market: string; readonly locale: string };
type Body = { readonly content: string | Uint8Array; readonly type: string } | undefined;

function clientOf(base: Base, token: Token): Client {
  const call = (method: Method, path: string, body: Body, ask?: Ask) =>
    insist({ base, method, path, body, ask: ask ?? {}, token });
  const json = async <T>(method: Method, path: string, value?: unknown, ask?: Ask): Promise<T> => {
    const body =
      value === undefined ? undefined : { content: JSON.stringify(value), type: "application/json" };
    const response = await call(method, path, body, ask);
    const text = await response.text();
    // The caller names the shape of the answer that it knows.
    return (text === "" ? null : JSON.parse(text)) as T;
  };
  const get = <T>(path: string, ask?: Ask) => json<T>("GET", path, undefined, ask);
  return {
    url: base.url,
    market: base.market,
    get,
    post: (path, body = {}, ask) => json("POST", path, body, ask),
    patch: (path, body, ask) => json("PATCH", path, body, ask),
    put: (path, body, ask) => json("PUT", path, body, ask),
    delete: async (path, ask) => void (await call("DELETE", path, undefined, ask)),
    upload: async <T>(path: string, content: string | Uint8Array, type: string) =>
      (await (await call("POST", path, { content, type })).json()) as T,
    putBytes: async (path, content) => {
      await call("PUT", path, { content, type: "application/octet-stream" });
    },
    bytes: async (path) => new Uint8Array(await (await call("GET", path, undefined)).arrayBuffer()),
    all: (path) => walk(get, path),
  };
}

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

async function walk<T>(get: Client["get"], path: string): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "limit=100" : `limit=100&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

type Call = {
  readonly base: Base;
  readonly method: Method;
  readonly path: string;
  readonly body: Body;
  readonly ask: Ask;
  readonly token: Token;
};

/** Waits as long as the API asks to, where repeating does no harm. */
async function insist(call: Call): Promise<Response> {
  const { method, path, ask } = call;
  for (let tries = 1; ; tries++) {
    const response = await send(call);
    if (response.ok) return response;
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    const isHarmless = response.status === 429 || method === "GET" || ask.key !== undefined;
    const mayRepeat = isHarmless && tries < TRIES_MAX && seconds <= WAIT_SECONDS_MAX;
    if (!mayRepeat) throw new RefusedError(`${method} ${path}`, response.status, await problemOf(response));
    await response.body?.cancel();
    await sleep(seconds * 1_000);
  }
}

async function send({ base, method, path, body, ask, token }: Call): Promise<Response> {
  const bearer = await token();
  try {
    return await fetch(base.url + path, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        "x-market": base.market,
        "accept-language": base.locale,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body ? { "content-type": body.type } : {}),
        ...(ask.key === undefined ? {} : { "idempotency-key": ask.key }),
        ...(ask.ifMatch === undefined ? {} : { "if-match": `"${ask.ifMatch}"` }),
        ...(ask.guest === undefined ? {} : { "x-guest": ask.guest }),
        ...ask.headers,
      },
      body: body?.content ?? null,
    });
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: Error };
    throw new Error(`${method} ${base.url}${path}: ${cause?.message || message}. Is the platform running?`);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { title: text.slice(0, 200) };
  }
}
