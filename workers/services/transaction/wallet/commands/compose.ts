import { sql } from "drizzle-orm";
import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import type { Currency, Money } from "#kernel/money";
import { bonusOf, cashOf, owedBy, payableOf, platformOf } from "../domain/accounts.ts";
import type { TransferKind } from "../domain/transfer.ts";
import { END_LOT, END_LOTS } from "../facts.ts";
import { accountRow, due, post } from "../repository/ledger.ts";

// What other services put into their own commits: each guards itself and repeats without harm.

type Composing = Pick<Ctx, "ids" | "clock" | "actor" | "market">;

export type Reservation = {
  /** The caller's own name for it, such as the payment's id: the same name is the same reservation. */
  readonly transferId: string;
  readonly userId: Id<"user">;
  readonly amount: Money;
  /** From then on the money may be taken by something else. */
  readonly expiresAt: number;
  readonly reason: string;
};
export type TakeRefusal = "wallet.insufficient" | "wallet.frozen" | "wallet.limit";

type Taking = {
  readonly id: string;
  readonly userId: Id<"user">;
  readonly amount: Money;
  readonly kind: TransferKind;
  readonly phase: "pending" | "direct";
  readonly credit: ReturnType<typeof cashOf>;
  readonly creditOwner?: string;
  readonly expiresAt: number | null;
  readonly memo: string;
  readonly usesBonus: boolean;
};

/**
 * Out of a wallet: bonus first where it may be used, the lot that ends soonest before the others, then cash.
 */
export function take<C extends string>(ctx: Composing, taking: Taking): Statement<C> {
  const { id, userId, amount, kind, phase, credit, creditOwner, expiresAt, memo, usesBonus } = taking;
  const wish = {
    now: new Date(ctx.clock.now()).toISOString(),
    actor: actorKey(ctx.actor),
    id,
    owner: userId,
    currency: amount.currency,
    amount_minor: amount.minor.toString(),
    kind,
    phase,
    credit: credit.id,
    ...(creditOwner === undefined ? {} : { credit_owner: creditOwner }),
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    memo,
    uses_bonus: usesBonus,
    zone: ctx.market.timeZone,
    tiers: tiersOf(ctx),
    accounts: [accountRow(credit)],
  };
  return { sql: sql`SELECT wallet_take(${JSON.stringify(wish)}::jsonb)` };
}

function tiersOf({ market }: Pick<Ctx, "market">) {
  const entries = Object.entries(market.wallet.tiers).map(([tier, { balanceMaxMinor, dailyMaxMinor }]) => [
    tier,
    { balanceMaxMinor: balanceMaxMinor.toString(), dailyMaxMinor: dailyMaxMinor.toString() },
  ]);
  return Object.fromEntries(entries) as { readonly [tier: string]: unknown };
}

type Sql = Statement["sql"];

/**
 * How much a person's wallet may still hold beside what is coming (top-ups by their payment's id, as far as
 * they are not in it yet) and take in a day: by how well he is known. For a statement of the caller's commit.
 */
export function topUpLimits(ctx: Pick<Ctx, "market">, userId: Id<"user">, coming: Sql) {
  const tiers = sql`${JSON.stringify(tiersOf(ctx))}::jsonb`;
  const cash = cashOf(userId, ctx.market.currency).id;
  return {
    room: sql`wallet_room(${tiers}, ${userId}, ${cash}, ${coming})`,
    dailyMax: sql`wallet_limit(${tiers}, ${userId}, 'dailyMaxMinor')`,
  };
}

/** Holds money of a wallet for a payment, until it is captured, released, or its time is up. */
export const reserveFunds = (
  ctx: Composing,
  { transferId, userId, amount, expiresAt, reason }: Reservation,
): Statement<TakeRefusal> =>
  take(ctx, {
    id: transferId,
    userId,
    amount,
    kind: "wallet_payment",
    phase: "pending",
    credit: platformOf("payments", amount.currency),
    expiresAt,
    memo: reason,
    usesBonus: true,
  });

/** Posts or voids what was held under a name. */
export const settleReservation = (
  ctx: Composing,
  groupId: string,
  phase: "post" | "void",
): Statement<"wallet.not_reserved"> => ({ sql: settle(ctx, groupId, phase) });

const settle = (ctx: Composing, transferId: string, phase: "post" | "void") =>
  sql`SELECT wallet_settle(${transferId}, ${phase}, ${actorKey(ctx.actor)},
    ${new Date(ctx.clock.now()).toISOString()}::timestamptz)`;

/** Takes what was reserved. Refused when it was given back: then there is no money behind it any more. */
export const captureFunds = (ctx: Composing, transferId: string): Statement<"wallet.not_reserved"> => ({
  sql: settle(ctx, transferId, "post"),
});

/** Gives back what was reserved; does nothing to what was captured, or was never reserved. */
export const releaseFunds = (ctx: Composing, transferId: string): Statement => ({
  sql: settle(ctx, transferId, "void"),
});

export type WalletRefund = {
  readonly key: string;
  readonly userId: Id<"user">;
  readonly amount: Money;
  readonly reason: string;
  readonly orderId?: Id<"order"> | undefined;
};

