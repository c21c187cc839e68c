import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow, type Result } from "#kernel/result";
import { type SellerCard, sellersQuery } from "#services/catalog/seller/index";
import { decideOfferDraft } from "../domain/edit.ts";
import { decideOffer, decidePrice, type Offer } from "../domain/offer.ts";
import { fail } from "../errors.ts";
import { actingShop } from "../queries/acting.ts";
import { getOffer } from "../queries/own.ts";
import { purgeTouched } from "../queries/tags.ts";
import * as repository from "../repository/offers.ts";
import * as products from "../repository/products.ts";
import type { CreateOffer, Reprice, UpdateOffer } from "../schemas/offer.ts";
import { requireSelling } from "./terms.ts";
import { offerChanged } from "./write.ts";

type Refusal = "offer.stale" | "offer.exists" | "offer.sku_taken" | "product.unpriced";

/** Writes offers with everything that follows from them: price range, price log, events, copies. */
async function commitOffers(
  ctx: Ctx,
  {
    added = [],
    changed = [],
    shop,
  }: { added?: readonly Offer[]; changed?: readonly Offer[]; shop?: SellerCard },
): Promise<Result<undefined, Refusal>> {
  const { reductionMs } = ctx.market.catalogue;
  const by = { actor: actorKey(ctx.actor), now: ctx.clock.now(), reductionMs };
  const all = [...added, ...changed];
  const productIds = [...new Set(all.map(({ productId }) => productId))];
  const rows: readonly Statement<Refusal>[] = [
    ...(added.length > 0 ? repository.insertOffers(added, by) : []),
    ...(changed.length > 0 ? [repository.saveOffers(changed, by)] : []),
  ];
  const outcome = await ctx.db.commit<Refusal>([
    products.lockProducts(productIds),
    ...rows,
    ...(shop ? [products.saveShops([shop])] : []),
    products.refreshPrices(productIds),
    ...(changed.some(({ state }) => state === "archived")
      ? [products.assertPriced(productIds, ctx.market.currency)]
      : []),
    append(...all.map((offer) => offerChanged(ctx, offer))),
  ]);
  if (outcome.ok) await purgeOf(ctx, all);
  return outcome;
}

/** A page is kept under its slug too, which an offer does not know. */
async function purgeOf(ctx: Ctx, offers: readonly Offer[]): Promise<void> {
  const ids = [...new Set(offers.map(({ productId }) => productId))];
  const purged = async () => {
    const [slugs] = await ctx.db.load(products.slugsOfQuery(ids));
    purgeTouched(ctx, { products: slugs, offerIds: offers.map(({ id }) => id) });
  };
  ctx.defer(purged().catch((error) => ctx.log.warn("purge.failed", { reason: String(error) })));
}

/** A shop may offer its own product at any time, and another's once that is on sale. */
export async function createOffer(ctx: Ctx, { variantId, ...draft }: CreateOffer): Promise<Offer> {
  const sellerId = actingShop(ctx, "offer:write");
  const [variant, [card], row] = await ctx.db.load(
    repository.variantQuery(variantId),
    sellersQuery([sellerId]),
    products.rowOfVariantQuery(variantId),
  );
  const isOpen = row && row.deletedAt === null && (row.sellerId === sellerId || row.state === "published");
  if (!variant || variant.archived || !isOpen) throw fail("product.not_found");
  const shop = requireSelling(card);
  const { currency, cashStepMinor } = ctx.market;
  const terms = { ids: ctx.ids, now: ctx.clock.now(), sellerId, currency, cashStepMinor };
  const offer = orThrow(decideOfferDraft([], variant, draft, terms), fail);
  orThrow(await commitOffers(ctx, { added: [offer], shop }), fail);
  return offer;
}

type Update = UpdateOffer & { readonly offerId: Id<"offer">; readonly ifMatch: number };

export async function updateOffer(ctx: Ctx, { offerId, ifMatch, ...change }: Update): Promise<Offer> {
  const before = await getOffer(ctx, offerId);
  if (before.version !== ifMatch) throw fail("offer.stale");
  if (change.price) orThrow(decidePrice(change.price, ctx.market), fail);
  const offer = orThrow(decideOffer(before, change), fail);
  if (offer === before) return before;
  orThrow(await commitOffers(ctx, { changed: [offer] }), fail);
  return getOffer(ctx, offerId);
}

/** All prices or none; one that is the same already is left alone. */
export async function reprice(
  ctx: Ctx,
  { prices }: Reprice,
): Promise<{ readonly changed: number; readonly unchanged: number }> {
  for (const { price } of prices) orThrow(decidePrice(price, ctx.market), fail);
  const outcome = await untilFresh("offer.stale", async () => {
    const [offers] = await ctx.db.load(repository.offersByIdQuery(prices.map(({ offerId }) => offerId)));
    const byId = new Map(offers.map((offer) => [offer.id, offer]));
    const changed: Offer[] = [];
    for (const { offerId, price } of prices) {
      const offer = byId.get(offerId);
      const isOwn = offer && actingShop(ctx, "offer:write", offer.sellerId) === offer.sellerId;
      if (!isOwn) throw fail("offer.not_found");
      const decision = decideOffer(offer, { price });
      if (!decision.ok) return decision;
      if (decision.value !== offer) changed.push(decision.value);
    }
    if (changed.length > 0) {
      const committed = await commitOffers(ctx, { changed });
      if (!committed.ok) return committed;
    }
    return { ok: true, value: { changed: changed.length, unchanged: prices.length - changed.length } };
  });
  if (!outcome.ok && outcome.code === "offer.stale") throw fail("offer.busy");
  return orThrow(outcome, fail);
}
