import { err, ok, type Result } from "#kernel/result";

/** Votes are kept by person, so that each counts once; their number is bounded. */
const VOTERS_MAX = 20_000;

export type Poll = {
  readonly id: number;
  readonly question: string;
  readonly choices: readonly string[];
  readonly closesAt: number;
  state: "open" | "closed";
  readonly counts: number[];
  /** Who chose what, while it is open. */
  readonly votes: Map<string, number>;
};
export type Vote = { readonly personId: string; readonly choice: number };

export type VoteRefusal = "livestream.poll_closed" | "livestream.no_such_choice" | "livestream.voters_full";

/** A person has one vote and may change it. */
export function decideVote(poll: Poll, { personId, choice }: Vote, now: number): Result<null, VoteRefusal> {
  if (poll.state !== "open" || now >= poll.closesAt) return err("livestream.poll_closed");
  if (choice < 0 || choice >= poll.choices.length) return err("livestream.no_such_choice");
  if (poll.votes.size >= VOTERS_MAX && !poll.votes.has(personId)) return err("livestream.voters_full");
  return ok(null);
}

/** Changes the poll in place: a copy of twenty thousand votes at each vote would be the cost of all. */
export function recordVote(poll: Poll, { personId, choice }: Vote): void {
  const before = poll.votes.get(personId);
  if (before !== undefined) poll.counts[before] = (poll.counts[before] ?? 0) - 1;
  poll.counts[choice] = (poll.counts[choice] ?? 0) + 1;
  poll.votes.set(personId, choice);
}

/** Who chose what is forgotten; the counts stay. */
export function closePoll(poll: Poll): void {
  poll.state = "closed";
  poll.votes.clear();
}
