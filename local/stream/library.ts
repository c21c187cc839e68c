import { join } from "node:path";
import { Journal } from "../midtrans/journal.ts";
import type { Delivery, LiveInput, Output, SigningKey, Video, Webhook } from "./types.ts";

type Kinds = {
  input: LiveInput;
  output: Output;
  video: Video;
  key: SigningKey;
  webhook: Webhook;
  delivery: Delivery;
};
type Kind = keyof Kinds;
type Row = { kind: Kind; id: string; value: Kinds[Kind] | null };

/** Delivered webhooks that are kept to be looked at; the oldest go first. */
const DELIVERIES_MAX = 500;

/** Everything the sandbox knows. What was answered is in the journal, so a SIGKILL loses nothing of it. */
export class Library {
  readonly #journal: Journal<Row>;
  readonly #kept: { [K in Kind]: Map<string, Kinds[K]> } = {
    input: new Map(),
    output: new Map(),
    video: new Map(),
    key: new Map(),
    webhook: new Map(),
    delivery: new Map(),
  };

  constructor(dataDir: string) {
    const { journal, records } = Journal.open<Row>(join(dataDir, "library.jsonl"));
    this.#journal = journal;
    for (const row of records) this.#apply(row);
  }

  find<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.#kept[kind].get(id);
  }

  list<K extends Kind>(kind: K): Kinds[K][] {
    return [...this.#kept[kind].values()];
  }

  put<K extends Kind>(kind: K, id: string, value: Kinds[K]): Kinds[K] {
    this.#write({ kind, id, value });
    return value;
  }

  drop(kind: Kind, id: string): void {
    this.#write({ kind, id, value: null });
  }

  close(): void {
    this.#journal.close();
  }

  #write(row: Row): void {
    const rows = [row];
    if (row.kind === "delivery" && this.#kept.delivery.size >= DELIVERIES_MAX) {
      const [oldest] = this.#kept.delivery.keys();
      if (oldest !== undefined && oldest !== row.id) rows.push({ kind: "delivery", id: oldest, value: null });
    }
    this.#journal.append(rows);
    for (const one of rows) this.#apply(one);
    const live = Object.values(this.#kept).reduce((sum, map) => sum + map.size, 0);
    if (this.#journal.isLoose(live)) this.#journal.rewrite(this.#all());
  }

  #all(): Row[] {
    return Object.entries(this.#kept).flatMap(([kind, map]) =>
      [...map].map(([id, value]) => ({ kind: kind as Kind, id, value })),
    );
  }

  #apply({ kind, id, value }: Row): void {
    // A row's value has its kind's shape: only `put` writes one.
    const map = this.#kept[kind] as Map<string, unknown>;
    if (value === null) map.delete(id);
    else map.set(id, value);
  }
}
