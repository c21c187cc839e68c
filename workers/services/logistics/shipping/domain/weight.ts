/** What one unit of a line weighs and the room it takes; without measures it counts by its weight alone. */
export type ParcelLine = {
  readonly quantity: number;
  readonly weightGrams: number;
  readonly volumeMm3?: number | undefined;
};

/** No carrier takes a parcel of a thousand tonnes; beyond it sums would lose their last digits. */
const GRAMS_MAX = 1_000_000_000;

const bounded = (grams: number): number => Math.min(Math.ceil(grams), GRAMS_MAX);

const actualGrams = (lines: readonly ParcelLine[]): number =>
  bounded(lines.reduce((sum, line) => sum + Math.max(0, line.weightGrams) * line.quantity, 0));

/** A divisor of cubic centimetres a kilogram is one of cubic millimetres a gram. */
export const volumetricGrams = (lines: readonly ParcelLine[], divisor: number): number =>
  bounded(lines.reduce((sum, { volumeMm3 = 0, quantity }) => sum + (volumeMm3 * quantity) / divisor, 0));

/** What carriers charge for: the weight or the room, whichever is more. */
export const chargeableGrams = (lines: readonly ParcelLine[], divisor: number): number =>
  Math.max(1, actualGrams(lines), volumetricGrams(lines, divisor));

/** Steps in which parcels are quoted, so that parcels of nearly one weight share an answer. */
const STEPS: readonly { readonly upTo: number; readonly step: number }[] = [
  { upTo: 2_000, step: 250 },
  { upTo: 10_000, step: 500 },
  { upTo: Number.POSITIVE_INFINITY, step: 1_000 },
];

/** The upper end of the step: a price asked for it is never too low for the parcel. */
export function bucketOf(grams: number): number {
  const step = STEPS.find(({ upTo }) => grams <= upTo)?.step ?? 1_000;
  return Math.max(step, Math.ceil(grams / step) * step);
}
