import type { BuyerId } from "#kernel/actor";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { larger, type Money } from "#kernel/money";
import { ONLINE_METHODS, type PAYMENT_METHODS } from "#kernel/payment-method";
import { err, ok, type Result } from "#kernel/result";
import type { PaymentAction, PaymentOptions } from "./action.ts";

export type PaymentMethod = (typeof PAYMENT_METHODS)[number];
export type OnlineMethod = (typeof ONLINE_METHODS)[number];
export const isOnline = (method: PaymentMethod): method is OnlineMethod =>
  ONLINE_METHODS.some((one) => one === method);

/** How long somebody has who pays by this method. */
export const payWithinMsOf = ({ payment }: Pick<Market, "payment">, method: PaymentMethod): number =>
  payment.payWithinMsBy[method] ?? payment.payWithinMs;

/** Why so much cannot be collected at once by this method; undefined where it can. */
export function amountRefusal(
  { payment }: Pick<Market, "payment">,
  method: PaymentMethod,
  minor: bigint,
): "too_little" | "too_much" | undefined {
  const { minMinor = 0n, maxMinor } = payment.limits[method] ?? {};
  if (minor < minMinor) return "too_little";
  return maxMinor !== undefined && minor > maxMinor ? "too_much" : undefined;
}

/** Whom money comes through; the last two are ourselves. */
export const PROVIDERS = ["midtrans", "stripe", "wallet", "cod"] as const;
export type Provider = (typeof PROVIDERS)[number];
/** Those outside, whose word is to be asked for. */
export type Gateway = Extract<Provider, "midtrans" | "stripe">;
export const isGateway = (provider: Provider): provider is Gateway =>
  provider === "midtrans" || provider === "stripe";
export type Refs = { readonly [P in Provider]?: string };
/** What became of the part that the wallet pays. */
export const WALLET_STATES = ["none", "reserved", "captured", "released"] as const;
export type WalletState = (typeof WALLET_STATES)[number];

export const PAYMENT_STATES = [
  "created",
  "pending",
  "authorised",
  "settled",
  "denied",
  "expired",
  "cancelled",
  "partially_refunded",
  "refunded",
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];
export type Closing = "expired" | "cancelled";
/** `failed` was sent and came back from the buyer's bank: another refund stands for it. */
export const REFUND_STATES = ["requested", "succeeded", "manual", "paid_by_hand", "failed"] as const;
export type RefundState = (typeof REFUND_STATES)[number];

/**
 * How far a provider's transaction has come, in the order in which a later word replaces an earlier one. A
 * void comes after a capture and cannot come after a settlement, so `cancel` stands between the two.
 */
export const PROGRESS = [
  "pending",
  "authorize",
  "challenge",
  "failure",
  "expire",
  "deny",
  "capture",
  "cancel",
  "settlement",
  "partial_refund",
  "refund",
] as const;
export type Progress = (typeof PROGRESS)[number];
const rankOf = (progress: Progress): number => PROGRESS.indexOf(progress);
const MONEY: readonly Progress[] = ["capture", "settlement", "partial_refund", "refund"];

export type Transaction = {
  readonly provider: Provider;
  readonly status: Progress;
  /** Whether money was ever seen in it, even when the word of it came after the word of its end. */
  readonly paid: boolean;
  readonly capturedMinor: string;
  readonly refundedMinor: string;
};
/** By the provider's transaction id: a hosted page may try several for one payment. */
export type Transactions = { readonly [transactionId: string]: Transaction };

/** What the provider says, whoever brought it: a notification, an answer, a query. */
export type Report = {
  readonly provider: Provider;
  readonly transactionId: string;
  readonly status: Progress;
  /** What was asked for; less may be captured of it. */
  readonly amount: Money;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
};

