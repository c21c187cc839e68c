import { smaller } from "#kernel/money";
import { isRunning, leftMilli, MILLI, type Spent, type Terms } from "./campaign.ts";
import type { Receipt } from "./card.ts";
import type { ClickVerdict, Origin } from "./traffic.ts";

export const ACTS = ["impression", "click"] as const;

/** Somebody saw a card, or went where it leads. */
export type Act = {
  readonly kind: (typeof ACTS)[number];
  readonly receipt: Receipt;
  /** A keyed hash of who did it. */
  readonly viewer: string;
  /** A keyed hash of where he did it from: faces cost nothing, and addresses do. */
  readonly address: string;
  /** Whom orders know: a person with an account, or a visitor with a cart. */
  readonly buyerId: string | null;
  readonly origin: Origin;
};

/** What is known of an act's card and viewer before it. */
export type Before = {
  /** The card has been seen or clicked already, or the viewer is still on his visit to this product. */
  readonly isRepeated: boolean;
  /** Of this viewer on this day: clicks that were charged, impressions that counted. */
  readonly viewerCount: number;
  readonly viewerMax: number | null;
  /** Clicks from this address on this day that were charged. */
  readonly addressCount: number;
  readonly terms: Terms;
  readonly spent: Spent;
  readonly today: string;
};

type Charge = { readonly verdict: ClickVerdict; readonly chargedMilli: bigint };
const free = (verdict: ClickVerdict): Charge => ({ verdict, chargedMilli: 0n });

/** The price, or what is left of the day and of the whole where that is less: never a unit more. */
const chargeOf = (
  priceMilli: bigint,
  { terms, spent, today }: Pick<Before, "terms" | "spent" | "today">,
): bigint => smaller(priceMilli, leftMilli(terms, spent, today));

/** More viewers of one address and day are taken for one person with many faces. */
const VIEWERS_AN_ADDRESS = 3;

export function decideClick({ receipt, origin }: Act, before: Before): Charge {
  const { isRepeated, viewerCount, viewerMax, addressCount, terms } = before;
  if (origin !== "person") return free(origin);
  if (isRepeated) return free("repeated");
  if (terms.pricing === "cpm") return free("included");
  if (viewerMax !== null && viewerCount >= viewerMax) return free("excessive");
  if (viewerMax !== null && addressCount >= VIEWERS_AN_ADDRESS * viewerMax) return free("excessive");
  if (!isRunning(terms)) return free("stopped");
  const chargedMilli = chargeOf(BigInt(receipt.priceMinor) * MILLI, before);
  return chargedMilli === 0n ? free("budget_spent") : { verdict: "charged", chargedMilli };
}

export type Seen = { readonly counts: boolean; readonly chargedMilli: bigint };

/** An impression counts once a card, up to as many a day as the shop wants to show one viewer. */
export function decideImpression({ receipt, origin }: Act, before: Omit<Before, "addressCount">): Seen {
  const { isRepeated, viewerCount, viewerMax, terms } = before;
  const isCapped = viewerMax !== null && viewerCount >= viewerMax;
  if (origin !== "person" || isRepeated || isCapped) return { counts: false, chargedMilli: 0n };
  const isPaid = terms.pricing === "cpm" && isRunning(terms);
  // A thousand impressions cost the price: one costs as many thousandths of a unit.
  return { counts: true, chargedMilli: isPaid ? chargeOf(BigInt(receipt.priceMinor), before) : 0n };
}
