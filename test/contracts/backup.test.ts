import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres } from "../../local/children.ts";
import { freePorts } from "../../local/processes.ts";
import type { Engine } from "../../local/supervisor.ts";
import { compare, prove, restoreDatabase, summarise } from "../../scripts/backup/databases.ts";
import { readBackup } from "../../scripts/backup/file.ts";
import { createDatabase, migrate } from "../../scripts/db-migrate.ts";
import { scratchDirectory } from "../support/scratch.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const scratch = scratchDirectory("backup");
const folder = path.join(scratch.directory, "backups");
const dataDir = path.join(scratch.directory, "empty");
const key = Buffer.alloc(32, 7);
/** Migrated once: what the drill makes anew shows that migrating is part of restoring. */
const MIGRATED = { template: "migrated" } as const;
let engine: Engine;
let server = "";
let source = "";
let file = "";

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** As a person runs it; without a platform on this machine, so that everything comes from the environment. */
function run(script: string, args: readonly string[], databaseUrl = source): Promise<Ran> {
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    CELLS: JSON.stringify({ id: { databaseUrl } }),
    BACKUP_KEY: key.toString("base64"),
  };
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", script), ...args], { cwd: ROOT, env });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}

/** Kinds of columns that ours have: instants, JSON of all sorts, texts, references, own numbers. */
const FILL = `
  INSERT INTO outbox (id, type, v, at, cell, subject, seq, trace, payload)
    SELECT 'evt_' || n, 'order.placed', 1, timestamptz '2026-11-23 01:02:03.456+07' + n * interval '1 second',
      'id', 'ord_' || n, n, 'req', jsonb_build_object('totalMinor', (9007199254740993 + n)::text, 'deep',
        jsonb_build_array(n, null, 1.5, E'line\\nbreak "quoted" \\\\ 日本 \\u007f'))
    FROM generate_series(1, 1200) n;
  INSERT INTO idempotency (actor, route, key, hash, holder, lease_until, created_at, body)
    VALUES ('usr', 'POST /', 'k', 'h', 'r', '2026-11-23', '2026-11-23', NULL);
  INSERT INTO webhook_endpoint (id, url, event_types, state, generation, retiring, failures, created_by,
      created_at, version)
    VALUES ('whe_1', 'https://a.example', '["*"]', 'enabled', 1, '[]', 0, 'usr_1', '2026-11-23', 1);
  INSERT INTO webhook_message VALUES ('evt_1', 'order.placed', E'{"a":"\\t"}', '2026-11-23 10:00:00.001Z');
  INSERT INTO webhook_delivery (id, endpoint_id, message_id, type, state, attempts, created_at, version)
    VALUES ('whd_1', 'whe_1', 'evt_1', 'order.placed', 'pending', 0, '2026-11-23', 1);
  INSERT INTO webhook_attempt (delivery_id, at, duration_ms) VALUES ('whd_1', '2026-11-23', 12);
  SELECT setval('stock_movement_seq_seq', 4711);
`;

beforeAll(async () => {
  for (const one of [folder, dataDir]) mkdirSync(one, { recursive: true });
  const [port = 0, neonPort = 0] = await freePorts(2);
  engine = await startPostgres({ dataDir: scratch.directory, durable: false, port, neonPort });
  server = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  await migrate(await createDatabase(server, "migrated"));
  source = await createDatabase(server, "source", MIGRATED);
  await query(source, FILL);
  const { code, stderr } = await run("backup.ts", ["--out", folder, "--postgres-only"]);
  expect([code, stderr]).toEqual([0, ""]);
  file = path.join(folder, readdirSync(folder)[0] ?? "");
}, 60_000);

afterAll(async () => {
  await engine.stop();
  scratch.remove();
}, 30_000);

test("what was backed up comes back, row by row, into an empty database", async () => {
  const target = await createDatabase(server, "target", MIGRATED);
  const { code, stdout, stderr } = await run("restore.ts", [file], target);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("1200      1200  same");
  expect(stdout).toContain("ledger: 0 transfers, every balance follows");
  const both = [source, target].map((url) => query(url, "SELECT o::text FROM outbox o ORDER BY id"));
  const [wanted, found] = await Promise.all(both);
  expect(found).toEqual(wanted);
  expect(await query(target, "SELECT nextval('stock_movement_seq_seq')::int AS n")).toEqual([{ n: 4_712 }]);
  // Triggers that were off while it was loaded are on again.
  const off = "SELECT count(*)::int AS n FROM pg_trigger WHERE tgenabled = 'D'";
  expect(await query(target, off)).toEqual([{ n: 0 }]);
});

test("a database that is not empty is left alone, unless it is to be emptied", async () => {
  const target = await createDatabase(server, "taken", MIGRATED);
  await query(target, "INSERT INTO inbox VALUES ('c', 'evt_9', now())");
  const refused = await run("restore.ts", [file], target);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    "restore: id: the database is not empty; --force empties it\n",
  ]);
  expect(await query(target, "SELECT consumer FROM inbox")).toEqual([{ consumer: "c" }]);
  expect((await run("restore.ts", [file, "--force"], target)).code).toBe(0);
  expect(await query(target, "SELECT consumer FROM inbox")).toEqual([]);
});

