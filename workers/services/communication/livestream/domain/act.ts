import { err, ok, type Result } from "#kernel/result";
import { type BidRefusal, decideBid } from "./auction.ts";
import type { Change } from "./event.ts";
import { decideEntry, type EntryRefusal } from "./giveaway.ts";
import { decideVote, type VoteRefusal } from "./poll.ts";
import { type LiveState, whoIs } from "./state.ts";

export type Actor = { readonly personId: string; readonly name: string; readonly role: string };

/** What somebody in the audience does; each is done once for its cid. */
export type Act =
  | { readonly t: "say"; readonly text: string }
  | { readonly t: "vote"; readonly pollId: number; readonly choice: number }
  | { readonly t: "enter"; readonly giveawayId: number }
  | {
      readonly t: "bid";
      readonly auctionId: number;
      readonly maxMinor: string;
      readonly seenAt?: number | undefined;
    };

export type ActRefusal =
  | BidRefusal
  | VoteRefusal
  | EntryRefusal
  | "livestream.over"
  | "livestream.removed"
  | "livestream.muted"
  | "livestream.slow"
  | "livestream.sign_in"
  | "livestream.own_show"
  | "livestream.no_such_item";

/** Who runs the show is bound by no slow mode, and neither bids in it nor wins in it. */
const isCrew = (role: string) => role === "host" || role === "cohost" || role === "moderator";

export function decideAct(
  state: LiveState,
  { roomId, actor, act, now }: { roomId: string; actor: Actor; act: Act; now: number },
): Result<Change, ActRefusal> {
  const { personId, name, role } = actor;
  if (state.removed.has(personId)) return err("livestream.removed");
  if (state.phase === "ended") return err("livestream.over");
  if (act.t === "say") return decideSay(state, { actor, text: act.text, now });
  // What is worth money or counts once belongs to an account, not to a visitor's token.
  if (role === "guest") return err("livestream.sign_in");
  if (act.t === "vote") {
    const poll = state.polls.get(act.pollId);
    if (!poll) return err("livestream.no_such_item");
    const { pollId, choice } = act;
    const decision = decideVote(poll, { personId, choice }, now);
    return decision.ok ? ok({ t: "voted", pollId, personId, choice } as const) : decision;
  }
  if (isCrew(role)) return err("livestream.own_show");
  if (act.t === "enter") {
    const giveaway = state.giveaways.get(act.giveawayId);
    if (!giveaway) return err("livestream.no_such_item");
    const who = whoIs(roomId, personId);
    const decision = decideEntry(giveaway, who, now);
    return decision.ok ? ok({ t: "entered", giveawayId: act.giveawayId, personId, who } as const) : decision;
  }
  const auction = state.auctions.get(act.auctionId);
  if (!auction) return err("livestream.no_such_item");
  const { auctionId, maxMinor, seenAt = null } = act;
  const decision = decideBid(auction, { personId, name, maxMinor, seq: state.seq + 1 }, now);
  return decision.ok ? ok({ t: "bid", auctionId, personId, name, maxMinor, seenAt } as const) : decision;
}

type Saying = { readonly actor: Actor; readonly text: string; readonly now: number };

function decideSay(state: LiveState, { actor, text, now }: Saying): Result<Change, ActRefusal> {
  const { personId, name, role } = actor;
  if ((state.mutedUntil.get(personId) ?? 0) > now) return err("livestream.muted");
  const last = state.spokeAt.get(personId);
  if (!isCrew(role) && last !== undefined && now - last < state.slowMs) return err("livestream.slow");
  return ok({ t: "message", personId, name, role, text } as const);
}