export type Payment = {
  readonly id: Id<"payment">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly attempt: number;
  readonly buyerId: BuyerId;
  readonly purpose: "order" | "top_up";
  readonly method: PaymentMethod;
  readonly provider: Provider;
  readonly passed: readonly Provider[];
  readonly refs: Refs;
  readonly keptBy: Provider | null;
  readonly capture: "automatic" | "manual";
  readonly options: PaymentOptions;
  /** The whole: the provider collects what the wallet does not pay. */
  readonly amount: Money;
  readonly walletMinor: bigint;
  readonly walletState: WalletState;
  readonly releasedMinor: bigint;
  readonly settledMinor: bigint;
  readonly refundRequestedMinor: bigint;
  readonly providerRefundMinor: bigint;
  readonly refundedMinor: bigint;
  /** Taken back by the buyer's bank for good, beyond the refunds that it stands for. */
  readonly lostMinor: bigint;
  readonly state: PaymentState;
  readonly closing: Closing | null;
  readonly transactions: Transactions;
  readonly action: PaymentAction | null;
  readonly attemptedAt: number | null;
  readonly payBy: number;
  readonly createdAt: number;
  readonly settledAt: number | null;
  readonly version: number;
};

export type Refund = {
  readonly id: Id<"refund">;
  readonly paymentId: Id<"payment">;
  readonly key: string;
  readonly amount: Money;
  readonly walletMinor: bigint;
  /** Of that what the wallet itself had paid. */
  readonly ownMinor: bigint;
  /** What the buyer's bank has given back in its place. */
  readonly coveredMinor: bigint;
  readonly disputeId: Id<"dispute"> | null;
  readonly provider: Provider;
  readonly orderId: Id<"order"> | null;
  readonly reason: string;
  readonly state: RefundState;
  readonly note: string | null;
  readonly tries: number;
  readonly evidence: string | null;
  readonly createdAt: number;
  readonly doneAt: number | null;
};

export const isOpen = (state: PaymentState): boolean =>
  state === "created" || state === "pending" || state === "authorised";
const hasMoney = (state: PaymentState): boolean => state === "settled" || state === "partially_refunded";

type Draft = Pick<
  Payment,
  "id" | "orderGroupId" | "attempt" | "buyerId" | "method" | "provider" | "amount" | "payBy"
> & {
  readonly options?: PaymentOptions | undefined;
  readonly walletMinor?: bigint | undefined;
  readonly capture?: Payment["capture"] | undefined;
  readonly purpose?: Payment["purpose"] | undefined;
};

/** Cash and the wallet need no provider: one waits at the door, the other has paid from the start. */
export function openPayment(draft: Draft, now: number): Payment {
  const { options = {}, capture = "automatic", purpose = "order", ...rest } = draft;
  const isCash = draft.method === "cod";
  const isWallet = draft.method === "wallet";
  const walletMinor = isWallet ? draft.amount.minor : (draft.walletMinor ?? 0n);
  return {
    ...rest,
    purpose,
    options,
    capture,
    passed: [],
    refs: {},
    keptBy: isWallet ? "wallet" : null,
    walletMinor,
    walletState: isWallet ? "captured" : walletMinor > 0n ? "reserved" : "none",
    releasedMinor: 0n,
    settledMinor: isWallet ? draft.amount.minor : 0n,
    refundRequestedMinor: 0n,
    providerRefundMinor: 0n,
    refundedMinor: 0n,
    lostMinor: 0n,
    state: isWallet ? "settled" : isCash ? "pending" : "created",
    closing: null,
    transactions: {},
    action: isCash ? { kind: "cash" } : isWallet ? { kind: "none" } : null,
    attemptedAt: null,
    createdAt: now,
    settledAt: isWallet ? now : null,
    version: 1,
  };
}

/** What a provider is to collect. */
export const chargeOf = ({ amount, walletMinor }: Pick<Payment, "amount" | "walletMinor">): Money => ({
  ...amount,
  minor: amount.minor - walletMinor,
});

/** Flat values only, in whatever order: a database keeps the fields of JSON in an order of its own. */
function hasSameFields(a: object, b: object): boolean {
  const [mine, theirs] = [Object.entries(a).sort(), Object.entries(b).sort()];
  return JSON.stringify(mine) === JSON.stringify(theirs);
}

/** The farthest word on a transaction wins, in whatever order and however often the words come. */
function mergeTransaction(before: Transaction | undefined, report: Report): Transaction {
  const { provider, status, capturedMinor } = report;
  const paid = MONEY.includes(status);
  const refundedMinor =
    status === "refund" ? larger(report.refundedMinor, capturedMinor) : report.refundedMinor;
  if (!before) {
    const amounts = { capturedMinor: capturedMinor.toString(), refundedMinor: refundedMinor.toString() };
    return { provider, status, paid, ...amounts };
  }
  const farther = rankOf(status) > rankOf(before.status);
  return {
    provider: before.provider,
    status: farther ? status : before.status,
    paid: before.paid || paid,
    capturedMinor: larger(capturedMinor, BigInt(before.capturedMinor)).toString(),
    refundedMinor: larger(refundedMinor, BigInt(before.refundedMinor)).toString(),
  };
}

