import { neon, neonConfig, Pool } from "@neondatabase/serverless";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "../../local/children.ts";
import { freePorts, sendSignal } from "../../local/processes.ts";
import type { Engine } from "../../local/supervisor.ts";
import { scratchDirectory } from "../support/scratch.ts";

/** The adapter is driven by the client that the Worker uses, set up as the Worker sets it up locally. */
const URL_OF_DATABASE = "postgres://postgres:postgres@db.localtest.me/postgres";
const sql = neon(URL_OF_DATABASE);
const scratch = scratchDirectory("neon");
let engine: Engine;

beforeAll(async () => {
  const [port = 0, neonPort = 0] = await freePorts(2);
  engine = await startPostgres({ dataDir: scratch.directory, durable: true, port, neonPort });
  neonConfig.fetchEndpoint = `http://127.0.0.1:${neonPort}/sql`;
  neonConfig.wsProxy = `127.0.0.1:${neonPort}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
}, 60_000);

afterAll(async () => {
  await engine.stop();
  scratch.remove();
});

type Failure = { code?: string; constraint?: string; detail?: string; table?: string; message: string };
const failureOf = (query: Promise<unknown>): Promise<Failure> =>
  query.then(
    () => Promise.reject(new Error("the query was expected to fail")),
    (error: Failure) => error,
  );

/** One session for as long as `use` runs, as a request of the Worker has it. */
async function withSession<T>(
  use: (client: import("@neondatabase/serverless").PoolClient) => Promise<T>,
): Promise<T> {
  const pool = new Pool({ connectionString: URL_OF_DATABASE, max: 1 });
  pool.on("error", () => {});
  const client = await pool.connect();
  // A session that the server ends is told to the query that runs, and once more to whom may listen.
  client.on("error", () => {});
  try {
    return await use(client);
  } finally {
    client.release();
    await pool.end();
  }
}

describe("one query over HTTP", () => {
  it("carries values of every kind both ways", async () => {
    const text = "Rp 1.000 — “kopi” 😀 \\ ' \n\t";
    const [row] = await sql`
      SELECT ${1}::int AS number, ${text}::text AS words, ${null}::text AS nothing, ${true}::bool AS yes,
        ${"9007199254740993"}::bigint AS large, ${JSON.stringify({ a: [1] })}::jsonb AS document,
        ${["a", 'b"c']}::text[] AS list, ${Buffer.from([0, 255])}::bytea AS bytes`;
    expect(row).toEqual({
      number: 1,
      words: text,
      nothing: null,
      yes: true,
      large: "9007199254740993",
      document: { a: [1] },
      list: ["a", 'b"c'],
      bytes: Buffer.from([0, 255]),
    });
  });

  it("answers with command, count and fields when they are asked for", async () => {
    await sql`CREATE TABLE counted (id int)`;
    const inserted = await sql.query("INSERT INTO counted VALUES (1), (2)", [], { fullResults: true });
    expect(inserted).toMatchObject({ command: "INSERT", rowCount: 2, rows: [] });
    const read = await sql.query("SELECT id FROM counted ORDER BY id", [], {
      fullResults: true,
      arrayMode: true,
    });
    expect(read).toMatchObject({ command: "SELECT", rowCount: 2, rows: [[1], [2]] });
    expect(read.fields).toMatchObject([{ name: "id", dataTypeID: 23 }]);
  });

  it("carries answers and parameters of many megabytes", async () => {
    const long = "x".repeat(3_000_000);
    const [row] = await sql`SELECT ${long}::text AS echo`;
    expect(row?.echo.length).toBe(long.length);
    const rows = await sql`SELECT n, repeat('y', 100) AS filler FROM generate_series(1, 50000) n`;
    expect(rows.length).toBe(50_000);
    expect(rows.at(-1)).toEqual({ n: 50_000, filler: "y".repeat(100) });
  });

  it("tells an error's code, place and constraint", async () => {
    await sql`CREATE TABLE stock (sku text PRIMARY KEY, available int NOT NULL CHECK (available >= 0))`;
    await sql`INSERT INTO stock VALUES ('cup', 1)`;
    expect(await failureOf(sql`UPDATE stock SET available = -1`)).toMatchObject({
      code: "23514",
      constraint: "stock_available_check",
      table: "stock",
      detail: "Failing row contains (cup, -1).",
    });
    expect(await failureOf(sql`INSERT INTO stock VALUES ('cup', 1)`)).toMatchObject({ code: "23505" });
    expect(await failureOf(sql`SELEC`)).toMatchObject({ code: "42601", position: "1" });
    const elsewhere = neon("postgres://postgres:postgres@db.localtest.me/absent");
    expect(await failureOf(elsewhere`SELECT 1`)).toMatchObject({ code: "3D000" });
  });

  it("refuses what needs a conversation, and goes on", async () => {
    expect(await failureOf(sql`COPY stock FROM STDIN`)).toMatchObject({ code: "57014" });
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("keeps no plan of a table that has changed", async () => {
    await sql`CREATE TABLE grown (id int)`;
    await sql`INSERT INTO grown VALUES (1)`;
    const read = () => sql`SELECT * FROM grown`;
    expect(await read()).toEqual([{ id: 1 }]);
    await sql`ALTER TABLE grown ADD COLUMN name text DEFAULT 'n'`;
    expect(await read()).toEqual([{ id: 1, name: "n" }]);
    await sql`DROP TABLE grown`;
    expect(await failureOf(read())).toMatchObject({ code: "42P01" });
  });

  it("knows more statements than a session keeps prepared", async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 300; n += 1) {
        expect(await sql.query(`SELECT ${n} + $1::int AS sum`, [1])).toEqual([{ sum: n + 1 }]);
      }
    }
  });

  it("leaves neither a setting nor a transaction to the next caller", async () => {
    await sql`SET statement_timeout = '1234ms'`;
    await sql`BEGIN`;
    const settings = await Promise.all(Array.from({ length: 20 }, () => sql`SHOW statement_timeout`));
    expect(settings.flat().filter((row) => row.statement_timeout !== "30s")).toEqual([]);
    const open = await sql`SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'`;
    expect(open).toEqual([]);
  });
});

