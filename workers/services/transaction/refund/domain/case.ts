import type { BuyerId } from "#kernel/actor";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { Currency } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import type { Amounts } from "./amounts.ts";
import {
  firstStep,
  type Kind,
  type Move,
  NEXT,
  type Resolution,
  type State,
  type Step,
  stepAfter,
} from "./states.ts";

export const REASONS = {
  return: ["changed_mind", "wrong_size", "not_as_described", "defective", "wrong_item"],
  exchange: ["wrong_size", "defective", "wrong_item"],
  claim: ["not_received", "arrived_damaged", "incomplete"],
  cancellation: ["called_off", "not_sent"],
} as const satisfies { readonly [K in Kind]: readonly string[] };
export type Reason = (typeof REASONS)[Kind][number];
/** Nobody but the seller or a carrier is to blame for these. */
const FAULTS: readonly Reason[] = [
  "not_as_described",
  "defective",
  "wrong_item",
  "not_received",
  "arrived_damaged",
  "incomplete",
  "not_sent",
];
export const isFault = (reason: Reason): boolean => FAULTS.includes(reason);
export const isReasonOf = (kind: Kind, reason: Reason): boolean =>
  (REASONS[kind] as readonly Reason[]).includes(reason);

export type Tender = "original" | "wallet";
export type Bearer = "seller" | "platform";
/** Who moves a case: the two sides, whoever decides between them, and time. */
export type Role = "buyer" | "seller" | "operator" | "system";

export type CaseLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  /** What became of the units that came back; they add up to no more than the quantity. */
  readonly resellable: number;
  readonly damaged: number;
  readonly missing: number;
};
export type Parcel = { readonly carrier: string; readonly trackingNumber: string };

export type Case = {
  readonly id: Id<"refundCase">;
  readonly kind: Kind;
  readonly state: State;
  /** What is to be done next once it is settling. */
  readonly step: Step | null;
  readonly orderId: Id<"order">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: BuyerId;
  readonly email: string;
  readonly locale: Locale;
  readonly currency: Currency;
  readonly reason: Reason;
  readonly tender: Tender;
  readonly resolution: Resolution;
  readonly bearer: Bearer;
  /** Whether the units are to come back. */
  readonly goodsBack: boolean;
  /** Whether the buyer is trusted with his money before the goods are looked at. */
  readonly isInstant: boolean;
  /** What it came to when it was asked for; the last word is `amounts`. */
  readonly quotedMinor: bigint;
  /** A part of the price that the seller offers for keeping the goods. */
  readonly offerMinor: bigint | null;
  readonly amounts: Amounts | null;
  /** What the payment's provider has been heard to have sent back. */
  readonly paidMinor: bigint;
  readonly paymentId: Id<"payment"> | null;
  /** Why its money does not go: an operator has to see to it. */
  readonly stuckNote: string | null;
  /** Stock that is put by for an exchange. */
  readonly reservationId: Id<"reservation"> | null;
  readonly back: Parcel | null;
  readonly sentAt: number | null;
  readonly replacement: Parcel | null;
  /** When silence decides. */
  readonly dueAt: number | null;
  /** No appeal any more. */
  readonly isFinal: boolean;
  readonly createdAt: number;
  readonly resolvedAt: number | null;
  readonly version: number;
  readonly lines: readonly CaseLine[];
};

export type Terms = Market["refund"];
export type Refusal = "refund.wrong_state" | "refund.not_returnable" | "refund.final";

type Change = Partial<Omit<Case, "id" | "kind" | "state" | "version">>;

/** The case after a move that the table of its kind allows. */
export function moved(before: Case, move: Move, change: Change = {}): Result<Case, "refund.wrong_state"> {
  const state = NEXT[before.kind][before.state][move];
  if (!state) return err("refund.wrong_state");
  const version = before.version + 1;
  const settles = state === "settling" && before.state !== "settling";
  const step = settles ? firstStep(change.resolution ?? before.resolution) : before.step;
  return ok({ ...before, step, dueAt: null, stuckNote: null, ...change, state, version });
}

/** Units that are refunded or replaced: those that came back, or all where none has to, or not at once. */
export const acceptedOf = (
  { goodsBack, isInstant }: Pick<Case, "goodsBack" | "isInstant">,
  line: CaseLine,
) => (goodsBack && !isInstant ? line.resellable + line.damaged : line.quantity);
const seenOf = ({ resellable, damaged, missing }: CaseLine): number => resellable + damaged + missing;
/** Units that nobody has said anything of yet. */
export const unseenOf = (line: CaseLine): number => line.quantity - seenOf(line);

