import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { type Actor, SYSTEM } from "#kernel/actor";
import { type Cell, cellConfig } from "#kernel/cell";
import type { Clock } from "#kernel/clock";
import { consumeFacts, runJobs } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import { due } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import { createIds, type Id } from "#kernel/ids";
import { openCtx } from "#kernel/open-ctx";
import type { OperatorRole, Scope, ShopRole } from "#kernel/permission";
import { isDueMessage, type Message } from "#kernel/relay";
import { type Claims, signToken } from "#kernel/token";
import { newTraceId } from "#kernel/trace";
import { answer } from "../../workers/api.ts";
import { CONSUMERS, JOBS } from "../../workers/catalogue.ts";

const TOKEN_MS = 300_000;
/** Handlers may emit in turn; a chain longer than this goes in circles. */
const ROUNDS_MAX = 20;

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer it knows, field by field.
type Body = any;
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly bytes: Uint8Array;
};
type Options = { readonly headers?: Readonly<Record<string, string>>; readonly key?: string };
export type Client = {
  readonly actor: Actor;
  readonly token: string | undefined;
  get(path: string, options?: Options): Promise<Answer>;
  delete(path: string, options?: Options): Promise<Answer>;
  post(path: string, body?: unknown, options?: Options): Promise<Answer>;
  put(path: string, body?: unknown, options?: Options): Promise<Answer>;
  patch(path: string, body?: unknown, options?: Options): Promise<Answer>;
};

export type TestClock = Clock & { set(at: number): void; advance(ms: number): void };

function createClock(start: number): TestClock {
  let at = start;
  return {
    now: () => at,
    set: (next) => {
      at = next;
    },
    advance: (ms) => {
      at += ms;
    },
  };
}

/**
 * A test's own corner of the platform: its own people and shops, a clock that only it moves, and its own
 * events, delivered when it says so. The engines are the real ones; nothing is shared or wiped.
 */
export function harness(where: Where = {}) {
  const corner = openCorner(where);
  const { env: quiet, cell, config, clock, ids, ctx, settle } = corner;
  const surroundings = { env: quiet, cell, config, market: config.market, clock, ids, ctx, settle };
  return { ...surroundings, ...peopleOf(corner), ...deliveriesOf(corner) };
}
export type Harness = ReturnType<typeof harness>;

type Where = {
  readonly market?: string;
  readonly at?: number;
  /** Sections of the market's configuration that are otherwise in this corner. */
  readonly settings?: object;
};

function openCorner({ market = "id", at = Date.now(), settings = {} }: Where) {
  const clock = createClock(at);
  const ids = createIds(clock);
  const messages: Message[] = [];
  const quiet = { ...deliverHere(messages), CELLS: tuned(market, settings) };
  const { cell, config } = cellConfig(quiet, market);
  const deferred: Promise<unknown>[] = [];
  const defer = (work: Promise<unknown>) => {
    deferred.push(work);
  };
  const ctx = (actor: Actor = SYSTEM): Ctx =>
    openCtx({
      env: quiet,
      cell,
      requestId: ids.next("request"),
      traceId: newTraceId(),
      locale: "en",
      actor,
      address: "192.0.2.1",
      clock,
      defer,
    });
  const settle = async () => {
    while (deferred.length > 0) await Promise.all(deferred.splice(0));
  };
  return { env: quiet, cell: cell as Cell, config, name: market, clock, ids, messages, defer, ctx, settle };
}
type Corner = ReturnType<typeof openCorner>;

function tuned(market: string, settings: object): string {
  if (Object.keys(settings).length === 0) return env.CELLS;
  const cells = JSON.parse(env.CELLS) as { [name: string]: { market?: object } };
  cells[market] = { ...cells[market], market: { ...cells[market]?.market, ...settings } };
  return JSON.stringify(cells);
}

type Sent = Options & {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body?: unknown;
};

