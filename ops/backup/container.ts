/**
 * How a backup lies on a disk: gzip, then AES-256-GCM in chunks. The key of a file comes from BACKUP_KEY and
 * the file's own random salt (HKDF-SHA-256), a chunk's nonce from its place and from whether it is the last.
 * So chunks that were changed, exchanged, left out or cut off are noticed, and memory stays at one chunk.
 */
const MAGIC = new TextEncoder().encode("TITANBK1");
const SALT_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const CHUNK_BYTES = 256 * 1024;
const KEY_BYTES = 32;

type Bytes = Uint8Array<ArrayBuffer>;

/** What is wrong with a file, in words for whoever restores it. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

/** BACKUP_KEY is 32 random bytes in base64. */
export function parseKey(text: string | undefined): Bytes {
  const bytes = new Uint8Array(Buffer.from(text ?? "", "base64"));
  if (bytes.length !== KEY_BYTES) throw new BackupError(`BACKUP_KEY is not ${KEY_BYTES} bytes in base64`);
  return bytes;
}

async function fileKey(key: Bytes, salt: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("titan backup 1");
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(hkdf, root, { name: "AES-GCM", length: 256 }, false, [usage]);
}

function nonceOf(place: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(12);
  nonce[0] = isLast ? 1 : 0;
  new DataView(nonce.buffer).setBigUint64(4, BigInt(place));
  return nonce;
}

/** Bytes cut into pieces of one size; the last is what is left, and comes even when nothing is. */
async function* rechunk(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Bytes; isLast: boolean }> {
  let held: Bytes = new Uint8Array(0);
  for await (const bytes of source) {
    held = concat([held, bytes]);
    while (held.length > CHUNK_BYTES) {
      yield { bytes: held.slice(0, CHUNK_BYTES), isLast: false };
      held = held.slice(CHUNK_BYTES);
    }
  }
  yield { bytes: held, isLast: true };
}

function concat(parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

type Transform = { readonly writable: WritableStream; readonly readable: ReadableStream };

/** As much is read as is asked for; an error of the source is the reader's. */
async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const writer = transform.writable.getWriter();
  const feed = async () => {
    for await (const bytes of source) await writer.write(bytes);
    await writer.close();
  };
  let failure: unknown;
  const fed = feed().catch(async (error: unknown) => {
    failure = error;
    await writer.abort(error).catch(() => undefined);
  });
  try {
    for await (const bytes of transform.readable as AsyncIterable<Uint8Array>) yield bytes;
  } catch (error) {
    await fed;
    throw failure ?? error;
  }
  await fed;
  if (failure !== undefined) throw failure;
}

export async function* seal(source: AsyncIterable<Uint8Array>, key: Bytes): AsyncGenerator<Bytes> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const head = concat([MAGIC, salt]);
  yield head;
  const secret = await fileKey(key, salt, "encrypt");
  let place = 0;
  for await (const { bytes, isLast } of rechunk(through(source, new CompressionStream("gzip")))) {
    const gcm = { name: "AES-GCM", iv: nonceOf(place, isLast), additionalData: head };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, secret, bytes));
    const length = new Uint8Array(LENGTH_BYTES);
    // The highest bit says that it is the last, which its nonce proves.
    new DataView(length.buffer).setUint32(0, (isLast ? 0x80000000 : 0) + sealed.length);
    yield concat([length, sealed]);
    place += 1;
  }
}

/** Gives out bytes by their number. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Bytes = new Uint8Array(0);
  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }
  /** Undefined when the source ends before the first of them. */
  async read(count: number): Promise<Bytes | undefined> {
    while (this.#held.length < count) {
      const { done, value } = await this.#source.next();
      if (done) {
        if (this.#held.length === 0) return undefined;
        throw new BackupError("the file is cut off");
      }
      this.#held = concat([this.#held, value]);
    }
    const bytes = this.#held.slice(0, count);
    this.#held = this.#held.slice(count);
    return bytes;
  }
}

async function* chunks(reader: Reader, head: Bytes, key: Bytes): AsyncGenerator<Uint8Array> {
  const secret = await fileKey(key, head.slice(MAGIC.length), "decrypt");
  for (let place = 0; ; place += 1) {
    const length = await reader.read(LENGTH_BYTES);
    if (!length) throw new BackupError("the file is cut off");
    const word = new DataView(length.buffer).getUint32(0);
    const isLast = word >= 0x80000000;
    const size = word % 0x80000000;
    if (size > CHUNK_BYTES + TAG_BYTES) throw new BackupError("the file has been changed");
    const sealed = await reader.read(size);
    if (!sealed) throw new BackupError("the file is cut off");
    const gcm = { name: "AES-GCM", iv: nonceOf(place, isLast), additionalData: head };
    const opened = await crypto.subtle.decrypt(gcm, secret, sealed).catch(() => {
      const why =
        place === 0 ? "the key is another, or the file has been changed" : "the file has been changed";
      throw new BackupError(why);
    });
    yield new Uint8Array(opened);
    if (!isLast) continue;
    if (await reader.read(1)) throw new BackupError("something follows the end of the file");
    return;
  }
}

export async function* unseal(source: AsyncIterable<Uint8Array>, key: Bytes): AsyncGenerator<Uint8Array> {
  const reader = new Reader(source);
  const head = await reader.read(HEAD_BYTES);
  if (!head || !MAGIC.every((byte, i) => head[i] === byte)) throw new BackupError("this is no backup");
  yield* through(chunks(reader, head, key), new DecompressionStream("gzip"));
}
