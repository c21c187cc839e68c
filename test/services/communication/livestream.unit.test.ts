import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Auction,
  closeAuction,
  decideBid,
  passOver,
  SNIPE_MS,
} from "#services/communication/livestream/domain/auction";
import {
  commitmentOf,
  drawWinners,
  entriesHash,
  verifyDraw,
} from "#services/communication/livestream/domain/giveaway";
import { decideVote, type Poll, recordVote } from "#services/communication/livestream/domain/poll";

const START = 1_000_000;
const ENDS = START + 60_000;

const auction = (about: Partial<Auction> = {}): Auction => ({
  ...{ id: 1, offerId: "ofr_x", title: "Kettle", startMinor: "1000", stepMinor: "100", mode: "regular" },
  ...{ payWithinMs: 300_000, openedAt: START, endsAt: ENDS, state: "open", priceMinor: "1000" },
  ...{ bidders: [], bids: 0, outbid: [], award: null, passed: [] },
  ...about,
});

const aBid = fc.record({
  personId: fc.constantFrom("a", "b", "c", "d", "e"),
  max: fc.integer({ min: 0, max: 5_000 }),
  afterMs: fc.integer({ min: 0, max: 9_000 }),
});

/** Plays bids in time, as the room takes them; answers each auction on the way. */
function play(
  bids: readonly { personId: string; max: number; afterMs: number }[],
  about: Partial<Auction> = {},
) {
  const seen = [auction(about)];
  const taken: { personId: string; max: number; at: number; seq: number }[] = [];
  let now = START;
  for (const [i, { personId, max, afterMs }] of bids.entries()) {
    now += afterMs;
    const before = seen.at(-1) ?? auction();
    const bid = { personId, name: personId, maxMinor: String(max), seq: i + 1 };
    const decision = decideBid(before, bid, now);
    if (!decision.ok) continue;
    seen.push(decision.value);
    taken.push({ personId, max, at: now, seq: i + 1 });
  }
  return { seen, taken, now };
}

describe("an auction", () => {
  it("is led by the highest limit, a step above the second and within the first", () => {
    fc.assert(
      fc.property(fc.array(aBid, { maxLength: 40 }), (bids) => {
        const { seen, taken } = play(bids);
        const end = seen.at(-1) ?? auction();
        const best = new Map<string, { max: number; seq: number }>();
        for (const { personId, max, seq } of taken) best.set(personId, { max, seq });
        const ranked = [...best].toSorted(([, a], [, b]) => b.max - a.max || a.seq - b.seq);
        const [first, second] = ranked;
        expect(end.bidders.map(({ personId }) => personId)).toEqual(ranked.map(([personId]) => personId));
        if (!first) return;
        const price = second ? Math.min(first[1].max, second[1].max + 100) : 1_000;
        expect(Number(end.priceMinor)).toBe(price);
        expect(price).toBeLessThanOrEqual(first[1].max);
      }),
    );
  });

  it("never becomes cheaper, and never shortens its clock", () => {
    fc.assert(
      fc.property(fc.array(aBid, { maxLength: 40 }), (bids) => {
        const { seen } = play(bids);
        for (const [i, after] of seen.entries()) {
          const before = seen[i - 1];
          if (!before) continue;
          expect(Number(after.priceMinor)).toBeGreaterThanOrEqual(Number(before.priceMinor));
          expect(after.endsAt).toBeGreaterThanOrEqual(before.endsAt);
        }
      }),
    );
  });

  it("leaves ten seconds after every bid that it takes, but for sudden death", () => {
    fc.assert(
      fc.property(fc.array(aBid, { maxLength: 40 }), (bids) => {
        const { seen, taken } = play(bids);
        for (const [i, { at }] of taken.entries()) {
          expect((seen[i + 1]?.endsAt ?? 0) - at).toBeGreaterThanOrEqual(SNIPE_MS);
        }
        for (const one of play(bids, { mode: "sudden_death" }).seen) expect(one.endsAt).toBe(ENDS);
      }),
    );
  });

  it("passes over who does not pay: each bidder wins at most once, at a price within his own limit", () => {
    fc.assert(
      fc.property(fc.array(aBid, { minLength: 1, maxLength: 20 }), (bids) => {
        const { seen } = play(bids);
        const limits = new Map(
          (seen.at(-1)?.bidders ?? []).map((one) => [one.personId, Number(one.maxMinor)]),
        );
        let now = (seen.at(-1)?.endsAt ?? ENDS) + 1;
        let one = closeAuction(seen.at(-1) ?? auction(), now);
        const won: string[] = [];
        let price = Number.POSITIVE_INFINITY;
        while (one.award) {
          const { personId, priceMinor, payBy } = one.award;
          expect(won).not.toContain(personId);
          expect(Number(priceMinor)).toBeLessThanOrEqual(limits.get(personId) ?? 0);
          expect(Number(priceMinor)).toBeLessThanOrEqual(price);
          price = Number(priceMinor);
          won.push(personId);
          expect(passOver(one, personId, payBy - 1)).toBe(one);
          now = payBy;
          one = passOver(one, personId, now);
        }
        expect(one.state).toBe("unsold");
        expect(won).toHaveLength(limits.size);
      }),
    );
  });

  it.each([
    ["after its end", { personId: "b", maxMinor: "9000" }, ENDS, "livestream.auction_closed"],
    ["below the start", { personId: "b", maxMinor: "999" }, START, "livestream.bid_too_low"],
    ["below the next step", { personId: "b", maxMinor: "1099" }, START, "livestream.bid_too_low"],
    ["at one's own limit", { personId: "a", maxMinor: "2000" }, START, "livestream.bid_lower_than_own"],
  ])("refuses a bid %s", (_, bid, now, code) => {
    const led = decideBid(auction(), { personId: "a", name: "a", maxMinor: "2000", seq: 1 }, START);
    if (!led.ok) throw new Error(led.code);
    expect(decideBid(led.value, { ...bid, name: "b", seq: 2 }, now)).toEqual({ ok: false, code });
  });
});

