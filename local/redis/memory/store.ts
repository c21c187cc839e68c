import { RedisError } from "../reply.ts";
import { SortedSet } from "./sorted-set.ts";

/** A cache that is full forgets what was written first; the engine serves one machine's development. */
const KEYS_MAX = 500_000;

type Contents = {
  string: string;
  hash: Map<string, string>;
  list: string[];
  set: Set<string>;
  zset: SortedSet;
};
export type Kind = keyof Contents;
export type Value = { [K in Kind]: { kind: K; value: Contents[K] } }[Kind];
type Entry = Value & { expiresAt: number | undefined };

const wrongType = () => new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");

type Collection = Exclude<Kind, "string">;

function emptyOf(kind: Collection): Value {
  if (kind === "hash") return { kind, value: new Map() };
  if (kind === "list") return { kind, value: [] };
  return kind === "set" ? { kind, value: new Set() } : { kind, value: new SortedSet() };
}

function contentOf<K extends Kind>(entry: Value, kind: K): Contents[K] {
  if (entry.kind !== kind) throw wrongType();
  // The kinds were compared just now, which the compiler does not follow through `K`.
  return entry.value as Contents[K];
}

/** The keys of one namespace. An expired key is gone for whoever looks, and removed when somebody does. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  get size(): number {
    return [...this.keys()].length;
  }

  *keys(): Generator<string> {
    for (const key of this.#entries.keys()) if (this.#live(key)) yield key;
  }

  has(key: string): boolean {
    return this.#live(key) !== undefined;
  }

  kindOf(key: string): Kind | undefined {
    return this.#live(key)?.kind;
  }

  read<K extends Kind>(key: string, kind: K): Contents[K] | undefined {
    const entry = this.#live(key);
    if (!entry) return undefined;
    return contentOf(entry, kind);
  }

  /** What is there, or an empty one that is kept when `settle` finds it filled. */
  open<K extends Collection>(key: string, kind: K): Contents[K] {
    const found = this.#live(key);
    if (found) return contentOf(found, kind);
    const made = emptyOf(kind);
    this.#put(key, { ...made, expiresAt: undefined });
    return contentOf(made, kind);
  }

  /** Redis keeps no empty collection. */
  settle(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.kind === "string") return;
    const size = entry.kind === "list" ? entry.value.length : entry.value.size;
    if (size === 0) this.#entries.delete(key);
  }

  /** Writes a string; its expiry goes unless it is to be kept. */
  write(key: string, value: string, expiresAt: number | "keep" | undefined): void {
    const kept = expiresAt === "keep" ? this.#live(key)?.expiresAt : expiresAt;
    this.#put(key, { kind: "string", value, expiresAt: kept });
  }

  remove(key: string): boolean {
    const live = this.has(key);
    this.#entries.delete(key);
    return live;
  }

  expiryOf(key: string): number | undefined {
    return this.#live(key)?.expiresAt;
  }

  expireAt(key: string, expiresAt: number | undefined): void {
    const entry = this.#live(key);
    if (entry) entry.expiresAt = expiresAt;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Removes what expired unseen, so that keys that nobody reads again do not fill the memory. */
  sweep(): void {
    for (const key of this.#entries.keys()) this.#live(key);
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    if (this.#entries.size <= KEYS_MAX) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