/** Of one provider, what it has captured and what it has given back. */
function sumsOf({ transactions }: Pick<Payment, "transactions">, provider: Provider) {
  const mine = Object.values(transactions).filter((one) => one.provider === provider);
  const sum = (of: (one: Transaction) => string) => mine.reduce((all, one) => all + BigInt(of(one)), 0n);
  return { captured: sum((one) => one.capturedMinor), refunded: sum((one) => one.refundedMinor) };
}

type Known = Pick<
  Payment,
  "transactions" | "closing" | "keptBy" | "refundedMinor" | "settledMinor" | "passed" | "provider"
>;

/**
 * The state is a function of what is known, so it cannot depend on the order in which it became known. Once
 * money is kept, only whose it is counts; before that, only who is asked now.
 */
function stateOf(known: Known): PaymentState {
  const of = known.keptBy ?? known.provider;
  const all = Object.values(known.transactions).filter((one) => one.provider === of);
  const has = (...statuses: readonly Progress[]) => all.some((one) => statuses.includes(one.status));
  const refunded = larger(sumsOf(known, of).refunded, known.refundedMinor);
  if (known.keptBy !== null && (has(...MONEY) || refunded > 0n)) {
    if (refunded >= known.settledMinor) return "refunded";
    return refunded > 0n || has("partial_refund") ? "partially_refunded" : "settled";
  }
  if (has("authorize", "challenge")) return "authorised";
  if (known.closing) return known.closing;
  if (has("pending")) return "pending";
  if (all.length === 0) return "created";
  if (has("deny", "failure")) return "denied";
  return has("expire") ? "expired" : "cancelled";
}

/** Cash has no transactions: what was handed over at the door is known by its sum. */
function cashState({ state, closing, settledMinor, refundedMinor }: Payment): PaymentState {
  if (closing && isOpen(state)) return closing;
  if (!hasMoney(state) || refundedMinor === 0n) return state;
  return refundedMinor >= settledMinor ? "refunded" : "partially_refunded";
}

/** Applies what the provider says; the same payment comes back when it says nothing new. */
export function decideReport(
  payment: Payment,
  report: Report,
  now: number,
): Result<Payment, "payment.amount_mismatch"> {
  const charge = chargeOf(payment);
  if (report.amount.minor !== charge.minor || report.amount.currency !== charge.currency) {
    return err("payment.amount_mismatch");
  }
  const before = payment.transactions[report.transactionId];
  const after = mergeTransaction(before, report);
  if (before && hasSameFields(before, after)) return ok(payment);
  const transactions = { ...payment.transactions, [report.transactionId]: after };
  return ok(renew(keeping({ ...payment, transactions }, after), now));
}

/**
 * The first money that comes is kept, from whomever it comes. Where the wallet's part has gone back, nothing
 * is: a buyer is never charged for a part of what he wanted to pay.
 */
function keeping(payment: Payment, { paid, provider }: Transaction): Payment {
  if (!paid || payment.keptBy !== null || payment.walletState === "released") return payment;
  return { ...payment, keptBy: provider, walletState: payment.walletMinor > 0n ? "captured" : "none" };
}

export const capturedBy = (payment: Pick<Payment, "transactions">, provider: Provider): bigint =>
  sumsOf(payment, provider).captured;

/** Providers whose money came beside the one that is kept: it goes back by itself. */
export const unkeptOf = ({ transactions, keptBy }: Pick<Payment, "transactions" | "keptBy">): Provider[] => {
  const paid = Object.values(transactions).filter((one) => one.paid && one.provider !== keptBy);
  return [...new Set(paid.map((one) => one.provider))].sort();
};

