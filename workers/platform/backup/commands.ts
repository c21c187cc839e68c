import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import { type ExportedNoun, importObject } from "#objects/stubs";
import { parseKey, seal } from "../../../ops/backup/container.ts";
import { encode, writeLines } from "../../../ops/backup/lines.ts";
import { keptBackups } from "../../../ops/backup/retention.ts";
import { pageSql, SEQUENCES_SQL, TABLES_SQL, type Table } from "../../../ops/backup/tables.ts";
import { fail } from "./errors.ts";
import { BACK_UP } from "./facts.ts";
import { type Bucket, bucketOf, requireHere } from "./queries.ts";

/** After midnight of no market of ours, and before the morning of any. */
const HOUR_UTC = 19;
/** One object in R2: it is made in memory, so that a step that died leaves nothing half. */
const SLICE_CHARS_MAX = 6_000_000;
const ROWS_A_PAGE = 500;
/** A step's lease is a minute. */
const SLICE_MS_MAX = 20_000;
const SEQUENCES = "~sequences";

type Payload = {
  readonly stamp: string;
  readonly table: string;
  readonly slice: number;
  readonly after: string | null;
};

/** `20261123T190000Z`: the time at which it began, and its name. */
const stampOf = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
const timeOf = (stamp: string): number =>
  Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** Asked each minute by the sweep; of that minute only the first makes a backup. */
export function nightly(ctx: Ctx): readonly Statement[] {
  const now = new Date(ctx.clock.now());
  if (now.getUTCHours() !== HOUR_UTC || now.getUTCMinutes() !== 0) return [];
  return [scheduleSlice(ctx, { stamp: stampOf(now.setUTCSeconds(0, 0)), table: "", slice: 0, after: null })];
}

export async function startBackup(ctx: Ctx): Promise<{ readonly stamp: string }> {
  const stamp = stampOf(ctx.clock.now());
  await ctx.db.commit([scheduleSlice(ctx, { stamp, table: "", slice: 0, after: null })]);
  return { stamp };
}

const scheduleSlice = (ctx: Ctx, payload: Payload): Statement =>
  schedule(ctx, BACK_UP, { subject: ctx.cell, payload });

async function tablesOf(ctx: Ctx): Promise<readonly Table[]> {
  const { rows } = await ctx.db.read.execute(sql.raw(TABLES_SQL));
  return rows as unknown as readonly Table[];
}

type Slice = { readonly rows: readonly string[]; readonly next: string | null };

