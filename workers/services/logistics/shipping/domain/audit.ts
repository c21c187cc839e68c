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
