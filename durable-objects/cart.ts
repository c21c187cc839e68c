import { DurableObject } from "cloudflare:workers";
import type { BuyerId } from "#kernel/actor";
import { cellConfig } from "#kernel/cell";
import { type Clock, DAY_MS, systemClock } from "#kernel/clock";
import { createGroupCommit } from "#kernel/group-commit";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { openSystemCtx } from "#kernel/open-ctx";
import { err, ok } from "#kernel/result";
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
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { cellOf, idOf } from "./stubs.ts";

const STEPS = [
  `CREATE TABLE cart (
     one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, owner_id TEXT NOT NULL,
     changed_at INTEGER NOT NULL, told_version INTEGER NOT NULL) STRICT;
   CREATE TABLE line (
     position INTEGER PRIMARY KEY, line_id TEXT NOT NULL UNIQUE, offer_id TEXT NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0), is_selected INTEGER NOT NULL, is_saved INTEGER NOT NULL,
     note TEXT, seen_minor TEXT, added_at INTEGER NOT NULL) STRICT;
   CREATE TABLE request (
     seq INTEGER PRIMARY KEY, request_key TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
     answer TEXT NOT NULL) STRICT`,
  OUTBOX_STEP,
];

/** Answers kept for retries: a buyer's clicks of more than a day; the oldest go first. */
const REQUESTS_MAX = 256;
/** Old answers are cleared once in so many changes, so that most changes write nothing more. */
const CLEAR_EVERY = 32;
/** A cart that nobody touched for so long forgets itself, a guest's with its token long dead. */
const KEPT_MS = 90 * DAY_MS;

