import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { onLivestreamRoom } from "#objects/stubs";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { extendHold, releaseHold, reserve } from "#services/logistics/inventory/index";
import { decideLot, KEPT_MS, LOOK_MS, type Lot } from "../domain/lot.ts";
import { KEEP_LOT } from "../facts.ts";

type Kept = {
  readonly livestreamId: Id<"livestream">;
  readonly reservationId: Id<"reservation">;
  readonly sellerId: Id<"seller">;
  readonly offerId: Id<"offer">;
  /** Left out until the room has numbered it. */
  readonly auctionId?: number | undefined;
};
type Taking = Kept & { readonly endsAt: number };

/** Whoever shows stock reads it anew. */
const stockMoved = (ctx: Ctx, { reservationId, sellerId, offerId }: Kept): Statement =>
  append(InventoryChanged.make(ctx, { id: reservationId, version: 1 }, { sellerId, offerIds: [offerId] }));

/** For the caller's commit: the unit leaves ordinary stock, and a job looks after it from then on. */
export const takeLot = (
  ctx: Ctx,
  { endsAt, ...kept }: Taking,
): readonly Statement<"inventory.insufficient" | "inventory.hold_dead">[] => [
  reserve(ctx, {
    reservationId: kept.reservationId,
    owner: kept.livestreamId,
    expiresAt: endsAt + KEPT_MS,
    lines: [{ offerId: kept.offerId, quantity: 1 }],
  }),
  schedule(ctx, KEEP_LOT, { subject: kept.reservationId, payload: kept, dueAt: endsAt + LOOK_MS }),
  stockMoved(ctx, kept),
];

/** For the caller's commit, in which the unit is taken by what stands behind this. */
export const dropLot = (ctx: Ctx, reservationId: Id<"reservation">): readonly Statement[] => [
  releaseHold(ctx, reservationId),
  unschedule(KEEP_LOT, reservationId),
];

/** Nobody bids for it. */
export const giveBackLot = (ctx: Ctx, kept: Kept): readonly Statement[] => [
  ...dropLot(ctx, kept.reservationId),
  stockMoved(ctx, kept),
];

/**
 * Keeps the unit as long as its room says that it may be won. A hold that has ended was taken over by a
 * winner, or died while the platform was away.
 */
export async function keepLot(ctx: Ctx, kept: Kept): Promise<readonly Statement[]> {
  const { livestreamId, reservationId } = kept;
  const lot = (await onLivestreamRoom(ctx, livestreamId, (room) => room.lot(kept))) as Lot | undefined;
  const step = decideLot(lot, ctx.clock.now());
  if (step.t === "release") return [releaseHold(ctx, reservationId), stockMoved(ctx, kept)];
  const extended = await ctx.db.commit([extendHold(ctx, reservationId, step.until)]);
  if (!extended.ok) return [];
  return [schedule(ctx, KEEP_LOT, { subject: reservationId, payload: kept, dueAt: step.lookAt })];
}
