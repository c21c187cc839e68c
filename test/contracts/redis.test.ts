import { describe, expect, it } from "vitest";
import { errorOf, redisBackends, redisServer, useRedis } from "../support/redis-backends.ts";

if (!redisServer) console.log("redis contract: no redis-server on PATH, only the built-in engine is tested");

it("finds a real server where it must be tested against one", () => {
  const found = redisServer !== undefined || process.env.CI !== "true";
  expect(found, "CI needs redis-server or valkey-server on PATH").toBe(true);
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(redisBackends)("Redis through Upstash's client, back end %s", (backend) => {
  const under = useRedis(backend);

  it("is the back end that was asked for", () => {
    expect(under().engine.facts.backend).toBe(under().expected);
  });

  describe("strings", () => {
    it("keeps text, numbers and documents as they were", async () => {
      const { redis } = under();
      const document = { a: 1, nested: { list: [1, "ü😀", null] }, text: 'quo"te\n' };
      await redis.set("document", document);
      expect(await redis.get("document")).toEqual(document);
      await redis.set("text", "Rp 1.000 — kopi");
      expect(await redis.get("text")).toBe("Rp 1.000 — kopi");
      expect(await redis.get("absent")).toBeNull();
      expect(await redis.mget("text", "absent", "document")).toEqual(["Rp 1.000 — kopi", null, document]);
      expect(await redis.mset({ one: 1, two: "b" })).toBe("OK");
      expect(await redis.mget("one", "two")).toEqual([1, "b"]);
    });

    it("sets under conditions", async () => {
      const { redis } = under();
      expect(await redis.set("key", "first", { nx: true })).toBe("OK");
      expect(await redis.set("key", "second", { nx: true })).toBeNull();
      expect(await redis.set("key", "second", { xx: true })).toBe("OK");
      expect(await redis.set("absent", "value", { xx: true })).toBeNull();
      expect(await redis.exists("absent")).toBe(0);
      expect(await redis.set("key", "third", { get: true })).toBe("second");
      expect(await redis.set("new", "value", { get: true })).toBeNull();
      expect(await redis.get("new")).toBe("value");
      expect(await redis.setnx("key", "fourth")).toBe(0);
      expect(await redis.getset("key", "fifth")).toBe("third");
      expect(await redis.getdel("key")).toBe("fifth");
      expect(await redis.exists("key")).toBe(0);
    });

    it("lets keys expire, and keeps or drops an expiry as asked", async () => {
      const { redis } = under();
      await redis.set("brief", "value", { px: 40 });
      expect(await redis.pttl("brief")).toBeGreaterThan(0);
      await sleep(60);
      expect(await redis.get("brief")).toBeNull();
      expect(await redis.exists("brief")).toBe(0);
      await redis.set("long", "value", { ex: 100 });
      await redis.set("long", "other", { keepTtl: true });
      expect(await redis.ttl("long")).toBeGreaterThan(90);
      await redis.incrby("counter", 1);
      await redis.expire("counter", 50);
      await redis.incrby("counter", 1);
      expect(await redis.ttl("counter")).toBeGreaterThan(40);
      await redis.set("long", "third");
      expect(await redis.ttl("long")).toBe(-1);
      await redis.setex("for", 100, "value");
      expect(await redis.ttl("for")).toBeGreaterThan(90);
      expect(await redis.getex("for", { persist: true })).toBe("value");
      expect(await redis.ttl("for")).toBe(-1);
      await redis.set("at", 1, { exat: Math.floor(Date.now() / 1_000) + 100 });
      expect(await redis.ttl("at")).toBeGreaterThan(90);
    });

    it("counts, and refuses to count what is no number", async () => {
      const { redis } = under();
      expect(await redis.incr("counter")).toBe(1);
      expect(await redis.incrby("counter", 10)).toBe(11);
      expect(await redis.decr("counter")).toBe(10);
      expect(await redis.decrby("counter", 15)).toBe(-5);
      expect(await redis.incrbyfloat("fraction", 0.5)).toBe(0.5);
      expect(await redis.append("text", "ab")).toBe(2);
      expect(await redis.strlen("text")).toBe(2);
      expect(await errorOf(redis.incr("text"))).toContain("ERR value is not an integer or out of range");
      expect(await redis.get("text")).toBe("ab");
    });

    it("counts without loss for callers at the same time", async () => {
      const { redis } = under();
      await Promise.all(Array.from({ length: 200 }, () => redis.incr("together")));
      expect(await redis.get("together")).toBe(200);
    });
  });

  describe("keys", () => {
    it("removes and finds them", async () => {
      const { redis } = under();
      await redis.mset({ a: 1, b: 2, c: 3 });
      expect(await redis.exists("a", "b", "absent")).toBe(2);
      expect(await redis.del("a", "absent")).toBe(1);
      expect(await redis.unlink("b", "c")).toBe(2);
      expect(await redis.dbsize()).toBe(0);
      expect(await redis.type("a")).toBe("none");
      await redis.sadd("members", "m");
      expect(await redis.type("members")).toBe("set");
    });

    it("tells and changes the time left", async () => {
      const { redis } = under();
      expect(await redis.ttl("absent")).toBe(-2);
      expect(await redis.expire("absent", 10)).toBe(0);
      await redis.set("key", 1);
      expect(await redis.ttl("key")).toBe(-1);
      expect(await redis.expire("key", 100, "XX")).toBe(0);
      expect(await redis.expire("key", 100, "NX")).toBe(1);
      expect(await redis.expire("key", 50, "GT")).toBe(0);
      expect(await redis.expire("key", 50, "LT")).toBe(1);
      expect(await redis.pexpire("key", 90_000)).toBe(1);
      expect(await redis.ttl("key")).toBe(90);
      expect(await redis.persist("key")).toBe(1);
      expect(await redis.persist("key")).toBe(0);
      expect(await redis.expire("key", -1)).toBe(1);
      expect(await redis.exists("key")).toBe(0);
    });

    it("walks over all of them, and over those of a pattern", async () => {
      const { redis } = under();
      const names = Array.from({ length: 120 }, (_, at) => `${at % 2 ? "odd" : "even"}:${at}`);
      await redis.mset(Object.fromEntries(names.map((name) => [name, 1])));
      const walk = async (options: object) => {
        const found: string[] = [];
        let cursor = "0";
        do {
          const [next, keys] = await redis.scan(cursor, options);
          found.push(...keys);
          cursor = next;
        } while (cursor !== "0");
        return found.toSorted();
      };
      expect(await walk({ count: 7 })).toEqual(names.toSorted());
      const odd = names.filter((name) => name.startsWith("odd"));
      expect(await walk({ match: "odd:*", count: 50 })).toEqual(odd.toSorted());
      expect(await walk({ match: "o?d:1[13]" })).toEqual(["odd:11", "odd:13"]);
      expect((await redis.keys("even:1?")).toSorted()).toEqual([
        "even:10",
        "even:12",
        "even:14",
        "even:16",
        "even:18",
      ]);
    });
  });

  describe("hashes", () => {
    it("keeps fields", async () => {
      const { redis } = under();
      expect(await redis.hset("hash", { a: 1, b: "x", c: { deep: true } })).toBe(3);
      expect(await redis.hset("hash", { a: 2, d: 4 })).toBe(1);
      expect(await redis.hget("hash", "a")).toBe(2);
      expect(await redis.hget("hash", "absent")).toBeNull();
      expect(await redis.hmget("hash", "a", "absent")).toEqual({ a: 2, absent: null });
      expect(await redis.hgetall("hash")).toEqual({ a: 2, b: "x", c: { deep: true }, d: 4 });
      expect(await redis.hgetall("absent")).toBeNull();
      expect(await redis.hkeys("hash")).toEqual(["a", "b", "c", "d"]);
      expect(await redis.hlen("hash")).toBe(4);
      expect(await redis.hexists("hash", "b")).toBe(1);
      expect(await redis.hsetnx("hash", "b", "y")).toBe(0);
      expect(await redis.hdel("hash", "b", "c", "absent")).toBe(2);
      expect(await redis.hdel("hash", "a", "d")).toBe(2);
      expect(await redis.exists("hash")).toBe(0);
    });

    it("counts in fields", async () => {
      const { redis } = under();
      expect(await redis.hincrby("hash", "views", 5)).toBe(5);
      expect(await redis.hincrby("hash", "views", -2)).toBe(3);
      expect(await redis.hincrbyfloat("hash", "rate", 1.5)).toBe(1.5);
      await redis.hset("hash", { name: "text" });
      expect(await errorOf(redis.hincrby("hash", "name", 1))).toContain("ERR hash value is not an integer");
    });
  });

  describe("sets", () => {
    it("keeps members once", async () => {
      const { redis } = under();
      expect(await redis.sadd("set", "a", "b", "a")).toBe(2);
      expect(await redis.scard("set")).toBe(2);
      expect((await redis.smembers("set")).toSorted()).toEqual(["a", "b"]);
      expect(await redis.sismember("set", "a")).toBe(1);
      expect(await redis.smismember("set", ["a", "q"])).toEqual([1, 0]);
      expect(await redis.srem("set", "a", "q")).toBe(1);
      expect(await redis.spop("set")).toBe("b");
      expect(await redis.spop("set")).toBeNull();
      expect(await redis.exists("set")).toBe(0);
    });

    it("combines", async () => {
      const { redis } = under();
      await redis.sadd("left", "a", "b", "c");
      await redis.sadd("right", "b", "c", "d");
      expect((await redis.sinter("left", "right")).toSorted()).toEqual(["b", "c"]);
      expect((await redis.sunion("left", "right")).toSorted()).toEqual(["a", "b", "c", "d"]);
      expect(await redis.sdiff("left", "right")).toEqual(["a"]);
      expect(await redis.sinter("left", "absent")).toEqual([]);
      expect(await redis.srandmember("left", 10)).toHaveLength(3);
    });
  });

  describe("lists", () => {
    it("pushes, pops and trims at both ends", async () => {
      const { redis } = under();
      expect(await redis.lpush("list", "b", "a")).toBe(2);
      expect(await redis.rpush("list", "c", "d", "e")).toBe(5);
      expect(await redis.lrange("list", 0, -1)).toEqual(["a", "b", "c", "d", "e"]);
      expect(await redis.lrange("list", 1, 2)).toEqual(["b", "c"]);
      expect(await redis.lindex("list", -1)).toBe("e");
      expect(await redis.ltrim("list", 0, 3)).toBe("OK");
      expect(await redis.llen("list")).toBe(4);
      expect(await redis.lpop("list")).toBe("a");
      expect(await redis.rpop("list", 2)).toEqual(["d", "c"]);
      expect(await redis.lrem("list", 0, "b")).toBe(1);
      expect(await redis.exists("list")).toBe(0);
      expect(await redis.lpop("list")).toBeNull();
      await redis.rpush("list", "x", "y");
      expect(await redis.ltrim("list", 5, 9)).toBe("OK");
      expect(await redis.exists("list")).toBe(0);
    });
  });
});
