import { err, ok, type Result } from "#kernel/result";
import { metersBetween, type Point } from "./place.ts";

/** What shows that a parcel came into the right hands. */
export type Proof = Point & {
  readonly cid: string;
  readonly at: number;
  readonly recipient: string | null;
  /** Keys of R2. */
  readonly photoKey: string | null;
  readonly signatureKey: string | null;
  /** Whether the buyer's own code was told. */
  readonly hasCode: boolean;
  /** How far from the door it was given; null where nobody knows where the door is. */
  readonly metersAway: number | null;
};

export type OfferedProof = Omit<Proof, "hasCode" | "metersAway"> & { readonly code: string | null };

/** Six digits are guessed with one try of a million: so many are allowed a parcel. */
export const CODE_TRIES_MAX = 5;
/** Beyond it nobody stands at the door: only the buyer's code proves that he was met elsewhere. */
const DOOR_METERS_MAX = 500;

type Known = {
  readonly destination: Point | null;
  readonly code: string;
  readonly triesLeft: number;
  readonly isOver: boolean;
};

/** At least one of photo, signature and code; far from the door, the code. */
export function decideProof(
  { code, ...offered }: OfferedProof,
  known: Known,
): Result<
  Proof,
  | "tracking.over"
  | "tracking.proof_empty"
  | "tracking.code_wrong"
  | "tracking.code_locked"
  | "tracking.too_far"
> {
  if (known.isOver) return err("tracking.over");
  if (code !== null && known.triesLeft <= 0) return err("tracking.code_locked");
  if (code !== null && code !== known.code) return err("tracking.code_wrong");
  const hasCode = code !== null;
  if (!hasCode && offered.photoKey === null && offered.signatureKey === null)
    return err("tracking.proof_empty");
  const metersAway = known.destination ? Math.round(metersBetween(known.destination, offered)) : null;
  if (!hasCode && metersAway !== null && metersAway > DOOR_METERS_MAX) return err("tracking.too_far");
  return ok({ ...offered, hasCode, metersAway });
}