describe("a batch over HTTP", () => {
  it("is one transaction", async () => {
    const [first, second] = await sql.transaction([
      sql`SELECT txid_current() AS id`,
      sql`SELECT txid_current() AS id`,
    ]);
    expect(first).toEqual(second);
  });

  it("does all or nothing, and tells which constraint refused", async () => {
    await sql`CREATE TABLE ledger (id int PRIMARY KEY, amount int CHECK (amount <> 0))`;
    const refused = sql.transaction([
      sql`INSERT INTO ledger VALUES (1, 5)`,
      sql`INSERT INTO ledger VALUES (2, 0)`,
      sql`INSERT INTO ledger VALUES (3, -5)`,
    ]);
    expect(await failureOf(refused)).toMatchObject({ code: "23514", constraint: "ledger_amount_check" });
    expect(await sql`SELECT * FROM ledger`).toEqual([]);
    const deferred = sql.transaction([
      sql`CREATE TABLE entry (id int PRIMARY KEY, of int REFERENCES entry DEFERRABLE INITIALLY DEFERRED)`,
      sql`INSERT INTO entry VALUES (1, 9)`,
    ]);
    expect(await failureOf(deferred)).toMatchObject({ code: "23503" });
  });

  it("takes isolation, read-only and deferrable", async () => {
    const queries = [sql`SHOW transaction_isolation`, sql`SHOW transaction_read_only`];
    const modes = { isolationLevel: "Serializable", readOnly: true, deferrable: true } as const;
    expect(await sql.transaction(queries, modes)).toEqual([
      [{ transaction_isolation: "serializable" }],
      [{ transaction_read_only: "on" }],
    ]);
    const write = sql.transaction([sql`CREATE TABLE never (id int)`], { readOnly: true });
    expect(await failureOf(write)).toMatchObject({ code: "25006" });
    expect(await sql.transaction(queries)).toEqual([
      [{ transaction_isolation: "read committed" }],
      [{ transaction_read_only: "off" }],
    ]);
  });

  it("runs statements that depend on those before them, and the same one often", async () => {
    const results = await sql.transaction([
      sql`CREATE TABLE made (id int)`,
      ...Array.from({ length: 200 }, (_, n) => sql`INSERT INTO made VALUES (${n})`),
      sql`SELECT count(*)::int AS n FROM made`,
    ]);
    expect(results.at(-1)).toEqual([{ n: 200 }]);
  });

  it("never oversells to callers at the same time", async () => {
    await sql`CREATE TABLE shelf (sku int PRIMARY KEY, available int CHECK (available >= 0))`;
    await sql`CREATE TABLE sale (buyer int)`;
    await sql`INSERT INTO shelf VALUES (1, 20)`;
    const buyers = Array.from({ length: 60 }, (_, buyer) =>
      sql.transaction([
        sql`UPDATE shelf SET available = available - 1 WHERE sku = 1`,
        sql`INSERT INTO sale VALUES (${buyer})`,
      ]),
    );
    const settled = await Promise.allSettled(buyers);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    expect(await sql`SELECT count(*)::int AS n FROM sale`).toEqual([{ n: 20 }]);
  });
});