function requestOf({ name, ids }: Corner, { method, path, token, body, headers = {}, key }: Sent): Request {
  const raw = body instanceof Uint8Array || typeof body === "string";
  return new Request(`https://api.test${path}`, {
    method,
    headers: {
      "x-market": name,
      "cf-connecting-ip": `test-${ids.next("request")}`,
      ...(body === undefined || raw ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    redirect: "manual",
  });
}

async function send(corner: Corner, sent: Sent): Promise<Answer> {
  const execution = { waitUntil: corner.defer };
  const response = await answer(requestOf(corner, sent), corner.env, execution, { clock: corner.clock });
  const bytes = new Uint8Array(await response.arrayBuffer());
  await corner.settle();
  const { status, headers } = response;
  const json = /\bjson\b/.test(headers.get("content-type") ?? "") && bytes.length > 0;
  const text = new TextDecoder().decode(bytes);
  return { status, headers, body: json ? JSON.parse(text) : text, bytes };
}

function clientOf(corner: Corner, actor: Actor, token: string | undefined): Client {
  const call = (method: string, path: string, body: unknown, options?: Options) =>
    send(corner, { method, path, token, body, ...options });
  return {
    actor,
    token,
    get: (path, options) => call("GET", path, undefined, options),
    delete: (path, options) => call("DELETE", path, undefined, options),
    post: (path, body, options) => call("POST", path, body ?? {}, options),
    put: (path, body, options) => call("PUT", path, body, options),
    patch: (path, body, options) => call("PATCH", path, body, options),
  };
}

type Person = {
  readonly userId?: Id<"user">;
  readonly operator?: OperatorRole;
  readonly shop?: { readonly sellerId: Id<"seller">; readonly role: ShopRole };
};

/** Signed in by token alone: no row in auth is needed for what auth does not own. */
function peopleOf(corner: Corner) {
  const { env: quiet, cell, config, clock, ids } = corner;
  const signed = async (actor: Actor, claims: Claims): Promise<Client> => {
    const lifetime = { now: clock.now(), lifetimeMs: TOKEN_MS };
    return clientOf(corner, actor, await signToken({ env: quiet, cell, config }, claims, lifetime));
  };
  const user = ({ userId = ids.next("user"), operator, shop }: Person): Promise<Client> => {
    const sessionId = ids.next("session");
    const shops = shop ? [shop] : [];
    const amr = ["pwd"];
    const at = clock.now();
    const actor: Actor = { kind: "user", userId, sessionId, amr, authenticatedAt: at, operator, shops, shop };
    return signed(actor, {
      use: "user",
      sub: userId,
      sid: sessionId,
      amr,
      at,
      ep: 0,
      ...(operator ? { op: operator } : {}),
      sh: shops.map(({ sellerId, role }) => [sellerId, role]),
    });
  };
  return {
    anonymous: clientOf(corner, { kind: "anonymous" }, undefined),
    withToken: (token: string) => clientOf(corner, { kind: "anonymous" }, token),
    buyer: (userId?: Id<"user">) => user(userId ? { userId } : {}),
    member: (sellerId: Id<"seller">, role: ShopRole = "owner") => user({ shop: { sellerId, role } }),
    operator: (role: OperatorRole = "admin") => user({ operator: role }),
    guest: (guestId: Id<"guest"> = ids.next("guest")) =>
      signed({ kind: "guest", guestId }, { use: "guest", sub: guestId }),
    service: (scopes: readonly Scope[], sellerId?: Id<"seller">) => {
      const keyId = ids.next("apiKey");
      const shop = sellerId ? { sh: sellerId } : {};
      const actor: Actor = { kind: "service", keyId, scopes, sellerId };
      return signed(actor, { use: "service", sub: keyId, scp: [...scopes], ...shop });
    },
  };
}

function deliveriesOf({ messages, ctx, settle }: Corner) {
  return {
    /** Events that were sent and not delivered yet, in the order they were sent. */
    waiting: (): readonly Fact[] => messages.filter((message): message is Fact => !isDueMessage(message)),
    /** Delivers this test's events and jobs until nothing new comes of it. Fails when a handler fails. */
    async drain(): Promise<void> {
      for (let round = 0; messages.length > 0; round += 1) {
        if (round === ROUNDS_MAX) throw new Error("events go in circles");
        await deliver(ctx(), messages.splice(0));
        await settle();
      }
    },
    /** Delivers facts as given: late, twice, in another order. */
    async deliver(facts: readonly Fact[]): Promise<void> {
      await deliver(ctx(), facts);
      await settle();
    },
    /** Runs the due rows of a subject whose time has come by this test's clock; says how many there were. */
    async runDue(subject: string): Promise<number> {
      const system = ctx();
      const rows = await system.db.read.select({ id: due.id }).from(due).where(eq(due.subject, subject));
      const count = await runJobs(system, await JOBS(), { ids: rows.map((row) => row.id) });
      await settle();
      return count;
    },
  };
}

async function deliver(ctx: Ctx, messages: readonly Message[]): Promise<void> {
  const facts = messages.filter((message): message is Fact => !isDueMessage(message));
  const unique = [...new Map(facts.map((fact) => [fact.id, fact])).values()];
  if (unique.length > 0) {
    const failed = await consumeFacts(ctx, await CONSUMERS(), unique);
    if (failed.size > 0) throw new Error(`a consumer failed on ${[...failed].join(", ")}`);
  }
  const ids = messages.filter(isDueMessage).map((message) => message.dueId);
  if (ids.length > 0) await runJobs(ctx, await JOBS(), { ids });
}

/** The environment with queues that hand their messages to the test instead of the background. */
function deliverHere(waiting: Message[]): Env {
  const take = {
    send: async (body: Message) => {
      waiting.push(body);
    },
    sendBatch: async (batch: Iterable<{ body: Message }>) => {
      for (const { body } of batch) if (!waiting.includes(body)) waiting.push(body);
    },
  } as unknown as Queue;
  const queues = { EVENTS: take, EMAIL: take, INVOICE: take, NOTIFICATION: take, ANALYTICS: take };
  return { ...env, ...queues, WEBHOOK: take };
}
