import * as z from "zod";
import { zId } from "#kernel/ids";
import { type Currency, zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import type { PaidTo } from "./domain/account.ts";
import type { SellerAccount, WalletBalance } from "./domain/balance.ts";
import type { Movement } from "./domain/movement.ts";
import { PAYOUT_STATES, type Payout } from "./domain/payout.ts";

/** More than any wallet may hold; a longer number is a mistake. */
const zAmount = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(BigInt);
const zPin = z.string().regex(/^\d{6}$/);
const zInstant = z.iso.datetime({ offset: true });
const zReason = z.string().trim().min(3).max(200);
const zOwner = z.union([zId("user"), zId("seller")]);

export const zOwnerRef = z.object({ owner: zOwner });
export const zPayoutRef = z.object({ payoutId: zId("payout") });
export const zEntriesQuery = zPageQuery;

const zLot = z.object({ amount: zMoney, expiresAt: zInstant });
export const zWallet = z.object({
  available: zMoney,
  held: zMoney,
  bonus: zMoney,
  /** What bonus to come pays for before it is free. */
  owed: zMoney,
  lots: z.array(zLot),
  tier: z.enum(["basic", "verified"]),
  isFrozen: z.boolean(),
  hasPin: z.boolean(),
});

const money = (minor: bigint, currency: Currency) => ({ minor: minor.toString(), currency });
const dto = ({ minor, currency }: { minor: bigint; currency: Currency }) => money(minor, currency);

type Owner = {
  readonly tier: "basic" | "verified";
  readonly frozenAt: number | null;
  readonly pinHash: string | null;
};

export const toWalletDto = (balance: WalletBalance, owner: Owner | undefined) => ({
  available: dto(balance.available),
  held: dto(balance.held),
  bonus: dto(balance.bonus),
  owed: dto(balance.owed),
  lots: balance.lots.map(({ amount, expiresAt }) => ({
    amount: dto(amount),
    expiresAt: new Date(expiresAt).toISOString(),
  })),
  tier: owner?.tier ?? ("basic" as const),
  isFrozen: owner?.frozenAt != null,
  hasPin: owner?.pinHash != null,
});

export const zSellerAccount = z.object({ available: zMoney, inPayout: zMoney, escrow: zMoney });
export const toSellerDto = ({ available, inPayout, escrow }: SellerAccount) => ({
  available: dto(available),
  inPayout: dto(inPayout),
  escrow: dto(escrow),
});

export const zMovement = z.object({
  transferId: z.string(),
  kind: z.string(),
  account: z.string(),
  /** Above nought when it came in. */
  amount: zMoney,
  balanceAfter: zMoney.nullable(),
  orderId: z.string().nullable(),
  memo: z.string().nullable(),
  at: zInstant,
});
export const toMovementDto = (currency: Currency) => (one: Movement) => ({
  transferId: one.transferId,
  kind: one.kind,
  account: one.account,
  amount: money(one.amountMinor, currency),
  balanceAfter: one.balanceMinor === null ? null : money(one.balanceMinor, currency),
  orderId: one.orderId,
  memo: one.memo,
  at: new Date(one.at).toISOString(),
});

export const zRange = z.object({
  from: zInstant.transform(Date.parse),
  to: zInstant.transform(Date.parse),
});

export const zSetPin = z.object({ pin: zPin });
export const zSend = z.object({
  to: zId("user"),
  amountMinor: zAmount,
  pin: zPin,
  note: z.string().trim().max(100).default(""),
});
export const zSent = z.object({ transferId: z.string(), amount: zMoney });
export const zWithdraw = z.object({ amountMinor: zAmount, pin: zPin });
export const zPayoutWish = z.object({ amountMinor: zAmount.optional() });

export const zBankAccount = z.object({
  bank: z.string().regex(/^[a-z0-9_]{2,30}$/),
  accountNumber: z.string().regex(/^\d{6,20}$/),
  holderName: z.string().trim().min(2).max(100),
  email: z.email().max(254),
});

/** Nobody has one before he names it. */
export const zKnownBankAccount = z.object({ account: zBankAccount.nullable() });
export const toBankAccountDto = ({ bank, accountNumber, holderName, email }: PaidTo) => ({
  bank,
  accountNumber,
  holderName,
  email,
});

/** Where payouts go, as its owner and its readers see it. */
export const zPaidTo = z.object({
  bank: z.string(),
  /** The last four digits. */
  accountNumber: z.string(),
  holderName: z.string(),
  email: z.string(),
  /** Not sent there before; null when nothing is in the way. */
  usableFrom: zInstant.nullable(),
  state: z.enum(["checking", "ready", "name_mismatch", "unknown"]),
});
const masked = (number: string): string => number.slice(-4).padStart(number.length, "*");
export const zKnownPaidTo = z.object({ account: zPaidTo.nullable() });
export const toPaidToDto = ({ bank, accountNumber, holderName, email, ...account }: PaidTo) => ({
  bank,
  accountNumber: masked(accountNumber),
  holderName,
  email,
  usableFrom: account.usableFrom === null ? null : new Date(account.usableFrom).toISOString(),
  state: account.refusal ?? (account.checkedAt === null ? ("checking" as const) : ("ready" as const)),
});

export const zPayout = z.object({
  id: zId("payout"),
  owner: z.string(),
  amount: zMoney,
  bank: z.string(),
  /** The last four digits. */
  accountNumber: z.string(),
  holderName: z.string(),
  provider: z.enum(["iris", "file"]),
  state: z.enum(PAYOUT_STATES),
  referenceNo: z.string().nullable(),
  note: z.string().nullable(),
  createdAt: zInstant,
  /** Waits until then: its account was changed not long ago. */
  sendFrom: zInstant.nullable(),
  doneAt: zInstant.nullable(),
});
export const toPayoutDto = (payout: Payout) => ({
  id: payout.id,
  owner: payout.owner,
  amount: money(payout.amountMinor, payout.currency),
  bank: payout.bank,
  accountNumber: masked(payout.accountNumber),
  holderName: payout.holderName,
  provider: payout.provider,
  state: payout.state,
  referenceNo: payout.referenceNo,
  note: payout.note,
  createdAt: new Date(payout.createdAt).toISOString(),
  sendFrom: payout.sendFrom === null ? null : new Date(payout.sendFrom).toISOString(),
  doneAt: payout.doneAt === null ? null : new Date(payout.doneAt).toISOString(),
});

export const zPayoutList = zPageQuery.extend({ state: z.enum(PAYOUT_STATES).optional() });
export const zConfirm = z.object({ outcome: z.enum(["completed", "failed"]), note: zReason.optional() });
export const zPayoutFile = z.object({
  /** Nothing waited for the bank where there is none. */
  fileId: zId("document").nullable(),
  key: z.string().nullable(),
  payouts: z.int(),
});
export const zPayoutFileRef = z.object({ fileId: zId("document") });

export const zFreeze = z.object({ reason: zReason.nullable() });
export const zStanding = z.object({
  tier: z.enum(["basic", "verified"]).optional(),
  /** The document by which no tax is withheld; null takes it back. */
  exemption: z.string().trim().min(3).max(100).nullable().optional(),
});
export const zAdjust = z.object({
  owner: zOwner,
  /** Above nought to the owner, below it from him. */
  amountMinor: z
    .string()
    .regex(/^-?[1-9]\d{0,14}$/)
    .transform(BigInt),
  reason: zReason,
});
export const zAdjusted = z.object({ transferId: z.string() });

export const zAtQuery = z.object({ at: zInstant.transform(Date.parse).optional() });
export const zTrialBalance = z.object({
  at: zInstant,
  kinds: z.array(
    z.object({ kind: z.string(), side: z.enum(["debit", "credit"]), accounts: z.int(), balance: zMoney }),
  ),
  debit: zMoney,
  credit: zMoney,
  /** Goods of paid orders less cancelled ones, without tax and shipping. */
  gmv: zMoney,
  lastDay: z.object({ day: z.string(), hash: z.string() }).nullable(),
});

export const zDay = z.object({
  day: z.string(),
  closedUntil: zInstant,
  transfers: z.string(),
  accounts: z.int(),
  moved: zMoney,
  previousHash: z.string(),
  hash: z.string(),
});
