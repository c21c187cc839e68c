import type { FieldError } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { differInGtin } from "./duplicate.ts";
import { gtin14 } from "./gtin.ts";
import type { Offer, OfferState } from "./offer.ts";
import type { Product, ProductState, Variant } from "./product.ts";

export type Whole = {
  readonly product: Product;
  readonly variants: readonly Variant[];
  /** Of every shop. */
  readonly offers: readonly Offer[];
};
/** An offer that a merge took along, and what it was before. */
export type Move = {
  readonly offerId: Id<"offer">;
  readonly fromVariantId: Id<"variant">;
  readonly toVariantId: Id<"variant">;
  readonly before: OfferState;
  /** Its shop sells the other product already: that offer stays, and this one rests. */
  readonly isDoubled: boolean;
};
/** What is needed to take a merge back. */
export type Merge = {
  readonly masterId: Id<"product">;
  readonly productId: Id<"product">;
  readonly before: { readonly state: ProductState; readonly externalRef: string | null };
  readonly moves: readonly Move[];
  /** GTINs that the master did not know: with them it keeps out what is another thing. */
  readonly learned: readonly { readonly variantId: Id<"variant">; readonly gtin: string }[];
};
/** What is written, every row one version on. */
export type Merged = {
  readonly master: Product;
  readonly duplicate: Product;
  readonly variants: readonly Variant[];
  readonly offers: readonly Offer[];
};

type Refused<C extends string> = {
  readonly ok: false;
  readonly code: C;
  readonly errors?: readonly FieldError[];
};
const refuse = <C extends string>(code: C, errors?: readonly FieldError[]): Refused<C> =>
  errors ? { ok: false, code, errors } : { ok: false, code };

const isLive = (one: Product) => one.deletedAt === null && one.mergedInto === null;
const next = (product: Product, change: Partial<Product>): Product => ({
  ...product,
  ...change,
  version: product.version + 1,
});

/**
 * Makes one product of two. Each live variant of the duplicate needs a twin in the master, by GTIN or else by
 * the values of its options, and two different GTINs are two different things, whatever else is alike.
 */
export function decideMerge(
  master: Whole,
  duplicate: Whole,
  now: number,
):
  | { readonly ok: true; readonly value: Merged & { readonly merge: Merge } }
  | Refused<"duplicate.same" | "duplicate.not_mergeable" | "duplicate.unlike"> {
  const { product: into } = master;
  const { product: from } = duplicate;
  if (into.id === from.id) return refuse("duplicate.same");
  const canGo = isLive(from) && (from.state === "published" || from.state === "proposed");
  if (!isLive(into) || into.state !== "published" || !canGo) return refuse("duplicate.not_mergeable");
  const matched = matchVariants(master.variants, duplicate.variants);
  if (matched.errors.length > 0) return refuse("duplicate.unlike", matched.errors);
  const moves = movesOf(master.offers, duplicate.offers, matched.twins);
  const variants = duplicate.variants.flatMap(({ id, gtin }): Variant[] => {
    const to = matched.twins.get(id);
    return to && to.gtin === null && gtin !== null ? [{ ...to, gtin }] : [];
  });
  const change = { state: "archived", externalRef: null, mergedInto: into.id, deletedAt: now } as const;
  const merge = {
    masterId: into.id,
    productId: from.id,
    before: { state: from.state, externalRef: from.externalRef },
    moves,
    learned: variants.flatMap(({ id, gtin }) => (gtin === null ? [] : [{ variantId: id, gtin }])),
  };
  const offers = apply(duplicate.offers, moves, (offer, move) =>
    move.isDoubled
      ? { ...offer, state: "archived" }
      : { ...offer, productId: into.id, variantId: move.toVariantId },
  );
  return {
    ok: true,
    value: { master: next(into, {}), duplicate: next(from, change), variants, offers, merge },
  };
}

