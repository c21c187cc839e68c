import { join } from "node:path";
import { Journal } from "../midtrans/journal.ts";
import type {
  Charge,
  Delivery,
  Dispute,
  Intent,
  Refund,
  Session,
  StoredAnswer,
  StripeEvent,
} from "./types.ts";

/** The last record of a kind and id holds. */
export type StripeRecord =
  | { kind: "intent"; value: Intent }
  | { kind: "charge"; value: Charge }
  | { kind: "refund"; value: Refund }
  | { kind: "dispute"; value: Dispute }
  | { kind: "session"; value: Session }
  | { kind: "event"; value: StripeEvent }
  | { kind: "delivery"; value: Delivery }
  | { kind: "answer"; value: StoredAnswer };

/** Deliveries and events beyond these are forgotten, the oldest first. */
const DELIVERIES_MAX = 5_000;

/** Everything that the sandbox knows: in memory, and in a journal before anybody is told. */
export class Store {
  readonly #journal: Journal<StripeRecord>;
  readonly intents = new Map<string, Intent>();
  readonly charges = new Map<string, Charge>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  readonly sessions = new Map<string, Session>();
  readonly events = new Map<string, StripeEvent>();
  readonly deliveries = new Map<string, Delivery>();
  readonly #answers = new Map<string, StoredAnswer>();

  constructor(dataDir: string) {
    const { journal, records } = Journal.open<StripeRecord>(join(dataDir, "stripe.jsonl"));
    this.#journal = journal;
    for (const record of records) this.#apply(record);
  }

  /** What belongs together is one write: a change is never without its events. */
  save(...records: StripeRecord[]): void {
    this.#journal.append(records);
    for (const record of records) this.#apply(record);
    const live = this.#live();
    if (!this.#journal.isLoose(live.length)) return;
    this.#forget();
    this.#journal.rewrite(this.#live());
  }

  answer(key: string, now: number): StoredAnswer | undefined {
    const answer = this.#answers.get(key);
    return answer && answer.until > now ? answer : undefined;
  }

  close(): void {
    this.#journal.close();
  }

  #apply(record: StripeRecord): void {
    switch (record.kind) {
      case "intent":
        this.intents.set(record.value.id, record.value);
        break;
      case "charge":
        this.charges.set(record.value.id, record.value);
        break;
      case "refund":
        this.refunds.set(record.value.id, record.value);
        break;
      case "dispute":
        this.disputes.set(record.value.id, record.value);
        break;
      case "session":
        this.sessions.set(record.value.id, record.value);
        break;
      case "event":
        this.events.set(record.value.id, record.value);
        break;
      case "delivery":
        this.deliveries.set(record.value.id, record.value);
        break;
      case "answer":
        this.#answers.set(record.value.key, record.value);
    }
  }

  #forget(): void {
    const now = Date.now();
    for (const [key, answer] of this.#answers) if (answer.until <= now) this.#answers.delete(key);
    for (const [id, { state, eventId }] of this.deliveries) {
      if (this.deliveries.size <= DELIVERIES_MAX) return;
      if (state === "pending" || state === "held") continue;
      this.deliveries.delete(id);
      this.events.delete(eventId);
    }
  }

  #live(): StripeRecord[] {
    const of = <K extends StripeRecord["kind"]>(kind: K, map: Map<string, unknown>) =>
      [...map.values()].map((value) => ({ kind, value }) as StripeRecord);
    return [
      ...of("intent", this.intents),
      ...of("charge", this.charges),
      ...of("refund", this.refunds),
      ...of("dispute", this.disputes),
      ...of("session", this.sessions),
      ...of("event", this.events),
      ...of("delivery", this.deliveries),
      ...of("answer", this.#answers),
    ];
  }
}