describe("a session over a WebSocket", () => {
  it("decides between the statements of a transaction", async () => {
    await sql`CREATE TABLE counter (value int)`;
    await sql`INSERT INTO counter VALUES (1)`;
    await withSession(async (client) => {
      await client.query("BEGIN");
      const { rows } = await client.query("SELECT value FROM counter FOR UPDATE");
      await client.query("UPDATE counter SET value = $1", [rows[0].value + 1]);
      await client.query("COMMIT");
    });
    expect(await sql`SELECT value FROM counter`).toEqual([{ value: 2 }]);
  });

  it("is clean when it is lent on", async () => {
    const pids = new Set<number>();
    for (let round = 0; round < 8; round += 1) {
      await withSession(async (client) => {
        const { rows } = await client.query(
          "SELECT pg_backend_pid() AS pid, current_setting('work_mem') AS memory",
        );
        expect(rows[0].memory).toBe("8MB");
        pids.add(rows[0].pid);
        await client.query("SET work_mem = '9MB'");
        await client.query("CREATE TEMP TABLE private_to_the_session (id int)");
        await client.query("BEGIN");
        await client.query({ name: "same-name", text: "SELECT 1" });
      });
    }
    // The good-bye of one may still be under way when the next begins, so a second session can take turns.
    expect(pids.size).toBeLessThan(4);
  });

  it("reports errors and stays usable", async () => {
    await withSession(async (client) => {
      expect(await failureOf(client.query("SELECT 1 / 0"))).toMatchObject({ code: "22012" });
      expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    });
    const absent = new Pool({ connectionString: URL_OF_DATABASE.replace(/postgres$/, "absent") });
    absent.on("error", () => {});
    expect(await failureOf(absent.connect())).toMatchObject({ code: "3D000" });
    await absent.end();
  });

  it("gives up the locks of a caller that vanished", async () => {
    await sql`CREATE TABLE locked (id int)`;
    await withSession(async (client) => {
      await client.query("SET idle_in_transaction_session_timeout = 100");
      await client.query("BEGIN");
      await client.query("LOCK TABLE locked");
      await sql`INSERT INTO locked VALUES (1)`;
    });
    expect(await sql`SELECT id FROM locked`).toEqual([{ id: 1 }]);
  });
});

describe("while Postgres is away", () => {
  it("answers at once that it is, and serves again by itself", async () => {
    await sql`CREATE TABLE survivor (n int PRIMARY KEY)`;
    const acknowledged: number[] = [];
    const failures: Failure[] = [];
    const slowest = { ms: 0 };
    let next = 0;
    let running = true;
    const write = async () => {
      while (running) {
        next += 1;
        const n = next;
        const startedAt = performance.now();
        await sql.transaction([sql`INSERT INTO survivor VALUES (${n})`, sql`SELECT 1`]).then(
          () => acknowledged.push(n),
          (error: Failure) => failures.push(error),
        );
        slowest.ms = Math.max(slowest.ms, performance.now() - startedAt);
        if (failures.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const writers = Array.from({ length: 8 }, write);
    await expect.poll(() => acknowledged.length).toBeGreaterThan(100);
    const killed = engine.pids.postgres ?? 0;
    sendSignal(killed, "SIGKILL");
    await expect.poll(() => failures.length).toBeGreaterThan(10);
    await expect.poll(() => engine.pids.postgres ?? killed, { timeout: 20_000 }).not.toBe(killed);
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 5_000 }).toBeGreaterThan(before + 100);
    running = false;
    await Promise.all(writers);

    // No code: the outcome is unknown. 57P0x: nothing happened.
    expect(failures.filter(({ code }) => code !== undefined && !/^(57P0|08)/.test(code))).toEqual([]);
    expect(slowest.ms).toBeLessThan(5_000);
    const kept = new Set((await sql`SELECT n FROM survivor`).map((row) => row.n));
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
  });

  it("ends WebSocket sessions with it and opens new ones afterwards", async () => {
    const killed = engine.pids.postgres ?? 0;
    const ended = withSession(async (client) => {
      sendSignal(killed, "SIGKILL");
      return client.query("SELECT pg_sleep(20)");
    });
    await expect(ended).rejects.toThrow();
    await expect.poll(() => engine.pids.postgres ?? killed, { timeout: 20_000 }).not.toBe(killed);
    await withSession(async (client) =>
      expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]),
    );
  });
});