/** The seller agrees: the goods come back first, unless they are not worth it or never came. */
export function decideApprove(
  before: Case,
  { returnless = false, by }: { readonly returnless?: boolean; readonly by: "seller" | "system" },
  terms: Terms,
  now: number,
): Result<{ readonly move: "approve" | "grant"; readonly after: Case }, Refusal> {
  const isCheap = before.quotedMinor <= terms.returnlessUpToMinor;
  const isLost = before.reason === "not_received";
  // Silence of the shop gives a claim its money; only the shop can ask for the broken goods.
  const isSilent = by === "system" && before.kind === "claim";
  const stays = before.kind !== "exchange" && (returnless || isCheap || isLost || isSilent);
  const move = stays ? "grant" : "approve";
  const change = stays
    ? { goodsBack: false, isInstant: false }
    : { goodsBack: true, dueAt: now + terms.sendWithinMs };
  const after = moved(before, move, change);
  return after.ok ? ok({ move, after: after.value }) : after;
}

export type Grade = {
  readonly lineId: Id<"line">;
  readonly resellable: number;
  readonly damaged: number;
  readonly missing: number;
};

/** Units are looked at as they come in. With the last one it is decided; with nothing in it, disputed. */
export function decideReceive(
  before: Case,
  grades: readonly Grade[],
  terms: Terms,
  now: number,
): Result<
  { readonly move: "receive_part" | "receive" | "contest"; readonly after: Case },
  Refusal | "refund.line_not_found" | "refund.quantity_exceeded"
> {
  const byLine = new Map(grades.map((grade) => [grade.lineId, grade]));
  for (const grade of grades) {
    const line = before.lines.find(({ lineId }) => lineId === grade.lineId);
    if (!line) return err("refund.line_not_found");
    if (grade.resellable + grade.damaged + grade.missing > unseenOf(line)) {
      return err("refund.quantity_exceeded");
    }
  }
  const lines = before.lines.map((line) => {
    const { resellable = 0, damaged = 0, missing = 0 } = byLine.get(line.lineId) ?? {};
    return {
      ...line,
      resellable: line.resellable + resellable,
      damaged: line.damaged + damaged,
      missing: line.missing + missing,
    };
  });
  const isAll = lines.every((line) => unseenOf(line) === 0);
  const by = (move: "receive_part" | "receive" | "contest", change: Change) => {
    const after = moved(before, move, { ...change, lines });
    return after.ok ? ok({ move, after: after.value }) : after;
  };
  if (before.state === "settling") {
    // An instant refund is paid already: what comes in now only goes back on the shelf.
    if (!before.isInstant) return err("refund.wrong_state");
    return by("receive", { dueAt: isAll ? null : before.dueAt });
  }
  if (!before.goodsBack) return err("refund.wrong_state");
  if (!isAll) return by("receive_part", { dueAt: now + terms.inspectWithinMs });
  const isNothing = lines.every((line) => line.resellable + line.damaged === 0);
  if (isNothing) return by("contest", { dueAt: now + terms.decideWithinMs });
  return by("receive", { isInstant: false });
}

/** Goods are on their way; who is trusted need not wait for them. */
export function decideSend(
  before: Case,
  back: Parcel,
  terms: Terms,
  now: number,
): Result<{ readonly steps: readonly { readonly move: Move; readonly after: Case }[] }, Refusal> {
  if (!before.goodsBack) return err("refund.not_returnable");
  const dueAt = now + terms.inspectWithinMs;
  const sent = moved(before, "send", { back, sentAt: before.sentAt ?? now, dueAt });
  if (!sent.ok) return sent;
  const step = { move: "send" as const, after: sent.value };
  if (!before.isInstant) return ok({ steps: [step] });
  const advanced = moved(sent.value, "advance", { dueAt });
  return advanced.ok ? ok({ steps: [step, { move: "advance", after: advanced.value }] }) : advanced;
}

export type Outcome = "refund" | "return" | "reject";

/** The last word. A refusal of the platform cannot be appealed. */
export function decideDispute(
  before: Case,
  { outcome, bearer = "seller" }: { readonly outcome: Outcome; readonly bearer?: Bearer | undefined },
  terms: Terms,
  now: number,
): Result<{ readonly move: Move; readonly after: Case }, Refusal> {
  const { reason } = before;
  if (outcome === "return" && (reason === "not_received" || before.sentAt !== null)) {
    return err("refund.not_returnable");
  }
  const move = `decide_${outcome}` as const;
  const change: { readonly [O in Outcome]: Change } = {
    refund: { resolution: "refund", goodsBack: false, bearer, isFinal: true },
    return: { goodsBack: true, bearer, isFinal: true, dueAt: now + terms.sendWithinMs },
    reject: { isFinal: true },
  };
  const after = moved(before, move, change[outcome]);
  return after.ok ? ok({ move, after: after.value }) : after;
}

