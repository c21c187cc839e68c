import { gzipSync } from "node:zlib";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { createClient as createWebClient } from "@clickhouse/client-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startClickhouse } from "../../local/children.ts";
import { freePorts } from "../../local/processes.ts";
import type { Engine } from "../../local/supervisor.ts";
import { scratchDirectory } from "../support/scratch.ts";

const scratch = scratchDirectory("clickhouse");
let engine: Engine;
let url: string;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  engine = await startClickhouse({ dataDir: scratch.directory, port });
  url = `http://127.0.0.1:${port}`;
}, 60_000);

afterAll(async () => {
  await engine.stop();
  scratch.remove();
});

type AnyClient = Pick<ClickHouseClient, "query" | "command" | "insert" | "ping" | "close">;
/** Expected refusals are checked here and need not be printed as well. */
const log = { level: ClickHouseLogLevel.OFF };
type ClientOptions = { database?: string; compression?: { request: boolean; response: boolean } };

/** Scripts use the Node client and the Worker uses the web client; both must find the same ClickHouse. */
const clients: [string, (options?: ClientOptions) => AnyClient][] = [
  ["node", (options = {}) => createClient({ url, log, ...options })],
  // The two clients' types differ only in how a stream is typed, and no case here reads one.
  ["web", (options = {}) => createWebClient({ url, log, ...options }) as unknown as AnyClient],
];

const rowsOf = async (client: AnyClient, query: string, parameters: Record<string, unknown> = {}) =>
  (await client.query({ query, format: "JSONEachRow", query_params: parameters })).json();

