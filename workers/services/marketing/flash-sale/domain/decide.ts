import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import type { Book } from "./book.ts";
import type { BuyerId, Entry, Hold, Waiter } from "./entry.ts";
import { admittedAt } from "./lottery.ts";

export type Claim = {
  readonly holdId: Id<"hold">;
  readonly buyerId: BuyerId;
  readonly key: string;
  readonly quantity: number;
};
export type ClaimRefusal =
  | "flash_sale.not_found"
  | "flash_sale.not_open"
  | "flash_sale.ended"
  | "flash_sale.key_reused"
  | "flash_sale.hold_ended"
  | "flash_sale.buyer_limit"
  | "flash_sale.too_often"
  | "flash_sale.not_admitted"
  /** Nothing is left here; whether something is elsewhere, the coordinator knows. */
  | "flash_sale.sold_out";

/** A hold past its time is expired, whether or not an entry says so yet. */
export const stateAt = ({ state, expiresAt }: Hold, now: number): Hold["state"] =>
  state === "held" && now >= expiresAt ? "expired" : state;

const isEnded = (state: Hold["state"]): boolean => state === "expired" || state === "released";

/**
 * The entry that grants a claim, or the hold that its key was answered with before. A retry comes first, so
 * that it has the first answer though the sale has since ended or sold out.
 */
export function decideClaim(book: Book, claim: Claim, now: number): Result<Entry | Hold, ClaimRefusal> {
  const prior = book.prior(claim.buyerId, claim.key);
  if (prior !== undefined) {
    if (prior.quantity !== claim.quantity) return err("flash_sale.key_reused");
    return isEnded(stateAt(prior, now)) ? err("flash_sale.hold_ended") : ok(prior);
  }
  const gone = book.goneOf(claim.buyerId, claim.key);
  if (gone !== undefined) {
    return err(gone === claim.quantity ? "flash_sale.hold_ended" : "flash_sale.key_reused");
  }
  const { terms } = book;
  if (terms === undefined) return err("flash_sale.not_found");
  if (now < terms.startsAt) return err("flash_sale.not_open");
  if (book.isClosed || now >= terms.endsAt) return err("flash_sale.ended");
  if (book.liveOf(claim.buyerId) + claim.quantity > terms.perBuyer) return err("flash_sale.buyer_limit");
  if (book.hasLetGoTooMany(claim.buyerId)) return err("flash_sale.too_often");
  if (terms.queue !== "none" && !isAdmitted(book, claim.buyerId, now)) return err("flash_sale.not_admitted");
  if (claim.quantity > book.free) return err("flash_sale.sold_out");
  return ok(["hold", claim.holdId, claim.buyerId, claim.key, claim.quantity]);
}

function isAdmitted(book: Book, buyerId: BuyerId, now: number): boolean {
  const at = admittedAt(book, buyerId);
  return at !== undefined && now >= at;
}

export type HoldRefusal = "flash_sale.hold_not_found" | "flash_sale.hold_ended" | "flash_sale.hold_ordered";
type Owned = { readonly holdId: Id<"hold">; readonly buyerId?: BuyerId | undefined };

/** Another buyer's hold is not found. */
export function findHold(book: Book, { holdId, buyerId }: Owned): Hold | undefined {
  const hold = book.holds.get(holdId);
  return hold && (buyerId === undefined || hold.buyerId === buyerId) ? hold : undefined;
}

/** What its order, or its buyer, does to a hold. Each may be repeated; none brings back what has ended. */
export type HoldMove =
  | { readonly move: "extend"; readonly until: number }
  | { readonly move: "pledge"; readonly orderGroupId: Id<"orderGroup"> }
  | { readonly move: "sell" }
  | { readonly move: "release" }
  /** By the buyer himself: what he has ordered ends with the order. */
  | { readonly move: "give_back" };

export function decideMove(
  hold: Hold | undefined,
  move: HoldMove,
  now: number,
): Result<Entry | undefined, HoldRefusal> {
  if (hold === undefined) return err("flash_sale.hold_not_found");
  const state = stateAt(hold, now);
  const hasEnded = isEnded(state);
  switch (move.move) {
    case "extend":
      if (hasEnded) return err("flash_sale.hold_ended");
      return ok(
        state === "held" && hold.expiresAt < move.until ? ["extend", hold.id, move.until] : undefined,
      );
    case "pledge":
      if (hasEnded) return err("flash_sale.hold_ended");
      return ok(state === "held" ? ["pledge", hold.id, move.orderGroupId] : undefined);
    case "sell":
      if (hasEnded) return err("flash_sale.hold_ended");
      return ok(state === "sold" ? undefined : ["sell", hold.id]);
    case "release":
      return ok(hasEnded || state === "sold" ? undefined : ["release", hold.id]);
    case "give_back":
      if (state === "pledged" || state === "sold") return err("flash_sale.hold_ordered");
      return ok(hasEnded ? undefined : ["release", hold.id]);
  }
}

export type WaitRefusal = Exclude<ClaimRefusal, "flash_sale.sold_out"> | "flash_sale.line_full";
/** Beyond this many who wait, nobody behind has a chance worth waiting for. */
const LINE_MAX = 2_000;

/** The entry that puts him in line; or his place, or the hold that came of it, when his key is known. */
export function decideWait(
  book: Book,
  claim: Claim,
  now: number,
): Result<Entry | Waiter | Hold, WaitRefusal> {
  const { buyerId, key, quantity } = claim;
  const prior = book.prior(buyerId, key);
  const known = prior ?? book.waiterOf(buyerId, key);
  const units = known?.quantity ?? book.goneOf(buyerId, key);
  if (units !== undefined) {
    if (units !== quantity) return err("flash_sale.key_reused");
    const hasEnded = known === undefined || (prior && isEnded(stateAt(prior, now)));
    return hasEnded ? err("flash_sale.hold_ended") : ok(known);
  }
  const { terms } = book;
  if (terms === undefined) return err("flash_sale.not_found");
  if (now < terms.startsAt) return err("flash_sale.not_open");
  if (book.isClosed || now >= terms.endsAt) return err("flash_sale.ended");
  let waiting = book.liveOf(buyerId) + quantity;
  for (const waiter of book.line.values()) if (waiter.buyerId === buyerId) waiting += waiter.quantity;
  if (waiting > terms.perBuyer) return err("flash_sale.buyer_limit");
  if (book.hasLetGoTooMany(buyerId)) return err("flash_sale.too_often");
  if (terms.queue !== "none" && !isAdmitted(book, buyerId, now)) return err("flash_sale.not_admitted");
  if (book.line.size >= LINE_MAX) return err("flash_sale.line_full");
  return ok(["wait", claim.holdId, buyerId, key, quantity]);
}

/** Who is at the head of the line and can be served; who has enough meanwhile, or used that key, leaves. */
export function decideServe(book: Book, holdId: Id<"hold">, now: number): Entry | undefined {
  const waiter = book.line.get(holdId);
  const { terms } = book;
  if (waiter === undefined || terms === undefined) return undefined;
  const { buyerId, key, quantity } = waiter;
  const isUsed = book.prior(buyerId, key) !== undefined || book.goneOf(buyerId, key) !== undefined;
  const isOver = isUsed || book.isClosed || now >= terms.endsAt;
  if (isOver || book.liveOf(buyerId) + quantity > terms.perBuyer) return ["leave", holdId];
  return quantity > book.free ? undefined : ["hold", holdId, buyerId, key, quantity];
}