/** The shop refuses; for some time the buyer may take it to the platform. */
export const decideReject = (before: Case, terms: Terms, now: number): Result<Case, Refusal> =>
  moved(before, "reject", { dueAt: now + terms.escalateWithinMs });

/** Goods that are on their way back are not taken back by a change of mind. */
export function decideCancel(before: Case): Result<Case, Refusal> {
  return before.sentAt === null ? moved(before, "cancel") : err("refund.wrong_state");
}

export function decideEscalate(before: Case, terms: Terms, now: number): Result<Case, Refusal> {
  if (before.isFinal) return err("refund.final");
  return moved(before, "escalate", { offerMinor: null, dueAt: now + terms.decideWithinMs });
}

/** A part of the price for keeping the goods; the buyer is to answer. */
export function decideOffer(
  before: Case,
  { offerMinor, stepMinor }: { readonly offerMinor: bigint; readonly stepMinor: bigint },
  terms: Terms,
  now: number,
): Result<Case, Refusal | "refund.offer_exceeded"> {
  if (offerMinor >= before.quotedMinor || offerMinor % stepMinor !== 0n) return err("refund.offer_exceeded");
  return moved(before, "offer", { offerMinor, dueAt: now + terms.replyWithinMs });
}

/** Only what is to come back, and has not left yet, needs a label for its way. */
export function decideLabel({ state, goodsBack, sentAt }: Case): Result<undefined, Refusal> {
  return state === "approved" && goodsBack && sentAt === null ? ok(undefined) : err("refund.wrong_state");
}

export const decideAccept = (before: Case): Result<Case, Refusal> =>
  moved(before, "accept", { goodsBack: false, isInstant: false });

type Silent = { readonly move: Move; readonly after: Case };

/** The next step of a case that settles; the last one ends it. */
export function decideStep(before: Case, change: Change, now: number): Result<Case, Refusal> {
  const { step, resolution, dueAt } = before;
  const next = step && stepAfter(step, resolution);
  if (next) return moved(before, "step", { dueAt, step: next, ...change });
  return moved(before, "resolve", { ...change, step: null, resolvedAt: now });
}

/** What happens when whoever was to act has said nothing until `dueAt`; undefined when nothing does. */
export function decideSilence(before: Case, terms: Terms, now: number): Result<Silent | undefined, Refusal> {
  if (before.dueAt === null || now < before.dueAt) return ok(undefined);
  const by = (move: Move, change: Change = {}): Result<Silent, Refusal> => {
    const after = moved(before, move, change);
    return after.ok ? ok({ move, after: after.value }) : after;
  };
  switch (before.state) {
    case "requested":
      return decideApprove(before, { by: "system" }, terms, now);
    case "asked":
    case "offered":
      return by("lapse");
    case "approved":
      return before.sentAt === null ? by("lapse") : by("presume", { lines: presumed(before) });
    case "received":
      return by("presume", { lines: presumed(before) });
    case "rejected":
      return by("close", { isFinal: true });
    case "disputed": {
      const outcome = terms.silenceFavours === "buyer" ? "refund" : "reject";
      return decideDispute(before, { outcome }, terms, now);
    }
    case "settling":
      // No replacement left in time: money instead. Goods that never came after an instant refund are missed.
      if (before.step === "replace") return by("convert", { resolution: "refund", step: "assess" });
      return before.isInstant ? by("step", { lines: missed(before) }) : ok(undefined);
    default:
      return ok(undefined);
  }
}

/** What was sent and not looked at in time came back; whether it can be sold again nobody knows. */
const presumed = ({ lines }: Case): readonly CaseLine[] =>
  lines.map((line) => ({ ...line, damaged: line.damaged + unseenOf(line) }));
const missed = ({ lines }: Case): readonly CaseLine[] =>
  lines.map((line) => ({ ...line, missing: line.missing + unseenOf(line) }));

/** Units that a case has a claim to and that others may claim again when it is over without them. */
export function releasedOf(before: Case, after: Case): readonly { lineId: Id<"line">; quantity: number }[] {
  const isDead = (one: Case) => one.state === "cancelled" || (one.state === "rejected" && one.isFinal);
  if (!isDead(after) || isDead(before)) return [];
  return after.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
}