function renew(payment: Payment, now: number): Payment {
  const { keptBy, walletMinor } = payment;
  const captured = keptBy && isGateway(keptBy) ? walletMinor + sumsOf(payment, keptBy).captured : 0n;
  const next = { ...payment, settledMinor: larger(captured, payment.settledMinor) };
  const state = payment.method === "cod" ? cashState(next) : stateOf(next);
  const isOver = state === "denied" || state === "expired" || state === "cancelled";
  return {
    ...next,
    state,
    walletState: isOver && next.walletState === "reserved" ? "released" : next.walletState,
    settledAt: payment.settledAt ?? (hasMoney(state) ? now : null),
    version: payment.version + 1,
  };
}

/** Whether a notification says something that is to be asked about before it is believed. */
export function isDoubtful(payment: Payment, report: Report): boolean {
  const charge = chargeOf(payment);
  if (report.amount.minor !== charge.minor || report.amount.currency !== charge.currency) return true;
  // Money for what was given up, and a void of money that had come in, are rare and costly to get wrong.
  const over = payment.closing !== null || payment.state === "denied" || payment.state === "expired";
  if (over && MONEY.includes(report.status)) return true;
  if (payment.provider !== report.provider && MONEY.includes(report.status)) return true;
  return hasMoney(payment.state) && report.status === "cancel";
}

/** Gives up waiting. Money that is here, or held at the bank, is not given up by this. */
export function decideClose(payment: Payment, closing: Closing, now: number): Payment {
  if (!isOpen(payment.state) || payment.closing !== null) return payment;
  return renew({ ...payment, closing }, now);
}

export function decideAction(payment: Payment, action: PaymentAction, now: number): Payment {
  if (payment.action && hasSameFields(payment.action, action)) return payment;
  return renew({ ...payment, action }, now);
}

/** What another service has ended holds nothing of the wallet any more. */
export function decideTidy(payment: Payment, now: number): Payment {
  const isLeft = payment.walletState === "reserved" && !isOpen(payment.state) && payment.keptBy === null;
  return isLeft ? renew(payment, now) : payment;
}

/** The provider's own name for it, by which alone it can be found again. */
export function decideRef(payment: Payment, provider: Provider, ref: string, now: number): Payment {
  if (payment.refs[provider] === ref) return payment;
  return renew({ ...payment, refs: { ...payment.refs, [provider]: ref } }, now);
}

/** Part of what came in has gone back. */
export const decideRefunded = (payment: Payment, minor: bigint, now: number): Payment =>
  renew({ ...payment, refundedMinor: payment.refundedMinor + minor }, now);

/** What a change of state tells the rest of the platform. */
export function outcomeOf(before: Payment, after: Payment): "settled" | "failed" | undefined {
  if (hasMoney(after.state) && !hasMoney(before.state)) return "settled";
  const over = after.state === "denied" || after.state === "expired" || after.state === "cancelled";
  return over && isOpen(before.state) ? "failed" : undefined;
}

/** Time for the provider's own expiry to have happened when we ask at the end of the waiting time. */
const EXPIRY_LAG_MS = 5 * SECOND_MS;
/** A lost notification is noticed after these; later ones are for money that comes after the end. */
const CHECKS_AFTER_CREATION_MS = [MINUTE_MS, 4 * MINUTE_MS, HOUR_MS];
const CHECKS_AFTER_END_MS = [EXPIRY_LAG_MS, 10 * MINUTE_MS, HOUR_MS, DAY_MS];
const CHECK_HELD_MS = HOUR_MS;
/** A bank keeps an authorisation no longer than this. */
const HELD_MAX_MS = 8 * DAY_MS;

/** When to ask the provider again by ourselves; undefined when nothing more can come. */
export function nextCheckAt(payment: Payment, now: number): number | undefined {
  if (!isOnline(payment.method)) return undefined;
  // Somebody who was asked in vain may yet bring money; else what is settled is no longer looked at.
  if (payment.keptBy !== null && payment.passed.length === 0) return undefined;
  const { createdAt, payBy } = payment;
  if (payment.state === "authorised" && now < createdAt + HELD_MAX_MS) return now + CHECK_HELD_MS;
  const early = CHECKS_AFTER_CREATION_MS.map((ms) => createdAt + ms).filter((at) => at < payBy);
  const late = CHECKS_AFTER_END_MS.map((ms) => payBy + ms);
  return [...early, ...late].find((at) => at > now);
}
