/**
 * Writes a backup of every cell: its tables as of one moment, its objects and the list of its files,
 * compressed and encrypted. Older backups in the same folder go as retention says.
 *
 *   npm run backup -- [--out .data/backups] [--market id] [--url http://127.0.0.1:8787] [--postgres-only]
 *                     [--[no-]bodies] [--carts] [--keep 7,5,12] [--json]
 *
 * CELLS and BACKUP_KEY name the databases and the key; locally both come from the running platform. Objects
 * and files are asked of the platform, with the API key SERVICE_KEY (scope `platform`; locally the demo's).
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Part } from "../ops/backup/lines.ts";
import { dumpDatabases } from "./backup/databases.ts";
import { pruneBackups, writeBackup } from "./backup/file.ts";
import { databasesFrom, keyFrom } from "./backup/places.ts";
import { dumpPlatform } from "./backup/platform.ts";
import { DATA_DIR } from "./client.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: path.join(DATA_DIR, "backups") },
    market: { type: "string" },
    url: { type: "string" },
    "postgres-only": { type: "boolean", default: false },
    // The files of this machine go along unless asked not to; a bucket in production has versions of its own.
    bodies: { type: "boolean", default: process.env.CELLS === undefined },
    carts: { type: "boolean", default: false },
    keep: { type: "string", default: "7,5,12" },
    json: { type: "boolean", default: false },
  },
  allowNegative: true,
});

const all = databasesFrom(process.env);
const databases = new Map([...all].filter(([cell]) => values.market === undefined || cell === values.market));
if (databases.size === 0)
  throw new Error(`no market ${values.market}; there are ${[...all.keys()].join(", ")}`);

async function* parts(): AsyncGenerator<Part> {
  yield* dumpDatabases(databases);
  if (values["postgres-only"]) return;
  for (const cell of databases.keys()) {
    yield* dumpPlatform({ market: cell, url: values.url, bodies: values.bodies, carts: values.carts });
  }
}

const startedAt = Date.now();
mkdirSync(values.out, { recursive: true });
const {
  file,
  bytes,
  parts: written,
} = await writeBackup(values.out, keyFrom(process.env), parts(), startedAt);
const [daily = 7, weekly = 5, monthly = 12] = values.keep.split(",").map(Number);
const pruned = await pruneBackups(values.out, { daily, weekly, monthly });
const rows = written.reduce((sum, part) => sum + part.rows, 0);
const seconds = (Date.now() - startedAt) / 1_000;
if (values.json) console.log(JSON.stringify({ file, bytes, parts: written.length, rows, seconds, pruned }));
else {
  const mib = (bytes / 2 ** 20).toFixed(1);
  console.log(`${file}: ${written.length} parts, ${rows} rows, ${mib} MiB in ${seconds.toFixed(1)} s`);
  for (const old of pruned) console.log(`deleted ${old}`);
}
