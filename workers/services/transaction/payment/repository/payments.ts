import { and, count, desc, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
import { actorKey, type BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import { firstIdAt, type Id } from "#kernel/ids";
import {
  payment,
  paymentEvent,
  paymentProviderEvent,
  paymentRefund,
  paymentSplit,
} from "#schema/transaction/payment";
import type { Payment, PaymentState, Provider, Refund, RefundState } from "../domain/payment.ts";

type Row = typeof payment.$inferSelect;
type PaymentId = Id<"payment">;

const fromRow = ({ amountMinor, currency, ...row }: Row): Payment => ({
  ...row,
  amount: { minor: amountMinor, currency },
});
const toRow = ({ amount, ...rest }: Payment): Row => ({
  ...rest,
  amountMinor: amount.minor,
  currency: amount.currency,
});

/** For ourselves: notifications, jobs and other services name a payment that they know of. */
export const paymentQuery = (paymentId: PaymentId): Query<Payment | undefined> =>
  query(
    (read) => read.select().from(payment).where(eq(payment.id, paymentId)),
    ([row]) => row && fromRow(row),
  );

/** Of the payment that a provider's transaction belongs to, where he names no payment of ours. */
export const paymentByTransactionQuery = (transactionId: string): Query<Payment | undefined> =>
  query(
    (read) => read.select().from(payment).where(sql`${payment.transactions} ? ${transactionId}`).limit(1),
    ([row]) => row && fromRow(row),
  );

export const ownedQuery = (buyerId: BuyerId, paymentId: PaymentId): Query<Payment | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(payment)
        .where(and(eq(payment.id, paymentId), eq(payment.buyerId, buyerId))),
    ([row]) => row && fromRow(row),
  );

type StateCount = { readonly state: PaymentState; readonly payments: number };

/** How far the tries to pay have come that began since then: a range of the primary key. */
export const paymentStatesQuery = (since: number): Query<readonly StateCount[]> =>
  query(
    (read) =>
      read
        .select({ state: payment.state, payments: count() })
        .from(payment)
        .where(gte(payment.id, firstIdAt("payment", since)))
        .groupBy(payment.state),
    (rows) => rows,
  );

/** The newest try to pay for a group. */
export const lastQuery = (buyerId: BuyerId, orderGroupId: Id<"orderGroup">): Query<Payment | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(payment)
        .where(and(eq(payment.orderGroupId, orderGroupId), eq(payment.buyerId, buyerId)))
        .orderBy(desc(payment.attempt))
        .limit(1),
    ([row]) => row && fromRow(row),
  );

export const groupPaymentsQuery = (orderGroupId: Id<"orderGroup">): Query<readonly Payment[]> =>
  query(
    (read) =>
      read
        .select()
        .from(payment)
        .where(eq(payment.orderGroupId, orderGroupId))
        .orderBy(desc(payment.attempt)),
    (rows) => rows.map(fromRow),
  );

export const insert = (opened: Payment): Statement<"payment.stale"> => ({
  ...insertMany(payment, [toRow(opened)]),
  constraints: { payment_attempt: "payment.stale" },
});

type Why = { readonly [field: string]: string | number };

/** The change and its line in the log; refused when the payment is no longer the one that was decided on. */
export function save(ctx: Ctx, changed: Payment, why: Why): readonly Statement<"payment.stale">[] {
  const { id, createdAt: _, ...row } = toRow(changed);
  const before = and(eq(payment.id, id), eq(payment.version, changed.version - 1));
  const event = {
    paymentId: id,
    seq: changed.version,
    at: ctx.clock.now(),
    actor: actorKey(ctx.actor),
    state: changed.state,
    detail: why,
  };
  return [
    guarded(build.update(payment).set(row).where(before), 1, "payment.stale"),
    insertMany(paymentEvent, [event]),
  ];
}

/** Takes the right to make the first charge; whoever comes second asks the provider first. */
export const claimCharge = (
  paymentId: PaymentId,
  provider: Provider,
  at: number,
): Statement<"payment.attempted"> =>
  guarded(
    build
      .update(payment)
      .set({ attemptedAt: at })
      .where(
        and(eq(payment.id, paymentId), eq(payment.provider, provider), sql`${payment.attemptedAt} IS NULL`),
      ),
    1,
    "payment.attempted",
  );

/** A change without a prior read, of rows that `which` names, with its line in the log. */
export function change(ctx: Ctx, set: SQL, which: SQL, why: Why): Statement {
  const at = new Date(ctx.clock.now()).toISOString();
  return {
    sql: sql`WITH done AS (
        UPDATE ${payment} p SET version = p.version + 1, ${set} WHERE ${which}
        RETURNING p.id, p.version, p.state)
      INSERT INTO ${paymentEvent} (payment_id, seq, at, actor, state, detail)
      SELECT id, version, ${at}::timestamptz, ${actorKey(ctx.actor)}, state, ${JSON.stringify(why)}::jsonb
      FROM done`,
  };
}

