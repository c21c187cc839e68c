import type { Reply } from "../reply.ts";
import { notAnInteger, toInteger } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import type { Store } from "./store.ts";

export const SETS: CommandTable = {
  SADD: {
    arity: -3,
    run(store, [key = "", ...members]) {
      const set = store.open(key, "set");
      const before = set.size;
      for (const member of members) set.add(member);
      return set.size - before;
    },
  },
  SREM: {
    arity: -3,
    run(store, [key = "", ...members]) {
      const set = store.read(key, "set");
      const removed = members.filter((member) => set?.delete(member)).length;
      store.settle(key);
      return removed;
    },
  },
  SMEMBERS: { arity: 2, run: (store, [key = ""]) => [...read(store, key)] },
  SCARD: { arity: 2, run: (store, [key = ""]) => read(store, key).size },
  SISMEMBER: { arity: 3, run: (store, [key = "", member = ""]) => (read(store, key).has(member) ? 1 : 0) },
  SMISMEMBER: {
    arity: -3,
    run(store, [key = "", ...members]) {
      const set = read(store, key);
      return members.map((member) => (set.has(member) ? 1 : 0));
    },
  },
  SINTER: { arity: -2, run: (store, keys) => combine(store, keys, (in1, in2) => in1 && in2) },
  SUNION: { arity: -2, run: (store, keys) => combine(store, keys, (in1, in2) => in1 || in2) },
  SDIFF: { arity: -2, run: (store, keys) => combine(store, keys, (in1, in2) => in1 && !in2) },
  SRANDMEMBER: {
    arity: -2,
    run(store, [key = "", count]) {
      const members = [...read(store, key)];
      if (count === undefined) return anyOf(members) ?? null;
      const wanted = toInteger(count);
      // A negative count may answer the same member more than once.
      if (wanted < 0 && members.length > 0)
        return Array.from({ length: -wanted }, () => anyOf(members) ?? null);
      return shuffle(members).slice(0, Math.max(wanted, 0));
    },
  },
  SPOP: { arity: -2, run: pop },
};

function read(store: Store, key: string): ReadonlySet<string> {
  return store.read(key, "set") ?? new Set();
}

/** Folds the sets from left to right; `keeps` says of each member which of two it lies in. */
function combine(store: Store, keys: readonly string[], keeps: (in1: boolean, in2: boolean) => boolean) {
  const sets = keys.map((key) => read(store, key));
  return [...new Set(sets.flatMap((set) => [...set]))].filter((member) =>
    sets.map((set) => set.has(member)).reduce(keeps),
  );
}

function pop(store: Store, [key = "", count]: readonly string[]): Reply {
  const wanted = count === undefined ? 1 : toInteger(count);
  if (wanted < 0) throw notAnInteger();
  const set = store.read(key, "set");
  const popped = shuffle([...(set ?? [])]).slice(0, wanted);
  for (const member of popped) set?.delete(member);
  store.settle(key);
  return count === undefined ? (popped[0] ?? null) : popped;
}

function anyOf(members: readonly string[]): string | undefined {
  return members[Math.floor(Math.random() * members.length)];
}

function shuffle(members: string[]): string[] {
  return members
    .map((member) => ({ member, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ member }) => member);
}