describe.each(clients)("ClickHouse through the %s client", (name, connect) => {
  const table = `event_${name}`;
  let client: AnyClient;

  beforeAll(async () => {
    client = connect();
    await client.command({
      query: `CREATE TABLE ${table}
        (id String, at DateTime64(3, 'UTC'), kind LowCardinality(String), n UInt64)
        ENGINE = ReplacingMergeTree ORDER BY (kind, at, id)`,
    });
  });

  afterAll(() => client.close());

  it("is there", async () => {
    expect(await client.ping()).toMatchObject({ success: true });
  });

  it("inserts rows and reads them back", async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => ({
      id: `evt_${n}`,
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
      kind: "viewed",
      n,
    }));
    const { summary } = await client.insert({ table, values: rows, format: "JSONEachRow" });
    // The web client does not hand the summary on.
    expect(summary?.written_rows).toBe(name === "node" ? "1000" : undefined);
    expect(await rowsOf(client, `SELECT count() AS rows, sum(n) AS sum FROM ${table}`)).toEqual([
      { rows: "1000", sum: "499500" },
    ]);
    expect(await rowsOf(client, `SELECT id, at FROM ${table} WHERE n = 61`)).toEqual([
      { id: "evt_61", at: "2026-01-01 00:01:01.000" },
    ]);
    const document = await client.query({
      query: `SELECT n FROM ${table} ORDER BY n LIMIT 2`,
      format: "JSON",
    });
    expect(await document.json()).toMatchObject({ data: [{ n: "0" }, { n: "1" }], rows: 2 });
  });

  it("binds parameters as they are", async () => {
    const tricky = 'it\'s \\ "quoted"\n\ttab — ü😀';
    const query =
      "SELECT {text:String} AS text, {list:Array(String)} AS list, {n:UInt8} AS n, {no:Nullable(Int8)} AS no";
    const parameters = { text: tricky, list: [tricky, "plain"], n: 7, no: null };
    expect(await rowsOf(client, query, parameters)).toEqual([parameters]);
  });

  it("keeps parameters apart that are bound at the same time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        rowsOf(client, "SELECT {n:UInt32} AS n, sleep(0.005) AS s", { n }),
      ),
    );
    expect(answers.map((rows) => (rows as { n: number }[])[0]?.n)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  });

  it("drops what an embedded engine has no queue for", async () => {
    const settings = { async_insert: 1, wait_for_async_insert: 1 } as const;
    const row = { id: "async", at: "2026-02-01T00:00:00.000Z", kind: "queued", n: 1 };
    await client.insert({ table, values: [row], format: "JSONEachRow", clickhouse_settings: settings });
    await client.command({
      query: `INSERT INTO ${table} SETTINGS async_insert=1, wait_for_async_insert=0
        VALUES ('inline', '2026-02-01 00:00:01.000', 'queued', 2)`,
    });
    expect(await rowsOf(client, `SELECT count() AS rows FROM ${table} WHERE kind = 'queued'`)).toEqual([
      { rows: "2" },
    ]);
  });

  it("applies settings to one query and to no other", async () => {
    const read = async (settings: Record<string, string | number>) => {
      const query = "SELECT toInt64(5) AS n, getSetting('max_block_size') AS size";
      return (await client.query({ query, format: "JSONEachRow", clickhouse_settings: settings })).json();
    };
    const changed = { max_block_size: 77, output_format_json_quote_64bit_integers: 0 };
    expect(await read(changed)).toEqual([{ n: 5, size: 77 }]);
    for (let session = 0; session < 8; session += 1)
      expect(await read({})).toEqual([{ n: "5", size: 65409 }]);
  });

  it("honours the database of each client", async () => {
    await client.command({ query: `CREATE DATABASE ${name}_sg` });
    const other = connect({ database: `${name}_sg` });
    await other.command({ query: "CREATE TABLE place (city String) ENGINE = MergeTree ORDER BY city" });
    await other.insert({ table: "place", values: [{ city: "Singapore" }], format: "JSONEachRow" });
    for (let round = 0; round < 8; round += 1) {
      expect(await rowsOf(other, "SELECT * FROM place")).toEqual([{ city: "Singapore" }]);
      await expect(rowsOf(client, "SELECT * FROM place")).rejects.toMatchObject({ code: "60" });
    }
    await expect(rowsOf(connect({ database: "absent" }), "SELECT 1")).rejects.toMatchObject({ code: "81" });
    await other.close();
  });

  it("compresses both ways", async () => {
    const compressed = connect({ compression: { request: name === "node", response: true } });
    const rows = Array.from({ length: 500 }, (_, n) => ({
      id: `gz_${n}`,
      at: "2026-03-01T00:00:00Z",
      kind: "gz",
      n,
    }));
    await compressed.insert({ table, values: rows, format: "JSONEachRow" });
    expect(await rowsOf(compressed, `SELECT count() AS rows FROM ${table} WHERE kind = 'gz'`)).toEqual([
      { rows: "500" },
    ]);
    await compressed.close();
  });

  it("tells an error's code and kind", async () => {
    await expect(rowsOf(client, "SELECT * FROM absent")).rejects.toMatchObject({
      code: "60",
      type: "UNKNOWN_TABLE",
    });
    await expect(rowsOf(client, "SELEC")).rejects.toMatchObject({ code: "62", type: "SYNTAX_ERROR" });
    await expect(rowsOf(client, "SELECT {n:UInt8}")).rejects.toMatchObject({ code: "456" });
    const wrong = client.insert({ table, values: [{ n: "many" }], format: "JSONEachRow" });
    await expect(wrong).rejects.toMatchObject({ code: "27" });
    expect(await rowsOf(client, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe("ClickHouse's HTTP interface", () => {
  it("answers with the statuses and headers that others read", async () => {
    const ask = (sql: string) => fetch(url, { method: "POST", body: sql });
    const fine = await ask("SELECT 1 FORMAT CSV");
    expect([fine.status, fine.headers.get("x-clickhouse-format"), await fine.text()]).toEqual([
      200,
      "CSV",
      "1\n",
    ]);
    const missing = await ask("SELECT * FROM absent");
    expect([missing.status, missing.headers.get("x-clickhouse-exception-code")]).toEqual([404, "60"]);
    expect((await ask("SELECT FROM WHERE")).status).toBe(400);
    expect(
      (await ask("SELECT sleep(1) SETTINGS max_execution_time = 0.1, timeout_overflow_mode = 'throw'"))
        .status,
    ).toBe(408);
    expect(await (await fetch(`${url}/ping`)).text()).toBe("Ok.\n");
    const inAddress = await fetch(
      `${url}/?query=${encodeURIComponent("SELECT 2")}&default_format=JSONCompact`,
    );
    expect(await inAddress.json()).toMatchObject({ data: [[2]] });
    const broken = await fetch(url, {
      method: "POST",
      body: "no gzip",
      headers: { "content-encoding": "gzip" },
    });
    expect(broken.status).toBe(400);
  });

  it("takes a whole insert in the body, compressed as well", async () => {
    const body = gzipSync('INSERT INTO whole FORMAT JSONEachRow\n{"n":1}\n{"n":2}\n');
    await fetch(url, { method: "POST", body: "CREATE TABLE whole (n Int8) ENGINE = MergeTree ORDER BY n" });
    const headers = { "content-encoding": "gzip" };
    expect((await fetch(url, { method: "POST", body: new Uint8Array(body), headers })).status).toBe(200);
    const count = await fetch(url, { method: "POST", body: "SELECT count(), sum(n) FROM whole;" });
    expect(await count.text()).toBe("2\t3\n");
  });

  it("serves again after its process was killed, with what it had written", async () => {
    const ask = async (sql: string) => (await fetch(url, { method: "POST", body: sql })).text();
    await ask("CREATE TABLE kept (n Int8) ENGINE = MergeTree ORDER BY n");
    await ask("INSERT INTO kept VALUES (1), (2)");
    const before = engine.restarts;
    engine.kill("SIGKILL");
    await expect.poll(() => engine.restarts).toBeGreaterThan(before);
    await engine.whenReady();
    expect(await ask("SELECT sum(n) FROM kept")).toBe("3\n");
  });
});