type Outcome = { readonly ok: true; readonly value: Answer } | Refusal;
type Prior = { readonly hash: string; readonly answer: Answer };
type Owned = {
  readonly ownerId: BuyerId;
  readonly changedAt: number;
  /** The version at which abandonment was last told. */
  readonly toldVersion: number;
};

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
  #owned: Owned | undefined;
  #lastSeq = 0;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#outbox = new ObjectOutbox(this.#sql);
    migrate(ctx.storage, STEPS);
    this.#rebuild();
  }

  /** Idempotent by the change's key; calls that arrive together share a transaction. */
  change(change: Change): Promise<Outcome> {
    return this.#submit(change);
  }

  read(): { readonly version: number; readonly lines: readonly Line[] } {
    return { version: this.#cart.version, lines: [...this.#cart.lines.values()] };
  }

  /** Looks anew at what is due, since an alarm may come early or twice, and arms itself from storage. */
  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    if (this.#owned && this.#isAbandoned(this.#owned, now)) this.#tellAbandoned(this.#owned);
    const comeBackAt = await this.#outbox.post(this.#openCtx(), this.ctx.id.name ?? "");
    if (comeBackAt !== undefined) return this.#arm(comeBackAt);
    if (this.#owned && now >= this.#owned.changedAt + KEPT_MS) return this.#forget();
    this.#arm(this.#nextLookAt());
  }

  #commit(changes: readonly Change[]): readonly Outcome[] {
    try {
      return this.ctx.storage.transactionSync(() => {
        const now = this.clock.now();
        const rules = { limits: this.#terms(), now };
        const known = this.#findPriors(changes);
        const touched = new Set<Id<"line">>();
        const made: (Prior & { readonly key: string })[] = [];
        const outcomes = changes.map((change): Outcome => {
          const prior = known.get(change.key);
          if (prior) return prior.hash === change.hash ? ok(prior.answer) : err("cart.key_reused");
          const decision = decideChange(this.#cart, change, rules);
          if (!decision.ok) return decision;
          const { cart, answer } = applyEdits(this.#cart, decision.value);
          this.#cart = cart;
          for (const line of decision.value.put) touched.add(line.lineId);
          for (const lineId of decision.value.drop) touched.add(lineId);
          const { key, hash } = change;
          known.set(key, { hash, answer });
          made.push({ key, hash, answer });
          return ok(answer);
        });
        const owner = changes.find((change) => change.ownerId !== null)?.ownerId ?? this.#owned?.ownerId;
        if (owner) this.#record(made, touched, owner, now);
        return outcomes;
      });
    } catch (error) {
      // The tables were rolled back and the fields were not.
      this.#rebuild();
      throw error;
    }
  }

  #findPriors(changes: readonly Change[]): Map<string, Prior> {
    const query = `SELECT request_key AS name, hash, answer FROM json_each(?) AS wanted
      JOIN request ON request_key = wanted.value`;
    const keys = JSON.stringify(changes.map((change) => change.key));
    const rows = this.#sql.exec<{ name: string; hash: string; answer: string }>(query, keys).toArray();
    return new Map(rows.map(({ name, hash, answer }) => [name, { hash, answer: JSON.parse(answer) }]));
  }

  /** A few statements however many the changes are: one a table. */
  #record(
    made: readonly (Prior & { readonly key: string })[],
    touched: ReadonlySet<Id<"line">>,
    ownerId: BuyerId,
    now: number,
  ): void {
    if (made.length === 0) return;
    if (touched.size > 0) this.#writeLines([...touched]);
    this.#sql.exec(
      `INSERT INTO request (seq, request_key, hash, answer)
       SELECT ? + key, value ->> 'key', value ->> 'hash', value -> 'answer' FROM json_each(?)`,
      this.#lastSeq + 1,
      JSON.stringify(made),
    );
    const seq = this.#lastSeq + made.length;
    if (Math.floor(seq / CLEAR_EVERY) > Math.floor(this.#lastSeq / CLEAR_EVERY)) {
      this.#sql.exec("DELETE FROM request WHERE seq <= ?", seq - REQUESTS_MAX);
    }
    this.#lastSeq = seq;
    if (touched.size === 0) return;
    this.#owned = { ownerId, changedAt: now, toldVersion: this.#owned?.toldVersion ?? 0 };
    this.#writeCart(this.#owned);
    this.#arm(this.#nextLookAt());
  }

  #writeLines(lineIds: readonly Id<"line">[]): void {
    const put = lineIds.flatMap((lineId) => this.#cart.lines.get(lineId) ?? []);
    const drop = lineIds.filter((lineId) => !this.#cart.lines.has(lineId));
    if (put.length > 0) {
      this.#sql.exec(
        `INSERT INTO line (line_id, offer_id, quantity, is_selected, is_saved, note, seen_minor, added_at)
         SELECT value ->> 'lineId', value ->> 'offerId', value ->> 'quantity', value ->> 'isSelected',
           value ->> 'isSaved', value ->> 'note', value ->> 'seenMinor', value ->> 'addedAt'
         FROM json_each(?) WHERE true
         ON CONFLICT (line_id) DO UPDATE SET quantity = excluded.quantity, is_selected = excluded.is_selected,
           is_saved = excluded.is_saved, note = excluded.note, seen_minor = excluded.seen_minor`,
        JSON.stringify(put),
      );
    }
    if (drop.length > 0) {
      const gone = "DELETE FROM line WHERE line_id IN (SELECT value FROM json_each(?))";
      this.#sql.exec(gone, JSON.stringify(drop));
    }
  }

  #writeCart({ ownerId, changedAt, toldVersion }: Owned): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO cart (one, version, owner_id, changed_at, told_version) VALUES (1, ?, ?, ?, ?)",
      ...[this.#cart.version, ownerId, changedAt, toldVersion],
    );
  }

  #isAbandoned({ changedAt, toldVersion }: Owned, now: number): boolean {
    const isTold = toldVersion === this.#cart.version;
    return !isTold && this.#hasLines() && now >= changedAt + this.#terms().abandonedAfterMs;
  }

  #hasLines(): boolean {
    return [...this.#cart.lines.values()].some((line) => !line.isSaved);
  }

  /** The fact and the mark that it was told are one transaction; the same alarm posts it. */
  #tellAbandoned(owned: Owned): void {
    const cartId = idOf(this.ctx) as Id<"cart">;
    const active = [...this.#cart.lines.values()].filter((line) => !line.isSaved);
    const lines = active.map(({ offerId, quantity }) => ({ offerId, quantity }));
    const subject = { id: cartId, version: this.#cart.version };
    const told = { ...owned, toldVersion: this.#cart.version };
    this.ctx.storage.transactionSync(() => {
      const about = { cartId, buyerId: owned.ownerId, idleSince: owned.changedAt, lines };
      this.#outbox.add(CartAbandoned.make(this.#openCtx(), subject, about));
      this.#writeCart(told);
    });
    this.#owned = told;
  }

  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
    migrate(this.ctx.storage, STEPS);
    this.#rebuild();
  }

  #terms(): Market["cart"] {
    return cellConfig(this.env, cellOf(this.ctx)).config.market.cart;
  }

  #openCtx() {
    const defer = (work: Promise<unknown>) => this.ctx.waitUntil(work);
    return openSystemCtx(this.env, cellOf(this.ctx), { defer, clock: this.clock });
  }

  #nextLookAt(): number {
    if (!this.#owned) return Number.POSITIVE_INFINITY;
    const { changedAt, toldVersion } = this.#owned;
    const isWaiting = toldVersion !== this.#cart.version && this.#hasLines();
    return changedAt + (isWaiting ? this.#terms().abandonedAfterMs : KEPT_MS);
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
    const cart = `SELECT version, owner_id AS ownerId, changed_at AS changedAt,
      told_version AS toldVersion FROM cart`;
    const lines = `SELECT line_id AS lineId, offer_id AS offerId, quantity, is_selected AS isSelected,
      is_saved AS isSaved, note, seen_minor AS seenMinor, added_at AS addedAt FROM line ORDER BY position`;
    type CartRow = { version: number; ownerId: BuyerId; changedAt: number; toldVersion: number };
    type LineRow = Omit<Line, "isSelected" | "isSaved"> & { isSelected: number; isSaved: number };
    const [row] = this.#sql.exec<CartRow>(cart);
    const kept = this.#sql.exec<LineRow>(lines).toArray();
    const all = kept.map((line) => ({
      ...line,
      isSelected: line.isSelected === 1,
      isSaved: line.isSaved === 1,
    }));
    this.#cart = { version: row?.version ?? 0, lines: new Map(all.map((line) => [line.lineId, line])) };
    this.#owned = row && {
      ownerId: row.ownerId,
      changedAt: row.changedAt,
      toldVersion: row.toldVersion,
    };
    const last = "SELECT coalesce(max(seq), 0) AS seq FROM request";
    this.#lastSeq = this.#sql.exec<{ seq: number }>(last).one().seq;
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}
