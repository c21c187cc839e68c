import { DurableObject } from "cloudflare:workers";
import { type Clock, systemClock } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { Terms } from "#services/marketing/flash-sale/domain/entry";
import { type Account, Ledger, type Totals } from "#services/marketing/flash-sale/domain/ledger";
import { type ExportPage, exportRows } from "./export.ts";
import { type Imported, type ImportPage, importRows } from "./import.ts";
import { migrate } from "./migrate.ts";
import type { Deal } from "./sale-keeper.ts";
import type { SaleShardDO, ShardState } from "./sale-shard.ts";
import { cellOf, idOf, onSaleShard } from "./stubs.ts";

const STEPS = [
  `CREATE TABLE sale (
     one INTEGER PRIMARY KEY CHECK (one = 1), terms TEXT NOT NULL, is_closed INTEGER NOT NULL) STRICT;
   CREATE TABLE account (
     shard INTEGER PRIMARY KEY, dealt INTEGER NOT NULL,
     returned INTEGER NOT NULL CHECK (returned <= dealt)) STRICT;
   CREATE TABLE line (
     place INTEGER PRIMARY KEY AUTOINCREMENT, hold_id TEXT NOT NULL UNIQUE, shard INTEGER NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0)) STRICT`,
];

/** For so long nobody is asked again after all had nothing; a shard that gets something says so itself. */
const EMPTY_MS = 100;
/** Each round halves what is left with the richest; more rounds than this find nothing new. */
const ROUNDS_MAX = 24;
/** Served together, so that a big return is not one call a buyer. */
const SERVED_MAX = 100;

type Waiting = { readonly holdId: Id<"hold">; readonly shard: number; readonly quantity: number };
export type SaleState = {
  readonly pool: number;
  readonly held: number;
  readonly sold: number;
  readonly free: number;
  readonly isClosed: boolean;
};

/**
 * Deals a sale's quota to its shards, named `<cell>:sale:<saleId>`; some hundred calls in the life of a sale,
 * and while it is sold out a few a second from each shard. It never sees a claim.
 */
