import { hmacNumber, sha256 } from "#kernel/digest";
import { err, ok, type Result } from "#kernel/result";

/** Entries are drawn from and published whole, so their number is bounded. */
const ENTRIES_MAX = 10_000;

export type Giveaway = {
  readonly id: number;
  readonly title: string;
  readonly winners: number;
  readonly closesAt: number;
  state: "open" | "drawn";
  /** Kept to ourselves until the draw. */
  readonly seed: string;
  /** Published before the first entry: the seed cannot be another one afterwards. */
  readonly commitment: string;
  /** In the order of entering: a person's name in this room, as everybody sees it. */
  readonly entries: Set<string>;
  drawn: readonly string[];
};

export const commitmentOf = (id: number, seed: string): string => sha256(`${id}:${seed}`);

/** What the draw is made from, besides the seed: fixed when the giveaway closes. */
export const entriesHash = (entries: readonly string[]): string => sha256(entries.join("\n"));

export type EntryRefusal =
  | "livestream.giveaway_closed"
  | "livestream.entered_already"
  | "livestream.entries_full";

export function decideEntry(giveaway: Giveaway, who: string, now: number): Result<null, EntryRefusal> {
  if (giveaway.state !== "open" || now >= giveaway.closesAt) return err("livestream.giveaway_closed");
  if (giveaway.entries.has(who)) return err("livestream.entered_already");
  if (giveaway.entries.size >= ENTRIES_MAX) return err("livestream.entries_full");
  return ok(null);
}

type Draw = Pick<Giveaway, "id" | "seed" | "winners"> & { readonly entries: readonly string[] };

/**
 * The first of a shuffle that HMAC-SHA-256 drives: the seed is its key, the giveaway, the entries' hash and
 * a counter its text. A number beyond the last whole multiple is drawn again, so each entry is as likely.
 */
export function drawWinners({ id, seed, entries, winners }: Draw): readonly string[] {
  const left = [...entries];
  const drawn: string[] = [];
  const about = `${id}:${entriesHash(entries)}`;
  let counter = 0;
  while (drawn.length < winners && left.length > 0) {
    const limit = 2 ** 48 - (2 ** 48 % left.length);
    let number = limit;
    while (number >= limit) {
      number = hmacNumber(seed, `${about}:${counter}`);
      counter += 1;
    }
    drawn.push(...left.splice(number % left.length, 1));
  }
  return drawn;
}

export type Proof = Draw & { readonly commitment: string; readonly drawn: readonly string[] };

/** Anybody may check a draw with nothing but what was published. */
export function verifyDraw(proof: Proof): boolean {
  if (commitmentOf(proof.id, proof.seed) !== proof.commitment) return false;
  return JSON.stringify(drawWinners(proof)) === JSON.stringify(proof.drawn);
}
