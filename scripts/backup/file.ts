import { createReadStream, readdirSync, statSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { seal, unseal } from "../../ops/backup/container.ts";
import { encode, type Part, type Read, readLines, type Summary, writeLines } from "../../ops/backup/lines.ts";
import { keptBackups, type Retention } from "../../ops/backup/retention.ts";

type Key = Parameters<typeof seal>[1];

const NAME = /^titan-(\d{8}T\d{6}Z)\.backup$/;
const nameOf = (at: number) => `titan-${new Date(at).toISOString().replace(/[-:]|\.\d+/g, "")}.backup`;

function timeOf(file: string): number | undefined {
  const stamp = NAME.exec(file)?.[1];
  if (stamp === undefined) return undefined;
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

type Written = { readonly file: string; readonly bytes: number; readonly parts: readonly Summary[] };

/** Under another name until it is whole and on the disk, so that no half of a backup is taken for one. */
export async function writeBackup(
  folder: string,
  key: Key,
  parts: AsyncIterable<Part>,
  now: number,
): Promise<Written> {
  const file = path.join(folder, nameOf(now));
  const summaries: Summary[] = [];
  const lines = writeLines(parts, new Date(now).toISOString(), (one) => summaries.push(one));
  const handle = await open(`${file}.part`, "w", 0o600);
  let bytes = 0;
  try {
    for await (const piece of seal(encode(lines), key)) {
      await handle.writeFile(piece);
      bytes += piece.length;
    }
    await handle.sync();
    await handle.close();
    await rename(`${file}.part`, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(`${file}.part`, { force: true });
    throw error;
  }
  return { file, bytes, parts: summaries };
}

/** Each call reads anew: one file, or the slices of a nightly backup that lie in one folder. */
export function readBackup(place: string, key: Key): () => AsyncIterable<Read> {
  const isFolder = statSync(place).isDirectory();
  const slices = isFolder ? readdirSync(place).filter((name) => name.endsWith(".backup")) : [];
  const files = isFolder ? slices.sort().map((name) => path.join(place, name)) : [place];
  return async function* () {
    for (const file of files) yield* readLines(unseal(createReadStream(file), key));
  };
}

/** Deletes what retention does not keep, and says what it deleted. Files of other names are left alone. */
export async function pruneBackups(folder: string, retention: Retention): Promise<readonly string[]> {
  const found = (await readdir(folder)).flatMap((file) => {
    const at = timeOf(file);
    return at === undefined ? [] : [{ file, at }];
  });
  const kept = keptBackups(
    found.map(({ at }) => at),
    retention,
  );
  const old = found.filter(({ at }) => !kept.has(at)).map(({ file }) => file);
  for (const file of old) await rm(path.join(folder, file));
  return old;
}