export class SaleCoordinatorDO extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #sql: SqlStorage;
  #terms: Terms | undefined;
  #isClosed = false;
  #ledger = new Ledger(0, []);
  #gathering: Promise<void> = Promise.resolve();
  #serving: Promise<void> | undefined;
  /** Until then it is believed that no shard has anything. */
  #emptyUntil = 0;
  #hasLine = false;
  /** Every shard has heard that there is a line, and leaves nothing free since then. */
  #hasToldLine = false;
  /** Every shard has heard that nothing is left, and says so when something comes back. */
  #hasToldGone = false;
  #hasListened = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, STEPS);
    this.#rebuild();
  }

  /** For backups. */
  exportRows(after: string): ExportPage {
    return exportRows(this.ctx.storage, after);
  }

  importRows(page: ImportPage): Imported {
    return importRows(this.ctx.storage, page);
  }

  /** What is in memory is of before the import: the next call finds the object made from its rows. */
  restart(): void {
    this.ctx.abort("restored");
  }

  /** Idempotent. Wakes every shard and deals it its first units, so that the first claims wait for nobody. */
  async open(terms: Terms): Promise<SaleState> {
    if (this.#terms === undefined) {
      this.ctx.storage.transactionSync(() => {
        const text = JSON.stringify(terms);
        this.#sql.exec("INSERT INTO sale (one, terms, is_closed) VALUES (1, ?, 0)", text);
        for (let shard = 0; shard < terms.shards; shard += 1) {
          this.#sql.exec("INSERT INTO account (shard, dealt, returned) VALUES (?, 0, 0)", shard);
        }
      });
      this.#rebuild();
    } else await this.#listen();
    const states = await this.#all((shard, stub) => {
      const account = this.#ledger.accounts[shard];
      const isNew = account?.dealt === 0 && !this.#isClosed;
      if (isNew) this.#keep(shard, () => this.#ledger.deal(shard, NOTHING, 0));
      return stub.hear(this.#dealFor(shard));
    });
    return this.#sum(states);
  }

  /**
   * A shard says what it has and what it wants. It is dealt from the pool; when that is not enough, what
   * others do not need is gathered first. An answer that is dry means that there was no more anywhere.
   */
  async refill(shard: number, totals: Totals, want: number): Promise<Deal> {
    if (this.#terms === undefined || this.#ledger.accounts[shard] === undefined) return UNKNOWN;
    this.#hear(shard, totals);
    if (this.#isClosed) return { ...this.#dealFor(shard), isDry: true };
    if (this.#hasLine) await this.#serveLine();
    if (want > this.#ledger.pool) {
      await this.#gatherFor(shard, want, totals.free);
      if (this.#hasLine) await this.#serveLine();
    }
    const known = this.#ledger.accounts[shard].dealt;
    if (known > totals.dealt) return this.#dealFor(shard);
    const dealt = this.#keep(shard, () => this.#ledger.deal(shard, totals, want));
    const isDry = dealt - totals.dealt < want;
    if (isDry) this.#tellGone();
    return { ...this.#dealFor(shard), isDry };
  }

  /** A shard has units again that somebody may be waiting for. */
  async report(shard: number, totals: Totals): Promise<void> {
    if (this.#terms === undefined) return;
    this.#hear(shard, totals);
    if (this.#isClosed) return;
    this.#emptyUntil = 0;
    this.#hasToldGone = false;
    if (this.#hasLine) await this.#serveLine();
    await this.#tellAll();
    // A shard that slept hears of the line only now, and gives back what lay free there.
    if (this.#hasLine) await this.#serveLine();
  }

  /** Puts a hold-to-be at the end of the line. Idempotent by its id. */
  async enlist(shard: number, { holdId, quantity }: Omit<Waiting, "shard">): Promise<void> {
    const insert = "INSERT OR IGNORE INTO line (hold_id, shard, quantity) VALUES (?, ?, ?)";
    this.#sql.exec(insert, holdId, shard, quantity);
    this.#hasLine = true;
    await this.#serveLine();
    if (!this.#hasLine || this.#hasToldLine) return;
    await this.#tellAll();
    this.#hasToldLine = true;
    await this.#serveLine();
  }

  async draw(seed: string): Promise<void> {
    await this.#all((_, stub) => stub.draw(seed));
  }

  /** No shard holds anew, and all that is free comes back. Called again until nothing is held. */
  async close(): Promise<SaleState> {
    this.#isClosed = true;
    this.#sql.exec("UPDATE sale SET is_closed = 1");
    this.#sql.exec("DELETE FROM line");
    this.#hasLine = false;
    const states = await this.#all((_, stub) => stub.close());
    for (const [shard, state] of states.entries()) this.#hear(shard, state);
    return this.#sum(states);
  }

  async state(): Promise<SaleState> {
    return this.#sum(await this.#all((_, stub) => stub.totals()));
  }

  /** One gathers at a time, or two would take the same units from each other in turn. */
  #gatherFor(shard: number, want: number, free: number): Promise<void> {
    const gathering = this.#gathering.then(() => this.#gather(shard, want, free));
    this.#gathering = gathering.catch(() => undefined);
    return gathering;
  }

  async #gather(asker: number, want: number, askersFree: number): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && this.#ledger.pool < want; round += 1) {
      if (this.clock.now() < this.#emptyUntil) return;
      const before = this.#ledger.pool;
      const states = await this.#all((shard, stub) => (shard === asker ? undefined : stub.spare()));
      let free = 0;
      for (const [shard, state] of states.entries()) {
        if (state === undefined) continue;
        this.#hear(shard, state);
        free += state.free;
      }
      if (free > 0 || this.#ledger.pool > before) continue;
      if (askersFree === 0) this.#emptyUntil = this.clock.now() + EMPTY_MS;
      return;
    }
  }

  /** One round at a time: who comes meanwhile waits for it, and then serves what has come since. */
  async #serveLine(): Promise<void> {
    if (this.#serving) await this.#serving;
    if (!this.#hasLine) return;
    this.#serving ??= this.#serve().finally(() => {
      this.#serving = undefined;
    });
    await this.#serving;
  }

  /** Until nobody is left whom what has come back would do for. */
  async #serve(): Promise<void> {
    while (await this.#serveSome());
    this.#hasLine = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM line").one().n > 0;
    if (!this.#hasLine) this.#hasToldLine = false;
  }

  /** In the order of the line; who asked for more than has come back is passed over. */
  async #serveSome(): Promise<boolean> {
    const query = `SELECT hold_id AS holdId, shard, quantity FROM line
      WHERE quantity <= ? ORDER BY place LIMIT ?`;
    const waiting = this.#sql.exec<Waiting>(query, this.#ledger.pool, SERVED_MAX).toArray();
    const served = new Map<number, Id<"hold">[]>();
    for (const { holdId, shard, quantity } of waiting) {
      if (quantity > this.#ledger.pool) continue;
      this.#keep(shard, () => this.#ledger.dealExactly(shard, quantity));
      served.set(shard, [...(served.get(shard) ?? []), holdId]);
    }
    await Promise.all(
      [...served].map(async ([shard, holdIds]) => {
        const state = await this.#onShard(shard, (stub) => stub.serve(this.#dealFor(shard), holdIds));
        // Only now: a crash before it serves them again, which the shard notices.
        const gone = "DELETE FROM line WHERE hold_id IN (SELECT value FROM json_each(?))";
        this.#sql.exec(gone, JSON.stringify(holdIds));
        this.#hear(shard, state);
      }),
    );
    return served.size > 0;
  }

  /** What lies free in the shards is written down there alone: after a start they are asked for it. */
  async #listen(): Promise<void> {
    if (this.#hasListened) return;
    const states = await this.#all((_, stub) => stub.totals());
    for (const [shard, state] of states.entries()) this.#hear(shard, state);
    this.#hasListened = true;
  }

  async #tellAll(): Promise<void> {
    await this.#listen();
    await this.#all((shard, stub) =>
      stub.hear(this.#dealFor(shard)).then((state) => this.#hear(shard, state)),
    );
  }

  /** A shard that sold its own units without asking does not know that they were the last. */
  #tellGone(): void {
    if (this.#hasToldGone || this.#ledger.left > 0) return;
    this.#hasToldGone = true;
    const told = this.#tellAll().catch(() => {
      this.#hasToldGone = false;
    });
    this.ctx.waitUntil(told);
  }

  #dealFor(shard: number): Deal {
    const { accounts, left } = this.#ledger;
    const dealt = accounts[shard]?.dealt ?? 0;
    return { terms: this.#terms, dealt, isDry: false, hasLine: this.#hasLine, left };
  }

  #hear(shard: number, totals: Totals): void {
    const account = this.#ledger.accounts[shard];
    if (account === undefined) return;
    const before = account.returned;
    this.#ledger.hear(shard, totals);
    if (account.returned > before) this.#save(shard, account);
  }

  /** Deals and writes it down in one turn; what could not be written was never dealt. */
  #keep(shard: number, deal: () => number): number {
    try {
      const dealt = deal();
      const account = this.#ledger.accounts[shard];
      if (account) this.#save(shard, account);
      return dealt;
    } catch (error) {
      this.#rebuild();
      throw error;
    }
  }

  #save(shard: number, { dealt, returned }: Account): void {
    const update = "UPDATE account SET dealt = ?, returned = ? WHERE shard = ?";
    this.#sql.exec(update, dealt, returned, shard);
  }

  #onShard<T>(shard: number, call: (stub: DurableObjectStub<SaleShardDO>) => T) {
    const saleId = idOf(this.ctx) as Id<"sale">;
    return onSaleShard({ cell: cellOf(this.ctx), objects: this.env }, { saleId, shard }, call);
  }

  /** Every shard at once; one that cannot be reached counts as having said nothing. */
  #all<T>(call: (shard: number, stub: DurableObjectStub<SaleShardDO>) => T): Promise<Awaited<T>[]> {
    const shards = this.#ledger.accounts.map((_, shard) => shard);
    return Promise.all(shards.map((shard) => this.#onShard(shard, (stub) => call(shard, stub))));
  }

  #sum(states: readonly ShardState[]): SaleState {
    const total = (of: (state: ShardState) => number) => states.reduce((sum, state) => sum + of(state), 0);
    return {
      pool: this.#ledger.pool,
      held: total((state) => state.held),
      sold: total((state) => state.sold),
      free: total((state) => state.free),
      isClosed: this.#isClosed,
    };
  }

  #rebuild(): void {
    const query = "SELECT terms, is_closed AS isClosed FROM sale";
    const [sale] = this.#sql.exec<{ terms: string; isClosed: number }>(query);
    if (sale === undefined) return;
    this.#terms = JSON.parse(sale.terms) as Terms;
    this.#isClosed = sale.isClosed === 1;
    const accounts = this.#sql.exec<{ dealt: number; returned: number }>(
      "SELECT dealt, returned FROM account ORDER BY shard",
    );
    this.#ledger = new Ledger(
      this.#terms.quota,
      accounts.toArray().map((account) => ({ ...account, free: 0 })),
    );
    this.#hasLine = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM line").one().n > 0;
  }
}

const NOTHING: Totals = { dealt: 0, returned: 0, free: 0 };
const UNKNOWN: Deal = { terms: undefined, dealt: 0, isDry: false, hasLine: false, left: 0 };
