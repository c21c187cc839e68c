import type { Id } from "#kernel/ids";
import type { Currency, Money } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { Line } from "./cart.ts";

/** What the catalogue says of an offer now. */
export type Offered = {
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly sku: string;
  readonly title: Texts;
  readonly variantLabel: Texts;
  readonly slug: string;
  readonly imageKey: string | null;
  readonly price: Money;
  /** Active, and its product published. */
  readonly isSold: boolean;
  readonly minQuantity: number;
  readonly stepQuantity: number;
  readonly maxQuantity: number | null;
};
export type Stocked = { readonly itemId: string; readonly available: number };
export type Facts = {
  readonly currency: Currency;
  readonly offers: ReadonlyMap<Id<"offer">, Offered>;
  /** Undefined when nobody could say; then stock is not judged here. */
  readonly stock: ReadonlyMap<Id<"offer">, Stocked> | undefined;
};

/** What is no longer as the buyer left it, for one line. */
export type Message =
  | {
      readonly type: "price_changed";
      readonly lineId: Id<"line">;
      readonly from: Money;
      readonly to: Money;
    }
  | {
      readonly type: "quantity_reduced";
      readonly lineId: Id<"line">;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: "out_of_stock" | "unavailable" | "stock_unknown";
      readonly lineId: Id<"line">;
    };
export type LineView = {
  readonly line: Line;
  readonly offer: Offered | undefined;
  /** What can be bought now; the line itself keeps what was asked for, in case it comes back. */
  readonly quantity: number;
};
export type Group = {
  readonly sellerId: Id<"seller"> | null;
  readonly lines: readonly LineView[];
  readonly goodsMinor: bigint;
};
export type CartView = {
  readonly groups: readonly Group[];
  readonly saved: readonly LineView[];
  readonly messages: readonly Message[];
  /** Of what is selected and can be bought. */
  readonly totals: { readonly lines: number; readonly units: number; readonly goodsMinor: bigint };
};

/** The most that terms and stock allow of what was asked for: whole steps, and nothing below the minimum. */
function buyable(wanted: number, offer: Offered, available: number): number {
  const { minQuantity, stepQuantity, maxQuantity } = offer;
  const most = Math.min(wanted, available, maxQuantity ?? wanted);
  if (most < minQuantity) return 0;
  return most - ((most - minQuantity) % stepQuantity);
}

/** The cart as it could be bought now. Lines of one stock item share what there is of it, the first first. */
export function viewCart(lines: readonly Line[], facts: Facts): CartView {
  const left = new Map<string, number>();
  const messages: Message[] = [];
  const look = (line: Line): LineView => {
    const offer = facts.offers.get(line.offerId);
    const { lineId } = line;
    if (!offer?.isSold) {
      messages.push({ type: "unavailable", lineId });
      return { line, offer, quantity: 0 };
    }
    if (line.seenMinor !== null && BigInt(line.seenMinor) !== offer.price.minor) {
      const from = { minor: BigInt(line.seenMinor), currency: facts.currency };
      messages.push({ type: "price_changed", lineId, from, to: offer.price });
    }
    if (line.isSaved) return { line, offer, quantity: line.quantity };
    if (!facts.stock) messages.push({ type: "stock_unknown", lineId });
    const { itemId, available } = stockFor(line, facts);
    const free = left.get(itemId) ?? available;
    const quantity = buyable(line.quantity, offer, free);
    left.set(itemId, free - quantity);
    if (quantity === 0) messages.push({ type: "out_of_stock", lineId });
    else if (quantity < line.quantity) {
      messages.push({ type: "quantity_reduced", lineId, from: line.quantity, to: quantity });
    }
    return { line, offer, quantity };
  };
  const seen = lines.map(look);
  const active = seen.filter((one) => !one.line.isSaved);
  const chosen = active.filter((one) => one.line.isSelected && one.quantity > 0);
  const bySeller = Map.groupBy(active, (one) => one.offer?.sellerId ?? null);
  return {
    groups: [...bySeller].map(([sellerId, own]) => ({ sellerId, lines: own, goodsMinor: goodsOf(own) })),
    saved: seen.filter((one) => one.line.isSaved),
    messages,
    totals: {
      lines: chosen.length,
      units: chosen.reduce((sum, one) => sum + one.quantity, 0),
      goodsMinor: goodsOf(chosen),
    },
  };
}

/** An offer that was never stocked has nothing; where nobody knows, the reservation will tell. */
function stockFor({ offerId }: Line, { stock }: Facts): Stocked {
  if (!stock) return { itemId: offerId, available: Number.POSITIVE_INFINITY };
  return stock.get(offerId) ?? { itemId: offerId, available: 0 };
}

const goodsOf = (views: readonly LineView[]): bigint =>
  views
    .filter((one) => one.line.isSelected)
    .reduce((sum, { offer, quantity }) => sum + (offer?.price.minor ?? 0n) * BigInt(quantity), 0n);
