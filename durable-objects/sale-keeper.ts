import type { Clock } from "#kernel/clock";
import type { Result } from "#kernel/result";
import { Book } from "#services/marketing/flash-sale/domain/book";
import {
  type Claim,
  type ClaimRefusal,
  decideClaim,
  stateAt,
} from "#services/marketing/flash-sale/domain/decide";
import type { Entry, Hold, Terms } from "#services/marketing/flash-sale/domain/entry";
import type { Totals } from "#services/marketing/flash-sale/domain/ledger";
import { SaleLog } from "./sale-log.ts";

/** How long a call waits for company: less than a disk sync, so a group costs its calls nothing. */
const WINDOW_MS = 1;
/** Keeps one group at some 20 ms, for that is how long a call behind it waits. */
const GROUP_MAX = 1_000;
/** So long the coordinator's word that nothing is left is believed; it tells of what comes back at once. */
const DRY_MS = 250;
/** Asks for more when this part of the last quantum is left, so that claims rarely wait for it. */
const LOW_SHARE = 4;

export type HoldView = Readonly<Hold> & {
  /** Row of the log up to which the shard had written when it answered. */
  readonly seq: number;
};
export type ClaimAnswer = Result<HoldView, ClaimRefusal>;
export type Pending = {
  readonly claim: Claim;
  readonly reply: (answer: ClaimAnswer) => void;
  readonly fail: (error: unknown) => void;
};

/** What the coordinator says to a shard. */
export type Deal = {
  readonly terms: Terms | undefined;
  /** Units dealt to it in all. */
  readonly dealt: number;
  /** There is no more than what was dealt, anywhere. */
  readonly isDry: boolean;
  readonly hasLine: boolean;
  readonly left: number;
};
export type Recorder = (entry: Entry) => void;

type Surroundings = {
  readonly storage: DurableObjectStorage;
  readonly clock: () => Clock;
  readonly ask: (totals: Totals, want: number) => Promise<Deal>;
  /** After each group: something may have become known to whoever watches. */
  readonly wrote: () => void;
};