export const toRefund = ({ amountMinor, currency, ...row }: typeof paymentRefund.$inferSelect): Refund => ({
  ...row,
  amount: { minor: amountMinor, currency },
});

export const refundQuery = (refundId: Id<"refund">): Query<Refund | undefined> =>
  query(
    (read) => read.select().from(paymentRefund).where(eq(paymentRefund.id, refundId)),
    ([row]) => row && toRefund(row),
  );

export const refundsQuery = (paymentIds: readonly PaymentId[]): Query<readonly Refund[]> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentRefund)
        .where(inArray(paymentRefund.paymentId, [...paymentIds]))
        .orderBy(paymentRefund.id),
    (rows) => rows.map(toRefund),
  );

/** Whoever writes to its splits has its row: what is read of them by the next statement is the newest. */
export const lockPayment = (paymentId: PaymentId): Statement => ({
  sql: sql`SELECT 1 FROM ${payment} WHERE id = ${paymentId} FOR NO KEY UPDATE`,
});

type NewRefund = Pick<Refund, "id" | "paymentId" | "key" | "reason" | "orderId"> & {
  readonly amountMinor: bigint;
  /** By the way that it came, or all of it to the wallet. */
  readonly to: "original" | "wallet";
  /** Less where less is left, and nothing where nothing is; otherwise more than is left is refused. */
  readonly isCapped: boolean;
};

/**
 * Of a payment without money there is nothing to send back, and a key that is known asks for nothing new.
 * The provider's part goes back before the wallet's. What an order gets back, by us and by the buyer's bank,
 * never exceeds what it has paid.
 */
export function insertRefund(refund: NewRefund, now: number): Statement<"payment.refund_exceeds"> {
  const { id, paymentId, key, amountMinor, reason, orderId, to, isCapped } = refund;
  const at = new Date(now).toISOString();
  const minor = sql`${amountMinor.toString()}::bigint`;
  const amount = isCapped
    ? sql`least(${minor}, p.settled_minor - p.refund_requested_minor - p.lost_minor,
        s.captured_minor - s.refunded_minor - s.lost_minor)`
    : minor;
  const byProvider = to === "wallet" ? sql`0::bigint` : sql`least(amount, external)`;
  return {
    constraints: {
      payment_split_refund_within: "payment.refund_exceeds",
      payment_refund_within: "payment.refund_exceeds",
    },
    sql: sql`WITH asked AS (
        SELECT p.id, p.currency, coalesce(p.kept_by, p.provider) AS provider, ${amount} AS amount,
          greatest(p.settled_minor - p.wallet_minor - p.refund_requested_minor - p.lost_minor, 0) AS external
        FROM ${payment} p LEFT JOIN ${paymentSplit} s ON s.payment_id = p.id AND s.order_id = ${orderId}
        WHERE p.id = ${paymentId} AND p.settled_minor > 0 FOR NO KEY UPDATE OF p), made AS (
        INSERT INTO ${paymentRefund} (id, payment_id, key, amount_minor, wallet_minor, own_minor,
          covered_minor, provider, order_id, currency, reason, state, tries, created_at)
        SELECT ${id}, id, ${key}, amount, amount - ${byProvider}, amount - least(amount, external), 0,
          provider, ${orderId}, currency, ${reason}, 'requested', 0, ${at}::timestamptz
        FROM asked WHERE amount > 0
        ON CONFLICT (payment_id, key) DO NOTHING
        RETURNING payment_id, order_id, amount_minor, wallet_minor), split AS (
      UPDATE ${paymentSplit} s SET refunded_minor = s.refunded_minor + made.amount_minor
      FROM made WHERE s.payment_id = made.payment_id AND s.order_id = made.order_id)
      UPDATE ${payment} p SET version = p.version + 1,
        refund_requested_minor = p.refund_requested_minor + made.amount_minor,
        provider_refund_minor = p.provider_refund_minor + made.amount_minor - made.wallet_minor
      FROM made WHERE p.id = made.payment_id`,
  };
}

type NewReturn = {
  readonly id: Id<"refund">;
  readonly payment: Payment;
  readonly provider: Provider;
  readonly amountMinor: bigint;
};

