import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { startRedis } from "../../local/children.ts";
import { freePorts } from "../../local/processes.ts";
import { findServer } from "../../local/redis/server.ts";
import type { Engine } from "../../local/supervisor.ts";
import { scratchDirectory } from "./scratch.ts";

export const redisServer = findServer();

export type RedisUnderTest = {
  readonly redis: Redis;
  readonly engine: Engine;
  readonly url: string;
  /** What the engine must say that it runs on. */
  readonly expected: string;
  clientOf(token: string): Redis;
  post(path: string, body: unknown): Promise<{ status: number; body: { error?: string } }>;
};

/** The real server, where PATH has one, and always the built-in engine: the same cases run on both. */
export const redisBackends = redisServer ? (["auto", "built-in"] as const) : (["built-in"] as const);

/** A Redis for the suite that calls this, empty before each of its cases. */
export function useRedis(backend: "auto" | "built-in"): () => RedisUnderTest {
  const scratch = scratchDirectory("redis");
  let under: RedisUnderTest;
  beforeAll(async () => {
    const [port = 0, serverPort = 0] = await freePorts(2);
    const options = { dataDir: scratch.directory, port, serverPort, durable: true, backend };
    const expected = backend === "auto" ? (redisServer?.kind ?? "none") : backend;
    under = underTest(await startRedis(options), `http://127.0.0.1:${port}`, expected);
  }, 30_000);
  afterAll(async () => {
    await under.engine.stop();
    scratch.remove();
  });
  beforeEach(async () => {
    await under.redis.flushdb();
  });
  return () => under;
}

function underTest(engine: Engine, url: string, expected: string): RedisUnderTest {
  const clientOf = (token: string) => new Redis({ url, token, retry: false, enableTelemetry: false });
  return {
    engine,
    url,
    expected,
    clientOf,
    redis: clientOf("local-id"),
    async post(path, body) {
      const headers = { authorization: "Bearer local-id" };
      const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
      return { status: answer.status, body: (await answer.json()) as { error?: string } };
    },
  };
}

export const errorOf = (command: Promise<unknown>): Promise<string> =>
  command.then(
    () => "none",
    (error: Error) => error.message,
  );