test("a file that was changed or cut off, or another key, touches nothing", async () => {
  const target = await createDatabase(server, "untouched");
  const whole = readFileSync(file);
  const bad = (name: string, bytes: Buffer) => {
    const made = path.join(scratch.directory, name);
    writeFileSync(made, bytes);
    return made;
  };
  const changed = Buffer.from(whole);
  changed[whole.length - 40] = (changed[whole.length - 40] ?? 0) ^ 1;
  for (const one of [bad("changed", changed), bad("cut", whole.subarray(0, whole.length - 30))]) {
    const { code, stderr } = await run("restore.ts", [one], target);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^restore: the (key|file) is/)]);
  }
  const otherKey = readBackup(file, new Uint8Array(32));
  await expect(prove(otherKey)).rejects.toThrow("the key is another");
  expect(await query(target, "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'")).toEqual(
    [{ n: 0 }],
  );
});

test("a drill passes for a good backup, leaves nothing behind, and would see a difference", async () => {
  const { code, stdout, stderr } = await run("restore.ts", [file, "--drill", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const [outcome] = JSON.parse(stdout);
  expect(outcome.rows).toBeGreaterThan(1_200);
  expect(outcome.differences.every((one: { isSame: boolean }) => one.isSame)).toBe(true);
  expect(outcome.differences.length).toBeGreaterThan(50);
  const target = await createDatabase(server, "differing", MIGRATED);
  const read = readBackup(file, new Uint8Array(key));
  const { parts, migrations } = await prove(read);
  await restoreDatabase({ cell: "id", url: target, read, migrations: migrations.get("id"), force: false });
  await query(target, "UPDATE outbox SET payload = payload || '{\"x\":1}' WHERE id = 'evt_7'");
  await query(target, "INSERT INTO inbox VALUES ('c', 'evt_9', now())");
  const different = compare("id", parts, await summarise("id", target)).filter(({ isSame }) => !isSame);
  expect(different.map(({ name }) => name)).toEqual(["id/postgres/inbox", "id/postgres/outbox"]);
});

test("a backup of other migrations is refused", async () => {
  const target = await createDatabase(server, "older", MIGRATED);
  const read = readBackup(file, new Uint8Array(key));
  const migrations = new Map([["9999_later.sql", "hash"]]);
  const restoring = { cell: "id", url: target, read, migrations, force: false };
  await expect(restoreDatabase(restoring)).rejects.toThrow("made with other migrations (9999_later.sql)");
});

test("what a running platform writes as soon as it may is no difference", async () => {
  const target = await createDatabase(server, "running", MIGRATED);
  const whole = readBackup(file, new Uint8Array(key));
  const { parts, migrations } = await prove(whole);
  let writing: Promise<unknown> | undefined;
  const read = async function* () {
    // Waits for the tables that are being loaded, and is through when they are.
    writing ??= query(target, "INSERT INTO inbox VALUES ('c', 'evt_9', now())");
    yield* whole();
  };
  const restoring = { cell: "id", url: target, read, migrations: migrations.get("id"), force: false };
  const { found } = await restoreDatabase(restoring);
  await writing;
  const differing = (now: typeof found) => compare("id", parts, now).filter(({ isSame }) => !isSame);
  expect(differing(found)).toEqual([]);
  expect(differing(await summarise("id", target))).toMatchObject([{ name: "id/postgres/inbox" }]);
});

test("a restore that fails in the middle leaves rows and sequences where they were", async () => {
  const target = await createDatabase(server, "failing", MIGRATED);
  await query(target, "INSERT INTO inbox VALUES ('c', 'evt_9', now())");
  await query(target, "SELECT setval('stock_movement_seq_seq', 9000)");
  await query(target, "ALTER TABLE price_log DROP COLUMN actor");
  const { code, stderr } = await run("restore.ts", [file, "--force"], target);
  expect([code, stderr]).toEqual([1, "restore: no column actor here\n"]);
  expect(await query(target, "SELECT consumer FROM inbox")).toEqual([{ consumer: "c" }]);
  expect(await query(target, "SELECT nextval('stock_movement_seq_seq')::int AS n")).toEqual([{ n: 9_001 }]);
});

test("old backups go as retention says, and nothing else does", async () => {
  for (const name of ["titan-20200101T000000Z.backup", "titan-20200102T000000Z.backup", "notes.txt"]) {
    writeFileSync(path.join(folder, name), "old");
  }
  const { code, stdout } = await run("backup.ts", [
    "--out",
    folder,
    "--postgres-only",
    "--keep",
    "1,1,1",
    "--json",
  ]);
  expect(code).toBe(0);
  const { pruned } = JSON.parse(stdout);
  expect(pruned).toContain("titan-20200101T000000Z.backup");
  expect(readdirSync(folder)).toContain("notes.txt");
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
}, 60_000);
