import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { onSaleShard } from "#objects/stubs";
import type { OfferQuote } from "#services/catalog/product/index";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { reserve } from "#services/logistics/inventory/index";
import type { HoldState } from "../domain/entry.ts";
import type { Slot } from "../domain/slot.ts";
import { fail } from "../errors.ts";
import { CLOSE_SALE } from "../facts.ts";
import * as sales from "../repository.ts";
import type { Sale } from "../schemas.ts";
import { ensureOpen, homeOf } from "./known.ts";
import { closeSale } from "./run.ts";

/** A shard for so many units at the least, as in a sale of a slot. */
const UNITS_PER_SHARD = 8;

/** A sale that begins now and belongs to nobody's slot: a show's deal, or one unit for who has won it. */
export type LiveSale = {
  readonly saleId: Id<"sale">;
  readonly offer: OfferQuote;
  readonly priceMinor: bigint;
  readonly quota: number;
  readonly perBuyer: number;
  readonly endsAt: number;
  /** How long a claim is held; the market's when it is left out. */
  readonly holdMs?: number;
};
type Refusal = "flash_sale.offer_taken" | "inventory.insufficient" | "inventory.hold_dead";

/** For the caller's commit: quota leaves ordinary stock with it, and comes back when the sale has closed. */
export function planLiveSale(ctx: Ctx, live: LiveSale): readonly Statement<Refusal>[] {
  const { saleId, offer, priceMinor, quota, perBuyer, endsAt } = live;
  const now = ctx.clock.now();
  const { holdMs, shards } = ctx.market.flashSale;
  const window = { startsAt: now, endsAt, holdMs: live.holdMs ?? holdMs };
  const spread = Math.max(1, Math.min(shards, Math.ceil(quota / UNITS_PER_SHARD)));
  const entry = { queue: "none" as const, admitPerSecond: 1 };
  const slot: Slot = {
    ...{ id: ctx.ids.next("saleSlot"), name: "live", startsAt: now, endsAt, enterBy: now, createdAt: now },
    ...{
      quotaMin: quota,
      discountMinBasisPoints: 1,
      perBuyerMax: perBuyer,
      salesMax: 1,
      shards: null,
      ...entry,
    },
  };
  const { sellerId, offerId, productId } = offer;
  // What an auction brought may be above the offer's own price, and the table wants the sale's below it.
  const above = priceMinor + ctx.market.cashStepMinor;
  const sale: Sale = {
    ...{ id: saleId, slotId: slot.id, sellerId, offerId, productId, priceMinor },
    ...{ listMinor: offer.price.minor > priceMinor ? offer.price.minor : above },
    currency: offer.price.currency,
    terms: { saleId, quota, perBuyer, ...window, shards: spread, ...entry },
    reservationId: ctx.ids.next("reservation"),
    ...{ commitment: null, sealedSeed: null, seed: null, state: "scheduled", sold: null, version: 1 },
  };
  const lines = [{ offerId, quantity: quota }];
  return [
    sales.insertSlot(slot),
    sales.insertSale({ ...sale, startsAt: now, endsAt, createdAt: now }),
    reserve(ctx, { reservationId: sale.reservationId, owner: saleId, expiresAt: null, lines }),
    endLiveSale(ctx, saleId, endsAt),
    append(InventoryChanged.make(ctx, sale, { sellerId, offerIds: [offerId] })),
  ];
}

/** The sale takes no more claims from then on, and gives back what is left once no hold is live. */
export const endLiveSale = (ctx: Ctx, saleId: Id<"sale">, dueAt = ctx.clock.now()): Statement =>
  schedule(ctx, CLOSE_SALE, { subject: saleId, payload: { saleId }, dueAt });

export const openLiveSale = (ctx: Ctx, saleId: Id<"sale">): Promise<void> => ensureOpen(ctx, { saleId });

type Held = { readonly saleId: Id<"sale">; readonly holdId: Id<"hold">; readonly buyerId: Id<"user"> };

/** Takes a unit for somebody who has won it; the same again is the same hold. */
export async function claimFor(ctx: Ctx, { saleId, holdId, buyerId }: Held): Promise<Id<"hold">> {
  await openLiveSale(ctx, saleId);
  const home = await homeOf(ctx, saleId, buyerId);
  const claim = { holdId, buyerId, key: holdId, quantity: 1 };
  return orThrow(await onSaleShard(ctx, home, (shard) => shard.claim(claim)), fail).id;
}

export async function holdState(ctx: Ctx, { saleId, holdId, buyerId }: Held): Promise<HoldState | undefined> {
  const home = await homeOf(ctx, saleId, buyerId);
  return (await onSaleShard(ctx, home, (shard) => shard.find({ holdId, buyerId })))?.state;
}

/** Gives a unit back that nobody ordered, and ends the sale that it was held in: stock is ordinary again. */
export async function takeBack(ctx: Ctx, held: Held): Promise<readonly Statement<"flash_sale.stale">[]> {
  const { saleId, holdId, buyerId } = held;
  const home = await homeOf(ctx, saleId, buyerId);
  await onSaleShard(ctx, home, (shard) => shard.move({ holdId, buyerId }, { move: "give_back" }));
  return closeSale(ctx, { saleId });
}
