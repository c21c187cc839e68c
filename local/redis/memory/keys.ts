import { RedisError, type Reply } from "../reply.ts";
import { Options, syntaxError, toInteger, toPattern } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import type { Store } from "./store.ts";

const SCAN_COUNT = 10;

export const KEYS: CommandTable = {
  PING: { arity: -1, run: (_store, [text]) => text ?? "PONG" },
  ECHO: { arity: 2, run: (_store, [text = ""]) => text },
  TIME: {
    arity: 1,
    run(store) {
      const now = store.now();
      return [String(Math.floor(now / 1_000)), String((now % 1_000) * 1_000)];
    },
  },
  DEL: { arity: -2, run: removeAll },
  UNLINK: { arity: -2, run: removeAll },
  EXISTS: { arity: -2, run: (store, keys) => keys.filter((key) => store.has(key)).length },
  TYPE: { arity: 2, run: (store, [key = ""]) => store.kindOf(key) ?? "none" },
  KEYS: {
    arity: 2,
    run(store, [glob = ""]) {
      const pattern = toPattern(glob);
      return [...store.keys()].filter((key) => pattern.test(key));
    },
  },
  SCAN: { arity: -2, run: scan },
  DBSIZE: { arity: 1, run: (store) => store.size },
  FLUSHDB: {
    arity: -1,
    run(store) {
      store.clear();
      return "OK";
    },
  },
  EXPIRE: { arity: -3, run: (store, args) => expire(store, args, (value) => store.now() + value * 1_000) },
  PEXPIRE: { arity: -3, run: (store, args) => expire(store, args, (value) => store.now() + value) },
  EXPIREAT: { arity: -3, run: (store, args) => expire(store, args, (value) => value * 1_000) },
  PEXPIREAT: { arity: -3, run: (store, args) => expire(store, args, (value) => value) },
  PERSIST: {
    arity: 2,
    run(store, [key = ""]) {
      if (store.expiryOf(key) === undefined) return 0;
      store.expireAt(key, undefined);
      return 1;
    },
  },
  TTL: { arity: 2, run: (store, [key = ""]) => timeLeft(store, key, 1_000) },
  PTTL: { arity: 2, run: (store, [key = ""]) => timeLeft(store, key, 1) },
};

function removeAll(store: Store, keys: readonly string[]): number {
  return keys.filter((key) => store.remove(key)).length;
}

function timeLeft(store: Store, key: string, unitMs: number): number {
  if (!store.has(key)) return -2;
  const expiresAt = store.expiryOf(key);
  return expiresAt === undefined ? -1 : Math.round((expiresAt - store.now()) / unitMs);
}

function expire(store: Store, args: readonly string[], toInstant: (value: number) => number): number {
  const [key = "", time, ...rest] = args;
  const expiresAt = toInstant(toInteger(time));
  const conditions = rest.map((option) => option.toUpperCase());
  const unknown = conditions.find((condition) => !["NX", "XX", "GT", "LT"].includes(condition));
  if (unknown) throw new RedisError(`ERR Unsupported option ${unknown}`);
  if (!store.has(key)) return 0;
  const current = store.expiryOf(key);
  const refused = conditions.some((condition) => {
    if (condition === "NX") return current !== undefined;
    if (condition === "XX") return current === undefined;
    // A key without an expiry lives for ever, which is later than any instant.
    if (condition === "GT") return expiresAt <= (current ?? Infinity);
    return expiresAt >= (current ?? Infinity);
  });
  if (refused) return 0;
  store.expireAt(key, expiresAt);
  return 1;
}

/** The cursor is the number of keys passed; the order of keys holds while none is removed. */
function scan(store: Store, [cursor, ...rest]: readonly string[]): Reply {
  const from = Number(cursor);
  if (!Number.isSafeInteger(from) || from < 0) throw new RedisError("ERR invalid cursor");
  const options = new Options(rest);
  let pattern = /^/;
  let kind: string | undefined;
  let count = SCAN_COUNT;
  while (options.left) {
    const name = options.name();
    if (name === "MATCH") pattern = toPattern(options.value());
    else if (name === "COUNT") count = options.integer();
    else if (name === "TYPE") kind = options.value().toLowerCase();
    else throw syntaxError();
  }
  if (count < 1) throw syntaxError();
  const keys = [...store.keys()];
  const page = keys.slice(from, from + count);
  const next = from + count >= keys.length ? 0 : from + count;
  const wanted = (key: string) => pattern.test(key) && (kind === undefined || store.kindOf(key) === kind);
  return [String(next), page.filter(wanted)];
}
