import { describe, expect, it } from "vitest";
import { errorOf, redisBackends, useRedis } from "../support/redis-backends.ts";

describe.each(redisBackends)("Redis's sorted sets through Upstash's client, back end %s", (backend) => {
  const under = useRedis(backend);

  const add = (...entries: [number, string][]) =>
    under()
      .redis.pipeline()
      .zadd("board", ...asScores(entries))
      .exec<[number]>();
  const asScores = (entries: [number, string][]) =>
    entries.map(([score, member]) => ({ score, member })) as [{ score: number; member: string }];

  it("orders by score, then by member", async () => {
    const { redis } = under();
    expect(await add([3, "c"], [1, "b"], [1, "a"], [2, "d"])).toEqual([4]);
    expect(await redis.zrange("board", 0, -1)).toEqual(["a", "b", "d", "c"]);
    expect(await redis.zrange("board", 0, 1, { rev: true, withScores: true })).toEqual(["c", 3, "d", 2]);
    expect(await redis.zrange("board", -2, -1)).toEqual(["d", "c"]);
    expect(await redis.zrange("board", 5, 9)).toEqual([]);
    expect(await redis.zrank("board", "d")).toBe(2);
    expect(await redis.zrevrank("board", "d")).toBe(1);
    expect(await redis.zrank("board", "absent")).toBeNull();
    expect(await redis.zscore("board", "c")).toBe(3);
    expect(await redis.zscore("board", "absent")).toBeNull();
    expect(await redis.zmscore("board", ["a", "absent"])).toEqual([1, null]);
    expect(await redis.zcard("board")).toBe(4);
  });

  it("finds by score", async () => {
    const { redis } = under();
    await add([1, "a"], [2, "b"], [3, "c"], [4, "d"]);
    const range = (min: number | "-inf", max: number | "+inf", options: object = {}) =>
      redis.zrange("board", min, max as "+inf", { byScore: true, ...options });
    expect(await range(2, 3)).toEqual(["b", "c"]);
    expect(await redis.zrange("board", "(2", "+inf", { byScore: true })).toEqual(["c", "d"]);
    expect(await redis.zrange("board", "+inf", "(2", { byScore: true, rev: true })).toEqual(["d", "c"]);
    expect(await range("-inf", "+inf", { offset: 1, count: 2 })).toEqual(["b", "c"]);
    expect(await range("-inf", "+inf", { offset: 3, count: -1, withScores: true })).toEqual(["d", 4]);
    expect(await redis.zcount("board", 2, "+inf")).toBe(3);
    expect(await redis.zcount("board", "(2", "(4")).toBe(1);
    expect(await errorOf(redis.zcount("board", "x" as "-inf", 1))).toContain("ERR min or max is not a float");
  });

  it("adds under conditions", async () => {
    const { redis } = under();
    const one = { score: 5, member: "a" };
    expect(await redis.zadd("board", { xx: true }, one)).toBe(0);
    expect(await redis.exists("board")).toBe(0);
    expect(await redis.zadd("board", { nx: true }, one)).toBe(1);
    expect(await redis.zadd("board", { nx: true }, { score: 9, member: "a" })).toBe(0);
    expect(await redis.zadd("board", { gt: true, ch: true }, { score: 4, member: "a" })).toBe(0);
    expect(await redis.zadd("board", { gt: true, ch: true }, { score: 7, member: "a" })).toBe(1);
    expect(await redis.zadd("board", { lt: true, ch: true }, { score: 6, member: "a" })).toBe(1);
    expect(await redis.zadd("board", { incr: true }, { score: 2, member: "a" })).toBe(8);
    expect(await redis.zincrby("board", 1.5, "a")).toBe(9.5);
    expect(await redis.zincrby("board", -3, "b")).toBe(-3);
    expect(await redis.zadd("board", one, { score: 6, member: "c" })).toBe(1);
  });

  it("removes by member, rank and score, and from both ends", async () => {
    const { redis } = under();
    await add([1, "a"], [2, "b"], [3, "c"], [4, "d"], [5, "e"], [6, "f"], [7, "g"]);
    expect(await redis.zrem("board", "a", "absent")).toBe(1);
    expect(await redis.zremrangebyrank("board", 0, 0)).toBe(1);
    expect(await redis.zremrangebyscore("board", "-inf", "(4")).toBe(1);
    expect(await redis.zrange("board", 0, -1)).toEqual(["d", "e", "f", "g"]);
    expect(await redis.zpopmin("board")).toEqual(["d", 4]);
    expect(await redis.zpopmax("board", 2)).toEqual(["g", 7, "f", 6]);
    expect(await redis.zremrangebyrank("board", 0, -1)).toBe(1);
    expect(await redis.exists("board")).toBe(0);
  });

  it("keeps the first hundred of many", async () => {
    const { redis } = under();
    const entries = Array.from({ length: 1_000 }, (_, at): [number, string] => [
      (at * 7_919) % 1_000,
      `m${at}`,
    ]);
    await add(...entries);
    expect(await redis.zremrangebyrank("board", 0, -101)).toBe(900);
    const scores = (await redis.zrange<(string | number)[]>("board", 0, -1, { withScores: true })).filter(
      (_, at) => at % 2 === 1,
    );
    expect(scores).toEqual(Array.from({ length: 100 }, (_, at) => 900 + at));
  });
});
