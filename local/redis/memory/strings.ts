import { RedisError, type Reply } from "../reply.ts";
import { notAnInteger, Options, scoreText, syntaxError, toInteger, toScore } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import type { Store } from "./store.ts";

export const STRINGS: CommandTable = {
  GET: { arity: 2, run: (store, [key = ""]) => store.read(key, "string") ?? null },
  SET: { arity: -3, run: set },
  SETEX: {
    arity: 4,
    run: (store, [key = "", seconds, value = ""]) => setFor(store, key, seconds, 1_000, value),
  },
  PSETEX: { arity: 4, run: (store, [key = "", millis, value = ""]) => setFor(store, key, millis, 1, value) },
  SETNX: {
    arity: 3,
    run(store, [key = "", value = ""]) {
      if (store.has(key)) return 0;
      store.write(key, value, undefined);
      return 1;
    },
  },
  GETSET: {
    arity: 3,
    run(store, [key = "", value = ""]) {
      const old = store.read(key, "string") ?? null;
      store.write(key, value, undefined);
      return old;
    },
  },
  GETDEL: {
    arity: 2,
    run(store, [key = ""]) {
      const value = store.read(key, "string") ?? null;
      store.remove(key);
      return value;
    },
  },
  GETEX: { arity: -2, run: getEx },
  MGET: {
    arity: -2,
    run: (store, keys) =>
      keys.map((key) => (store.kindOf(key) === "string" ? (store.read(key, "string") ?? null) : null)),
  },
  MSET: {
    arity: -3,
    run(store, args) {
      for (const [key, value] of pairs(args, "mset")) store.write(key, value, undefined);
      return "OK";
    },
  },
  STRLEN: { arity: 2, run: (store, [key = ""]) => Buffer.byteLength(store.read(key, "string") ?? "") },
  APPEND: {
    arity: 3,
    run(store, [key = "", tail = ""]) {
      const value = (store.read(key, "string") ?? "") + tail;
      store.write(key, value, "keep");
      return Buffer.byteLength(value);
    },
  },
  INCR: { arity: 2, run: (store, [key = ""]) => add(store, key, 1) },
  DECR: { arity: 2, run: (store, [key = ""]) => add(store, key, -1) },
  INCRBY: { arity: 3, run: (store, [key = "", by]) => add(store, key, toInteger(by)) },
  DECRBY: { arity: 3, run: (store, [key = "", by]) => add(store, key, -toInteger(by)) },
  INCRBYFLOAT: {
    arity: 3,
    run(store, [key = "", by]) {
      const sum = scoreText(toScore(store.read(key, "string") ?? "0") + toScore(by));
      store.write(key, sum, "keep");
      return sum;
    },
  },
};

export function pairs(args: readonly string[], command: string): [string, string][] {
  if (args.length % 2 !== 0) {
    throw new RedisError(`ERR wrong number of arguments for '${command}' command`);
  }
  return Array.from({ length: args.length / 2 }, (_, at) => [args[at * 2] ?? "", args[at * 2 + 1] ?? ""]);
}

/** The sum, within what both this engine and a client can hold exactly. */
export function exactSum(left: string, by: number): number {
  const sum = toInteger(left) + by;
  if (!Number.isSafeInteger(sum)) throw notAnInteger();
  return sum;
}

function add(store: Store, key: string, by: number): number {
  const sum = exactSum(store.read(key, "string") ?? "0", by);
  store.write(key, String(sum), "keep");
  return sum;
}

function setFor(store: Store, key: string, time: string | undefined, unitMs: number, value: string): Reply {
  store.write(
    key,
    value,
    store.now() + positive(toInteger(time), unitMs === 1 ? "psetex" : "setex") * unitMs,
  );
  return "OK";
}

function positive(value: number, command: string): number {
  if (value <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  return value;
}

/** The instant that an expiry option names, or undefined where it is none. */
function expiryOption(store: Store, name: string, options: Options, command: string): number | undefined {
  if (!["EX", "PX", "EXAT", "PXAT"].includes(name)) return undefined;
  const time = positive(options.integer(), command) * (name.startsWith("EX") ? 1_000 : 1);
  return name.endsWith("AT") ? time : store.now() + time;
}

function set(store: Store, [key = "", value = "", ...rest]: readonly string[]): Reply {
  const options = new Options(rest);
  let expiresAt: number | "keep" | undefined;
  let condition: "NX" | "XX" | undefined;
  let answerOld = false;
  while (options.left) {
    const name = options.name();
    const expiry = expiryOption(store, name, options, "set");
    if ((expiry !== undefined || name === "KEEPTTL") && expiresAt !== undefined) throw syntaxError();
    if (expiry !== undefined) expiresAt = expiry;
    else if (name === "KEEPTTL") expiresAt = "keep";
    else if ((name === "NX" || name === "XX") && condition === undefined) condition = name;
    else if (name === "GET") answerOld = true;
    else throw syntaxError();
  }
  const old = answerOld ? (store.read(key, "string") ?? null) : null;
  const refused = condition !== undefined && store.has(key) === (condition === "NX");
  if (!refused) store.write(key, value, expiresAt);
  if (answerOld) return old;
  return refused ? null : "OK";
}

function getEx(store: Store, [key = "", ...rest]: readonly string[]): Reply {
  const value = store.read(key, "string") ?? null;
  const options = new Options(rest);
  if (!options.left) return value;
  const name = options.name();
  const expiresAt = expiryOption(store, name, options, "getex");
  if (options.left || (expiresAt === undefined && name !== "PERSIST")) throw syntaxError();
  store.expireAt(key, expiresAt);
  return value;
}
