import { actorKey, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { sharersQuery } from "../repository/stock.ts";
import * as transfers from "../repository/transfers.ts";
import type { ReceiveTransfer, SendTransfer, Transfer, TransferRef } from "../schemas.ts";
import { changed } from "./place.ts";

/** Under one key goods leave once, even when the kept answer was lost. */
export async function sendTransfer(ctx: Ctx, { idempotencyKey, ...input }: SendTransfer): Promise<Transfer> {
  const sellerId = requireShop(ctx, "inventory:write");
  const actor = actorKey(ctx.actor);
  // Adjustments name their operations by the same actor and key: these would count as done already.
  const operation = `transfer/${actor}/${idempotencyKey}`;
  const offerIds = input.lines.map(({ offerId }) => offerId);
  const [sharers] = await ctx.db.load(sharersQuery(offerIds));
  const transfer = { ...input, id: ctx.ids.next("stockTransfer"), sellerId, operation, actor };
  const statements = [
    transfers.send(ctx, transfer),
    transfers.insertTransfer(ctx, transfer),
    ...changed(ctx, operation, [...offerIds.map((offerId) => ({ offerId, sellerId })), ...sharers]),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  const [sent] = await ctx.db.load(transfers.transferQuery(sellerId, { operation }));
  if (!sent) throw fail("inventory.transfer_not_found");
  return sent;
}

export const receiveTransfer = (ctx: Ctx, { transferId, lines }: ReceiveTransfer): Promise<Transfer> =>
  end(ctx, transferId, { state: "received", counts: lines ?? null });

/** The goods are where they left again. */
export const cancelTransfer = (ctx: Ctx, { transferId }: TransferRef): Promise<Transfer> =>
  end(ctx, transferId, { state: "cancelled", counts: null });

async function end(
  ctx: Ctx,
  id: Id<"stockTransfer">,
  { state, counts }: Pick<transfers.Ending, "state" | "counts">,
): Promise<Transfer> {
  const sellerId = requireShop(ctx, "inventory:write");
  const [known] = await ctx.db.load(transfers.transferQuery(sellerId, { id }));
  if (!known) throw fail("inventory.transfer_not_found");
  const offerIds = known.lines.map(({ offerId }) => offerId);
  const [sharers] = await ctx.db.load(sharersQuery(offerIds));
  const statements = [
    transfers.endTransfer(ctx, { id, sellerId, state, counts, actor: actorKey(ctx.actor) }),
    ...changed(ctx, `${id}/${state}`, sharers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  const [ended] = await ctx.db.load(transfers.transferQuery(sellerId, { id }));
  return ended ?? known;
}
