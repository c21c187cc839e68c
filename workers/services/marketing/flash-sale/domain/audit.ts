import { Book } from "./book.ts";
import { type Entry, FIRST_HASH, fromBody, type Group, hashOfGroup, type Terms } from "./entry.ts";
import { admittedAt, commitmentOf } from "./lottery.ts";
import { shardOf } from "./sale.ts";

export type Header = {
  readonly terms: Terms;
  readonly commitment: string | null;
  readonly seed: string | null;
};
/** How far a shard's log goes in an export. */
export type Head = { readonly shard: number; readonly seq: number; readonly hash: string };
export type Findings = {
  readonly groups: number;
  readonly holds: number;
  readonly sold: number;
  readonly held: number;
  /** What broke a rule, in words; empty when all is well. */
  readonly violations: readonly string[];
};
/** More than this says nothing new. */
const VIOLATIONS_MAX = 50;

/**
 * Checks an export without the platform: every hash, and every rule at every step. It folds the log with the
 * same book as the shards, so it sees what they saw, and it demands what they should have refused.
 */
export class Audit {
  readonly #header: Header;
  readonly #shards = new Map<number, Trail>();
  readonly #violations: string[] = [];
  #groups = 0;

  constructor(header: Header) {
    this.#header = header;
    const { commitment, seed } = header;
    if (commitment !== null && seed !== null && commitmentOf(seed) !== commitment) {
      this.#violate("the seed is not the one that was committed to");
    }
  }

  take(shard: number, group: Group): void {
    const trail = this.#shards.get(shard) ?? { book: new Book(), seq: 0, hash: FIRST_HASH, keys: new Set() };
    this.#shards.set(shard, trail);
    this.#groups += 1;
    const where = `shard ${shard}, row ${group.seq}`;
    if (group.seq !== trail.seq + 1) this.#violate(`${where}: a row is missing before it`);
    if (hashOfGroup(trail.hash, group.body) !== group.hash)
      this.#violate(`${where}: the hash does not match`);
    trail.seq = group.seq;
    trail.hash = group.hash;
    const [at, entries] = fromBody(group.body);
    for (const entry of entries) this.#check({ shard, where, trail, at }, entry);
  }

  /** What the export says of its own ends: rows that are missing there leave no gap. */
  end(heads: readonly Head[]): void {
    for (const { shard, seq, hash } of heads) {
      const trail = this.#shards.get(shard);
      if (trail?.seq === seq && trail.hash === hash) continue;
      this.#violate(
        `shard ${shard}: it ends at row ${trail?.seq ?? 0} and not at row ${seq} as it was written`,
      );
    }
    if (heads.length !== this.#shards.size) this.#violate("the shards are not those of its end");
  }

  findings(): Findings {
    const { quota } = this.#header.terms;
    const trails = [...this.#shards.values()];
    const sum = (of: (book: Book) => number) => trails.reduce((total, { book }) => total + of(book), 0);
    const out = sum((book) => book.dealt - book.returned);
    if (out > quota) this.#violate(`${out} units were dealt of a quota of ${quota}`);
    return {
      groups: this.#groups,
      holds: trails.reduce((total, { keys }) => total + keys.size, 0),
      sold: sum((book) => book.sold),
      held: sum((book) => book.held),
      violations: this.#violations,
    };
  }

  #check(step: Step, entry: Entry): void {
    const { where, at } = step;
    const { book } = step.trail;
    const { terms, commitment } = this.#header;
    if (entry[0] === "open" && JSON.stringify(entry[1]) !== JSON.stringify(terms)) {
      this.#violate(`${where}: it was opened with other terms`);
    }
    if (entry[0] === "draw" && commitmentOf(entry[1]) !== commitment) {
      this.#violate(`${where}: it was drawn with a seed that was not committed to`);
    }
    if (entry[0] === "hold") this.#checkHold(step, entry);
    if (entry[0] === "expire" && at < (book.holds.get(entry[1])?.expiresAt ?? 0)) {
      this.#violate(`${where}: ${entry[1]} expired before its time`);
    }
    book.apply(entry, at);
    if (book.free < 0) this.#violate(`${where}: ${-book.free} units more than it was dealt`);
    if (entry[0] === "hold" && book.liveOf(entry[2]) > terms.perBuyer) {
      this.#violate(`${where}: ${entry[2]} has more than one buyer may have`);
    }
  }

  #checkHold(
    { shard, where, trail, at }: Step,
    entry: Extract<Entry, readonly ["hold", ...unknown[]]>,
  ): void {
    const { book, keys } = trail;
    const { terms } = this.#header;
    const [, id, buyerId, key] = entry;
    if (shardOf(buyerId, terms.shards) !== shard) this.#violate(`${where}: ${buyerId} lives elsewhere`);
    if (keys.has(`${buyerId} ${key}`)) this.#violate(`${where}: ${id} is a second hold of one key`);
    if (at < terms.startsAt || at >= terms.endsAt) this.#violate(`${where}: ${id} is outside of the sale`);
    if (terms.queue !== "none" && at < (admittedAt(book, buyerId) ?? Number.POSITIVE_INFINITY)) {
      this.#violate(`${where}: ${id} is before its buyer's turn`);
    }
    keys.add(`${buyerId} ${key}`);
  }

  #violate(what: string): void {
    if (this.#violations.length < VIOLATIONS_MAX) this.#violations.push(what);
  }
}

type Trail = { readonly book: Book; seq: number; hash: string; readonly keys: Set<string> };
type Step = {
  readonly shard: number;
  readonly where: string;
  readonly trail: Trail;
  readonly at: number;
};
