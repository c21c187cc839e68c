import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { decodeCursor, toPage } from "#kernel/page";
import { type OfferQuote, offersQuery, priorsQuery } from "#services/catalog/product/index";
import { dearestPrice, type Slot } from "./domain/slot.ts";
import { fail } from "./errors.ts";
import * as sales from "./repository.ts";
import {
  type EntryRef,
  type Sale,
  type SaleList,
  type SaleRef,
  type SlotList,
  toSaleDto,
  toSlotDto,
} from "./schemas.ts";

export async function loadSale(ctx: Ctx, saleId: Id<"sale">): Promise<Sale> {
  const [sale] = await ctx.db.load(sales.saleQuery(saleId));
  if (!sale) throw fail("flash_sale.not_found");
  return sale;
}

export const showSale = async (ctx: Ctx, { saleId }: SaleRef) => showOf(ctx, await loadSale(ctx, saleId));

export const showOf = async (ctx: Ctx, sale: Sale) =>
  toSaleDto(sale, { now: ctx.clock.now(), priorMinor: (await priorsOf(ctx, [sale])).get(sale.id) });

/** Started sales whose prior prices an isolate remembers: they never change. The oldest leave first. */
const PRIORS_MAX = 1_000;
const memories = new WeakMap<object, Map<string, bigint | undefined>>();

/** The prices that these sales are reductions of; before its start the last word on one is not spoken. */
async function priorsOf(ctx: Ctx, all: readonly Sale[]): Promise<ReadonlyMap<string, bigint | undefined>> {
  const memory = memories.get(ctx.env) ?? new Map<string, bigint | undefined>();
  memories.set(ctx.env, memory);
  const nameOf = ({ id }: Sale) => `${ctx.cell} ${id}`;
  const known = new Map(all.map((sale) => [sale.id, memory.get(nameOf(sale))]));
  const unknown = all.filter((sale) => !memory.has(nameOf(sale)));
  if (unknown.length === 0) return known;
  const asked = unknown.map(({ id, offerId, priceMinor, currency, terms: { startsAt } }) => {
    return { ref: id, offerId, price: { minor: priceMinor, currency }, startsAt };
  });
  const [found] = await ctx.db.load(priorsQuery(asked));
  const now = ctx.clock.now();
  for (const sale of unknown) {
    known.set(sale.id, found.get(sale.id));
    if (sale.terms.startsAt <= now) memory.set(nameOf(sale), found.get(sale.id));
  }
  for (const oldest of memory.keys()) {
    if (memory.size <= PRIORS_MAX) break;
    memory.delete(oldest);
  }
  return known;
}

export async function listSales(ctx: Ctx, { limit, cursor, slotId }: SaleList) {
  const list = `flash-sales ${slotId ?? ""}`;
  const now = ctx.clock.now();
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(sales.salesQuery({ slotId, now }, limit + 1, after));
  const priors = await priorsOf(ctx, rows);
  return toPage(
    ctx,
    list,
    limit,
    rows,
    ({ id }) => [id],
    (sale) => toSaleDto(sale, { now, priorMinor: priors.get(sale.id) }),
  );
}

export async function listSlots(ctx: Ctx, { limit, cursor }: SlotList) {
  const list = "flash-sale-slots";
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(sales.slotsQuery(ctx.clock.now(), limit + 1, after));
  return toPage(ctx, list, limit, rows, ({ id }) => [id], toSlotDto);
}

/** The lowest price of the 30 days before a slot, as far as they have passed: all that is known of them. */
export async function lowestPriceOf(
  ctx: Ctx,
  { startsAt }: Slot,
  { offerId, price: list }: OfferQuote,
): Promise<bigint> {
  // Any price is above nothing, so this finds the lowest, whatever the sale's will be.
  const price = { minor: 0n, currency: list.currency };
  const [found] = await ctx.db.load(priorsQuery([{ ref: offerId, offerId, price, startsAt }]));
  return found.get(offerId) ?? list.minor;
}

/** What an offer would be measured by in a slot, for its shop. */
export async function showEntry(ctx: Ctx, { slotId, offerId }: EntryRef) {
  const sellerId = requireShop(ctx, "offer:write");
  const [slot, [offer]] = await ctx.db.load(sales.slotQuery(slotId), offersQuery([offerId]));
  if (!slot) throw fail("flash_sale.slot_not_found");
  if (offer?.sellerId !== sellerId) throw fail("flash_sale.not_eligible");
  const { currency } = offer.price;
  const lowestMinor = await lowestPriceOf(ctx, slot, offer);
  const dearest = dearestPrice(slot, lowestMinor, ctx.market.cashStepMinor);
  return {
    ...{ slotId, offerId, listPrice: toMoneyDto(offer.price) },
    lowestPrice: toMoneyDto({ minor: lowestMinor, currency }),
    priceMax: dearest === undefined ? null : toMoneyDto({ minor: dearest, currency }),
  };
}