describe("a giveaway", () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `name-${i}`);

  it("draws different entrants, as many as there are to win, the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 10 }),
        (seed, count, winners) => {
          const draw = { id: 7, seed, entries: names(count), winners };
          const drawn = drawWinners(draw);
          expect(drawn).toHaveLength(Math.min(count, winners));
          expect(new Set(drawn).size).toBe(drawn.length);
          for (const one of drawn) expect(draw.entries).toContain(one);
          expect(drawWinners(draw)).toEqual(drawn);
        },
      ),
    );
  });

  it("gives everybody the same chance", () => {
    const wins = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i += 1) {
      const [winner = ""] = drawWinners({ id: 1, seed: `seed ${i}`, entries: names(7), winners: 1 });
      wins.set(winner, (wins.get(winner) ?? 0) + 1);
    }
    const expected = draws / 7;
    const chi2 = [...wins.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 99.9 % bound of chi-square with six degrees of freedom.
    expect(chi2).toBeLessThan(22.46);
  });

  it("fails its check when the seed, an entry or a winner is another one", () => {
    const draw = { id: 3, seed: "s", entries: names(9), winners: 2 };
    const proof = { ...draw, drawn: drawWinners(draw), commitment: commitmentOf(3, "s") };
    expect(verifyDraw(proof)).toBe(true);
    expect(verifyDraw({ ...proof, seed: "t" })).toBe(false);
    expect(verifyDraw({ ...proof, entries: names(10) })).toBe(false);
    expect(verifyDraw({ ...proof, drawn: proof.drawn.toReversed() })).toBe(false);
    expect(entriesHash(draw.entries)).not.toBe(entriesHash(draw.entries.slice(1)));
  });
});

describe("a poll", () => {
  it("counts each voter once, however often he changes his mind", () => {
    const votes = fc.array(
      fc.record({ personId: fc.constantFrom("a", "b", "c", "d"), choice: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(votes, (given) => {
        const poll: Poll = {
          ...{ id: 1, question: "?", choices: ["x", "y", "z"], closesAt: ENDS, state: "open" },
          ...{ counts: [0, 0, 0], votes: new Map() },
        };
        const last = new Map<string, number>();
        for (const vote of given) {
          expect(decideVote(poll, vote, START).ok).toBe(true);
          recordVote(poll, vote);
          last.set(vote.personId, vote.choice);
        }
        const expected = [0, 1, 2].map((choice) => [...last.values()].filter((one) => one === choice).length);
        expect(poll.counts).toEqual(expected);
      }),
    );
  });
});
