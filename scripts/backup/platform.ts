import type { Part } from "../../ops/backup/lines.ts";
import { type Client, openClient } from "../client.ts";

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

export const openPlatform = ({ market, url }: Where): Promise<Client> =>
  openClient({ url, market, scopes: ["platform"] });

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

export const filesOf = (client: Client, bucket: string): AsyncGenerator<FileRow> =>
  pages<FileRow>(client, `/v1/backups/files?bucket=${bucket}`);

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
  const client = await openPlatform(where);
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
