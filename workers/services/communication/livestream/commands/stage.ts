import { actorKey, requireUser } from "#kernel/actor";
import { SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { fromMoneyDto } from "#kernel/money";
import { orThrow } from "#kernel/result";
import { textIn } from "#kernel/texts";
import { onLivestreamRoom } from "#objects/stubs";
import { logPromotion, type OfferQuote, offersQuery, priorsQuery } from "#services/catalog/product/index";
import { endLiveSale, openLiveSale, planLiveSale } from "#services/marketing/flash-sale/index";
import { type Direction, mayDirect } from "../domain/direct.ts";
import type { Show } from "../domain/show.ts";
import { fail } from "../errors.ts";
import { loadShow } from "../queries/shows.ts";
import type { ShowRef, Stage } from "../schemas.ts";
import { roleIn } from "./enter.ts";
import { giveBackLot, takeLot } from "./lot.ts";

type Staging = ShowRef & { readonly stage: Stage; readonly key: string };

/** What the host and his helpers do; the room decides, and the same key again is the same thing done. */
export async function direct(ctx: Ctx, { livestreamId, stage, key }: Staging): Promise<{ seq: number }> {
  requireUser(ctx);
  const show = await loadShow(ctx, { livestreamId });
  const role = await roleIn(ctx, show);
  if (!mayDirect(role, stage.t)) throw fail("livestream.not_crew");
  const order = { key, by: actorKey(ctx.actor), role };
  if (stage.t === "open_deal") return openDeal(ctx, show, order, stage);
  if (stage.t === "open_auction") return openAuction(ctx, show, order, stage);
  const direction = await toDirection(ctx, show, stage);
  const outcome = await onLivestreamRoom(ctx, show.id, (room) => room.direct({ ...order, direction }));
  if (outcome.ok && stage.t === "close_deal") await endSaleOf(ctx, show, stage.dealId);
  return orThrow(outcome, fail);
}

/** What was not claimed is ordinary stock again, and nobody else has it at the deal's price. */
async function endSaleOf(ctx: Ctx, show: Show, dealId: number): Promise<void> {
  const saleId = await onLivestreamRoom(ctx, show.id, (room) => room.saleOf(dealId));
  if (saleId !== undefined) await ctx.db.commit([endLiveSale(ctx, saleId as Id<"sale">)]);
}

type Order = { readonly key: string; readonly by: string; readonly role: string };
type Of<T extends Stage["t"]> = Extract<Stage, { readonly t: T }>;

async function toDirection(
  ctx: Ctx,
  show: Show,
  stage: Exclude<Stage, Of<"open_deal" | "open_auction">>,
): Promise<Direction> {
  switch (stage.t) {
    case "slow":
      return { t: "slow", ms: stage.seconds * SECOND_MS };
    case "mute":
      return { t: "mute", messageSeq: stage.messageSeq, forMs: stage.seconds * SECOND_MS };
    case "bag": {
      const offers = await ownOffers(ctx, show, stage.offerIds);
      const items = offers.map((offer) => ({
        offerId: offer.offerId,
        title: textIn(offer.title, ctx.locale),
        priceMinor: offer.price.minor.toString(),
      }));
      return { t: "bag", items };
    }
    case "open_poll":
    case "open_giveaway": {
      const { seconds, ...about } = stage;
      return { ...about, forMs: seconds * SECOND_MS };
    }
    default:
      return stage;
  }
}

/** What is bid for is nobody else's from now on, so an auction of what is not there does not begin. */
async function openAuction(
  ctx: Ctx,
  show: Show,
  order: Order,
  stage: Of<"open_auction">,
): Promise<{ seq: number }> {
  const [offer] = await ownOffers(ctx, show, [stage.offerId]);
  const { offerId, start, step, mode, seconds, paySeconds } = stage;
  const [startMinor, stepMinor] = [start, step].map((money) => wholeMinor(ctx, money));
  const prior = await onLivestreamRoom(ctx, show.id, (room) => room.directed(order));
  if (prior !== undefined) return { seq: prior };
  const reservationId = ctx.ids.next("reservation");
  const forMs = seconds * SECOND_MS;
  const lot = { livestreamId: show.id, sellerId: show.sellerId, reservationId, offerId };
  const taken = await ctx.db.commit(takeLot(ctx, { ...lot, endsAt: ctx.clock.now() + forMs }));
  if (!taken.ok) throw fail("livestream.out_of_stock");
  const direction: Direction = {
    ...{ t: "open_auction", offerId, mode, forMs, payWithinMs: paySeconds * SECOND_MS, reservationId },
    title: offer ? textIn(offer.title, ctx.locale) : "",
    startMinor: String(startMinor),
    stepMinor: String(stepMinor),
  };
  const outcome = await onLivestreamRoom(ctx, show.id, (room) => room.direct({ ...order, direction }));
  // Refused, or the same order came twice at once and the other's unit is the one that is bid for.
  const opened = await onLivestreamRoom(ctx, show.id, (room) => room.lot({ reservationId }));
  if (!opened) await ctx.db.commit(giveBackLot(ctx, lot));
  return orThrow(outcome, fail);
}

/** A price that can be paid in this market: its currency, above nothing, in whole cash steps. */
function wholeMinor({ market }: Ctx, money: Parameters<typeof fromMoneyDto>[0]): bigint {
  const { minor, currency } = fromMoneyDto(money);
  if (currency !== market.currency || minor <= 0n || minor % market.cashStepMinor !== 0n) {
    throw fail("livestream.price_refused");
  }
  return minor;
}

/** In the order that was asked for; another shop's offers are none. */
async function ownOffers(ctx: Ctx, show: Show, ids: readonly Id<"offer">[]): Promise<readonly OfferQuote[]> {
  const [offers] = await ctx.db.load(offersQuery(ids));
  const own = new Map(
    offers.filter((one) => one.sellerId === show.sellerId).map((one) => [one.offerId, one]),
  );
  return ids.map((id) => {
    const offer = own.get(id);
    if (offer?.status !== "active") throw fail("livestream.offer_not_yours", { detail: id });
    return offer;
  });
}

/** A deal is a flash sale of its own, so that it sells out exactly, whoever claims how fast. */
async function openDeal(
  ctx: Ctx,
  show: Show,
  order: Order,
  stage: Of<"open_deal">,
): Promise<{ seq: number }> {
  const [offer] = await ownOffers(ctx, show, [stage.offerId]);
  const priceMinor = wholeMinor(ctx, stage.price);
  if (!offer || priceMinor >= offer.price.minor) throw fail("livestream.price_refused");
  const prior = await onLivestreamRoom(ctx, show.id, (room) => room.directed(order));
  if (prior !== undefined) return { seq: prior };
  const { units, perBuyer, offerId } = stage;
  const saleId = ctx.ids.next("sale");
  const forMs = stage.seconds * SECOND_MS;
  const now = ctx.clock.now();
  const endsAt = now + forMs;
  const planned = planLiveSale(ctx, { saleId, offer, priceMinor, quota: units, perBuyer, endsAt });
  const price = { minor: priceMinor, currency: offer.price.currency };
  const promotion = logPromotion({ offerId, ref: saleId, price, startsAt: now, endsAt });
  const [priors] = await ctx.db.load(priorsQuery([{ ref: saleId, offerId, price, startsAt: now }]));
  const priorMinor = priors.get(saleId)?.toString() ?? null;
  const committed = await ctx.db.commit([...planned, promotion]);
  if (!committed.ok) throw fail("livestream.out_of_stock");
  await openLiveSale(ctx, saleId);
  const title = textIn(offer.title, ctx.locale);
  const terms = { saleId, offerId, title, priceMinor: priceMinor.toString(), priorMinor, units };
  const direction: Direction = { t: "open_deal", forMs, ...terms };
  const outcome = await onLivestreamRoom(ctx, show.id, (room) => room.direct({ ...order, direction }));
  // Refused, or the same order came twice at once and the other's sale is the one that is shown.
  const { seq } = outcome.ok ? outcome.value : { seq: 0 };
  const shown = await onLivestreamRoom(ctx, show.id, (room) => room.saleOf(seq));
  if (shown !== saleId) await ctx.db.commit([endLiveSale(ctx, saleId)]);
  return orThrow(outcome, fail);
}
