/**
 * Restores a backup, after all of it has been read and proved.
 *
 *   npm run restore -- FILE [--market id] [--url http://127.0.0.1:8787] [--force] [--json]
 *   npm run restore -- FILE --drill      into a scratch database on the local engine, compared and dropped
 *
 * Databases first, then by the platform the rows of objects and the files that the backup has, where
 * there are none: nothing newer is lost. A database that is not empty is refused without --force. CELLS and
 * BACKUP_KEY name databases and key, --url the platform, SERVICE_KEY a key of the backup with `platform`;
 * locally all come from the running platform, and its scripts' key is added to what was loaded. Exit status 1
 * when anything differs.
 */
import { parseArgs } from "node:util";
import { BackupError } from "../ops/backup/container.ts";
import { compare, type Difference, prove, restoreDatabase } from "./backup/databases.ts";
import { readBackup } from "./backup/file.ts";
import { databasesFrom, emptyCaches, keyFrom } from "./backup/places.ts";
import { openPlatform } from "./backup/platform.ts";
import { type PutBack, putBack } from "./backup/put-back.ts";
import { inScratchDatabase, withServer } from "./backup/scratch.ts";
import { DATA_DIR, findRunning } from "./client.ts";
import { verifyDatabase } from "./ledger-verify.ts";
import { admitServiceKey, keepServiceKeys } from "./seed/people.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    market: { type: "string" },
    url: { type: "string" },
    force: { type: "boolean", default: false },
    drill: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

type Ledger = { readonly transfers: number; readonly drift: readonly string[] };
type Outcome = {
  readonly cell: string;
  readonly rows: number;
  readonly differences: readonly Difference[];
  readonly ledger: Ledger;
  /** Undefined when no platform was named. */
  readonly platform?: PutBack;
};

async function main(file: string): Promise<readonly Outcome[]> {
  const read = readBackup(file, keyFrom(process.env));
  const { createdAt, parts, migrations } = await prove(read);
  if (!values.json) console.log(`${file}: of ${createdAt}, ${parts.length} parts, every hash is right`);
  const cells = [...migrations.keys()].filter(
    (cell) => values.market === undefined || cell === values.market,
  );
  if (cells.length === 0) throw new BackupError("nothing of this market is in the backup");
  const restoreInto = async (cell: string, url: string, force: boolean): Promise<Outcome> => {
    const restoring = { cell, url, read, force, migrations: migrations.get(cell) };
    const { rows, found } = await restoreDatabase(restoring);
    return { cell, rows, differences: compare(cell, parts, found), ledger: await verifyDatabase(url) };
  };
  const outcomes: Outcome[] = [];
  if (values.drill) {
    await withServer(async (server) => {
      for (const cell of cells) {
        // A drill asks whether the rows fit this code; which migrations they came from does not matter.
        outcomes.push(await inScratchDatabase(server, (url) => restoreInto(cell, url, true)));
      }
    });
    return outcomes;
  }
  const databases = databasesFrom(process.env);
  for (const cell of cells) {
    const url = databases.get(cell);
    if (url === undefined) throw new BackupError(`CELLS names no database of ${cell}`);
    outcomes.push(await restoreInto(cell, url, values.force));
  }
  if (values.url === undefined && !findRunning()) return outcomes;
  await emptyCaches(process.env, cells);
  await admitScripts(cells);
  return Promise.all(
    outcomes.map(async (outcome) => {
      const client = await openPlatform({ market: outcome.cell, url: values.url });
      return { ...outcome, platform: await putBack({ cell: outcome.cell, client, read, parts }) };
    }),
  );
}

/** On this machine: its scripts go on working with the key that they have. */
async function admitScripts(cells: readonly string[]): Promise<void> {
  const running = findRunning();
  if (!running || process.env.CELLS || process.env.SERVICE_KEY) return;
  const keys = keepServiceKeys(DATA_DIR, cells);
  for (const cell of cells) await admitServiceKey(running.bindings, cell, keys.get(cell) ?? "");
}

function printPlatform({ objects, files }: PutBack): void {
  console.log(`  objects: ${objects.back} put back, ${objects.there} there already`);
  for (const name of objects.differing) console.log(`  ${name} DIFFERS: what it holds is newer, and stays`);
  console.log(`  files: ${files.back} put back, ${files.there} there already`);
  for (const key of files.differing) console.log(`  ${key} DIFFERS: another file of this name stays`);
  if (files.absent.length > 0)
    console.log(`  ${files.absent.length} files are not in the backup and not there`);
}

const isWhole = ({ objects, files }: PutBack): boolean =>
  objects.differing.length + files.differing.length + files.absent.length === 0;

function print({ cell, rows, differences, ledger, platform }: Outcome): void {
  console.log(`\n${cell}: ${rows} rows restored`);
  const width = Math.max(...differences.map(({ name }) => name.length));
  for (const { name, wanted, found, isSame } of differences.filter((one) => one.wanted > 0 || !one.isSame)) {
    const verdict = isSame ? "same" : "DIFFERS";
    console.log(
      `  ${name.padEnd(width)} ${String(wanted).padStart(9)} ${String(found).padStart(9)}  ${verdict}`,
    );
  }
  const { transfers, drift } = ledger;
  console.log(
    `  ledger: ${transfers} transfers, ${drift.length === 0 ? "every balance follows" : drift.join("; ")}`,
  );
  if (platform) printPlatform(platform);
  else if (!values.drill)
    console.log("  objects and files: no platform was named (--url), none was put back");
}

const [file] = positionals;
try {
  if (file === undefined) throw new BackupError("usage: npm run restore -- FILE [--drill] [--force]");
  const outcomes = await main(file);
  if (values.json) console.log(JSON.stringify(outcomes));
  else outcomes.forEach(print);
  const isDifferent = outcomes.some(
    ({ differences, ledger, platform }) =>
      differences.some(({ isSame }) => !isSame) ||
      ledger.drift.length > 0 ||
      (platform !== undefined && !isWhole(platform)),
  );
  if (isDifferent) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BackupError)) throw error;
  console.error(`restore: ${error.message}`);
  process.exitCode = 1;
}
