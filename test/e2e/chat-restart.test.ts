import { beforeAll, describe, expect, it } from "vitest";
import { connectRoom, type RoomClient } from "#party/client";
import type { ChatEvent, ChatFrame, ChatMessage } from "#party/protocol/chat-room";
import { type Body, type Client, signedClient, until, userClaims } from "../support/http-client.ts";
import { openStall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";

const CONVERSATIONS = 4;
/** Sent by one client without waiting for each other's answers. */
const AT_ONCE = 3;
const ACKED_BEFORE = 120;
const ACKED_AFTER = 60;

/** One end of a conversation: what it sent, what was answered, what it was shown. */
type End = {
  readonly path: string;
  readonly client: Client;
  readonly room: RoomClient<ChatFrame>;
  readonly sent: string[];
  readonly acked: Map<string, number>;
  readonly shown: ChatMessage[];
};

let isTalking = true;

function enter(platform: RunningPlatform, client: Client, path: string): End {
  const shown: ChatMessage[] = [];
  const room = connectRoom<ChatFrame, ChatEvent>({
    base: platform.url,
    ticket: () => client.do(`${path}/tickets`),
    onFrame: (frame) => {
      if (frame.t === "message") shown.push(frame);
    },
  });
  return { path, client, room, sent: [], acked: new Map(), shown };
}

/** Writes until it is told to stop; what the platform's end left unanswered is answered by its next start. */
async function talk({ room, sent, acked }: End): Promise<void> {
  while (isTalking) {
    const cid = crypto.randomUUID();
    sent.push(cid);
    const { seq } = await room.change({ t: "send", text: `message ${sent.length}` }, cid);
    expect(acked.has(cid)).toBe(false);
    acked.set(cid, seq);
  }
}

const ackedOf = (ends: readonly End[]) => ends.reduce((sum, { acked }) => sum + acked.size, 0);

async function historyOf({ client, path }: End): Promise<readonly Body[]> {
  const all: Body[] = [];
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page: Body = await client.read(`${path}/messages?limit=100&before=${before}`);
    all.push(...page.items);
    before = page.nextBefore;
  }
  return all.toReversed();
}

describe("conversations over a platform that is killed while people write", () => {
  const ends: End[] = [];
  /** What had been answered, and what had not, in the moment of the kill. */
  const before: { readonly acked: Map<string, number>; readonly inFlight: number }[] = [];

  beforeAll(async () => {
    const first = await sharePlatform();
    const stall = await openStall(first, [{ title: "Kopi", priceMinor: 2_500_000n, stock: 1 }]);
    for (let n = 0; n < CONVERSATIONS; n += 1) {
      const buyer = await signedClient(first, userClaims());
      const { id } = await buyer.do("/v1/chats", { sellerId: stall.sellerId });
      const path = `/v1/chats/${id}`;
      ends.push(enter(first, buyer, path), enter(first, stall.shop, path));
    }
    const talks = ends.flatMap((end) => Array.from({ length: AT_ONCE }, () => talk(end)));
    await until("answers", async () => ackedOf(ends) >= ACKED_BEFORE);
    await first.end("SIGKILL");
    for (const { sent, acked } of ends) {
      before.push({ acked: new Map(acked), inFlight: sent.length - acked.size });
    }
    const answered = ackedOf(ends);
    await sharePlatform();
    await until("answers after the start", async () => ackedOf(ends) >= answered + ACKED_AFTER);
    isTalking = false;
    await Promise.all(talks);
    return () => {
      for (const { room } of ends) room.close();
    };
  });

  it("was in the middle of its work", () => {
    expect(before.reduce((sum, { acked }) => sum + acked.size, 0)).toBeGreaterThanOrEqual(ACKED_BEFORE);
    expect(before.reduce((sum, { inFlight }) => sum + inFlight, 0)).toBeGreaterThan(0);
  });

  it("keeps every acknowledged message once, at the place that was acknowledged", async () => {
    for (const end of ends) {
      const history = await historyOf(end);
      const places = new Map(history.map(({ cid, id }: Body) => [cid, id]));
      expect(places.size).toBe(history.length);
      for (const [cid, seq] of end.acked) expect(places.get(cid)).toBe(seq);
    }
    for (const [n, { acked }] of before.entries()) {
      for (const [cid, seq] of acked) expect(ends[n]?.acked.get(cid)).toBe(seq);
    }
  });

  it("holds what was sent and nothing else: what was under way came through once", async () => {
    for (let n = 0; n < ends.length; n += 2) {
      const [buyer, shop] = [ends[n] as End, ends[n + 1] as End];
      const history = await historyOf(buyer);
      const wanted = [...buyer.sent, ...shop.sent].toSorted();
      expect(history.map(({ cid }: Body) => cid).toSorted()).toEqual(wanted);
      expect(history.map(({ id }: Body) => id)).toEqual(wanted.map((_, i) => i + 1));
    }
  });

  it("showed each client every message once and in order", async () => {
    for (const end of ends) {
      const total = (await historyOf(end)).length;
      await until("the last message", async () => end.shown.length >= total);
      expect(end.shown.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    }
  });

  it("brings the lists up to what the conversations hold", async () => {
    for (const end of ends.filter((_, n) => n % 2 === 0)) {
      const total = (await historyOf(end)).length;
      const listed = await until("the list", async () => {
        const { items } = await end.client.read("/v1/chats");
        return items[0]?.lastSeq === total && items[0];
      });
      expect(listed).toMatchObject({ lastSeq: total });
    }
  });
});
