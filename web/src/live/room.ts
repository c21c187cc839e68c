import type { Batch, LiveAnswer, LiveSnapshot } from "#party/protocol/livestream";

type Snapshot = LiveSnapshot["room"];
type Told = Batch["events"][number];
export type Auction = Snapshot["auctions"][number];
export type Deal = Snapshot["deals"][number];
export type Poll = Snapshot["polls"][number] & { readonly isClosed?: boolean };
export type BagItem = Snapshot["bag"][number];
/** What anybody needs to repeat a draw. */
export type Proof = { readonly seed: string; readonly entries: readonly string[] };
export type Giveaway = Snapshot["giveaways"][number] & { readonly proof?: Proof };
export type Message = {
  readonly seq: number;
  readonly who: string;
  readonly name: string;
  readonly role: string;
  readonly text: string;
};

/** A show's room as its page knows it: the last snapshot and all that happened since. */
export type Live = {
  readonly phase: Snapshot["phase"];
  readonly slowMs: number;
  readonly bag: readonly BagItem[];
  readonly pinned: string | null;
  readonly polls: readonly Poll[];
  readonly giveaways: readonly Giveaway[];
  readonly auctions: readonly Auction[];
  readonly deals: readonly Deal[];
  readonly messages: readonly Message[];
  readonly hearts: number;
  readonly viewers: number;
  /** How others see the person in this browser. */
  readonly you: string;
  /** How far the server's clock is ahead of this device's. */
  readonly skew: number;
};

/** A page that stays open all evening keeps the newest. */
const MESSAGES_MAX = 200;

/** An event's fields are those that the server's `toPublic` gives its type (domain/public.ts). */
const fieldsOf = <T>(event: Told): T => event as unknown as T;

export function heard(live: Live | undefined, frame: LiveAnswer, now: number): Live | undefined {
  if (frame.t === "snapshot") return fromSnapshot(frame, now);
  if (frame.t !== "batch" || !live) return live;
  const counted = withCounts(frame.events.reduce(happened, live), frame);
  return { ...counted, hearts: frame.hearts, viewers: frame.viewers, skew: frame.now - now };
}

function fromSnapshot({ room, hearts, viewers, you, now: serverNow }: LiveSnapshot, now: number): Live {
  const { phase, slowMs, bag, pinned, polls, giveaways, auctions, deals, recent } = room;
  const messages = recent.map((event) => fieldsOf<Message>(event));
  return {
    ...{ phase, slowMs, bag, pinned, polls, giveaways, auctions, deals, messages, hearts, viewers, you },
    skew: serverNow - now,
  };
}

function withCounts(live: Live, { polls, giveaways }: Batch): Live {
  if (polls.length === 0 && giveaways.length === 0) return live;
  const counts = new Map(polls.map((poll) => [poll.id, poll.counts]));
  const entries = new Map(giveaways.map((giveaway) => [giveaway.id, giveaway.entries]));
  return {
    ...live,
    polls: live.polls.map((poll) => ({ ...poll, counts: [...(counts.get(poll.id) ?? poll.counts)] })),
    giveaways: live.giveaways.map((one) => ({ ...one, entries: entries.get(one.id) ?? one.entries })),
  };
}

/** The one of this id is another now; a new one stands first. */
function put<T extends { readonly id: number }>(list: readonly T[], one: T): readonly T[] {
  return list.some(({ id }) => id === one.id)
    ? list.map((before) => (before.id === one.id ? { ...before, ...one } : before))
    : [one, ...list];
}

const withAuction = (live: Live, event: Told): Live => ({
  ...live,
  auctions: put(live.auctions, fieldsOf<{ readonly auction: Auction }>(event).auction),
});

type Step = (live: Live, event: Told) => Live;

const STEPS: { readonly [t: string]: Step } = {
  phase: (live, event) => ({ ...live, phase: fieldsOf<{ phase: Live["phase"] }>(event).phase }),
  message: (live, event) => ({
    ...live,
    messages: [...live.messages, fieldsOf<Message>(event)].slice(-MESSAGES_MAX),
  }),
  message_removed: (live, { messageSeq }) => ({
    ...live,
    messages: live.messages.filter(({ seq }) => seq !== messageSeq),
  }),
  slow: (live, event) => ({ ...live, slowMs: fieldsOf<{ ms: number }>(event).ms }),
  bag: (live, event) => ({ ...live, bag: fieldsOf<{ items: Live["bag"] }>(event).items }),
  pinned: (live, event) => ({ ...live, pinned: fieldsOf<{ offerId: string | null }>(event).offerId }),
  poll_opened: (live, event) => {
    const { seq: id, question, choices, closesAt } = fieldsOf<Poll & { seq: number }>(event);
    return {
      ...live,
      polls: put(live.polls, { id, question, choices, closesAt, counts: choices.map(() => 0) }),
    };
  },
  poll_closed: (live, { pollId }) => ({
    ...live,
    polls: live.polls.map((poll) => (poll.id === pollId ? { ...poll, isClosed: true } : poll)),
  }),
  giveaway_opened: (live, event) => {
    const { seq: id, title, winners, closesAt, commitment } = fieldsOf<Giveaway & { seq: number }>(event);
    const fresh = { state: "open", entries: 0, drawn: [] } as const;
    return {
      ...live,
      giveaways: put(live.giveaways, { id, title, winners, closesAt, commitment, ...fresh }),
    };
  },
  giveaway_drawn: (live, event) => {
    const { giveawayId, seed, entries, drawn } = fieldsOf<Drawn>(event);
    const isIt = ({ id }: Giveaway) => id === giveawayId;
    const proof = { seed, entries };
    return {
      ...live,
      giveaways: live.giveaways.map((one) => (isIt(one) ? { ...one, state: "drawn", drawn, proof } : one)),
    };
  },
  auction_opened: withAuction,
  bid: withAuction,
  auction_closed: withAuction,
  auction_passed: withAuction,
  auction_paid: withAuction,
  auction_withdrawn: withAuction,
  deal_opened: (live, event) => {
    const {
      seq: id,
      saleId,
      offerId,
      title,
      priceMinor,
      priorMinor = null,
      units,
      endsAt,
    } = fieldsOf<Deal & { seq: number }>(event);
    const deal = {
      id,
      saleId,
      offerId,
      title,
      priceMinor,
      priorMinor,
      units,
      endsAt,
      left: units,
      state: "open",
    } as const;
    return { ...live, deals: put(live.deals, deal) };
  },
  deal_stock: (live, { dealId, left }) => ({
    ...live,
    deals: live.deals.map((deal) => (deal.id === dealId ? { ...deal, left: Number(left) } : deal)),
  }),
  deal_closed: (live, { dealId }) => ({
    ...live,
    deals: live.deals.map((deal) => (deal.id === dealId ? { ...deal, state: "closed" as const } : deal)),
  }),
};
type Drawn = Proof & { readonly giveawayId: number; readonly drawn: readonly string[] };

const happened: Step = (live, event) => STEPS[event.t]?.(live, event) ?? live;
