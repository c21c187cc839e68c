import { DurableObject } from "cloudflare:workers";
import { cellConfig } from "#kernel/cell";
import { type Clock, systemClock } from "#kernel/clock";
import { createGroupCommit } from "#kernel/group-commit";
import { createIds } from "#kernel/ids";
import { newTraceId } from "#kernel/trace";
import type { StoredTerms } from "#services/catalog/ad/domain/campaign";
import { clockOf } from "#services/catalog/ad/domain/schedule";
import { AdBook, BOOK_STEP, type Engagement, type Verdict } from "./ad-book.ts";
import { type ExportPage, exportRows } from "./export.ts";
import { type Imported, type ImportPage, importRows } from "./import.ts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { cellOf } from "./stubs.ts";

const STEPS = [BOOK_STEP, OUTBOX_STEP];

export type Spending = { readonly day: string; readonly todayMilli: string; readonly totalMilli: string };

/**
 * The only writer of what a campaign spends, named `<cell>:ad-budget:<campaignId>`; some hundred acts a
 * second at most, those of a moment in one transaction. It knows nothing that its tables do not.
 */
export class AdBudgetDO extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #book: AdBook;
  readonly #outbox: ObjectOutbox;
  readonly #submit = createGroupCommit((calls: readonly Engagement[]) => this.#commit(calls));
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    migrate(ctx.storage, STEPS);
    this.#outbox = new ObjectOutbox(sql);
    const localClock = clockOf(cellConfig(env, cellOf(ctx)).config.market.timeZone);
    this.#book = new AdBook(sql, (at) => localClock(at).day);
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

  /** Idempotent by the cards that the acts are about; calls that arrive together share a transaction. */
  engage(engagement: Engagement): Promise<readonly Verdict[]> {
    return this.#submit(engagement);
  }

  /** What is spent from now on keeps to these. */
  setTerms(terms: StoredTerms): void {
    this.ctx.storage.transactionSync(() => this.#book.setTerms(terms));
  }

  spending(): Spending {
    const { day, todayMilli, totalMilli } = this.#book.spent(this.clock.now());
    return { day, todayMilli: todayMilli.toString(), totalMilli: totalMilli.toString() };
  }

  /** Looks anew at what is due, since an alarm may come early or twice, and arms itself from storage. */
  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    this.ctx.storage.transactionSync(() => {
      for (const fact of this.#book.tell(this.#maker(), this.clock.now())) this.#outbox.add(fact);
    });
    const ctx = await openOwnCtx(this.ctx, this.env, this.clock);
    const comeBackAt = await this.#outbox.post(ctx, this.ctx.id.name ?? "");
    if (comeBackAt !== undefined) this.#arm(comeBackAt);
    this.#armNext();
  }

  #commit(calls: readonly Engagement[]): readonly (readonly Verdict[])[] {
    const now = this.clock.now();
    const verdicts = this.ctx.storage.transactionSync(() =>
      calls.map((call) => this.#book.engage(call, now)),
    );
    this.#armNext();
    return verdicts;
  }

  /** What a fact needs; it is made inside a transaction, where nothing can be waited for. */
  #maker() {
    const ids = createIds(this.clock);
    return { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() };
  }

  #armNext(): void {
    const next = this.#book.nextAt(this.clock.now());
    if (next !== undefined) this.#arm(next);
  }

  /** Not awaited: a write of storage holds back the answer until it is on disk. */
  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
