import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";

export const OFFER_STATES = ["active", "paused", "archived"] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** The whole state machine: an archived offer stays what it was, since orders point at it. */
const NEXT: { readonly [S in OfferState]: readonly OfferState[] } = {
  active: ["paused", "archived"],
  paused: ["active", "archived"],
  archived: [],
};

export type Offer = {
  readonly id: Id<"offer">;
  readonly productId: Id<"product">;
  readonly variantId: Id<"variant">;
  readonly sellerId: Id<"seller">;
  readonly sku: string;
  readonly state: OfferState;
  readonly price: Money;
  /** Beside a reduced price: the lowest one of the days before the reduction started. */
  readonly priorMinor: bigint | null;
  /** When that reduction started. */
  readonly reducedAt: number | null;
  readonly minQuantity: number;
  readonly stepQuantity: number;
  readonly maxQuantity: number | null;
  readonly createdAt: number;
  readonly version: number;
};

export type OfferChange = {
  readonly [K in "sku" | "state" | "price" | "minQuantity" | "stepQuantity" | "maxQuantity"]?:
    | Offer[K]
    | undefined;
};

type PriceRules = { readonly currency: Money["currency"]; readonly cashStepMinor: bigint };

/** A price that can be charged here: of the market's currency, above zero, payable in its coins. */
export function decidePrice(
  price: Money,
  { currency, cashStepMinor }: PriceRules,
): Result<Money, "offer.wrong_currency" | "offer.price_not_positive" | "offer.price_off_step"> {
  if (price.currency !== currency) return err("offer.wrong_currency");
  if (price.minor <= 0n) return err("offer.price_not_positive");
  if (price.minor % cashStepMinor !== 0n) return err("offer.price_off_step");
  return ok(price);
}

/** The offer after the change; the same offer when nothing is different. */
export function decideOffer(
  offer: Offer,
  change: OfferChange,
): Result<Offer, "offer.archived" | "offer.bad_quantities"> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next: Offer = { ...offer, ...given };
  if (isSame(offer, next)) return ok(offer);
  if (offer.state === "archived") return err("offer.archived");
  if (next.state !== offer.state && !NEXT[offer.state].includes(next.state)) return err("offer.archived");
  if (next.maxQuantity !== null && next.maxQuantity < next.minQuantity) return err("offer.bad_quantities");
  return ok({ ...next, version: offer.version + 1 });
}

const isSame = (a: Offer, b: Offer): boolean =>
  a.sku === b.sku &&
  a.state === b.state &&
  a.price.minor === b.price.minor &&
  a.minQuantity === b.minQuantity &&
  a.stepQuantity === b.stepQuantity &&
  a.maxQuantity === b.maxQuantity;

/** The price before, for as long as the reduction may be announced. */
export const shownPrior = (
  { priorMinor, reducedAt }: Pick<Offer, "priorMinor" | "reducedAt">,
  { now, reductionMs }: { readonly now: number; readonly reductionMs: number },
): bigint | null => (reducedAt !== null && reducedAt + reductionMs > now ? priorMinor : null);
