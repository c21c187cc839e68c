import type { BuyerId as AnyBuyer } from "#kernel/actor";
import { sha256 } from "#kernel/digest";
import type { Id } from "#kernel/ids";

/** A sale is for people with an account: a limit per buyer means nothing to a visitor with many carts. */
export type BuyerId = Extract<AnyBuyer, Id<"user">>;

/** What a sale is run by; fixed when it is made. */
export type Terms = {
  readonly saleId: Id<"sale">;
  readonly quota: number;
  readonly perBuyer: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly holdMs: number;
  readonly shards: number;
  /** Who may claim at the start: all at once, in the order in which they came, or in the order of a draw. */
  readonly queue: "none" | "fifo" | "lottery";
  /** Tickets admitted a second, over all shards. */
  readonly admitPerSecond: number;
};

export type HoldState = "held" | "pledged" | "sold" | "released" | "expired";
/** Changed only by the book that has it. */
export type Hold = {
  readonly id: Id<"hold">;
  readonly buyerId: BuyerId;
  readonly key: string;
  readonly quantity: number;
  expiresAt: number;
  state: HoldState;
  orderGroupId: Id<"orderGroup"> | null;
};
export type Ticket = { readonly id: string; readonly buyerId: BuyerId; readonly place: number };
export type Waiter = Pick<Hold, "id" | "buyerId" | "key" | "quantity">;

/** One thing that happened in a shard. Tuples, since some hundred of them are one row of the log. */
export type Entry =
  | readonly ["open", terms: Terms]
  | readonly ["dealt", inAll: number]
  | readonly ["returned", units: number]
  | readonly ["hold", id: Id<"hold">, buyerId: BuyerId, key: string, quantity: number]
  | readonly ["extend", id: Id<"hold">, until: number]
  | readonly ["pledge", id: Id<"hold">, orderGroupId: Id<"orderGroup">]
  | readonly ["sell", id: Id<"hold">]
  | readonly ["release", id: Id<"hold">]
  | readonly ["expire", id: Id<"hold">]
  | readonly ["join", ticketId: string, buyerId: BuyerId]
  | readonly ["draw", seed: string]
  | readonly ["wait", id: Id<"hold">, buyerId: BuyerId, key: string, quantity: number]
  | readonly ["leave", id: Id<"hold">]
  | readonly ["close"];

/** A row of the log: what a group did, at one instant, behind the hash of the row before. */
export type Group = { readonly seq: number; readonly body: string; readonly hash: string };
export const toBody = (at: number, entries: readonly Entry[]): string => JSON.stringify([at, entries]);
export const fromBody = (body: string): readonly [at: number, entries: readonly Entry[]] => JSON.parse(body);

/** The hash that stands before the first row. */
export const FIRST_HASH = "";
export const hashOfGroup = (previous: string, body: string): string =>
  sha256(`${previous}\n${body}`, "base64url");
