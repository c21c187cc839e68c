import fc from "fast-check";
import { expect, test } from "vitest";
import type { LiveAnswer } from "#party/protocol/livestream";
import {
  commitmentOf,
  drawWinners,
  type Proof,
  verifyDraw,
} from "#services/communication/livestream/domain/giveaway";
import { isFairDraw } from "../../web/src/live/draw.ts";
import { heard, type Live } from "../../web/src/live/room.ts";
import { remaining } from "../../workers/platform/storefront/pages/remaining.ts";

test("what is left of a time is said in whole seconds, days apart, and never below nought", () => {
  expect(remaining(1)).toBe("00:00:01");
  expect(remaining(3_723_000)).toBe("01:02:03");
  expect(remaining(2 * 86_400_000 + 59_999)).toBe("2 · 00:01:00");
  expect(remaining(-5_000)).toBe("00:00:00");
});

const inBrowser = ({ seed, entries, id, winners, commitment, drawn }: Proof) =>
  isFairDraw({
    ...{ id, winners, commitment, drawn: [...drawn], title: "", closesAt: 0 },
    ...{ state: "drawn", entries: entries.length, proof: { seed, entries } },
  });

test("a browser finds the winners that the room drew, and no others", async () => {
  const entries = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 30 });
  const draws = fc.record({
    id: fc.nat(),
    seed: fc.uuid(),
    winners: fc.integer({ min: 1, max: 5 }),
    entries,
  });
  await fc.assert(
    fc.asyncProperty(draws, async (draw) => {
      const proof = { ...draw, commitment: commitmentOf(draw.id, draw.seed), drawn: drawWinners(draw) };
      expect(verifyDraw(proof)).toBe(true);
      expect(await inBrowser(proof)).toBe(true);
      expect(await inBrowser({ ...proof, drawn: [...proof.drawn, "somebody else"] })).toBe(false);
      expect(await inBrowser({ ...proof, commitment: commitmentOf(draw.id + 1, draw.seed) })).toBe(false);
    }),
    { numRuns: 200 },
  );
});

const NOW = 1_000_000;
const EMPTY = {
  ...{ seq: 0, phase: "live", videoUid: null, slowMs: 0, bag: [], pinned: null },
  ...{ polls: [], giveaways: [], auctions: [], deals: [], recent: [] },
} as const;

/** What a page knows after a snapshot and these events, by a device whose clock is five seconds late. */
function after(
  ...events: readonly { readonly t: string; readonly [field: string]: unknown }[]
): Live | undefined {
  const counts = { hearts: 3, viewers: 2, now: NOW + 5_000 };
  const snapshot = { t: "snapshot", seq: 0, room: EMPTY, you: "me", ...counts } as unknown as LiveAnswer;
  const told = events.map((event, at) => ({ seq: at + 1, at: NOW, ...event }));
  const batch = { t: "batch", seq: told.length, events: told, polls: [], giveaways: [], ...counts };
  return heard(heard(undefined, snapshot, NOW), batch as LiveAnswer, NOW);
}

test("a page follows the room: deals, pins, and words that are taken back", () => {
  const deal = {
    t: "deal_opened",
    saleId: "s",
    offerId: "o",
    title: "Kopi",
    priceMinor: "1",
    units: 3,
    endsAt: 9,
  };
  const said = { t: "message", who: "a", name: "Ani", role: "viewer", text: "halo" };
  const live = after(deal, said, { t: "deal_stock", dealId: 1, left: 1 }, { t: "pinned", offerId: "o" });
  expect(live).toMatchObject({ pinned: "o", hearts: 3, viewers: 2, you: "me", skew: 5_000 });
  expect(live?.deals).toMatchObject([{ id: 1, units: 3, left: 1, state: "open" }]);
  expect(live?.messages.map(({ text }) => text)).toEqual(["halo"]);
  const later = after(deal, said, { t: "message_removed", messageSeq: 2 }, { t: "deal_closed", dealId: 1 });
  expect(later?.messages).toEqual([]);
  expect(later?.deals).toMatchObject([{ state: "closed" }]);
});

test("what a page does not know changes nothing, and events before a snapshot show nothing", () => {
  expect(after({ t: "something_of_tomorrow" })).toEqual(after());
  const batch = { t: "batch", events: [], polls: [], giveaways: [], hearts: 0, viewers: 0, now: NOW };
  expect(heard(undefined, batch as LiveAnswer, NOW)).toBeUndefined();
});
