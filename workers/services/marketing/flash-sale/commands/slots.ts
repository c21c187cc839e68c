import { requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { fromMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { seal } from "#kernel/seal";
import { logPromotion, type OfferQuote, offersQuery } from "#services/catalog/product/index";
import { decideCampaign, type SellerStanding, sellerStanding } from "#services/catalog/seller/index";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { reserve } from "#services/logistics/inventory/index";
import { commitmentOf } from "../domain/lottery.ts";
import { decideEnter, type Slot, unmetTerms } from "../domain/slot.ts";
import { fail } from "../errors.ts";
import { CLOSE_SALE, DRAW_SALE, REMIND_SALE, SaleScheduled, WARM_SALE } from "../facts.ts";
import { lowestPriceOf } from "../queries.ts";
import * as sales from "../repository.ts";
import type { NewSale, NewSlot, Sale } from "../schemas.ts";

/** Bytes of a draw's seed: more than anybody can try. */
const SEED_BYTES = 32;
/** A shard for so many units at the least: a small sale in many shards is dealt back and forth. */
const UNITS_PER_SHARD = 8;

export async function addSlot(ctx: Ctx, input: NewSlot): Promise<Slot> {
  requireOperator(ctx, "marketing:write");
  const slot: Slot = {
    ...input,
    id: ctx.ids.next("saleSlot"),
    startsAt: Date.parse(input.startsAt),
    endsAt: Date.parse(input.endsAt),
    enterBy: Date.parse(input.enterBy),
    createdAt: ctx.clock.now(),
  };
  await ctx.db.commit([sales.insertSlot(slot)]);
  return slot;
}

/**
 * Brings an offer into a slot. Its quota leaves ordinary stock in the same commit, so that what the sale
 * deals is there whatever else is sold meanwhile.
 */
export async function enterSlot(ctx: Ctx, input: NewSale): Promise<Sale> {
  const sellerId = requireShop(ctx, "offer:write");
  const [slot, [offer], [standing]] = await ctx.db.load(
    sales.slotQuery(input.slotId),
    offersQuery([input.offerId]),
    sellerStanding(ctx, [sellerId]),
  );
  if (!slot) throw fail("flash_sale.slot_not_found");
  if (offer?.sellerId !== sellerId || !standing) throw fail("flash_sale.not_eligible");
  refuseUnfit(ctx, standing);
  orThrow(decideEnter(slot, ctx.clock.now()), fail);
  refuseUnmet(ctx, slot, { offer, lowestMinor: await lowestPriceOf(ctx, slot, offer) }, input);
  const sale = await saleOf(ctx, slot, offer, input);
  const stock = {
    reservationId: sale.reservationId,
    owner: sale.id,
    expiresAt: null,
    lines: [{ offerId: sale.offerId, quantity: input.quota }],
  };
  const committed = await ctx.db.commit([
    sales.insertSale({ ...sale, startsAt: slot.startsAt, endsAt: slot.endsAt, createdAt: ctx.clock.now() }),
    ...sales.assertRoom(slot.id),
    logPromotion({
      offerId: sale.offerId,
      ref: sale.id,
      price: { minor: sale.priceMinor, currency: sale.currency },
      ...windowOf(sale),
    }),
    reserve(ctx, stock),
    ...jobsOf(ctx, sale),
    append(
      SaleScheduled.make(ctx, sale, { ...idsOf(sale), ...windowOf(sale) }),
      InventoryChanged.make(ctx, sale, { sellerId, offerIds: [sale.offerId] }),
    ),
  ]);
  if (!committed.ok) throw refused(committed.code);
  return sale;
}

type Refusal = "flash_sale.offer_taken" | "flash_sale.slot_full" | "inventory.insufficient";

/** A reservation that was made a moment ago cannot be dead. */
function refused(code: Refusal | "inventory.hold_dead") {
  return code === "inventory.hold_dead" ? new Error("a new reservation is dead") : fail(code);
}

export const idsOf = ({ id, sellerId, offerId }: Sale) => ({ saleId: id, sellerId, offerId });
export const windowOf = ({ terms: { quota, startsAt, endsAt } }: Sale) => ({ quota, startsAt, endsAt });

/** Points and ratings keep a shop out of sales, whatever it offers. */
function refuseUnfit(ctx: Ctx, standing: SellerStanding): void {
  const fit = decideCampaign(standing, ctx.market.seller);
  if (fit.ok) return;
  const message = "The shop's standing does not allow it to take part.";
  throw fail("flash_sale.not_eligible", { errors: [{ path: "seller", code: fit.code, message }] });
}

type Offered = { readonly offer: OfferQuote; readonly lowestMinor: bigint };

function refuseUnmet(ctx: Ctx, slot: Slot, { offer, lowestMinor }: Offered, input: NewSale): void {
  const { quota, perBuyer, price } = input;
  const isSold = offer.status === "active" && offer.productStatus === "published";
  const money = fromMoneyDto(price);
  const entrant = { quota, perBuyer, priceMinor: money.minor, lowestMinor, isSold };
  const unmet = unmetTerms(slot, entrant, ctx.market.cashStepMinor);
  const errors = unmet.map((code) => ({
    path: "body",
    code,
    message: `The slot's term is not met: ${code}.`,
  }));
  if (money.currency !== offer.price.currency) {
    errors.push({ path: "body.price", code: "status", message: "The offer is sold in another currency." });
  }
  if (errors.length > 0) throw fail("flash_sale.not_eligible", { errors });
}

async function saleOf(ctx: Ctx, slot: Slot, offer: OfferQuote, input: NewSale): Promise<Sale> {
  const id = ctx.ids.next("sale");
  const { holdMs, shards } = ctx.market.flashSale;
  const shardsMax = slot.shards ?? shards;
  const { startsAt, endsAt, queue, admitPerSecond } = slot;
  const { quota, perBuyer } = input;
  const spread = Math.max(1, Math.min(shardsMax, Math.ceil(quota / UNITS_PER_SHARD)));
  const window = { startsAt, endsAt, holdMs };
  const seed = queue === "lottery" ? newSeed() : undefined;
  return {
    id,
    slotId: slot.id,
    sellerId: offer.sellerId,
    offerId: offer.offerId,
    productId: offer.productId,
    priceMinor: fromMoneyDto(input.price).minor,
    listMinor: offer.price.minor,
    currency: offer.price.currency,
    terms: { saleId: id, quota, perBuyer, ...window, shards: spread, queue, admitPerSecond },
    reservationId: ctx.ids.next("reservation"),
    commitment: seed === undefined ? null : commitmentOf(seed),
    sealedSeed: seed === undefined ? null : await seal(ctx, seed, { about: id }),
    seed: null,
    state: "scheduled",
    sold: null,
    version: 1,
  };
}

const newSeed = () => Buffer.from(crypto.getRandomValues(new Uint8Array(SEED_BYTES))).toString("base64url");

function jobsOf(ctx: Ctx, { id, terms: { startsAt, endsAt, queue } }: Sale): readonly Statement[] {
  const { warmBeforeMs, remindBeforeMs } = ctx.market.flashSale;
  const at = (dueAt: number) => ({ subject: id as Id<"sale">, payload: { saleId: id }, dueAt });
  return [
    schedule(ctx, WARM_SALE, at(startsAt - warmBeforeMs)),
    schedule(ctx, REMIND_SALE, at(startsAt - remindBeforeMs)),
    schedule(ctx, CLOSE_SALE, at(endsAt)),
    ...(queue === "lottery" ? [schedule(ctx, DRAW_SALE, at(startsAt))] : []),
  ];
}
