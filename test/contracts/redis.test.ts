import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRedis } from "../../local/children.ts";
import { freePorts } from "../../local/processes.ts";
import { findServer } from "../../local/redis/server.ts";
import type { Engine } from "../../local/supervisor.ts";
import { scratchDirectory } from "../support/scratch.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
const server = findServer();
const backends: ("auto" | "built-in")[] = server ? ["auto", "built-in"] : ["built-in"];
if (!server) console.log("redis contract: no redis-server on PATH, only the built-in engine is tested");

it("finds a real server where it must be tested against one", () => {
  expect(server !== undefined || process.env.CI !== "true", "CI needs redis-server or valkey-server").toBe(
    true,
  );
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(backends)("Redis through Upstash's client, back end %s", (backend) => {
  const scratch = scratchDirectory("redis");
  let engine: Engine;
  let url: string;
  let redis: Redis;
  const clientOf = (token: string) => new Redis({ url, token, retry: false, enableTelemetry: false });
  const errorOf = (command: Promise<unknown>): Promise<string> =>
    command.then(
      () => "none",
      (error: Error) => error.message,
    );

  beforeAll(async () => {
    const [port = 0, serverPort = 0] = await freePorts(2);
    engine = await startRedis({ dataDir: scratch.directory, port, serverPort, durable: true, backend });
    url = `http://127.0.0.1:${port}`;
    redis = clientOf("local-id");
  }, 30_000);

  afterAll(async () => {
    await engine.stop();
    scratch.remove();
  });

  beforeEach(async () => {
    await redis.flushdb();
  });

  it("is the back end that was asked for", () => {
    expect(engine.facts.backend).toBe(backend === "auto" ? server?.kind : "built-in");
  });

  describe("strings", () => {
    it("keeps text, numbers and documents as they were", async () => {
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
      await Promise.all(Array.from({ length: 200 }, () => redis.incr("together")));
      expect(await redis.get("together")).toBe(200);
    });
  });

  describe("keys", () => {
    it("removes and finds them", async () => {
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
      expect(await redis.hincrby("hash", "views", 5)).toBe(5);
      expect(await redis.hincrby("hash", "views", -2)).toBe(3);
      expect(await redis.hincrbyfloat("hash", "rate", 1.5)).toBe(1.5);
      await redis.hset("hash", { name: "text" });
      expect(await errorOf(redis.hincrby("hash", "name", 1))).toContain("ERR hash value is not an integer");
    });
  });

  describe("sets", () => {
    it("keeps members once", async () => {
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
      await redis.sadd("left", "a", "b", "c");
      await redis.sadd("right", "b", "c", "d");
      expect((await redis.sinter("left", "right")).toSorted()).toEqual(["b", "c"]);
      expect((await redis.sunion("left", "right")).toSorted()).toEqual(["a", "b", "c", "d"]);
      expect(await redis.sdiff("left", "right")).toEqual(["a"]);
      expect(await redis.sinter("left", "absent")).toEqual([]);
      expect(await redis.srandmember("left", 10)).toHaveLength(3);
    });
  });

  describe("sorted sets", () => {
    const add = (...entries: [number, string][]) =>
      redis
        .pipeline()
        .zadd("board", ...asScores(entries))
        .exec<[number]>();
    const asScores = (entries: [number, string][]) =>
      entries.map(([score, member]) => ({ score, member })) as [{ score: number; member: string }];

    it("orders by score, then by member", async () => {
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
      expect(await errorOf(redis.zcount("board", "x" as "-inf", 1))).toContain(
        "ERR min or max is not a float",
      );
    });

    it("adds under conditions", async () => {
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

  describe("lists", () => {
    it("pushes, pops and trims at both ends", async () => {
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

  describe("many commands at once", () => {
    it("answers each command of a pipeline for itself", async () => {
      const pipeline = redis.pipeline();
      pipeline.set("text", "x");
      pipeline.lpush("text", 1);
      pipeline.get("text");
      const answers = await pipeline.exec({ keepErrors: true });
      expect(answers.map(({ result }) => result)).toEqual(["OK", undefined, "x"]);
      expect(answers[1]?.error).toContain(WRONG_TYPE);
    });

    it("runs a transaction as a whole", async () => {
      const both = redis.multi();
      both.set("counter", 1);
      both.incr("counter");
      both.lpush("list", "a");
      expect(await both.exec()).toEqual(["OK", 2, 1]);
      await Promise.all(
        Array.from({ length: 20 }, () => redis.multi().incr("left").incr("right").exec<[number, number]>()),
      ).then((pairs) => expect(pairs.filter(([left, right]) => left !== right)).toEqual([]));
    });

    it("runs nothing of a transaction with a command that does not exist", async () => {
      const answer = await post("/multi-exec", [["SET", "never", "1"], ["NOSUCH"]]);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toContain("ERR unknown command 'NOSUCH'");
      const arity = await post("/multi-exec", [["SET", "never", "1"], ["GET"]]);
      expect(arity.status).toBe(400);
      expect(arity.body.error).toContain("ERR wrong number of arguments for 'get' command");
      expect(await redis.exists("never")).toBe(0);
    });
  });

  describe("errors", () => {
    it("has Redis's own words for them", async () => {
      await redis.set("text", "x");
      const commands = [
        redis.lpush("text", 1),
        redis.hget("text", "f"),
        redis.zcard("text"),
        redis.sadd("text", 1),
      ];
      const errors = await Promise.all(commands.map(errorOf));
      expect(errors.filter((error) => !error.includes(WRONG_TYPE))).toEqual([]);
      const answer = await post("/", ["SET", "text"]);
      expect(answer).toEqual({
        status: 400,
        body: { error: "ERR wrong number of arguments for 'set' command" },
      });
      expect((await post("/", ["SET", "text", "1", "NOPE"])).body.error).toBe("ERR syntax error");
      expect((await post("/", ["SET", "text", "1", "EX", "0"])).body.error).toBe(
        "ERR invalid expire time in 'set' command",
      );
      expect((await post("/", ["EXPIRE", "text", "soon"])).body.error).toBe(
        "ERR value is not an integer or out of range",
      );
      expect((await post("/", ["ZADD", "board", "NX", "XX", "1", "a"])).body.error).toBe(
        "ERR XX and NX options at the same time are not compatible",
      );
      expect((await post("/", ["ZADD", "board", "high", "a"])).body.error).toBe(
        "ERR value is not a valid float",
      );
      expect((await post("/", ["EVAL", "return 1", "0"])).body.error).toContain("ERR unknown command 'EVAL'");
    });

    it("refuses a request that it cannot read", async () => {
      expect((await post("/", "not a command")).status).toBe(400);
      expect((await post("/pipeline", [])).status).toBe(400);
      const answer = await fetch(url, {
        method: "POST",
        body: "{",
        headers: { authorization: "Bearer local-id" },
      });
      expect(answer.status).toBe(400);
    });
  });

  describe("the REST form", () => {
    it("takes a command as a path", async () => {
      const get = async (path: string, init: RequestInit = {}) => {
        const headers = { authorization: "Bearer local-id", ...init.headers };
        return (await fetch(`${url}${path}`, { ...init, headers })).json();
      };
      expect(await get("/set/greeting/hello%20world?EX=100")).toEqual({ result: "OK" });
      expect(await get("/get/greeting")).toEqual({ result: "hello world" });
      expect(await get("/set/posted", { method: "POST", body: "from the body" })).toEqual({ result: "OK" });
      expect(await get("/get/posted")).toEqual({ result: "from the body" });
      expect(await get("/get/greeting", { headers: { "upstash-encoding": "base64" } })).toEqual({
        result: Buffer.from("hello world").toString("base64"),
      });
      const byAddress = await fetch(`${url}/ping?_token=local-id`);
      expect(await byAddress.json()).toEqual({ result: "PONG" });
    });

    it("knows only tokens of its own form", async () => {
      expect(await errorOf(clientOf("stolen").get("key"))).toContain("WRONGPASS");
      expect((await fetch(`${url}/get/key`)).status).toBe(401);
    });

    it("keeps the keys of tokens apart", async () => {
      const other = clientOf("local-sg");
      await Promise.all([redis.set("same", "id"), other.set("same", "sg")]);
      expect(await Promise.all([redis.get("same"), other.get("same")])).toEqual(["id", "sg"]);
      await redis.flushall();
      expect(await other.get("same")).toBe("sg");
      expect(await redis.dbsize()).toBe(0);
    });
  });

  it("serves again after its process was killed", async () => {
    const before = engine.restarts;
    engine.kill("SIGKILL");
    await expect.poll(() => engine.restarts).toBeGreaterThan(before);
    await engine.whenReady();
    expect(await redis.set("after", "value")).toBe("OK");
    expect(await redis.get("after")).toBe("value");
  });

  async function post(path: string, body: unknown): Promise<{ status: number; body: { error?: string } }> {
    const headers = { authorization: "Bearer local-id" };
    const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
    return { status: answer.status, body: (await answer.json()) as { error?: string } };
  }
});
