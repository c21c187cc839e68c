import { RedisError, type Reply } from "../reply.ts";
import { toInteger, toSlice } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import type { Store } from "./store.ts";

export const LISTS: CommandTable = {
  LPUSH: {
    arity: -3,
    run: (store, [key = "", ...values]) => store.open(key, "list").unshift(...values.toReversed()),
  },
  RPUSH: { arity: -3, run: (store, [key = "", ...values]) => store.open(key, "list").push(...values) },
  LPOP: { arity: -2, run: (store, args) => pop(store, args, (list, count) => list.splice(0, count)) },
  RPOP: {
    arity: -2,
    run: (store, args) => pop(store, args, (list, count) => list.splice(-count, count).reverse()),
  },
  LLEN: { arity: 2, run: (store, [key = ""]) => store.read(key, "list")?.length ?? 0 },
  LINDEX: { arity: 3, run: (store, [key = "", at]) => store.read(key, "list")?.at(toInteger(at)) ?? null },
  LRANGE: {
    arity: 4,
    run(store, [key = "", start, stop]) {
      const list = store.read(key, "list") ?? [];
      return list.slice(...toSlice(toInteger(start), toInteger(stop), list.length));
    },
  },
  LTRIM: {
    arity: 4,
    run(store, [key = "", start, stop]) {
      const list = store.read(key, "list") ?? [];
      const [from, to] = toSlice(toInteger(start), toInteger(stop), list.length);
      list.splice(to);
      list.splice(0, from);
      store.settle(key);
      return "OK";
    },
  },
  LREM: { arity: 4, run: remove },
};

function pop(
  store: Store,
  [key = "", count]: readonly string[],
  take: (list: string[], count: number) => string[],
): Reply {
  const wanted = count === undefined ? 1 : toInteger(count);
  if (wanted < 0) throw new RedisError("ERR value is out of range, must be positive");
  const list = store.read(key, "list");
  if (!list) return null;
  const taken = wanted === 0 ? [] : take(list, wanted);
  store.settle(key);
  return count === undefined ? (taken[0] ?? null) : taken;
}

/** A positive count removes from the head, a negative one from the tail, zero everywhere. */
function remove(store: Store, [key = "", count, value = ""]: readonly string[]): number {
  const wanted = toInteger(count);
  const list = store.read(key, "list") ?? [];
  const found = list.flatMap((item, at) => (item === value ? [at] : []));
  const chosen = wanted === 0 ? found : wanted > 0 ? found.slice(0, wanted) : found.slice(wanted);
  for (const at of chosen.toReversed()) list.splice(at, 1);
  store.settle(key);
  return chosen.length;
}