/** A twin for each variant that still counts; archived ones have no offers that could be bought. */
function matchVariants(into: readonly Variant[], from: readonly Variant[]) {
  const open = into.filter(({ archived }) => !archived);
  const byGtin = new Map(open.flatMap((one) => (one.gtin === null ? [] : [[gtin14(one.gtin), one]])));
  const byKey = new Map(open.map((one) => [one.key, one]));
  const twins = new Map<Id<"variant">, Variant>();
  const taken = new Set<string>();
  const errors: FieldError[] = [];
  for (const of of from.filter(({ archived }) => !archived)) {
    const path = `variants.${of.key || "only"}`;
    const to = (of.gtin === null ? undefined : byGtin.get(gtin14(of.gtin))) ?? byKey.get(of.key);
    const wrong = (code: string, message: string) => errors.push({ path, code, message });
    const gtins = (one: Variant) => ({ gtins: one.gtin === null ? [] : [one.gtin] });
    if (!to) wrong("missing", "The other product has no such variant.");
    else if (differInGtin(gtins(to), gtins(of))) wrong("gtin", "Their GTINs differ, so they are two things.");
    else if (taken.has(to.id)) wrong("twice", "Two variants would become one.");
    else {
      taken.add(to.id);
      twins.set(of.id, to);
    }
  }
  return { twins, errors };
}

const slotOf = (variantId: string, sellerId: string) => `${variantId} ${sellerId}`;

/** Archived offers stay where orders found them. */
function movesOf(
  into: readonly Offer[],
  from: readonly Offer[],
  twins: ReadonlyMap<Id<"variant">, Variant>,
): readonly Move[] {
  const held = new Set(
    into.filter(({ state }) => state !== "archived").map((one) => slotOf(one.variantId, one.sellerId)),
  );
  return from.flatMap(({ id, variantId, sellerId, state }): Move[] => {
    const to = twins.get(variantId);
    if (state === "archived" || !to) return [];
    const isDoubled = held.has(slotOf(to.id, sellerId));
    return [{ offerId: id, fromVariantId: variantId, toVariantId: to.id, before: state, isDoubled }];
  });
}

function apply(
  offers: readonly Offer[],
  moves: readonly Move[],
  change: (offer: Offer, move: Move) => Offer,
): readonly Offer[] {
  const byId = new Map(offers.map((offer) => [offer.id, offer]));
  return moves.flatMap((move) => {
    const offer = byId.get(move.offerId);
    if (!offer) return [];
    const changed = change(offer, move);
    return changed === offer ? [] : [{ ...changed, version: offer.version + 1 }];
  });
}

type Now = {
  readonly master: Product;
  readonly duplicate: Product;
  /** Of the master. */
  readonly variants: readonly Variant[];
  /** Whether nothing became part of the master after this. */
  readonly isLatest: boolean;
  /** Those that the merge took along, as they are now. */
  readonly offers: readonly Offer[];
  /** Codes that shops have given to something else meanwhile. */
  readonly takenSkus: ReadonlySet<string>;
  readonly isRefTaken: boolean;
  readonly isLate: boolean;
};
export const skuKey = ({ sellerId, sku }: Pick<Offer, "sellerId" | "sku">): string => `${sellerId} ${sku}`;

/**
 * Makes two of one again: what the merge moved goes back, what rested wakes up, unless its code is another's
 * by now. What shops did with their offers meanwhile stays done.
 */
export function decideUndo(
  merge: Merge,
  { master, duplicate, variants, offers, takenSkus, isRefTaken, isLate, isLatest }: Now,
): { readonly ok: true; readonly value: Merged } | Refused<"duplicate.too_late" | "duplicate.not_undoable"> {
  if (isLate) return refuse("duplicate.too_late");
  if (duplicate.mergedInto !== merge.masterId || !isLive(master) || !isLatest) {
    return refuse("duplicate.not_undoable");
  }
  const restored = next(duplicate, {
    state: merge.before.state,
    externalRef: isRefTaken ? null : merge.before.externalRef,
    mergedInto: null,
    deletedAt: null,
  });
  const back = apply(offers, merge.moves, (offer, move) => {
    if (!move.isDoubled) {
      if (offer.variantId !== move.toVariantId) return offer;
      return { ...offer, productId: merge.productId, variantId: move.fromVariantId };
    }
    return takenSkus.has(skuKey(offer)) ? offer : { ...offer, state: move.before };
  });
  const forgetting = variants.flatMap((one): Variant[] =>
    merge.learned.some(({ variantId, gtin }) => variantId === one.id && gtin === one.gtin)
      ? [{ ...one, gtin: null }]
      : [],
  );
  const value = { master: next(master, {}), duplicate: restored, variants: forgetting, offers: back };
  return { ok: true, value };
}
