import { RedisError } from "../reply.ts";
import { scoreText, toInteger, toScore } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import type { Store } from "./store.ts";
import { exactSum, pairs } from "./strings.ts";

export const HASHES: CommandTable = {
  HSET: { arity: -4, run: (store, [key = "", ...args]) => setFields(store, key, args) },
  HMSET: {
    arity: -4,
    run(store, [key = "", ...args]) {
      setFields(store, key, args);
      return "OK";
    },
  },
  HSETNX: {
    arity: 4,
    run(store, [key = "", field = "", value = ""]) {
      const hash = store.open(key, "hash");
      if (hash.has(field)) return 0;
      hash.set(field, value);
      return 1;
    },
  },
  HGET: { arity: 3, run: (store, [key = "", field = ""]) => store.read(key, "hash")?.get(field) ?? null },
  HMGET: {
    arity: -3,
    run(store, [key = "", ...fields]) {
      const hash = store.read(key, "hash");
      return fields.map((field) => hash?.get(field) ?? null);
    },
  },
  HGETALL: { arity: 2, run: (store, [key = ""]) => [...(store.read(key, "hash") ?? [])].flat() },
  HKEYS: { arity: 2, run: (store, [key = ""]) => [...(store.read(key, "hash")?.keys() ?? [])] },
  HVALS: { arity: 2, run: (store, [key = ""]) => [...(store.read(key, "hash")?.values() ?? [])] },
  HLEN: { arity: 2, run: (store, [key = ""]) => store.read(key, "hash")?.size ?? 0 },
  HEXISTS: {
    arity: 3,
    run: (store, [key = "", field = ""]) => (store.read(key, "hash")?.has(field) ? 1 : 0),
  },
  HDEL: {
    arity: -3,
    run(store, [key = "", ...fields]) {
      const hash = store.read(key, "hash");
      const removed = fields.filter((field) => hash?.delete(field)).length;
      store.settle(key);
      return removed;
    },
  },
  HINCRBY: {
    arity: 4,
    run(store, [key = "", field = "", by]) {
      const step = toInteger(by);
      const current = store.read(key, "hash")?.get(field) ?? "0";
      if (!/^-?\d+$/.test(current)) throw new RedisError("ERR hash value is not an integer");
      const sum = exactSum(current, step);
      store.open(key, "hash").set(field, String(sum));
      return sum;
    },
  },
  HINCRBYFLOAT: {
    arity: 4,
    run(store, [key = "", field = "", by]) {
      const sum = scoreText(toScore(store.read(key, "hash")?.get(field) ?? "0") + toScore(by));
      store.open(key, "hash").set(field, sum);
      return sum;
    },
  },
};

function setFields(store: Store, key: string, args: readonly string[]): number {
  const fields = pairs(args, "hset");
  const hash = store.open(key, "hash");
  const before = hash.size;
  for (const [field, value] of fields) hash.set(field, value);
  return hash.size - before;
}