/** Keeps a shard's book: groups what comes, writes it as a row, answers, and asks for units in time. */
export class SaleKeeper {
  book = new Book();
  readonly log: SaleLog;
  hasLine = false;
  /** Units left in the whole sale, as far as the coordinator last said. */
  left: number | undefined;
  readonly #around: Surroundings;
  #waiting: Pending[] = [];
  /** Claims that found nothing here, until the coordinator has answered. */
  #short: Pending[] = [];
  #asks = false;
  /** Units went back to the line, which the coordinator has not been told of. */
  #owes = false;
  #dryUntil = 0;
  #low = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    this.log = new SaleLog(around.storage.sql);
    this.log.replay(this.book);
  }

  get isDry(): boolean {
    return this.book.free === 0 && this.#now() < this.#dryUntil;
  }

  enqueue(pending: Pending): void {
    const size = this.#waiting.push(pending);
    if (size === 1) setTimeout(() => this.#flush(), WINDOW_MS);
    if (size === GROUP_MAX) this.#flush();
  }

  /** Decides and records in one transaction, with its facts; what could not be written never happened. */
  write<T>(work: (now: number, record: Recorder) => T): T {
    const now = this.#now();
    const entries: Entry[] = [];
    const record = (entry: Entry) => {
      this.book.apply(entry, now);
      entries.push(entry);
    };
    let done: T;
    try {
      done = this.#around.storage.transactionSync(() => {
        for (let hold = this.book.firstDue(now); hold; hold = this.book.firstDue(now))
          record(["expire", hold.id]);
        const value = work(now, record);
        if (entries.length > 0) this.log.append(now, entries);
        return value;
      });
    } catch (error) {
      this.#rebuild();
      throw error;
    }
    if (entries.length > 0) this.#around.wrote();
    return done;
  }

  /** While somebody stands in line nothing lies free here: it goes back, and to the head of the line. */
  yieldFree(record: Recorder): boolean {
    if (!this.hasLine || this.book.free === 0) return false;
    record(["returned", this.book.free]);
    return true;
  }

  /** Takes in what the coordinator says. A total that is known already changes nothing. */
  take({ terms, dealt, isDry, hasLine, left }: Deal, record: Recorder): void {
    const { book } = this;
    if (book.terms === undefined && terms !== undefined) record(["open", terms]);
    const units = dealt - book.dealt;
    if (units > 0) {
      record(["dealt", dealt]);
      this.#low = Math.floor(units / LOW_SHARE);
    }
    this.hasLine = hasLine;
    this.left = left;
    this.#dryUntil = isDry ? this.#now() + DRY_MS : 0;
  }

  totals(): Totals {
    const { dealt, returned, free } = this.book;
    return { dealt, returned, free };
  }

  /** A shard that was never spoken to asks who it is. */
  async learnTerms(): Promise<void> {
    if (this.book.terms !== undefined) return;
    const deal = await this.#around.ask(this.totals(), 0);
    this.write((_, record) => this.take(deal, record));
  }

  /** Whether nothing is left here nor anywhere else; asks the coordinator when its last word is old. */
  async confirmDry(): Promise<boolean> {
    if (this.book.free > 0) return false;
    if (this.#now() >= this.#dryUntil) {
      const deal = await this.#around.ask(this.totals(), 1);
      this.write((_, record) => this.take(deal, record));
    }
    return this.isDry;
  }

  view(hold: Hold): HoldView {
    return { ...hold, state: stateAt(hold, this.#now()), seq: this.log.seq };
  }

  #now(): number {
    return this.#around.clock().now();
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    if (this.left !== undefined) {
      this.#settle(group);
      return;
    }
    // After a sleep it is not known whether somebody stands in line, for whom everything is that lies here.
    this.#short.push(...group);
    if (!this.#asks) this.#askForMore();
  }

  /** Decides all, writes one row, answers all. What finds nothing here waits for the coordinator. */
  #settle(group: readonly Pending[], deal?: Deal): void {
    const answers: ClaimAnswer[] = [];
    try {
      this.write((now, record) => {
        if (deal) this.hasLine = deal.hasLine;
        if (this.yieldFree(record)) this.#owes = true;
        if (deal) this.take(deal, record);
        for (const { claim } of group) answers.push(this.#decide(claim, now, record));
      });
    } catch (error) {
      for (const { fail } of group) fail(error);
      return;
    }
    const { seq } = this.log;
    const isFinal = this.#now() < this.#dryUntil || deal?.isDry === true;
    for (const [i, pending] of group.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      const mayBeElsewhere =
        !answer.ok && (answer.code === "flash_sale.sold_out" || answer.code === "flash_sale.not_found");
      const isUnknown = !answer.ok && answer.code === "flash_sale.not_found";
      if (mayBeElsewhere && !isFinal && !(isUnknown && deal)) this.#short.push(pending);
      else pending.reply(answer.ok ? { ok: true, value: { ...answer.value, seq } } : answer);
    }
    if (!this.#asks && (this.#short.length > 0 || this.#owes || this.#isLow())) this.#askForMore();
  }

  #decide(claim: Claim, now: number, record: Recorder): ClaimAnswer {
    const decision = decideClaim(this.book, claim, now);
    if (!decision.ok) return decision;
    if (!Array.isArray(decision.value)) return { ok: true, value: this.view(decision.value as Hold) };
    record(decision.value as Entry);
    return { ok: true, value: this.view(this.book.holds.get(claim.holdId) as Hold) };
  }

  #isLow(): boolean {
    return (
      this.#low > 0 && this.book.free <= this.#low && this.#now() >= this.#dryUntil && !this.book.isClosed
    );
  }

  /** One question at a time; whoever is short meanwhile is part of the next one. */
  #askForMore(): void {
    this.#asks = true;
    void this.#ask().finally(() => {
      this.#asks = false;
      if (this.#short.length > 0 || this.#owes) this.#askForMore();
    });
  }

  async #ask(): Promise<void> {
    const short = this.#short;
    this.#short = [];
    this.#owes = false;
    let want = 0;
    for (const { claim } of short) want += claim.quantity;
    try {
      const deal = await this.#around.ask(this.totals(), Math.max(0, want - this.book.free));
      this.#low = 0;
      this.#settle(short, deal);
    } catch (error) {
      for (const { fail } of short) fail(error);
    }
  }

  #rebuild(): void {
    this.book = new Book();
    this.log.replay(this.book);
  }
}
