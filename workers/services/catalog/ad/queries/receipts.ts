import type { z } from "zod";
import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { receiptText, zReceipt } from "../domain/card.ts";
import { faultsOf, type Outcome } from "../domain/receipt.ts";
import { fail } from "../errors.ts";
import { auctionQuery, clickQuery, type HeldAuction } from "../repository/engagement.ts";
import type {
  Rehearse,
  SignedReceipt,
  zAuctionAccount,
  zAuctionRef,
  zReceiptRef,
  zVerified,
} from "../schemas/report.ts";
import { marketIndex } from "./market.ts";
import { rehearse } from "./sponsored.ts";

/** The inputs that a click's price was worked out from, signed. */
export async function getReceipt(ctx: Ctx, { bidId }: z.output<typeof zReceiptRef>): Promise<SignedReceipt> {
  const [click] = await ctx.db.load(clickQuery(requireShop(ctx, "ad:write"), bidId));
  if (!click) throw fail("ad.receipt_not_found");
  const receipt = zReceipt.parse(click.receipt);
  return { receipt, signature: ctx.keys.sign("ad", receiptText(receipt)) };
}

/** Whether a receipt is ours, and whether its price follows from its inputs by the rules of the auction. */
export async function verifyReceipt(
  ctx: Ctx,
  { receipt, signature }: SignedReceipt,
): Promise<z.input<typeof zVerified>> {
  const isOurs = ctx.keys.verify("ad", receiptText(receipt), signature);
  const faults = [...(isOurs ? [] : (["signature"] as const)), ...faultsOf(receipt)];
  return { valid: faults.length === 0, faults };
}

const toAccountDto = (held: HeldAuction): z.input<typeof zAuctionAccount> => ({
  auctionId: held.auctionId,
  campaignId: held.campaignId,
  outcome: held.outcome as Outcome,
  at: new Date(held.at).toISOString(),
  body: { ...held.body },
});

/** How the shop's advertisements would stand on a page now; nobody sees it and nothing is charged. */
export async function rehearseAuction(ctx: Ctx, { q, category, placement }: Rehearse) {
  const sellerId = requireShop(ctx, "ad:write");
  const accounts = await rehearse(ctx, {
    market: marketIndex(ctx),
    placement,
    query: q === "" ? null : q,
    categoryId: category ?? null,
    organic: () => [],
    viewer: ctx.actor,
    slots: Math.max(1, ctx.market.ad.slots),
  });
  return { items: accounts.filter((one) => one.sellerId === sellerId).map(toAccountDto) };
}

/** The shop's part of an auction that was kept. */
export async function getAuction(ctx: Ctx, { auctionId }: z.output<typeof zAuctionRef>) {
  const [held] = await ctx.db.load(auctionQuery(requireShop(ctx, "ad:write"), auctionId));
  if (!held) throw fail("ad.receipt_not_found");
  return toAccountDto(held);
}
