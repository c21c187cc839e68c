import { randomUUID } from "node:crypto";
import type { Alarms } from "./alarms.ts";
import { fromHundredths, toHundredths } from "./amounts.ts";
import type { Switches } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Delivery, Merchant, Transaction } from "./types.ts";
import { notification } from "./wire.ts";

const MINUTE_MS = 60_000;

/**
 * https://docs.midtrans.com/reference/best-practices-to-handle-notification: at most five, with a random
 * shift.
 */
const RETRY_AFTER_MS = [2, 10, 30, 90, 210].map((minutes) => minutes * MINUTE_MS);

/** The same page: "We set the HTTP timeout to fifteen seconds." */
const TIMEOUT_MS = 15_000;

/** The same page: 307 and 308 are followed with the same body, at most five times. */
const REDIRECTS_MAX = 5;

/** The same page: how often what answer is tried again. */
function retriesAfter(result: number | string): number {
  if (result === 500) return 1;
  if (result === 503) return 4;
  if (result === 400 || result === 404) return 2;
  if (result === 301 || result === 302 || result === 303) return 0;
  return RETRY_AFTER_MS.length;
}

const succeeded = (result: number | string): boolean =>
  typeof result === "number" && result >= 200 && result < 300;

export interface NotifierOptions {
  /** Multiplies the retry intervals; 1 is what Midtrans does. */
  retryScale: number;
  /**
   * Between a change and its notification, so that the answer of the call that made it usually comes
   * first.
   */
  delayMs: number;
}

/** Sends signed notifications: kept until delivered or given up, also over a restart. */
export class Notifier {
  readonly #ledger: Ledger;
  readonly #alarms: Alarms;
  readonly #faults: Switches;
  readonly #options: NotifierOptions;
  readonly #stop = new AbortController();
  /** How many are held before they are let go. */
  #batch = 1;

  constructor(ledger: Ledger, alarms: Alarms, faults: Switches, options: NotifierOptions) {
    this.#ledger = ledger;
    this.#alarms = alarms;
    this.#faults = faults;
    this.#options = options;
  }

  /** What was on its way when the process ended is on its way again; what was held is held no longer. */
  resume(): void {
    for (const delivery of this.#ledger.deliveries()) {
      if (delivery.state === "held") this.#save({ ...delivery, state: "pending" });
      if (delivery.state === "pending" || delivery.state === "held")
        this.#schedule(delivery.id, delivery.nextAt);
    }
  }

  /** The deliveries of one change; the caller saves them together with the change, then calls `send`. */
  prepare(transaction: Transaction, merchant: Merchant, now: number): Delivery[] {
    const { orderId } = transaction;
    const urls = transaction.notificationUrls;
    const drop = this.#faults.take("drop", orderId) === true;
    const forge = this.#faults.take("forge", orderId) === true;
    const wrongAmount = this.#faults.take("wrongAmount", orderId) === true;
    const copies = this.#faults.take("repeat", orderId) ?? 1;
    const delayMs = this.#faults.take("delayMs", orderId) ?? this.#options.delayMs;
    const held = this.#faults.take("reorder", orderId);
    const body = JSON.stringify(
      notification(transaction, merchant, {
        ...(forge ? { serverKey: `forged-${randomUUID()}` } : {}),
        ...(wrongAmount ? { grossAmount: fromHundredths(toHundredths(transaction.grossAmount) + 100n) } : {}),
      }),
    );
    this.#batch = held ?? this.#batch;
    return urls.flatMap((url) =>
      Array.from(
        { length: drop ? 1 : copies },
        (): Delivery => ({
          id: randomUUID(),
          transactionId: transaction.id,
          orderId,
          url,
          body,
          state: drop ? "dropped" : held === undefined ? "pending" : "held",
          nextAt: now + delayMs,
          attempts: [],
          once: forge,
        }),
      ),
    );
  }

  send(deliveries: Delivery[]): void {
    for (const delivery of deliveries) {
      if (delivery.state === "pending") this.#schedule(delivery.id, delivery.nextAt);
    }
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

  resend(delivery: Delivery, now: number): void {
    this.#save({ ...delivery, state: "pending", nextAt: now });
    this.#schedule(delivery.id, now);
  }

  close(): void {
    this.#stop.abort();
  }

  #held(): Delivery[] {
    return this.#ledger.deliveries().filter((delivery) => delivery.state === "held");
  }

  #save(delivery: Delivery): void {
    this.#ledger.save([{ kind: "delivery", value: delivery }], Date.now());
  }

  #schedule(id: string, at: number): void {
    this.#alarms.set(`delivery ${id}`, at, () => {
      this.#attempt(id).catch((error: unknown) => console.error(error));
    });
  }

  async #attempt(id: string): Promise<void> {
    const before = this.#ledger.delivery(id);
    if (before?.state !== "pending") return;
    const result = await this.#post(before.url, before.body);
    // Cut off by our own end: nothing is known, so that the next start sends it again.
    if (this.#stop.signal.aborted) return;
    const now = Date.now();
    const attempts = [...before.attempts, { at: now, result }];
    const again = attempts.length <= (before.once ? 0 : retriesAfter(result));
    if (succeeded(result)) return this.#save({ ...before, attempts, state: "delivered" });
    if (!again) return this.#save({ ...before, attempts, state: "failed" });
    const interval = (RETRY_AFTER_MS[attempts.length - 1] ?? 0) * this.#options.retryScale;
    // The documented shift is random and at most the interval: "33s (at most 2m) after the job failed".
    const nextAt = now + interval * (0.25 + 0.75 * Math.random());
    this.#save({ ...before, attempts, nextAt });
    this.#schedule(id, nextAt);
  }

  async #post(url: string, body: string, redirects = 0): Promise<number | string> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          "user-agent": "Veritrans",
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      const location = response.headers.get("location");
      const follow = (response.status === 307 || response.status === 308) && location;
      if (!follow || redirects >= REDIRECTS_MAX) return response.status;
      return this.#post(new URL(location, url).href, body, redirects + 1);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message || cause.name : String(cause);
    }
  }
}