/** As many pages as fit, by the key of the last row: a table that grows meanwhile does not shift them. */
async function readSlice(ctx: Ctx, table: Table, after: string | null): Promise<Slice> {
  const until = ctx.clock.now() + SLICE_MS_MAX;
  const rows: string[] = [];
  let chars = 0;
  for (let last = after; ; ) {
    const page = await ctx.db.read.execute<{ row: string }>(
      sql.raw(pageSql(table, last === null ? null : `'${last.replaceAll("'", "''")}'`, ROWS_A_PAGE)),
    );
    for (const { row } of page.rows) {
      rows.push(row);
      chars += row.length;
    }
    last = page.rows.at(-1)?.row ?? last;
    if (page.rows.length < ROWS_A_PAGE || table.key.length === 0) return { rows, next: null };
    if (chars > SLICE_CHARS_MAX || ctx.clock.now() > until) return { rows, next: last };
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function put(ctx: Ctx, { stamp, table, slice }: Payload, about: object, rows: readonly string[]) {
  const name = table === SEQUENCES ? `${ctx.cell}/sequences` : `${ctx.cell}/postgres/${table}`;
  const part = { name, about: { ...about, slice }, rows: each(rows) };
  const at = new Date(timeOf(stamp)).toISOString();
  const pieces: Uint8Array[] = [];
  for await (const piece of seal(encode(writeLines(each([part]), at)), parseKey(ctx.env.BACKUP_KEY))) {
    pieces.push(piece);
  }
  const file = `${ctx.cell}/${stamp}/${table}.${String(slice).padStart(5, "0")}.backup`;
  await ctx.buckets.BACKUPS.put(file, Buffer.concat(pieces));
}

/** One slice into the bucket; the same step again writes the same place. */
export async function backUpSlice(ctx: Ctx, payload: Payload): Promise<readonly Statement[]> {
  const tables = await tablesOf(ctx);
  const names = [...tables.map(({ name }) => name), SEQUENCES];
  const name = payload.table === "" ? names[0] : names.find((one) => one >= payload.table);
  if (name === undefined) return finish(ctx);
  const at = { ...payload, table: name };
  const table = tables.find((one) => one.name === name);
  const { rows, next } = table ? await readSlice(ctx, table, payload.after) : await readSequences(ctx);
  await put(ctx, at, table ? { columns: table.columns, key: table.key } : {}, rows);
  if (next !== null) return [scheduleSlice(ctx, { ...at, slice: at.slice + 1, after: next })];
  const following = names[names.indexOf(name) + 1];
  if (following === undefined) return finish(ctx);
  return [scheduleSlice(ctx, { stamp: at.stamp, table: following, slice: 0, after: null })];
}

async function readSequences(ctx: Ctx): Promise<Slice> {
  const { rows } = await ctx.db.read.execute<{ row: string }>(sql.raw(SEQUENCES_SQL));
  return { rows: rows.map(({ row }) => row), next: null };
}

/** R2 deletes so many at once. */
const DELETED_MAX = 1_000;

/** Deletes the backups of this cell that retention does not keep. */
async function finish(ctx: Ctx): Promise<readonly Statement[]> {
  const bucket = ctx.buckets.BACKUPS;
  const { delimitedPrefixes } = await bucket.list({ prefix: `${ctx.cell}/`, delimiter: "/" });
  const stamps = delimitedPrefixes.map((prefix) => prefix.split("/")[1] ?? "");
  const kept = keptBackups(stamps.map(timeOf));
  for (const stamp of stamps.filter((one) => !kept.has(timeOf(one)))) {
    for (;;) {
      const { objects } = await bucket.list({ prefix: `${ctx.cell}/${stamp}/`, limit: DELETED_MAX });
      if (objects.length === 0) break;
      await bucket.delete(objects.map(({ key }) => key));
    }
  }
  ctx.log.info("backup.done", { kept: kept.size });
  return [];
}

type ObjectPage = Parameters<typeof importObject>[2] & { readonly noun: ExportedNoun; readonly id: string };

/** A page of rows into an object that has none of its own; the same page again changes nothing. */
export async function loadObject(ctx: Ctx, { noun, id, ...page }: ObjectPage) {
  const refused = await importObject(ctx, { noun, id }, page);
  if (refused !== undefined) throw fail(`backup.${refused.replace(".", "_") as "object_not_empty"}`);
  return { state: "taken" } as const;
}

type LoadedFile = {
  readonly bucket: Bucket;
  readonly key: string;
  readonly contentType?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly raw: { readonly bytes: Uint8Array };
};

/** A file that is there stays: the same one is there already, another one is newer. */
export async function loadFile(ctx: Ctx, { bucket, key, contentType, metadata, raw }: LoadedFile) {
  requireHere(ctx, key);
  const files = bucketOf(ctx, bucket);
  const put = await files.put(key, raw.bytes, {
    ...(contentType === undefined ? {} : { httpMetadata: { contentType } }),
    customMetadata: { ...metadata },
    onlyIf: { etagDoesNotMatch: "*" },
  });
  if (put) return { state: "taken" } as const;
  const there = await files.head(key);
  const md5 = there?.checksums.md5 && Buffer.from(there.checksums.md5).toString("hex");
  if (md5 !== createHash("md5").update(raw.bytes).digest("hex")) throw fail("backup.file_differs");
  return { state: "there" } as const;
}
