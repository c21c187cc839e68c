import { RedisError, type Reply } from "../reply.ts";
import { Options, scoreText, syntaxError, toBound, toInteger, toScore, toSlice } from "./arguments.ts";
import type { CommandTable } from "./command-table.ts";
import { SortedSet } from "./sorted-set.ts";
import type { Store } from "./store.ts";
import { pairs } from "./strings.ts";

const NONE = new SortedSet();

export const SORTED_SETS: CommandTable = {
  ZADD: { arity: -4, run: add },
  ZINCRBY: {
    arity: 4,
    run: (store, [key = "", by, member = ""]) => scoreText(increase(store, key, by, member)),
  },
  ZSCORE: { arity: 3, run: (store, [key = "", member = ""]) => scoreOf(store, key, member) },
  ZMSCORE: {
    arity: -3,
    run: (store, [key = "", ...members]) => members.map((member) => scoreOf(store, key, member)),
  },
  ZCARD: { arity: 2, run: (store, [key = ""]) => read(store, key).size },
  ZCOUNT: {
    arity: 4,
    run(store, [key = "", min, max]) {
      const [from, to] = read(store, key).ranksBetween(toBound(min), toBound(max));
      return Math.max(to - from, 0);
    },
  },
  ZRANK: { arity: 3, run: (store, [key = "", member = ""]) => read(store, key).rankOf(member) ?? null },
  ZREVRANK: {
    arity: 3,
    run(store, [key = "", member = ""]) {
      const set = read(store, key);
      const rank = set.rankOf(member);
      return rank === undefined ? null : set.size - 1 - rank;
    },
  },
  ZRANGE: { arity: -4, run: range },
  ZREM: { arity: -3, run: (store, [key = "", ...members]) => remove(store, key, members) },
  ZREMRANGEBYRANK: {
    arity: 4,
    run(store, [key = "", start, stop]) {
      const set = read(store, key);
      const [from, to] = toSlice(toInteger(start), toInteger(stop), set.size);
      return remove(store, key, set.slice(from, to));
    },
  },
  ZREMRANGEBYSCORE: {
    arity: 4,
    run: (store, [key = "", min, max]) => {
      const set = read(store, key);
      return remove(store, key, set.slice(...set.ranksBetween(toBound(min), toBound(max))));
    },
  },
  ZPOPMIN: { arity: -2, run: (store, args) => pop(store, args, (set, count) => set.slice(0, count)) },
  ZPOPMAX: {
    arity: -2,
    run: (store, args) =>
      pop(store, args, (set, count) => set.slice(Math.max(set.size - count, 0), set.size).reverse()),
  },
};

function read(store: Store, key: string): SortedSet {
  return store.read(key, "zset") ?? NONE;
}

function scoreOf(store: Store, key: string, member: string): string | null {
  const score = read(store, key).scoreOf(member);
  return score === undefined ? null : scoreText(score);
}

function increase(store: Store, key: string, by: string | undefined, member: string): number {
  const step = toScore(by);
  const sum = (read(store, key).scoreOf(member) ?? 0) + step;
  if (Number.isNaN(sum)) throw new RedisError("ERR resulting score is not a number (NaN)");
  store.open(key, "zset").put(member, sum);
  return sum;
}

function remove(store: Store, key: string, members: readonly string[]): number {
  const set = store.read(key, "zset");
  const removed = members.filter((member) => set?.remove(member)).length;
  store.settle(key);
  return removed;
}

const ADD_OPTIONS = ["NX", "XX", "GT", "LT", "CH", "INCR"];

