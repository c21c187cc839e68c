import { actorKey, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { offersQuery } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { getLevels } from "../queries/lists.ts";
import { componentsQuery } from "../repository/bundles.ts";
import * as stock from "../repository/stock.ts";
import type { Adjust, Level, PutLevel, SetLevels, ShareStock } from "../schemas.ts";
import { changed, firstLocationId, place } from "./place.ts";

export async function setLevels(ctx: Ctx, { rows }: SetLevels): Promise<{ readonly rows: number }> {
  const { places, offers } = await place(ctx, rows);
  const statements = [
    stock.setLevels(ctx, actorKey(ctx.actor), places),
    ...changed(ctx, ctx.requestId, offers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return { rows: places.length };
}

export async function putLevel(ctx: Ctx, { offerId, ...counts }: PutLevel): Promise<readonly Level[]> {
  await setLevels(ctx, { rows: [{ offerId, ...counts }] });
  return getLevels(ctx, { offerId });
}

/** The operation's name makes a retry nothing, even when the kept answer was lost. */
export async function adjustStock(
  ctx: Ctx,
  { kind, reason, rows, idempotencyKey }: Adjust,
): Promise<{ readonly rows: number }> {
  if (kind === "receive" || kind === "return") refuseBelowOne(rows);
  const { places, offers } = await place(ctx, rows);
  const actor = actorKey(ctx.actor);
  const operation = `${actor}/${idempotencyKey}`;
  const statements = [
    stock.adjust(ctx, { operation, kind, reason, actor, places }),
    ...changed(ctx, operation, offers),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return { rows: places.length };
}

function refuseBelowOne(rows: readonly { readonly quantity: number }[]): void {
  const errors = rows.flatMap(({ quantity }, i) =>
    quantity > 0
      ? []
      : [
          {
            path: `body.rows.${i}.quantity`,
            code: "too_small",
            message: "What comes in is counted from one.",
          },
        ],
  );
  if (errors.length > 0) throw fail("inventory.nothing_received", { errors });
}

type Restock = {
  /** Names what came back: under one name it is put back once. */
  readonly operation: string;
  readonly sellerId: Id<"seller">;
  readonly reason: string;
  readonly lines: readonly { readonly offerId: Id<"offer">; readonly quantity: number }[];
};

/**
 * Goods that were sold are back and can be sold again; for another service's commit. A bundle comes back as
 * what it is made of today.
 */
export async function restock(
  ctx: Ctx,
  { operation, sellerId, reason, lines }: Restock,
): Promise<readonly Statement<stock.Refused>[]> {
  if (lines.length === 0) return [];
  const offerIds = lines.map(({ offerId }) => offerId);
  const [sharers, [first], bundles] = await ctx.db.load(
    stock.sharersQuery(offerIds),
    stock.locationsQuery(ctx, [sellerId]),
    componentsQuery(offerIds),
  );
  const locationId = first?.id ?? firstLocationId(sellerId);
  const places = lines.flatMap(({ offerId, quantity }) =>
    (bundles.get(offerId) ?? [{ offerId, quantity: 1 }]).map((part) => ({
      offerId: part.offerId,
      quantity: part.quantity * quantity,
      sellerId,
      locationId,
      isFirst: first === undefined,
    })),
  );
  const actor = actorKey(ctx.actor);
  return [
    stock.adjust(ctx, { operation, kind: "return", reason, actor, places }),
    ...changed(ctx, operation, [...lines.map(({ offerId }) => ({ offerId, sellerId })), ...sharers]),
  ];
}

export async function shareStock(
  ctx: Ctx,
  { offerId, sharesStockOf }: ShareStock,
): Promise<readonly Level[]> {
  const sellerId = requireShop(ctx, "inventory:write");
  const [offers] = await ctx.db.load(offersQuery([offerId, sharesStockOf]));
  const isMine = (id: Id<"offer">) => offers.some((one) => one.offerId === id && one.sellerId === sellerId);
  if (!isMine(offerId) || !isMine(sharesStockOf)) throw fail("inventory.offer_not_found");
  const statements = [
    stock.shareStock(sellerId, offerId, sharesStockOf),
    ...changed(ctx, ctx.requestId, [{ offerId, sellerId }]),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return getLevels(ctx, { offerId });
}
