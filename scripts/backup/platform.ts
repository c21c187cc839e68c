import type { Part } from "../../ops/backup/lines.ts";
import { cellConfig } from "../../workers/kernel/cell.ts";
import { createIds } from "../../workers/kernel/ids.ts";
import { signToken } from "../../workers/kernel/token.ts";
import { type Client, findRunning, openClient } from "../client.ts";

type Where = { readonly market: string; readonly url: string | undefined };
type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
export type Named = { readonly noun: string; readonly id: string };
type ObjectPage = { readonly rows: readonly string[]; readonly next: string | null };
export type FileRow = {
  readonly bucket: string;
  readonly key: string;
  readonly md5: string | null;
  readonly contentType?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
};

const open = ({ market, url }: Where) => openClient({ url, market, scopes: ["platform"] });

/** Longer than any restore. */
const KEEPER_MS = 6 * 3_600_000;

/**
 * Who may put back: by a key, which must be of the databases that were just loaded; on this machine by a
 * token that the running platform signs, since a database that was exchanged knows no key of it.
 */
export async function openKeeper({ market, url }: Where): Promise<Client> {
  const running = findRunning();
  if (process.env.SERVICE_KEY || !running) return open({ market, url });
  const clock = { now: () => Date.now() };
  const env = running.bindings as unknown as Env;
  const issue = { env, ...cellConfig(env, market) };
  const claims = { use: "service", sub: createIds(clock).next("apiKey"), scp: ["platform"] } as const;
  const lifetime = { now: clock.now(), lifetimeMs: KEEPER_MS };
  return openClient({
    url: url ?? running.url,
    market,
    token: await signToken(issue, { ...claims, scp: ["platform"] }, lifetime),
  });
}

async function* pages<T>(client: Client, path: string): AsyncGenerator<T> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await client.get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    yield* page.items;
    cursor = page.nextCursor;
  }
}

export async function* objectRows(client: Client, { noun, id }: Named): AsyncGenerator<string> {
  let after: string | null = "";
  while (after !== null) {
    const path: string = `/v1/backups/objects/${noun}/${id}?after=${encodeURIComponent(after)}`;
    const page: ObjectPage = await client.get(path);
    yield* page.rows;
    after = page.next;
  }
}

async function* texts(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield JSON.stringify(row);
}

/** Markets share the buckets: a file is of the market that its name begins with. */
const isOf = (market: string, { key }: FileRow) => key.startsWith(`${market}/`) || !/^[a-z]{2}\//.test(key);

export async function* filesOf(client: Client, bucket: string): AsyncGenerator<FileRow> {
  for await (const file of pages<FileRow>(client, `/v1/backups/files?bucket=${bucket}`)) {
    if (isOf(client.market, file)) yield file;
  }
}

async function* withBodies(client: Client, files: AsyncIterable<FileRow>): AsyncGenerator<object> {
  for await (const file of files) {
    const path = `/v1/backups/files/${file.bucket}/${encodeURIComponent(file.key)}`;
    yield { ...file, body: Buffer.from(await client.bytes(path)).toString("base64") };
  }
}

/** What only the platform can reach: each object's own tables, and the list of files. */
export async function* dumpPlatform(
  where: Where & { readonly bodies: boolean; readonly carts: boolean },
): AsyncGenerator<Part> {
  const client = await open(where);
  for await (const one of pages<Named>(client, `/v1/backups/objects?carts=${where.carts ? "yes" : "no"}`)) {
    const name = `${where.market}/object/${one.noun}/${one.id}`;
    yield { name, about: one, rows: objectRows(client, one) };
  }
  for (const bucket of ["media", "documents"]) {
    const files = filesOf(client, bucket);
    const rows = texts(where.bodies ? withBodies(client, files) : files);
    yield { name: `${where.market}/files/${bucket}`, about: { bucket }, rows };
  }
}