function add(store: Store, [key = "", ...rest]: readonly string[]): Reply {
  const options = new Options(rest);
  const given = new Set<string>();
  while (options.left) {
    const name = options.name();
    if (!ADD_OPTIONS.includes(name)) {
      options.back();
      break;
    }
    given.add(name);
  }
  const args = options.rest();
  if (args.length === 0 || args.length % 2 !== 0) throw syntaxError();
  const entries = pairs(args, "zadd").map(([score, member]) => ({ score: toScore(score), member }));
  if (given.has("NX") && given.has("XX")) {
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  }
  if ([given.has("GT"), given.has("LT"), given.has("NX")].filter(Boolean).length > 1) {
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (given.has("INCR") && entries.length > 1) {
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  }
  const set = store.open(key, "zset");
  const outcomes = entries.map(({ score, member }) => putOne(set, member, score, given));
  store.settle(key);
  if (given.has("INCR")) return outcomes[0]?.score === undefined ? null : scoreText(outcomes[0].score);
  return outcomes.filter(({ added, changed }) => added || (given.has("CH") && changed)).length;
}

type Outcome = { added: boolean; changed: boolean; score: number | undefined };

function putOne(set: SortedSet, member: string, given: number, options: Set<string>): Outcome {
  const current = set.scoreOf(member);
  const score = options.has("INCR") ? (current ?? 0) + given : given;
  const refused =
    (options.has("NX") && current !== undefined) ||
    (options.has("XX") && current === undefined) ||
    (options.has("GT") && current !== undefined && score <= current) ||
    (options.has("LT") && current !== undefined && score >= current);
  if (refused) return { added: false, changed: false, score: undefined };
  if (score !== current) set.put(member, score);
  return { added: current === undefined, changed: score !== current, score };
}

type RangeOptions = { byScore: boolean; reverse: boolean; withScores: boolean; limit?: [number, number] };

function rangeOptions(args: readonly string[]): RangeOptions {
  const options = new Options(args);
  const given: RangeOptions = { byScore: false, reverse: false, withScores: false };
  while (options.left) {
    const name = options.name();
    if (name === "BYSCORE") given.byScore = true;
    else if (name === "REV") given.reverse = true;
    else if (name === "WITHSCORES") given.withScores = true;
    else if (name === "LIMIT") given.limit = [options.integer(), options.integer()];
    else throw syntaxError();
  }
  if (given.limit && !given.byScore) {
    const cause = "LIMIT is only supported in combination with either BYSCORE or BYLEX";
    throw new RedisError(`ERR syntax error, ${cause}`);
  }
  return given;
}

function range(store: Store, [key = "", start, stop, ...rest]: readonly string[]): Reply {
  const options = rangeOptions(rest);
  const set = read(store, key);
  const members = options.byScore
    ? membersByScore(set, start, stop, options)
    : membersByRank(set, toInteger(start), toInteger(stop), options);
  if (!options.withScores) return members;
  return members.flatMap((member) => [member, scoreText(set.scoreOf(member) ?? 0)]);
}

function membersByRank(set: SortedSet, start: number, stop: number, { reverse }: RangeOptions): string[] {
  const [from, to] = toSlice(start, stop, set.size);
  if (!reverse) return set.slice(from, to);
  return set.slice(set.size - to, set.size - from).reverse();
}

/** Backwards, the first bound is the higher one. */
function membersByScore(
  set: SortedSet,
  start: string | undefined,
  stop: string | undefined,
  { reverse, limit }: RangeOptions,
): string[] {
  const [min, max] = reverse ? [stop, start] : [start, stop];
  const [from, to] = set.ranksBetween(toBound(min), toBound(max));
  const members = set.slice(from, Math.max(to, from));
  if (reverse) members.reverse();
  if (!limit) return members;
  const [offset, count] = limit;
  if (offset < 0) return [];
  return members.slice(offset, count < 0 ? undefined : offset + count);
}

function pop(
  store: Store,
  [key = "", count]: readonly string[],
  choose: (set: SortedSet, count: number) => string[],
): Reply {
  const wanted = count === undefined ? 1 : toInteger(count);
  if (wanted < 0) throw new RedisError("ERR value is out of range, must be positive");
  const set = read(store, key);
  const chosen = choose(set, wanted);
  const answer = chosen.flatMap((member) => [member, scoreText(set.scoreOf(member) ?? 0)]);
  remove(store, key, chosen);
  return answer;
}
