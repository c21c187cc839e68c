import { join } from "node:path";
import { Journal } from "./journal.ts";
import { isFinal } from "./states.ts";
import type { CardToken, Delivery, SnapSession, Transaction } from "./types.ts";

export interface StoredAnswer {
  key: string;
  status: number;
  body: string;
  until: number;
}

/** The last record of a kind and id holds. */
type LedgerRecord =
  | { kind: "transaction"; value: Transaction }
  | { kind: "delivery"; value: Delivery }
  | { kind: "snap"; value: SnapSession }
  | { kind: "token"; value: CardToken }
  | { kind: "token_used"; value: string }
  | { kind: "answer"; value: StoredAnswer };

/** Finished transactions and deliveries beyond these are forgotten, the oldest first. */
const TRANSACTIONS_MAX = 50_000;
const DELIVERIES_MAX = 5_000;

/** Everything that the sandbox knows: in memory, and in a journal before anybody is told. */
export class Ledger {
  readonly #journal: Journal<LedgerRecord>;
  readonly #transactions = new Map<string, Transaction>();
  /** The newest transaction of each merchant's order. */
  readonly #byOrder = new Map<string, string>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #snaps = new Map<string, SnapSession>();
  readonly #tokens = new Map<string, CardToken>();
  readonly #answers = new Map<string, StoredAnswer>();

  constructor(dataDir: string, now: number) {
    const { journal, records } = Journal.open<LedgerRecord>(join(dataDir, "midtrans.jsonl"));
    this.#journal = journal;
    for (const record of records) this.#apply(record);
    this.#forget(now);
    this.#journal.rewrite(this.#live());
  }

  save(records: LedgerRecord[], now: number): void {
    this.#journal.append(records);
    for (const record of records) this.#apply(record);
    if (!this.#journal.isLoose(this.#size())) return;
    this.#forget(now);
    this.#journal.rewrite(this.#live());
  }

  /** By transaction id, or by order id: then the newest attempt. Another merchant's is not found. */
  transaction(serverKey: string, id: string): Transaction | undefined {
    const found = this.#transactions.get(this.#byOrder.get(orderKey(serverKey, id)) ?? id);
    return found?.serverKey === serverKey ? found : undefined;
  }

  transactionById(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  /** For the sandbox's own pages and scripts, which act for the customer and know no server key. */
  transactionsOfOrder(orderId: string): Transaction[] {
    return [...this.#transactions.values()].filter((one) => one.orderId === orderId || one.id === orderId);
  }

  transactions(): Transaction[] {
    return [...this.#transactions.values()];
  }

  delivery(id: string): Delivery | undefined {
    return this.#deliveries.get(id);
  }

  deliveries(): Delivery[] {
    return [...this.#deliveries.values()];
  }

  snap(token: string): SnapSession | undefined {
    return this.#snaps.get(token);
  }

  snapsOfOrder(serverKey: string, orderId: string): SnapSession[] {
    return [...this.#snaps.values()].filter((one) => one.serverKey === serverKey && one.orderId === orderId);
  }

  token(token: string): CardToken | undefined {
    return this.#tokens.get(token);
  }

  answer(key: string, now: number): StoredAnswer | undefined {
    const answer = this.#answers.get(key);
    return answer && answer.until > now ? answer : undefined;
  }

  close(): void {
    this.#journal.close();
  }

  #apply(record: LedgerRecord): void {
    switch (record.kind) {
      case "transaction":
        this.#transactions.set(record.value.id, record.value);
        this.#index(record.value);
        break;
      case "delivery":
        this.#deliveries.set(record.value.id, record.value);
        break;
      case "snap":
        this.#snaps.set(record.value.token, record.value);
        break;
      case "token":
        this.#tokens.set(record.value.token, record.value);
        break;
      case "token_used":
        this.#tokens.delete(record.value);
        break;
      case "answer":
        this.#answers.set(record.value.key, record.value);
    }
  }

  /** A late change to an old attempt does not take the order back from a newer one. */
  #index(transaction: Transaction): void {
    const key = orderKey(transaction.serverKey, transaction.orderId);
    const current = this.#transactions.get(this.#byOrder.get(key) ?? "");
    if (!current || current.createdAt <= transaction.createdAt) this.#byOrder.set(key, transaction.id);
  }

  #size(): number {
    const maps = [this.#transactions, this.#deliveries, this.#snaps, this.#tokens, this.#answers];
    return maps.reduce((total, map) => total + map.size, 0);
  }

  #forget(now: number): void {
    for (const [key, answer] of this.#answers) if (answer.until <= now) this.#answers.delete(key);
    for (const [key, token] of this.#tokens) if (token.expiresAt <= now) this.#tokens.delete(key);
    for (const [key, snap] of this.#snaps) if (snap.expiresAt <= now) this.#snaps.delete(key);
    forgetOldest(this.#deliveries, DELIVERIES_MAX, (one) => one.state !== "pending" && one.state !== "held");
    forgetOldest(this.#transactions, TRANSACTIONS_MAX, (one) => isFinal(one.status));
    for (const [key, id] of this.#byOrder) if (!this.#transactions.has(id)) this.#byOrder.delete(key);
  }

  #live(): LedgerRecord[] {
    return [
      ...[...this.#transactions.values()].map((value): LedgerRecord => ({ kind: "transaction", value })),
      ...[...this.#deliveries.values()].map((value): LedgerRecord => ({ kind: "delivery", value })),
      ...[...this.#snaps.values()].map((value): LedgerRecord => ({ kind: "snap", value })),
      ...[...this.#tokens.values()].map((value): LedgerRecord => ({ kind: "token", value })),
      ...[...this.#answers.values()].map((value): LedgerRecord => ({ kind: "answer", value })),
    ];
  }
}

const orderKey = (serverKey: string, orderId: string): string => `${serverKey} ${orderId}`;

function forgetOldest<V>(map: Map<string, V>, max: number, forgettable: (value: V) => boolean): void {
  for (const [key, value] of map) {
    if (map.size <= max) return;
    if (forgettable(value)) map.delete(key);
  }
}
