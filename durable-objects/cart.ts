import { DurableObject } from "cloudflare:workers";
import type { BuyerId } from "#kernel/actor";
import { cellConfig } from "#kernel/cell";
import { type Clock, DAY_MS, systemClock } from "#kernel/clock";
import { createGroupCommit } from "#kernel/group-commit";
import { createIds, type Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { err, ok } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import {
  type Answer,
  applyEdits,
  type Cart,
  type Change,
  decideChange,
  type Line,
  type Refusal,
} from "#services/transaction/cart/domain/cart";
import { CartAbandoned } from "#services/transaction/cart/facts";
import { type ExportPage, exportRows } from "./export.ts";
import { type Imported, type ImportPage, importRows } from "./import.ts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { cellOf, idOf } from "./stubs.ts";

/** A usual change writes two pages: rows are found by what memory knows, so no table has a second index. */
const STEPS = [
  `CREATE TABLE line (
     position INTEGER PRIMARY KEY, line_id TEXT NOT NULL, offer_id TEXT NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0), is_selected INTEGER NOT NULL, is_saved INTEGER NOT NULL,
     note TEXT, seen_minor TEXT, added_at INTEGER NOT NULL) STRICT;
   CREATE TABLE change_log (
     seq INTEGER PRIMARY KEY, request_key TEXT NOT NULL, hash TEXT NOT NULL, version INTEGER NOT NULL,
     owner_id TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT NOT NULL) STRICT;
   CREATE TABLE told (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT`,
  OUTBOX_STEP,
];

/** Answers kept for retries: a buyer's clicks of more than a day; the oldest go first. */
const LOG_MAX = 256;
/** Old answers are cleared once in so many changes, so that most changes write nothing more. */
const CLEAR_EVERY = 32;
/** A cart that nobody touched for so long forgets itself, a guest's with its token long dead. */
const KEPT_MS = 90 * DAY_MS;

type Outcome = { readonly ok: true; readonly value: Answer } | Refusal;
type Logged = { readonly seq: number; readonly hash: string };
type Made = {
  readonly key: string;
  readonly hash: string;
  readonly version: number;
  readonly answer: Answer;
};
/** Who last changed the cart, and when: the last row of the log. */
type Last = { readonly ownerId: BuyerId; readonly changedAt: number };

/**
 * The only writer of one cart, named `<cell>:cart:<cartId>`; a person's clicks, some ten a second at most,
 * and an import's hundreds of lines in one call. Its fields are a cache of its tables: the constructor and a
 * failed group read them anew.
 */
export class CartDO extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #sql: SqlStorage;
  readonly #outbox: ObjectOutbox;
  readonly #submit = createGroupCommit((changes: readonly Change[]) => this.#commit(changes));
  #cart: Cart = { version: 0, lines: new Map() };
  #positions = new Map<Id<"line">, number>();
  #logged = new Map<string, Logged>();
  #last: Last | undefined;
  #lastSeq = 0;
  #lastPosition = 0;
  /** The version at which abandonment was last told. */
  #toldVersion = 0;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#outbox = new ObjectOutbox(this.#sql);
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

  /** Idempotent by the change's key; calls that arrive together share a transaction. */
  change(change: Change): Promise<Outcome> {
    return this.#submit(change);
  }

  read(): { readonly version: number; readonly lines: readonly Line[] } {
    return { version: this.#cart.version, lines: [...this.#cart.lines.values()] };
  }

  find(lineId: Id<"line">): Line | undefined {
    return this.#cart.lines.get(lineId);
  }

  /** Looks anew at what is due, since an alarm may come early or twice, and arms itself from storage. */
  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    if (this.#last && this.#isAbandoned(this.#last, now)) this.#tellAbandoned(this.#last);
    const comeBackAt = await this.#outbox.post(
      await openOwnCtx(this.ctx, this.env, this.clock),
      this.ctx.id.name ?? "",
    );
    if (comeBackAt !== undefined) return this.#arm(comeBackAt);
    if (this.#last && now >= this.#last.changedAt + KEPT_MS) return this.#forget();
    this.#arm(this.#nextLookAt());
  }

  #commit(changes: readonly Change[]): readonly Outcome[] {
    try {
      return this.ctx.storage.transactionSync(() => {
        const now = this.clock.now();
        const rules = { limits: this.#terms(), now };
        const touched = new Set<Id<"line">>();
        const made = new Map<string, Made>();
        const outcomes = changes.map((change): Outcome => {
          const prior = made.get(change.key) ?? this.#findPrior(change.key);
          if (prior) return prior.hash === change.hash ? ok(prior.answer) : err("cart.key_reused");
          const decision = decideChange(this.#cart, change, rules);
          if (!decision.ok) return decision;
          const { cart, answer } = applyEdits(this.#cart, decision.value);
          this.#cart = cart;
          for (const line of decision.value.put) touched.add(line.lineId);
          for (const lineId of decision.value.drop) touched.add(lineId);
          made.set(change.key, { key: change.key, hash: change.hash, version: cart.version, answer });
          return ok(answer);
        });
        const ownerId = changes.find((change) => change.ownerId !== null)?.ownerId ?? this.#last?.ownerId;
        if (ownerId && made.size > 0) this.#record([...made.values()], touched, { ownerId, changedAt: now });
        return outcomes;
      });
    } catch (error) {
      // The tables were rolled back and the fields were not.
      this.#rebuild();
      throw error;
    }
  }

  #findPrior(key: string): Pick<Made, "hash" | "answer"> | undefined {
    const logged = this.#logged.get(key);
    if (!logged) return undefined;
    const query = "SELECT answer FROM change_log WHERE seq = ?";
    const { answer } = this.#sql.exec<{ answer: string }>(query, logged.seq).one();
    return { hash: logged.hash, answer: JSON.parse(answer) };
  }

  /** A statement a table however many the changes are. */
  #record(made: readonly Made[], touched: ReadonlySet<Id<"line">>, last: Last): void {
    this.#writeLines([...touched]);
    this.#sql.exec(
      `INSERT INTO change_log (seq, request_key, hash, version, owner_id, at, answer)
       SELECT ? + key, value ->> 'key', value ->> 'hash', value ->> 'version', ?, ?, value -> 'answer'
       FROM json_each(?)`,
      ...[this.#lastSeq + 1, last.ownerId, last.changedAt, JSON.stringify(made)],
    );
    for (const { key, hash } of made) {
      this.#lastSeq += 1;
      this.#logged.set(key, { seq: this.#lastSeq, hash });
    }
    if (this.#logged.size >= LOG_MAX + CLEAR_EVERY) this.#clearLog(this.#lastSeq - LOG_MAX);
    this.#last = last;
    this.#arm(this.#nextLookAt());
  }

  #clearLog(upTo: number): void {
    this.#sql.exec("DELETE FROM change_log WHERE seq <= ?", upTo);
    for (const [key, { seq }] of this.#logged) if (seq <= upTo) this.#logged.delete(key);
  }

  #writeLines(lineIds: readonly Id<"line">[]): void {
    const put: (Line & { readonly position: number })[] = [];
    const drop: number[] = [];
    for (const lineId of lineIds) {
      const line = this.#cart.lines.get(lineId);
      const known = this.#positions.get(lineId);
      if (line) {
        const position = known ?? this.#lastPosition + 1;
        this.#lastPosition = Math.max(this.#lastPosition, position);
        this.#positions.set(lineId, position);
        put.push({ ...line, position });
      } else if (known !== undefined) {
        this.#positions.delete(lineId);
        drop.push(known);
      }
    }
    if (put.length > 0) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO line
           (position, line_id, offer_id, quantity, is_selected, is_saved, note, seen_minor, added_at)
         SELECT value ->> 'position', value ->> 'lineId', value ->> 'offerId', value ->> 'quantity',
           value ->> 'isSelected', value ->> 'isSaved', value ->> 'note', value ->> 'seenMinor',
           value ->> 'addedAt' FROM json_each(?)`,
        JSON.stringify(put),
      );
    }
    if (drop.length > 0) {
      const gone = "DELETE FROM line WHERE position IN (SELECT value FROM json_each(?))";
      this.#sql.exec(gone, JSON.stringify(drop));
    }
  }

  #isAbandoned({ changedAt }: Last, now: number): boolean {
    return this.#isUntold() && now >= changedAt + this.#terms().abandonedAfterMs;
  }

  #isUntold(): boolean {
    if (this.#toldVersion === this.#cart.version) return false;
    for (const line of this.#cart.lines.values()) if (!line.isSaved) return true;
    return false;
  }

  /** The fact and the mark that it was told are one transaction; the same alarm posts it. */
  #tellAbandoned({ ownerId, changedAt }: Last): void {
    const cartId = idOf(this.ctx) as Id<"cart">;
    const { version } = this.#cart;
    const active = [...this.#cart.lines.values()].filter((line) => !line.isSaved);
    const lines = active.map(({ offerId, quantity }) => ({ offerId, quantity }));
    const about = { cartId, buyerId: ownerId, idleSince: changedAt, lines };
    this.ctx.storage.transactionSync(() => {
      this.#outbox.add(CartAbandoned.make(this.#maker(), { id: cartId, version }, about));
      this.#sql.exec("INSERT OR REPLACE INTO told (one, version) VALUES (1, ?)", version);
    });
    this.#toldVersion = version;
  }

  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
    migrate(this.ctx.storage, STEPS);
    this.#rebuild();
  }

  #terms(): Market["cart"] {
    return cellConfig(this.env, cellOf(this.ctx)).config.market.cart;
  }

  /** What a fact needs; it is made inside a transaction, where nothing can be waited for. */
  #maker() {
    const ids = createIds(this.clock);
    return { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() };
  }

  #nextLookAt(): number {
    if (!this.#last) return Number.POSITIVE_INFINITY;
    return this.#last.changedAt + (this.#isUntold() ? this.#terms().abandonedAfterMs : KEPT_MS);
  }

  /**
   * An alarm that is already set for an earlier time looks then and arms itself anew, so that most changes do
   * not move it. Not awaited: a write of storage holds back the answer until it is on disk.
   */
  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #rebuild(): void {
    const lines = `SELECT position, line_id AS lineId, offer_id AS offerId, quantity,
      is_selected AS isSelected, is_saved AS isSaved, note, seen_minor AS seenMinor, added_at AS addedAt
      FROM line ORDER BY position`;
    type LineRow = Omit<Line, "isSelected" | "isSaved"> &
      Record<"position" | "isSelected" | "isSaved", number>;
    const kept = new Map<Id<"line">, Line>();
    this.#positions = new Map();
    this.#lastPosition = 0;
    for (const { position, isSelected, isSaved, ...line } of this.#sql.exec<LineRow>(lines)) {
      kept.set(line.lineId, { ...line, isSelected: isSelected === 1, isSaved: isSaved === 1 });
      this.#positions.set(line.lineId, position);
      this.#lastPosition = position;
    }
    this.#rebuildLog(kept);
  }

  #rebuildLog(lines: ReadonlyMap<Id<"line">, Line>): void {
    const log = `SELECT seq, request_key AS requestKey, hash, version, owner_id AS ownerId, at AS changedAt
      FROM change_log ORDER BY seq`;
    type LogRow = Logged & Last & { readonly requestKey: string; readonly version: number };
    this.#logged = new Map();
    this.#last = undefined;
    this.#lastSeq = 0;
    let version = 0;
    for (const row of this.#sql.exec<LogRow>(log)) {
      this.#logged.set(row.requestKey, { seq: row.seq, hash: row.hash });
      this.#last = { ownerId: row.ownerId, changedAt: row.changedAt };
      this.#lastSeq = row.seq;
      version = row.version;
    }
    this.#cart = { version, lines };
    this.#toldVersion =
      this.#sql.exec<{ version: number }>("SELECT version FROM told").toArray()[0]?.version ?? 0;
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}
