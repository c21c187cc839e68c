import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type { Place } from "#kernel/place";
import { err, ok, type Result } from "#kernel/result";
import type { Provider } from "./rate.ts";

/** Who sends or receives a parcel, as it stands on the label. */
export type Party = Omit<Place, "recipient"> & { readonly name: string };

export const LABEL_KINDS = ["outbound", "return"] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

export const LABEL_STATES = [
  /** Promised to be bought; the carrier may have it already. */
  "claimed",
  "bought",
  /** The parcel left under its number. */
  "shipped",
  /** The carrier will say whether it takes the label back. */
  "voiding",
  "voided",
  /** The carrier did not take the parcel. */
  "refused",
] as const;
export type LabelState = (typeof LABEL_STATES)[number];
type Move = "buy" | "refuse" | "ship" | "ask_void" | "void" | "keep";

/** The whole state machine; `keep` is a label that the carrier did not take back. */
const NEXT: { readonly [S in LabelState]: { readonly [M in Move]?: LabelState } } = {
  claimed: { buy: "bought", refuse: "refused" },
  bought: { ship: "shipped", ask_void: "voiding", void: "voided" },
  shipped: { ask_void: "voiding", void: "voided" },
  voiding: { void: "voided", keep: "bought" },
  voided: {},
  refused: {},
};

export type ParcelContent = {
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  readonly valueMinor: string;
};
export type LabelLine = { readonly lineId: Id<"line">; readonly quantity: number };

export type Label = {
  readonly id: Id<"label">;
  readonly sellerId: Id<"seller">;
  readonly orderId: Id<"order">;
  readonly kind: LabelKind;
  readonly state: LabelState;
  readonly provider: Provider;
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  readonly sender: Party;
  readonly receiver: Party;
  readonly contents: readonly ParcelContent[];
  /** Null: everything that the order has left. */
  readonly lines: readonly LabelLine[] | null;
  /** What the carrier is told that it weighs. */
  readonly parcelGrams: number;
  readonly currency: Currency;
  readonly goodsMinor: bigint;
  /** What the courier is to take at the door. */
  readonly cashMinor: bigint | null;
  readonly isInsured: boolean;
  /** What the buyer was quoted, and for what weight. */
  readonly quotedMinor: bigint;
  readonly quotedGrams: number;
  /** Up to this the seller wants it, whatever was quoted. */
  readonly acceptMinor: bigint | null;
  readonly costMinor: bigint | null;
  /** The carrier's name for it, from before it costs anything. */
  readonly providerRef: string | null;
  readonly trackingNumber: string | null;
  readonly shipmentId: Id<"shipment"> | null;
  readonly refusal: string | null;
  readonly billedMinor: bigint | null;
  readonly billedGrams: number | null;
  readonly billedAt: number | null;
  readonly createdAt: number;
  readonly boughtAt: number | null;
  readonly voidedAt: number | null;
  /** The command that it was asked for by; null where its id was kept beforehand. */
  readonly operation: string | null;
  readonly version: number;
};

export function moved(
  label: Label,
  move: Move,
  change: Partial<Label> = {},
): Result<Label, "shipping.label_wrong_state"> {
  const state = NEXT[label.state][move];
  if (!state) return err("shipping.label_wrong_state");
  // A label that was not taken back is what it was before it was asked about.
  const kept = move === "keep" && label.shipmentId !== null ? "shipped" : state;
  return ok({ ...label, ...change, state: kept, version: label.version + 1 });
}

const BASIS_POINTS = 10_000n;

/** Whether a label may be bought at what it costs now: near enough to its quote, or accepted by the shop. */
export function isAffordable(
  { quotedMinor, acceptMinor }: Pick<Label, "quotedMinor" | "acceptMinor">,
  costMinor: bigint,
  dearerBasisPoints: number,
): boolean {
  if (acceptMinor !== null && costMinor <= acceptMinor) return true;
  return costMinor * BASIS_POINTS <= quotedMinor * (BASIS_POINTS + BigInt(dearerBasisPoints));
}

/** The share of an order's weight that some of its units have, never less than a gram. */
export function shareOfGrams(grams: number, units: number, ofUnits: number): number {
  return units >= ofUnits ? grams : Math.max(1, Math.ceil((grams * units) / Math.max(1, ofUnits)));
}

/** Of our own labels: fourteen characters of the label's id, in a form that no carrier uses. */
export const ownNumber = (labelId: Id<"label">): string => `TTN${labelId.slice(-14).toUpperCase()}`;
