import { createHash } from "node:crypto";
import type { Read, Summary } from "../../ops/backup/lines.ts";
import { type Client, RefusedError } from "../client.ts";
import { type FileRow, filesOf, type Named, objectRows } from "./platform.ts";

/** A page of an import, far below what one call may carry. */
const ROWS_MAX = 250;
const CHARS_MAX = 1024 * 1024;
/** Every object has these, filled or not. */
const BOOKKEEPING = /^\{"table":"(schema_version|sqlite_sequence)"/;

type Source = {
  readonly cell: string;
  readonly client: Client;
  readonly read: () => AsyncIterable<Read>;
  readonly parts: readonly Summary[];
};
export type PutBack = {
  readonly objects: { back: number; there: number; readonly differing: string[] };
  readonly files: { back: number; there: number; readonly differing: string[]; readonly absent: string[] };
};

/** What only the platform can reach: each object's rows, and the files whose bytes the backup has. */
export async function putBack(source: Source): Promise<PutBack> {
  const { cell, client, read, parts } = source;
  const hashes = new Map(parts.map(({ name, sha256 }) => [name, sha256]));
  const result: PutBack = {
    objects: { back: 0, there: 0, differing: [] },
    files: { back: 0, there: 0, differing: [], absent: [] },
  };
  let object: ObjectWriter | undefined;
  let files: FileWriter | undefined;
  for await (const line of read()) {
    if (line.kind === "part") {
      const isHere = (kind: string) => line.name.startsWith(`${cell}/${kind}/`);
      const named = line.about as Named & { readonly bucket: string };
      const exportId = hashes.get(line.name) ?? "";
      object = isHere("object") ? new ObjectWriter(client, named, exportId) : undefined;
      files = isHere("files") ? await FileWriter.open(client, named.bucket, result.files) : undefined;
    }
    if (line.kind === "row") {
      await object?.take(line.text);
      await files?.take(JSON.parse(line.text) as FileRow & { readonly body?: string });
    }
    if (line.kind === "end" && object) {
      const state = await object.end();
      if (state === "differs") result.objects.differing.push(line.summary.name);
      else if (state !== "empty") result.objects[state] += 1;
      object = undefined;
    }
  }
  return result;
}

class ObjectWriter {
  readonly #client: Client;
  readonly #named: Named;
  readonly #exportId: string;
  #rows: string[] = [];
  #chars = 0;
  #page = 0;
  #isFilled = false;
  #isRefused = false;

  constructor(client: Client, named: Named, exportId: string) {
    this.#client = client;
    this.#named = named;
    this.#exportId = exportId;
  }

  async take(row: string): Promise<void> {
    if (this.#rows.length === ROWS_MAX || this.#chars + row.length > CHARS_MAX) await this.#send(false);
    this.#rows.push(row);
    this.#chars += row.length;
    this.#isFilled ||= !BOOKKEEPING.test(row);
  }

  /** Proved by what the object says that it has now. */
  async end(): Promise<"back" | "there" | "differs" | "empty"> {
    if (!this.#isFilled && this.#page === 0) return "empty";
    await this.#send(true);
    const hash = createHash("sha256");
    for await (const row of objectRows(this.#client, this.#named)) hash.update(row).update("\n");
    if (hash.digest("hex") !== this.#exportId) return "differs";
    return this.#isRefused ? "there" : "back";
  }

  async #send(isLast: boolean): Promise<void> {
    const { noun, id } = this.#named;
    const page = { exportId: this.#exportId, page: this.#page, isLast, rows: this.#rows };
    this.#rows = [];
    this.#chars = 0;
    this.#page += 1;
    if (this.#isRefused) return;
    await this.#client.put(`/v1/backups/objects/${noun}/${id}`, page).catch((error: unknown) => {
      if (!(error instanceof RefusedError) || error.code !== "backup.object_not_empty") throw error;
      this.#isRefused = true;
    });
  }
}

class FileWriter {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #told: PutBack["files"];
  /** What is there already, by its hash. */
  readonly #there: ReadonlyMap<string, string | null>;

  static async open(client: Client, bucket: string, told: PutBack["files"]): Promise<FileWriter> {
    const there = new Map<string, string | null>();
    for await (const { key, md5 } of filesOf(client, bucket)) there.set(key, md5);
    return new FileWriter(client, bucket, told, there);
  }

  private constructor(
    client: Client,
    bucket: string,
    told: PutBack["files"],
    there: ReadonlyMap<string, string | null>,
  ) {
    this.#client = client;
    this.#bucket = bucket;
    this.#told = told;
    this.#there = there;
  }

  async take({ key, md5, contentType, metadata, body }: FileRow & { readonly body?: string }): Promise<void> {
    if (this.#there.has(key)) {
      if (this.#there.get(key) === md5) this.#told.there += 1;
      else this.#told.differing.push(key);
      return;
    }
    if (body === undefined) {
      this.#told.absent.push(key);
      return;
    }
    const about = new URLSearchParams({ metadata: JSON.stringify(metadata ?? {}) });
    if (contentType) about.set("contentType", contentType);
    const path = `/v1/backups/files/${this.#bucket}/${encodeURIComponent(key)}?${about}`;
    await this.#client.putBytes(path, Buffer.from(body, "base64"));
    this.#told.back += 1;
  }
}
