import { err, ok, type Result } from "#kernel/result";
import type { AuctionTerms } from "./auction.ts";
import type { BagItem, Change, DealTerms } from "./event.ts";
import { drawWinners } from "./giveaway.ts";
import type { LiveState } from "./state.ts";

/** What whoever runs the show does. */
export type Direction =
  | { readonly t: "bag"; readonly items: readonly BagItem[] }
  | { readonly t: "pin"; readonly offerId: string | null }
  | { readonly t: "slow"; readonly ms: number }
  | { readonly t: "mute"; readonly messageSeq: number; readonly forMs: number }
  | { readonly t: "remove"; readonly messageSeq: number }
  | { readonly t: "remove_message"; readonly messageSeq: number }
  | {
      readonly t: "open_poll";
      readonly question: string;
      readonly choices: readonly string[];
      readonly forMs: number;
    }
  | { readonly t: "close_poll"; readonly pollId: number }
  | {
      readonly t: "open_giveaway";
      readonly title: string;
      readonly winners: number;
      readonly forMs: number;
    }
  | { readonly t: "draw"; readonly giveawayId: number }
  | ({ readonly t: "open_auction"; readonly forMs: number } & AuctionTerms)
  | ({ readonly t: "open_deal"; readonly forMs: number } & DealTerms)
  | { readonly t: "close_deal"; readonly dealId: number };

/** A role may do what those below it may; a moderator keeps order, a co-host runs the show as the host. */
const MODERATION: readonly Direction["t"][] = ["slow", "mute", "remove", "remove_message"];
export const mayDirect = (role: string, t: Direction["t"]): boolean =>
  role === "host" || role === "cohost" || (role === "moderator" && MODERATION.includes(t));

export type DirectRefusal =
  | "livestream.over"
  | "livestream.not_crew"
  | "livestream.no_such_item"
  | "livestream.no_such_message"
  | "livestream.not_in_bag"
  | "livestream.auction_running"
  | "livestream.deal_running"
  | "livestream.crew_stays";

type Directing = {
  readonly direction: Direction;
  readonly role: string;
  readonly by: string;
  readonly now: number;
  /** A seed that nobody knows yet. */
  readonly seed: string;
  /** Who wrote the message that the direction is about. */
  readonly author: { readonly personId: string; readonly role: string } | undefined;
};

export function decideDirection(
  state: LiveState,
  { direction, role, by, now, seed, author }: Directing,
): Result<Change, DirectRefusal> {
  if (!mayDirect(role, direction.t)) return err("livestream.not_crew");
  if (state.phase === "ended" && direction.t !== "draw") return err("livestream.over");
  switch (direction.t) {
    case "bag":
      return ok({ t: "bag", items: direction.items });
    case "pin": {
      const { offerId } = direction;
      const isThere = offerId === null || state.bag.some((item) => item.offerId === offerId);
      return isThere ? ok({ t: "pinned", offerId }) : err("livestream.not_in_bag");
    }
    case "slow":
      return ok({ t: "slow", ms: direction.ms });
    case "remove_message":
      if (!author) return err("livestream.no_such_message");
      return ok({ t: "message_removed", messageSeq: direction.messageSeq, by });
    case "mute":
    case "remove": {
      if (!author) return err("livestream.no_such_message");
      if (author.role !== "viewer" && author.role !== "guest") return err("livestream.crew_stays");
      const { personId } = author;
      if (direction.t === "remove") return ok({ t: "removed", personId, by });
      return ok({ t: "muted", personId, until: now + direction.forMs });
    }
    default:
      return decideItem(state, { direction, now, seed });
  }
}

type Item = Extract<
  Direction,
  { readonly t: `${string}_${"poll" | "giveaway" | "auction" | "deal"}` | "draw" }
>;

function decideItem(
  state: LiveState,
  { direction, now, seed }: { direction: Item; now: number; seed: string },
): Result<Change, DirectRefusal> {
  switch (direction.t) {
    case "open_poll": {
      const { question, choices, forMs } = direction;
      return ok({ t: "poll_opened", question, choices, closesAt: now + forMs });
    }
    case "close_poll": {
      const poll = state.polls.get(direction.pollId);
      if (poll?.state !== "open") return err("livestream.no_such_item");
      return ok({ t: "poll_closed", pollId: poll.id, counts: poll.counts });
    }
    case "open_giveaway": {
      const { title, winners, forMs } = direction;
      return ok({ t: "giveaway_opened", title, winners, closesAt: now + forMs, seed });
    }
    case "draw": {
      const giveaway = state.giveaways.get(direction.giveawayId);
      if (giveaway?.state !== "open") return err("livestream.no_such_item");
      return ok(drawn(state, giveaway.id));
    }
    case "open_auction": {
      const running = [...state.auctions.values()].some((auction) => auction.state === "open");
      if (running) return err("livestream.auction_running");
      const { t: _, forMs, ...terms } = direction;
      return ok({ t: "auction_opened", ...terms, endsAt: now + forMs });
    }
    case "open_deal": {
      const running = [...state.deals.values()].some((deal) => deal.state === "open");
      if (running) return err("livestream.deal_running");
      const { t: _, forMs, ...terms } = direction;
      return ok({ t: "deal_opened", ...terms, endsAt: now + forMs });
    }
    case "close_deal": {
      const deal = state.deals.get(direction.dealId);
      return deal?.state === "open"
        ? ok({ t: "deal_closed", dealId: deal.id })
        : err("livestream.no_such_item");
    }
  }
}

function drawn(state: LiveState, giveawayId: number): Change {
  const { seed, winners, ...giveaway } = state.giveaways.get(giveawayId) ?? { seed: "", winners: 0 };
  const entries = "entries" in giveaway ? [...giveaway.entries] : [];
  const names = drawWinners({ id: giveawayId, seed, entries, winners });
  return { t: "giveaway_drawn", giveawayId, seed, entries, drawn: names };
}

/** What the clock alone brings about: an alarm asks, and so does whoever reads. */
export function dueChanges(state: LiveState, now: number): readonly Change[] {
  const changes: Change[] = [];
  for (const poll of state.polls.values()) {
    if (poll.state !== "open" || now < poll.closesAt) continue;
    changes.push({ t: "poll_closed", pollId: poll.id, counts: [...poll.counts] });
  }
  for (const { id, state: is, closesAt } of state.giveaways.values()) {
    if (is === "open" && now >= closesAt) changes.push(drawn(state, id));
  }
  for (const { id, state: is, endsAt } of state.auctions.values()) {
    if (is === "open" && now >= endsAt) changes.push({ t: "auction_closed", auctionId: id });
  }
  for (const { id, state: is, endsAt } of state.deals.values()) {
    if (is === "open" && now >= endsAt) changes.push({ t: "deal_closed", dealId: id });
  }
  return changes;
}

/** When the clock next brings something about. */
export function nextDueAt(state: LiveState): number {
  const times: number[] = [Number.POSITIVE_INFINITY];
  for (const poll of state.polls.values()) if (poll.state === "open") times.push(poll.closesAt);
  for (const one of state.giveaways.values()) if (one.state === "open") times.push(one.closesAt);
  for (const deal of state.deals.values()) if (deal.state === "open") times.push(deal.endsAt);
  for (const { state: is, endsAt } of state.auctions.values()) if (is === "open") times.push(endsAt);
  return Math.min(...times);
}
