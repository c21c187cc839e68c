import { describe, expect, it } from "vitest";
import { errorOf, redisBackends, useRedis } from "../support/redis-backends.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

describe.each(redisBackends)("Upstash's REST form, back end %s", (backend) => {
  const under = useRedis(backend);

  describe("many commands at once", () => {
    it("answers each command of a pipeline for itself", async () => {
      const { redis } = under();
      const pipeline = redis.pipeline();
      pipeline.set("text", "x");
      pipeline.lpush("text", 1);
      pipeline.get("text");
      const answers = await pipeline.exec({ keepErrors: true });
      expect(answers.map(({ result }) => result)).toEqual(["OK", undefined, "x"]);
      expect(answers[1]?.error).toContain(WRONG_TYPE);
    });

    it("runs a transaction as a whole", async () => {
      const { redis } = under();
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
      const { redis, post } = under();
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
      const { redis, post } = under();
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
      const { url, post } = under();
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
      const { url } = under();
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
      const { url, clientOf } = under();
      expect(await errorOf(clientOf("stolen").get("key"))).toContain("WRONGPASS");
      expect((await fetch(`${url}/get/key`)).status).toBe(401);
    });

    it("keeps the keys of tokens apart", async () => {
      const { redis, clientOf } = under();
      const other = clientOf("local-sg");
      await Promise.all([redis.set("same", "id"), other.set("same", "sg")]);
      expect(await Promise.all([redis.get("same"), other.get("same")])).toEqual(["id", "sg"]);
      await redis.flushall();
      expect(await other.get("same")).toBe("sg");
      expect(await redis.dbsize()).toBe(0);
    });
  });

  it("serves again after its process was killed", async () => {
    const { redis, engine } = under();
    const before = engine.restarts;
    engine.kill("SIGKILL");
    await expect.poll(() => engine.restarts).toBeGreaterThan(before);
    await engine.whenReady();
    expect(await redis.set("after", "value")).toBe("OK");
    expect(await redis.get("after")).toBe("value");
  });
});