/** Money that is not kept: it stands beside the payment's own sums and goes back whole, once a provider. */
export function insertReturn({ id, payment: of, provider, amountMinor }: NewReturn, now: number): Statement {
  const row = {
    id,
    paymentId: of.id,
    key: `return-${provider}`,
    amountMinor,
    currency: of.amount.currency,
    walletMinor: 0n,
    ownMinor: 0n,
    coveredMinor: 0n,
    disputeId: null,
    provider,
    orderId: null,
    reason: "paid_twice",
    state: "requested" as const,
    note: null,
    tries: 0,
    evidence: null,
    createdAt: now,
    doneAt: null,
  };
  return { sql: sql`${insertMany(paymentRefund, [row]).sql} ON CONFLICT (payment_id, key) DO NOTHING` };
}

/** Not on an older word of it: what the bank has given back in its place meanwhile is not sent. */
export const finishRefund = (
  refund: Refund,
  to: {
    readonly state: RefundState;
    readonly note?: string;
    readonly evidence?: string;
    /** How it went, where that is not as it was to go. */
    readonly sent?: Pick<Refund, "tries" | "walletMinor">;
    readonly at: number;
  },
): Statement<"payment.refund_stale"> =>
  guarded(
    build
      .update(paymentRefund)
      .set({
        state: to.state,
        note: to.note ?? null,
        evidence: to.evidence ?? null,
        tries: to.sent?.tries ?? refund.tries,
        walletMinor: to.sent?.walletMinor ?? refund.walletMinor,
        doneAt: to.state === "manual" ? null : to.at,
      })
      .where(
        and(
          eq(paymentRefund.id, refund.id),
          eq(paymentRefund.state, refund.state),
          eq(paymentRefund.tries, refund.tries),
          eq(paymentRefund.coveredMinor, refund.coveredMinor),
        ),
      ),
    1,
    "payment.refund_stale",
  );

/** Sent anew: under the next name, and by the way that is left of it. */
export const resendRefund = (
  refund: Refund,
  { walletMinor }: Pick<Refund, "walletMinor">,
): Statement<"payment.refund_stale"> =>
  guarded(
    build
      .update(paymentRefund)
      .set({ state: "requested", note: null, walletMinor, tries: refund.tries + 1 })
      .where(
        and(
          eq(paymentRefund.id, refund.id),
          eq(paymentRefund.state, "manual"),
          eq(paymentRefund.tries, refund.tries),
          eq(paymentRefund.coveredMinor, refund.coveredMinor),
        ),
      ),
    1,
    "payment.refund_stale",
  );

/** What has come back stands beside the payment's sums, which count it as asked for already. */
export function insertAgain(failed: Refund, again: Pick<Refund, "id" | "amount" | "note">, now: number) {
  const { amount, ...rest } = { ...failed, ...again };
  const row = {
    ...rest,
    key: againKey(failed.id),
    amountMinor: amount.minor,
    currency: amount.currency,
    ...{ walletMinor: 0n, ownMinor: 0n, coveredMinor: 0n, disputeId: null },
    ...{ state: "manual" as const, tries: 0, evidence: null, createdAt: now, doneAt: null },
  };
  const statement: Statement = {
    sql: sql`${insertMany(paymentRefund, [row]).sql} ON CONFLICT (payment_id, key) DO NOTHING`,
  };
  return statement;
}

const AGAIN = "again-";
const againKey = (refundId: Id<"refund">): string => `${AGAIN}${refundId}`;
/** The refund that this one stands for, whose money came back from the buyer's bank. */
export const standsFor = ({ key }: Pick<Refund, "key">): string | undefined =>
  key.startsWith(AGAIN) ? key.slice(AGAIN.length) : undefined;

/** The buyer of these groups is somebody else from now on: a guest's orders were claimed. */
export const reassign = (from: readonly Id<"orderGroup">[], buyerId: BuyerId): Statement =>
  statement(
    build
      .update(payment)
      .set({ buyerId, version: sql`${payment.version} + 1` })
      .where(
        sql`${payment.orderGroupId} IN (SELECT jsonb_array_elements_text(${JSON.stringify(from)}::jsonb))`,
      ),
  );

/** Refuses the commit of an event that was taken before. */
export const takeEvent = (
  provider: Provider,
  eventId: string,
  at: number,
): Statement<"payment.event_seen"> => ({
  ...insertMany(paymentProviderEvent, [{ provider, eventId, at }]),
  constraints: { payment_provider_event_provider_event_id_pk: "payment.event_seen" },
});

export const eventQuery = (provider: Provider, eventId: string): Query<boolean> =>
  query(
    (read) =>
      read
        .select({ at: paymentProviderEvent.at })
        .from(paymentProviderEvent)
        .where(and(eq(paymentProviderEvent.provider, provider), eq(paymentProviderEvent.eventId, eventId))),
    (rows) => rows.length > 0,
  );
