import type { Label } from "./label.ts";

/** Why a carrier's bill is not what was quoted. */
export const AUDIT_REASONS = ["heavier", "dearer_label", "surcharge", "cheaper"] as const;
export type AuditReason = (typeof AUDIT_REASONS)[number];

export type Audited = {
  readonly quotedMinor: bigint;
  readonly quotedGrams: number;
  /** What the label cost when it was bought. */
  readonly costMinor: bigint | null;
  readonly billedMinor: bigint;
  readonly billedGrams: number | null;
};

/** What the bill is measured against: the label's own price, and before there was one the quote. */
export const expectedMinor = ({
  costMinor,
  quotedMinor,
}: Pick<Audited, "costMinor" | "quotedMinor">): bigint => costMinor ?? quotedMinor;

/**
 * What the carrier takes from the platform for a label: what it was bought for until a bill says otherwise;
 * nothing before it is bought, after it was given back, and where the shop has an agreement of its own.
 */
export function chargedMinor({
  state,
  costMinor,
  billedMinor,
}: Pick<Label, "state" | "costMinor" | "billedMinor">): bigint {
  const isCharged = state === "bought" || state === "shipped" || state === "voiding";
  return isCharged && costMinor !== null ? (billedMinor ?? costMinor) : 0n;
}

type Bill = { readonly billedMinor: bigint; readonly billedAt: number };

/** The latest bill holds; one that comes late changes nothing. */
export const withBill = (label: Label, { billedMinor, billedAt }: Bill): Label =>
  label.billedAt !== null && label.billedAt > billedAt ? label : { ...label, billedMinor, billedAt };

/**
 * Undefined where the bill is what was expected. A quote covers a step of weight, so only weight beyond it
 * counts; a bill that follows a label which was dearer than its quote is the label's doing.
 */
export function auditOf(audited: Audited): AuditReason | undefined {
  const { quotedMinor, quotedGrams, billedMinor, billedGrams } = audited;
  const expected = expectedMinor(audited);
  if (billedMinor > expected) return (billedGrams ?? 0) > quotedGrams ? "heavier" : "surcharge";
  if (billedMinor > quotedMinor) return "dearer_label";
  return billedMinor < expected ? "cheaper" : undefined;
}
