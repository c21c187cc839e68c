import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { zId } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { captureFunds, reserveFunds } from "#services/transaction/wallet/index";
import type { Payment, PaymentMethod } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { captureSplits } from "../repository/splits.ts";
import { settledFact } from "./about.ts";

/** The last word on a payment comes long before; we give the money back ourselves as soon as it is known. */
const RESERVED_MS = 3 * DAY_MS;

const zUserId = zId("user");

export const captureFor = ({ market }: Pick<Ctx, "market">, method: PaymentMethod) =>
  method === "card" ? market.payment.capture : "automatic";

export type WalletRefusal = "wallet.insufficient" | "wallet.frozen" | "wallet.limit" | "wallet.not_reserved";
export const isWalletRefusal = (code: string): code is Exclude<WalletRefusal, "wallet.not_reserved"> =>
  code === "wallet.insufficient" || code === "wallet.frozen" || code === "wallet.limit";

/**
 * The wallet's part of a new payment is held in the commit that opens it. Where the wallet pays for all, it
 * pays at once, and whoever placed the orders hears of it as of any other payment.
 */
export function fromWallet(ctx: Ctx, opened: Payment): Statement<WalletRefusal>[] {
  const { id: transferId, buyerId, walletMinor, walletState, amount, payBy, orderGroupId } = opened;
  if (walletState === "none") return [];
  const { data: userId } = zUserId.safeParse(buyerId);
  // A guest has no wallet.
  if (userId === undefined) throw fail("payment.method_unavailable");
  const reserved = reserveFunds(ctx, {
    transferId,
    userId,
    amount: { ...amount, minor: walletMinor },
    expiresAt: payBy + RESERVED_MS,
    reason: orderGroupId,
  });
  if (walletState === "reserved") return [reserved];
  return [
    reserved,
    captureFunds(ctx, transferId),
    captureSplits(transferId),
    append(settledFact(ctx, opened)),
  ];
}
