import type * as z from "zod";
import type { Ctx } from "#kernel/ctx";
import { zId } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type {
  PaymentReconciled,
  PaymentReturnedBeside,
  PaymentSettled,
  PaymentTakenBeside,
} from "#services/transaction/payment/facts";
import { cashOf, heldBy, platformOf } from "../domain/accounts.ts";
import type { NewTransfer } from "../domain/transfer.ts";
import { WalletToppedUp } from "../facts.ts";

// What providers have collected, and what they keep of it.

type Taken = z.output<typeof PaymentSettled.payload>;

/** What a provider holds for us from now on. */
export function taken({
  paymentId,
  amount,
  method,
  provider = "midtrans",
  walletMinor = "0",
}: Taken): NewTransfer[] {
  const amountMinor = BigInt(amount.minor) - BigInt(walletMinor);
  // The wallet's part was booked when it was captured, and cash is booked with its order.
  if (amountMinor <= 0n || method === "cod" || method === "wallet") return [];
  if (provider === "cod" || provider === "wallet") return [];
  const { currency } = amount;
  const parties = { debit: heldBy(provider, currency), credit: platformOf("payments", currency) };
  return [{ id: `payment/${paymentId}`, kind: "payment", ...parties, amountMinor, forced: true }];
}

/** The bank has given it back in the refund's place: it is no longer in dispute whose it is. */
export function coveredOf(refundId: string, currency: Currency, amountMinor: bigint): NewTransfer[] {
  if (amountMinor === 0n) return [];
  const parties = { debit: platformOf("payments", currency), credit: platformOf("disputes", currency) };
  const id = `payment_refund/${refundId}/covered`;
  return [{ id, kind: "dispute_lost", ...parties, amountMinor, forced: true }];
}

/** Money that another provider has beside what is kept: it is the buyer's until it is back with him. */
export function takenBeside(beside: z.output<typeof PaymentTakenBeside.payload>): NewTransfer[] {
  const { paymentId, provider, amount } = beside;
  const amountMinor = BigInt(amount.minor);
  if (amountMinor === 0n || provider === "cod" || provider === "wallet") return [];
  const { currency } = amount;
  const parties = { debit: heldBy(provider, currency), credit: platformOf("payments", currency) };
  return [{ id: `payment/${paymentId}/${provider}`, kind: "payment", ...parties, amountMinor, forced: true }];
}

export function returnedBeside(beside: z.output<typeof PaymentReturnedBeside.payload>): NewTransfer[] {
  const { refundId, provider, amount, isByHand } = beside;
  const { currency } = amount;
  const coveredMinor = BigInt(beside.coveredMinor);
  const covered = coveredOf(refundId, currency, coveredMinor);
  const amountMinor = BigInt(amount.minor) - coveredMinor;
  if (amountMinor <= 0n || provider === "cod" || provider === "wallet") return covered;
  const credit = heldBy(isByHand ? "bank" : provider, currency);
  const parties = { debit: platformOf("payments", currency), credit };
  return [
    ...covered,
    { id: `payment_refund/${refundId}`, kind: "payment_refund", ...parties, amountMinor, forced: true },
  ];
}

/** A top-up goes on into its owner's wallet in the same commit, however late it has come. */
export function toppedUp(ctx: Ctx, { payload }: ReturnType<typeof PaymentSettled.make>) {
  const { purpose, paymentId, buyerId, amount } = payload;
  const { data: userId } = zUserId.safeParse(buyerId);
  if (purpose !== "top_up" || !userId) return [];
  const { currency } = amount;
  const parties = { debit: platformOf("payments", currency), credit: cashOf(userId, currency) };
  const transfer: NewTransfer = {
    id: `top_up/${paymentId}`,
    kind: "top_up",
    ...parties,
    amountMinor: BigInt(amount.minor),
    forced: true,
  };
  return [
    {
      transfer,
      fact: WalletToppedUp.make(ctx, { id: paymentId, version: 1 }, { userId, paymentId, amount }),
    },
  ];
}
const zUserId = zId("user");

/**
 * What a provider has kept of a payment, by its own settlement file; below nought it gives it back. A row
 * that stands in two files is one. What Stripe charges for a dispute was booked with the case.
 */
export function feeOf({ payload }: ReturnType<typeof PaymentReconciled.make>): NewTransfer[] {
  const { provider, paymentId, ref, kind, gross, fee } = payload;
  if (kind === "dispute" && provider === "stripe") return [];
  const amountMinor = BigInt(fee.minor);
  if (amountMinor === 0n || provider === "cod" || provider === "wallet") return [];
  const fees = platformOf("provider_fee", fee.currency);
  const held = heldBy(provider, fee.currency);
  const isKept = amountMinor > 0n;
  return [
    {
      id: `fee/${provider}/${paymentId ?? ref}/${gross.minor}/${fee.minor}`,
      kind: "payment_fee",
      debit: isKept ? fees : held,
      credit: isKept ? held : fees,
      amountMinor: isKept ? amountMinor : -amountMinor,
      forced: true,
    },
  ];
}