/**
 * Money of a payment goes to the buyer's wallet instead of back the way it came. Frozen wallets receive too.
 */
export const refundToWallet = (
  ctx: Composing,
  { key, userId, amount, reason, orderId }: WalletRefund,
): Statement =>
  post(ctx, [
    {
      id: `wallet_refund/${key}`,
      kind: "wallet_refund",
      debit: platformOf("payments", amount.currency),
      credit: cashOf(userId, amount.currency),
      amountMinor: amount.minor,
      forced: true,
      memo: reason,
      ...(orderId === undefined ? {} : { orderId }),
    },
  ]) as Statement;

export type Clawback = {
  readonly key: string;
  readonly sellerId: Id<"seller">;
  readonly amount: Money;
  readonly reason: string;
  readonly orderId: Id<"order">;
};

/** Takes back from a shop what it was paid; what it does not have is netted with its next sales. */
export const clawback = (ctx: Composing, { key, sellerId, amount, reason, orderId }: Clawback): Statement =>
  post(ctx, [
    {
      id: `clawback/${key}`,
      kind: "clawback",
      debit: payableOf(sellerId, amount.currency),
      credit: platformOf("payments", amount.currency),
      amountMinor: amount.minor,
      forced: true,
      memo: reason,
      orderId,
    },
  ]) as Statement;

export type Cashback = {
  readonly key: string;
  readonly userId: Id<"user">;
  readonly amount: Money;
  readonly expiresAt: number;
  readonly fundedBy: "platform" | Id<"seller">;
};

const nowOf = ({ clock }: Pick<Ctx, "clock">) => new Date(clock.now()).toISOString();

/**
 * A lot of bonus with an end of its own; what is left of it then goes back to whoever paid for it. What its
 * owner owes of an earlier one is taken out of it first.
 */
export function cashback(
  ctx: Composing,
  { key, userId, amount, expiresAt, fundedBy }: Cashback,
): readonly Statement[] {
  const funder = funderOf(fundedBy, amount.currency);
  const lot = bonusOf(userId, amount.currency, { name: key, expiresAt });
  const transfer = {
    id: `cashback/${key}`,
    kind: "cashback",
    debit: funder,
    credit: lot,
    amountMinor: amount.minor,
    forced: true,
  } as const;
  const end = due(END_LOT, { subject: lot.id, payload: { accountId: lot.id }, dueAt: expiresAt });
  const net = sql`SELECT wallet_net(${userId}, ${amount.currency}, ${actorKey(ctx.actor)},
    ${nowOf(ctx)}::timestamptz)`;
  return [
    { sql: sql`SELECT wallet_lock(${userId}, ARRAY[${funder.id}])` },
    post(ctx, [transfer], [end]) as Statement,
    { sql: net },
  ];
}

export type TakeBack = Omit<Cashback, "expiresAt" | "amount"> & {
  /** Of that cashback in all, not at this time: told twice it is once. */
  readonly total: Money;
};

/**
 * Takes back what a cashback was paid for goods that came back: what is left of its lot, and what was spent
 * is owed and paid with bonus to come. What had lapsed is with whoever paid for it already.
 */
export function takeBackCashback(ctx: Composing, { key, userId, total, fundedBy }: TakeBack): Statement {
  const { currency } = total;
  const funder = funderOf(fundedBy, currency);
  const wish = {
    now: nowOf(ctx),
    actor: actorKey(ctx.actor),
    ...{ key, currency, owner: userId },
    total_minor: total.minor.toString(),
    lot: bonusOf(userId, currency, { name: key, expiresAt: 0 }).id,
    funder: funder.id,
    order_id: null,
    accounts: [accountRow(owedBy(userId, currency)), accountRow(funder)],
  };
  return { sql: sql`SELECT wallet_reclaim(${JSON.stringify(wish)}::jsonb)` };
}

export type GiveBack = WalletRefund & {
  /** The payment that had taken it out of the wallet. */
  readonly paymentId: Id<"payment">;
};

/** What a wallet had paid goes back into it: cash as cash, and bonus as bonus that lives long enough. */
export function giveBackToWallet(ctx: Composing, back: GiveBack): readonly Statement[] {
  const { key, userId, amount, reason, orderId, paymentId } = back;
  const livesUntil = ctx.clock.now() + ctx.market.wallet.bonusBackMinMs;
  const { currency } = amount;
  const wish = {
    now: nowOf(ctx),
    actor: actorKey(ctx.actor),
    ...{ key, currency, owner: userId, payment: paymentId },
    amount_minor: amount.minor.toString(),
    lives_until: new Date(livesUntil).toISOString(),
    order_id: orderId ?? null,
    memo: reason,
    accounts: [accountRow(cashOf(userId, currency)), accountRow(platformOf("payments", currency))],
  };
  return [
    { sql: sql`SELECT wallet_give_back(${JSON.stringify(wish)}::jsonb)` },
    schedule(ctx, END_LOTS, { subject: `${userId} ${key}`, payload: { userId }, dueAt: livesUntil }),
  ];
}

const funderOf = (fundedBy: Cashback["fundedBy"], currency: Currency) =>
  fundedBy === "platform" ? platformOf("promotion", currency) : payableOf(fundedBy, currency);
