import { randomUUID } from "node:crypto";
import { Alarms } from "./alarms.ts";
import { fromHundredths, parseAmount, toHundredths } from "./amounts.ts";
import { type CardInput, makeToken, tokenRefused } from "./cards.ts";
import { newTransaction } from "./charges.ts";
import { newSwitches } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { Notifier } from "./notifier.ts";
import { type Authentication, decideCard, nextSettlement, paid, refunded } from "./payments.ts";
import { type ChargeRequest, type Fields, parseCharge, text } from "./requests.ts";
import { type Action, freesOrderId, isRefundable, moved } from "./states.ts";
import {
  type CardToken,
  done,
  invalid,
  type Merchant,
  type Outcome,
  refuse,
  type SnapSession,
  type Transaction,
} from "./types.ts";
import { refundedTotal, wibTime } from "./wire.ts";

export interface SandboxOptions {
  dataDir: string;
  merchants: Merchant[];
  notificationUrl?: string;
  retryScale: number;
  notificationDelayMs: number;
  refundConfirmMs: number;
  cardSettlementMs?: number;
}

const CANNOT_MODIFY = "Merchant cannot modify the status of the transaction";

/** https://docs.midtrans.com/reference/refund-transaction, `refund_key`. */
const REFUND_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** The provider: what merchants ask of it, what customers do, and what time does. */
export class Sandbox {
  readonly ledger: Ledger;
  readonly faults = newSwitches();
  readonly notifier: Notifier;
  /** Base of the addresses in answers; known once the sandbox listens. */
  publicUrl = "";
  readonly #alarms = new Alarms();
  readonly #options: SandboxOptions;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.ledger = new Ledger(options.dataDir, Date.now());
    const { retryScale, notificationDelayMs } = options;
    this.notifier = new Notifier(this.ledger, this.#alarms, this.faults, {
      retryScale,
      delayMs: notificationDelayMs,
    });
  }

  /**
   * Takes up what was under way when the process ended: expiries, settlements, confirmations,
   * notifications.
   */
  resume(): void {
    for (const transaction of this.ledger.transactions()) this.#arm(transaction);
    this.notifier.resume();
  }

  close(): void {
    this.#alarms.close();
    this.notifier.close();
    this.ledger.close();
  }

  merchantByServerKey(key: string): Merchant | undefined {
    return this.#options.merchants.find((merchant) => merchant.serverKey === key);
  }

  merchantByClientKey(key: string): Merchant | undefined {
    return this.#options.merchants.find((merchant) => merchant.clientKey === key);
  }

  merchantOf(transaction: Transaction | SnapSession): Merchant {
    const merchant = this.merchantByServerKey(transaction.serverKey);
    // A merchant that was taken out of the options keeps its transactions readable.
    return merchant ?? { serverKey: transaction.serverKey, clientKey: "", currency: "IDR" };
  }

  /** https://docs.midtrans.com/reference/override-notification-url */
  notificationUrls(merchant: Merchant, headers: { override?: string; append?: string }): string[] {
    const split = (value: string | undefined) =>
      (value ?? "")
        .split(",")
        .map((url) => url.trim())
        .filter((url) => URL.canParse(url))
        .slice(0, 3);
    const override = split(headers.override);
    if (override.length > 0) return override;
    const own = merchant.notificationUrl ?? this.#options.notificationUrl;
    return [...(own ? [own] : []), ...split(headers.append)];
  }

  createToken(input: CardInput): Outcome<CardToken> {
    if (!this.merchantByClientKey(input.clientKey)) {
      return refuse("401", "Transaction cannot be authorized with the current client/server key.");
    }
    const token = makeToken(input, Date.now());
    if (token.ok) this.ledger.save([{ kind: "token", value: token.value }], Date.now());
    return token;
  }

  charge(merchant: Merchant, body: unknown, urls: string[], snap?: SnapSession): Outcome<Transaction> {
    const parsed = parseCharge(body, merchant);
    if (!parsed.ok) return parsed;
    const request = parsed.value;
    const live = this.ledger.transaction(merchant.serverKey, request.orderId);
    if (live && !freesOrderId(live.status)) {
      return refuse("406", "order_id has been paid and utilized, please use another order ID");
    }
    const now = Date.now();
    const token = request.card ? this.ledger.token(request.card.tokenId) : undefined;
    if (request.card && (token?.clientKey !== merchant.clientKey || token.expiresAt <= now))
      return tokenRefused();
    const finishUrl = text(callbacksOf(snap).finish);
    const created = newTransaction(request, {
      id: randomUUID(),
      now,
      merchant,
      publicUrl: this.publicUrl,
      notificationUrls: urls,
      ...(token ? { card: token.card } : {}),
      ...(finishUrl ? { finishUrl } : {}),
    });
    if (created.expiresAt <= now) return refuse("407", "Expired transaction");
    const transaction = this.#firstState(created, request, now);
    this.#record(transaction, [
      ...(token ? [{ kind: "token_used" as const, value: token.token }] : []),
      ...(snap
        ? [
            {
              kind: "snap" as const,
              value: { ...snap, transactionIds: [...snap.transactionIds, created.id] },
            },
          ]
        : []),
    ]);
    return done(transaction);
  }

  /** Without 3D Secure the bank answers a card at once; everything else waits for the customer. */
  #firstState(created: Transaction, request: ChargeRequest, now: number): Transaction {
    if (!request.card || request.card.authentication) return created;
    return decideCard(created, "not_asked", now, this.#settlesAt(now)) ?? created;
  }

  #settlesAt(now: number): number {
    const { cardSettlementMs } = this.#options;
    return cardSettlementMs === undefined ? nextSettlement(now) : now + cardSettlementMs;
  }

  cancel(transaction: Transaction): Outcome<Transaction> {
    return this.#move(transaction, "cancel");
  }

  expire(transaction: Transaction): Outcome<Transaction> {
    return this.#move(transaction, "expire");
  }

  approve(transaction: Transaction): Outcome<Transaction> {
    return this.#move(transaction, "approve", { fraud: "accept" });
  }

  /**
   * A merchant may deny only what the fraud detection challenged:
   * https://docs.midtrans.com/reference/deny-transaction.
   */
  denyChallenged(transaction: Transaction): Outcome<Transaction> {
    if (transaction.status !== "capture") return refuse("412", CANNOT_MODIFY);
    return this.#move(transaction, "deny", { fraud: "deny" });
  }

  /** https://docs.midtrans.com/reference/capture-transaction */
  capture(transaction: Transaction, amount: unknown): Outcome<Transaction> {
    if (transaction.status !== "authorize") return refuse("412", CANNOT_MODIFY);
    const held = toHundredths(transaction.grossAmount);
    const wanted = amount === undefined ? held : parseAmount(amount, transaction.currency);
    if (wanted === undefined || wanted < 1n || wanted > held) return invalid(["gross_amount is invalid"]);
    return this.#move(transaction, "capture", {
      grossAmount: fromHundredths(wanted),
      settlesAt: this.#settlesAt(Date.now()),
    });
  }

  /** https://docs.midtrans.com/reference/refund-transaction and direct-refund-transaction. */
  refund(transaction: Transaction, body: Fields, online: boolean): Outcome<Transaction> {
    const state = moved(transaction.status, transaction.fraud, "refund");
    if (!state || !isRefundable(transaction.paymentType)) return refuse("412", CANNOT_MODIFY);
    const key = body.refund_key === undefined ? randomUUID() : text(body.refund_key);
    if (key === undefined || !REFUND_KEY.test(key)) return invalid(["refund_key is invalid"]);
    // The same key never moves money twice: the client learns that the refund it asked for exists.
    if (transaction.refunds.some((refund) => refund.refund_key === key)) {
      return refuse("406", "Duplicate refund ID");
    }
    const total = refundedTotal(transaction);
    const left = toHundredths(transaction.grossAmount) - total;
    const amount = body.amount === undefined ? left : parseAmount(body.amount, transaction.currency);
    if (amount === undefined || amount < 1n || amount > left) {
      return refuse("414", "Refund request is rejected due to invalid amount");
    }
    const next = refunded(
      transaction,
      { key, amount, online, reason: text(body.reason) ?? "" },
      total,
      Date.now(),
    );
    this.#record(next);
    return done(next);
  }

  /** The customer pays by the method that was charged. */
  pay(transaction: Transaction): Outcome<Transaction> {
    if (transaction.paymentType === "credit_card") return this.authenticate(transaction, "passed");
    const now = Date.now();
    const next = transaction.expiresAt > now ? paid(transaction, now) : undefined;
    if (!next) return refuse("412", CANNOT_MODIFY);
    this.#record(next);
    return done(next);
  }

  /** The end of 3D Secure, at the bank's page. */
  authenticate(transaction: Transaction, result: Authentication): Outcome<Transaction> {
    const now = Date.now();
    const open = transaction.expiresAt > now;
    const next = open ? decideCard(transaction, result, now, this.#settlesAt(now)) : undefined;
    if (!next) return refuse("412", CANNOT_MODIFY);
    this.#record(next);
    return done(next);
  }

  /** The payment provider turns the customer down, or the payment fails for technical reasons. */
  turnDown(transaction: Transaction, action: "deny" | "fail"): Outcome<Transaction> {
    if (transaction.status !== "pending") return refuse("412", CANNOT_MODIFY);
    return this.#move(transaction, action);
  }

  settle(transaction: Transaction): Outcome<Transaction> {
    if (transaction.status !== "capture") return refuse("412", CANNOT_MODIFY);
    return this.#move(transaction, "settle", { settledAt: Date.now() });
  }

  chargeback(transaction: Transaction): Outcome<Transaction> {
    return this.#move(transaction, "chargeback");
  }

  #move(transaction: Transaction, action: Action, change: Partial<Transaction> = {}): Outcome<Transaction> {
    const status = moved(transaction.status, transaction.fraud, action);
    if (!status) return refuse("412", CANNOT_MODIFY);
    const next = { ...transaction, ...change, status };
    this.#record(next);
    return done(next);
  }

  /** One journal write holds the change and its notifications, so that neither is ever without the other. */
  #record(transaction: Transaction, more: Parameters<Ledger["save"]>[0] = []): void {
    const now = Date.now();
    const deliveries = this.notifier.prepare(transaction, this.merchantOf(transaction), now);
    const kept = deliveries.map((value) => ({ kind: "delivery" as const, value }));
    this.ledger.save([{ kind: "transaction", value: transaction }, ...more, ...kept], now);
    this.#arm(transaction);
    this.notifier.send(deliveries);
  }

  #arm(transaction: Transaction): void {
    const key = `transaction ${transaction.id}`;
    const again = (act: (current: Transaction) => unknown) => () => {
      const current = this.ledger.transactionById(transaction.id);
      if (current) act(current);
    };
    this.#alarms.clear(key);
    if (transaction.status === "pending" || transaction.status === "authorize") {
      this.#alarms.set(
        key,
        transaction.expiresAt,
        again((current) => this.expire(current)),
      );
    }
    if (transaction.status === "capture" && transaction.settlesAt !== undefined) {
      // A challenge that nobody answered is cancelled at settlement: Get Transaction Status, `fraud_status`.
      this.#alarms.set(
        key,
        transaction.settlesAt,
        again((current) => (current.fraud === "challenge" ? this.cancel(current) : this.settle(current))),
      );
    }
    const last = transaction.refunds.findLast((refund) => refund.bank_confirmed_at === undefined);
    if (last) {
      const at = Date.now() + this.#options.refundConfirmMs;
      this.#alarms.set(
        `refund ${transaction.id}`,
        at,
        again((current) => this.#confirmRefunds(current)),
      );
    }
  }

  /**
   * "Midtrans will return 2 refund post notifications - without and with bank_confirmed_at": the refund
   * page.
   */
  #confirmRefunds(transaction: Transaction): void {
    const confirmedAt = wibTime(Date.now());
    const refunds = transaction.refunds.map((refund) => ({ bank_confirmed_at: confirmedAt, ...refund }));
    this.#record({ ...transaction, refunds });
  }
}

const callbacksOf = (snap: SnapSession | undefined): Fields =>
  typeof snap?.request.callbacks === "object" && snap.request.callbacks !== null
    ? { ...snap.request.callbacks }
    : {};
