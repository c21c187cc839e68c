import { expect, it } from "vitest";
import { connectRoom, type RoomClient } from "../../party/client.ts";
import type { LiveAnswer, LiveFrame } from "../../party/protocol/livestream.ts";
import { type Body, type Client, signedClient, until, userClaims } from "../support/http-client.ts";
import { openStall } from "../support/market-stall.ts";
import { sharePlatform } from "../support/running-platform.ts";

const BIDDERS = 6;
const STEP = 100_000;
/** Enough acknowledged before and after the end that a loss would show. */
const TAKEN_BEFORE = 60;
const TAKEN_AFTER = 20;

type Taken = { readonly cid: string; readonly seq: number; readonly t: "bid" | "say"; readonly what: string };

/** Bids and talks without a pause; what was under way at the end goes on by itself afterwards. */
async function play(room: RoomClient<LiveFrame>, auctionId: number, taken: Taken[], isOver: () => boolean) {
  const settle = async (t: "bid" | "say", what: string, cid: string, work: Promise<{ seq: number }>) => {
    try {
      taken.push({ cid, seq: (await work).seq, t, what });
    } catch (error) {
      // Somebody else has offered more meanwhile; or the room was closed at the end of the test.
      if ((error as Error).name !== "RoomError") throw error;
    }
  };
  while (!isOver()) {
    const [bidCid, sayCid] = [crypto.randomUUID(), crypto.randomUUID()];
    const highest = Math.max(0, ...taken.filter(({ t }) => t === "bid").map(({ what }) => Number(what)));
    const maxMinor = String(highest + STEP * (1 + Math.floor(Math.random() * 9)) + STEP);
    await settle("bid", maxMinor, bidCid, room.change({ t: "bid", auctionId, maxMinor }, bidCid));
    await settle("say", `says ${sayCid}`, sayCid, room.change({ t: "say", text: `says ${sayCid}` }, sayCid));
    // Within what a socket may send.
    await new Promise((resolve) => setTimeout(resolve, 450));
  }
}

async function readLog(host: Client, path: string): Promise<readonly Body[]> {
  const items: Body[] = [];
  for (;;) {
    const page = await host.read(`${path}/events?since=${items.length}&limit=500`);
    if (page.items.length === 0) return items;
    items.push(...page.items);
  }
}

it("a power cut loses no acknowledged bid and no message, and doubles none", async () => {
  let platform = await sharePlatform();
  const stall = await openStall(platform, [{ title: "Kopi", priceMinor: 5_000_000n, stock: 5 }]);
  const startsAt = new Date(Date.now() + 60_000).toISOString();
  const { id } = await stall.shop.do("/v1/livestreams", { title: "Lelang", startsAt });
  const path = `/v1/livestreams/${id}`;
  const [offer] = stall.offers;
  const idr = (minor: number) => ({ minor: String(minor), currency: "IDR" });
  const terms = { t: "open_auction", offerId: offer?.offerId, start: idr(STEP), step: idr(STEP) };
  const { seq: auctionId } = await stall.shop.do(`${path}/stage`, {
    ...terms,
    seconds: 3_000,
    paySeconds: 60,
  });

  const taken: Taken[] = [];
  let over = false;
  const bidders = await Promise.all(
    Array.from({ length: BIDDERS }, () => signedClient(platform, userClaims())),
  );
  const rooms = bidders.map((bidder) =>
    connectRoom<LiveFrame, LiveAnswer>({
      base: platform.url,
      ticket: () => bidder.do(`${path}/tickets`, { name: "Bidder" }),
      onFrame: () => undefined,
    }),
  );
  const playing = rooms.map((room) => play(room, auctionId, taken, () => over));
  await until("bids to be taken", async () => taken.length >= TAKEN_BEFORE);

  await platform.end("SIGKILL");
  const before = [...taken];
  platform = await sharePlatform();
  // What is bid for is still nobody else's: of five units four can be had.
  const deal = { t: "open_deal", offerId: offer?.offerId, price: idr(4_000_000), perBuyer: 1, seconds: 600 };
  const dealOf = (units: number) => stall.shop.do(`${path}/stage`, { ...deal, units });
  await expect(dealOf(5)).rejects.toThrow("livestream.out_of_stock");
  expect((await dealOf(4)).seq).toBeGreaterThan(auctionId);
  await until("bids to be taken again", async () => taken.length >= before.length + TAKEN_AFTER);
  over = true;
  for (const room of rooms) room.close();
  await Promise.all(playing);

  const log = await readLog(stall.shop, path);
  expect(log.map(({ seq }: Body) => seq)).toEqual(log.map((_, i) => i + 1));
  const bySeq = new Map(log.map((event: Body) => [event.seq, event]));
  const written = ({ t, change }: Body) => (t === "bid" ? change.maxMinor : change.text);
  for (const { seq, t, what } of taken) {
    expect(bySeq.get(seq)?.t).toBe(t === "bid" ? "bid" : "message");
    expect(written(bySeq.get(seq))).toBe(what);
  }
  const said = log.filter(({ t }: Body) => t === "message").map(written);
  expect(new Set(said).size).toBe(said.length);
  expect(before.length).toBeGreaterThanOrEqual(TAKEN_BEFORE);
  const bids = log.filter(({ t }: Body) => t === "bid");
  expect(bids.length).toBeGreaterThan(10);
});
