import { MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";

export const CONSULTATION_STATES = ["requested", "accepted", "cancelled"] as const;
export type ConsultationState = (typeof CONSULTATION_STATES)[number];

/** A talk that a buyer asked a shop for, at a time. */
export type Consultation = {
  readonly id: Id<"consultation">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: Id<"user">;
  /** Who of the shop will be there; known once it was accepted. */
  readonly hostId: Id<"user"> | null;
  readonly productId: Id<"product"> | null;
  readonly state: ConsultationState;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdAt: number;
  readonly version: number;
};

/** People come early, and talk on. */
const EARLY_MS = 10 * MINUTE_MS;
const LATE_MS = 15 * MINUTE_MS;

type Refusal = "consultation.wrong_state" | "consultation.past";

export function decideAccept(
  one: Consultation,
  hostId: Id<"user">,
  now: number,
): Result<Consultation, Refusal> {
  if (one.state === "accepted" && one.hostId === hostId) return ok(one);
  if (one.state !== "requested") return err("consultation.wrong_state");
  if (now >= one.endsAt) return err("consultation.past");
  return ok({ ...one, state: "accepted", hostId, version: one.version + 1 });
}

export function decideCancel(one: Consultation): Result<Consultation, Refusal> {
  if (one.state === "cancelled") return ok(one);
  return ok({ ...one, state: "cancelled", version: one.version + 1 });
}

/** When the two may call each other for it. */
export const callableIn = ({ startsAt, endsAt }: Pick<Consultation, "startsAt" | "endsAt">) => ({
  from: startsAt - EARLY_MS,
  until: endsAt + LATE_MS,
});

/** Whom this person may call for it now. */
export function peerOf(
  one: Consultation,
  me: Id<"user">,
  now: number,
): Result<Id<"user">, "consultation.wrong_state" | "consultation.not_now"> {
  const { state, buyerId, hostId } = one;
  if (state !== "accepted" || hostId === null) return err("consultation.wrong_state");
  const { from, until } = callableIn(one);
  if (now < from || now > until) return err("consultation.not_now");
  return ok(me === buyerId ? hostId : buyerId);
}
