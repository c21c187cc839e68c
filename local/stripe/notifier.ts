import { randomUUID } from "node:crypto";
import type { Alarms } from "../midtrans/alarms.ts";
import type { Switches } from "./faults.ts";
import type { Store } from "./store.ts";
import type { Account, Delivery, StripeEvent } from "./types.ts";
import { newId, signatureOf } from "./wire.ts";

/** Stripe tries for three days with exponential back-off; the first hours of it. */
const RETRY_AFTER_MS = [60_000, 300_000, 1_800_000, 7_200_000, 18_000_000];
const TIMEOUT_MS = 15_000;

export interface NotifierOptions {
  /** Multiplies the retry intervals. */
  retryScale: number;
  /** Between a change and its event, so that the answer of the call that made it usually comes first. */
  delayMs: number;
}

/** Sends signed events: kept until delivered or given up, also over a restart. */
export class Notifier {
  readonly #store: Store;
  readonly #accounts: readonly Account[];
  readonly #alarms: Alarms;
  readonly #faults: Switches;
  readonly #options: NotifierOptions;
  readonly #stop = new AbortController();
  /** How many are held before they are let go. */
  #batch = 1;

  constructor(
    store: Store,
    accounts: readonly Account[],
    alarms: Alarms,
    faults: Switches,
    options: NotifierOptions,
  ) {
    this.#store = store;
    this.#accounts = accounts;
    this.#alarms = alarms;
    this.#faults = faults;
    this.#options = options;
  }

  /** What was on its way when the process ended is on its way again. */
  resume(): void {
    for (const delivery of [...this.#store.deliveries.values()]) {
      if (delivery.state === "held") this.#save({ ...delivery, state: "pending" });
      if (delivery.state === "pending" || delivery.state === "held")
        this.#schedule(delivery.id, delivery.nextAt);
    }
  }

  /** The deliveries of one event; the caller saves them with the change, then calls `send`. */
  prepare({ id, type, payment, account, body }: StripeEvent): Delivery[] {
    const isDropped = this.#faults.take("drop", payment) === true;
    const isForged = this.#faults.take("forge", payment) === true;
    const copies = this.#faults.take("repeat", payment) ?? 1;
    const delayMs = this.#faults.take("delayMs", payment) ?? this.#options.delayMs;
    const held = this.#faults.take("reorder", payment);
    this.#batch = held ?? this.#batch;
    return Array.from({ length: isDropped ? 1 : copies }, () => ({
      id: newId("wh"),
      eventId: id,
      type,
      payment,
      account,
      body,
      state: isDropped ? ("dropped" as const) : held === undefined ? ("pending" as const) : ("held" as const),
      nextAt: Date.now() + delayMs,
      attempts: [],
      isForged,
    }));
  }

  send(deliveries: Delivery[]): void {
    for (const { id, state, nextAt } of deliveries) if (state === "pending") this.#schedule(id, nextAt);
    const held = this.#held();
    if (held.length > 0 && held.length >= this.#batch) this.release();
  }

  /** Sends what is held, the newest first, each after the one before it was answered. */
  release(): void {
    const held = this.#held().reverse();
    for (const delivery of held) this.#save({ ...delivery, state: "pending" });
    const sendAll = async () => {
      for (const delivery of held) await this.#attempt(delivery.id);
    };
    sendAll().catch((error: unknown) => console.error(error));
  }

  resend(delivery: Delivery): void {
    this.#save({ ...delivery, state: "pending", nextAt: Date.now() });
    this.#schedule(delivery.id, Date.now());
  }

  close(): void {
    this.#stop.abort();
  }

  #held(): Delivery[] {
    return [...this.#store.deliveries.values()].filter((one) => one.state === "held");
  }

  #save(delivery: Delivery): void {
    this.#store.save({ kind: "delivery", value: delivery });
  }

  #schedule(id: string, at: number): void {
    this.#alarms.set(`delivery ${id}`, at, () => {
      this.#attempt(id).catch((error: unknown) => console.error(error));
    });
  }

  async #attempt(id: string): Promise<void> {
    const before = this.#store.deliveries.get(id);
    if (before?.state !== "pending") return;
    const account = this.#accounts.find((one) => one.secretKey === before.account);
    if (!account?.webhookUrl) return this.#save({ ...before, state: "dropped" });
    const result = await this.#post(account.webhookUrl, before, account);
    // Cut off by our own end: nothing is known, so that the next start sends it again.
    if (this.#stop.signal.aborted) return;
    const attempts = [...before.attempts, { at: Date.now(), result }];
    if (typeof result === "number" && result >= 200 && result < 300) {
      return this.#save({ ...before, attempts, state: "delivered" });
    }
    const interval = before.isForged ? undefined : RETRY_AFTER_MS[attempts.length - 1];
    if (interval === undefined) return this.#save({ ...before, attempts, state: "failed" });
    const nextAt = Date.now() + interval * this.#options.retryScale;
    this.#save({ ...before, attempts, nextAt });
    this.#schedule(id, nextAt);
  }

  /** Signed at each attempt anew, as Stripe does: the signature is of the time when it is sent. */
  async #post(url: string, { body, isForged }: Delivery, account: Account): Promise<number | string> {
    const secret = isForged ? `whsec_${randomUUID()}` : account.webhookSecret;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
          "stripe-signature": signatureOf(body, secret, Math.floor(Date.now() / 1_000)),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message || cause.name : String(cause);
    }
  }
}
