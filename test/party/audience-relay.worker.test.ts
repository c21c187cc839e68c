import { env, evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import type { Direction } from "#services/communication/livestream/domain/direct";
import { type Harness, harness } from "../support/harness.ts";
import { enter, type RoomSocket } from "../support/room.ts";

async function openShow(h: Harness = harness()) {
  const id = h.ids.next("livestream");
  const room = env.LIVESTREAM_ROOM.getByName(`id:livestream-room:${id}`);
  const relayOf = (n: number) => env.AUDIENCE_RELAY.getByName(`id:audience-relay:${id}~${n}`);
  const watch = async (
    n = 0,
    personId: BuyerId = h.ids.next("user"),
    role = "viewer",
  ): Promise<RoomSocket> => {
    const door = {
      noun: "audience-relay",
      id: `${id}~${n}`,
      personId,
      role,
      name: `Viewer ${personId.slice(-3)}`,
    };
    const socket = await enter(h, door);
    socket.send({ t: "hello", since: 0 });
    await socket.next("snapshot");
    return socket;
  };
  const direct = async (direction: Direction) => {
    const done = await room.direct({ key: h.ids.next("request"), by: "usr_host", role: "host", direction });
    if (!done.ok) throw new Error(done.code);
    return done.value.seq;
  };
  return { h, id: id as Id<"livestream">, room, relayOf, watch, direct };
}

/** What a viewer has been shown, each event once, whichever frames brought it. */
function shown(socket: RoomSocket): readonly { seq: number; t: string; text?: string }[] {
  const bySeq = new Map<number, { seq: number; t: string }>();
  for (const frame of socket.frames) {
    const events = frame.t === "snapshot" ? frame.room.recent : frame.t === "batch" ? frame.events : [];
    for (const event of events) bySeq.set(event.seq, event);
  }
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}
const texts = (socket: RoomSocket) => shown(socket).flatMap(({ text }) => text ?? []);
const hasText = (text: string) => (frame: { t: string; events?: { text?: string }[] }) =>
  frame.t === "batch" && frame.events?.some((event) => event.text === text) === true;

test("what one viewer says reaches those of every relay, in one order; his ack is its place", async () => {
  const show = await openShow();
  const [ani, budi, citra] = await Promise.all([show.watch(0), show.watch(1), show.watch(2)]);
  const ack = await ani.ask({ t: "say", cid: "cid-of-ani-1", text: "Halo" });
  expect(ack).toMatchObject({ t: "ack", seq: 1 });
  expect(await ani.ask({ t: "say", cid: "cid-of-ani-1", text: "Halo" })).toEqual(ack);
  await budi.ask({ t: "say", cid: "cid-of-budi-1", text: "Hai" });
  for (const socket of [ani, budi, citra]) {
    await socket.next(hasText("Hai"));
    expect(texts(socket)).toEqual(["Halo", "Hai"]);
  }
  // No account leaves the room: others see a name that is worth nothing elsewhere.
  expect(JSON.stringify(citra.frames)).not.toContain("usr_");
});

test("frames are coalesced: many messages of a moment come down as a few", async () => {
  const show = await openShow();
  const viewers = await Promise.all(Array.from({ length: 10 }, (_, i) => show.watch(i % 2)));
  const [witness] = viewers;
  if (!witness) throw new Error("ten are watching");
  await Promise.all(
    viewers.map((socket, i) => socket.ask({ t: "say", cid: `cid-number-${i}`, text: `message ${i}` })),
  );
  await expect.poll(() => texts(witness).length).toBe(10);
  const batches = witness.frames.filter(({ t, events }) => t === "batch" && events.length > 0);
  expect(batches.length).toBeLessThanOrEqual(3);
});

test("what happens after a quiet while comes down at once", async () => {
  const show = await openShow();
  const ani = await show.watch(0);
  const waits: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await scheduler.wait(250);
    const saidAt = Date.now();
    ani.send({ t: "say", cid: `cid-turn-${turn}`, text: `turn ${turn}` });
    await ani.next(hasText(`turn ${turn}`));
    waits.push(Date.now() - saidAt);
  }
  // The least of them, since what else the machine does is no matter of the room.
  expect(Math.min(...waits)).toBeLessThan(130);
});

test("hearts are added up over relays, and viewers are counted", async () => {
  const show = await openShow();
  const [ani, budi] = await Promise.all([show.watch(0), show.watch(1)]);
  for (const socket of [ani, budi, ani]) socket.send({ t: "heart", count: 7 });
  await ani.next(({ t, hearts, viewers }) => t === "batch" && hearts === 21 && viewers === 2);
  await budi.next(({ t, hearts }) => t === "batch" && hearts === 21);
});

test("a room that slept still knows how many watch", async () => {
  const show = await openShow();
  const [ani] = await Promise.all([show.watch(0), show.watch(1)]);
  await ani.next(({ t, viewers }) => t === "batch" && viewers === 2);
  await evictDurableObject(show.room);
  await ani.ask({ t: "say", cid: "cid-after-a-nap", text: "Masih ada?" });
  expect(await ani.next(hasText("Masih ada?"))).toMatchObject({ viewers: 2 });
});

test("a late joiner gets the room as it stands", async () => {
  const show = await openShow();
  const ani = await show.watch(0);
  await show.direct({ t: "bag", items: [{ offerId: "ofr_x", title: "Kettle", priceMinor: "5000" }] });
  await show.direct({ t: "pin", offerId: "ofr_x" });
  await ani.ask({ t: "say", cid: "cid-of-ani-2", text: "before" });
  const late = await show.watch(3);
  const snapshot = await late.next("snapshot");
  expect(snapshot).toMatchObject({ seq: 3, room: { pinned: "ofr_x", bag: [{ title: "Kettle" }] } });
  expect(texts(late)).toEqual(["before"]);
});

test("a relay that slept, or missed a frame, brings everybody to where the room is", async () => {
  const show = await openShow();
  const [ani, budi] = await Promise.all([show.watch(0), show.watch(1)]);
  await ani.ask({ t: "say", cid: "cid-before-sleep", text: "one" });
  await budi.next(hasText("one"));
  await evictDurableObject(show.relayOf(1));
  await evictDurableObject(show.room);
  await ani.ask({ t: "say", cid: "cid-after-sleep", text: "two" });
  await expect.poll(() => texts(budi)).toEqual(["one", "two"]);
  expect(await budi.ask({ t: "say", cid: "cid-after-waking", text: "three" })).toMatchObject({ t: "ack" });
  await expect.poll(() => texts(ani)).toEqual(["one", "two", "three"]);
  // A frame that does not follow the last one is not shown as if it did.
  const later = { from: 90, seq: 91, text: JSON.stringify({ t: "batch", seq: 91, events: [] }), removed: [] };
  await show.relayOf(0).deliver([later]);
  expect(ani.frames.some(({ seq }) => seq === 91)).toBe(false);
});

test("who is removed is put out everywhere and does not come back", async () => {
  const show = await openShow();
  const troll = show.h.ids.next("user");
  const [first, second, ani] = await Promise.all([show.watch(0, troll), show.watch(1, troll), show.watch(0)]);
  const { seq } = await first.ask({ t: "say", cid: "cid-of-the-troll", text: "spam" });
  await show.direct({ t: "remove", messageSeq: seq });
  expect((await first.closed).code).toBe(4403);
  expect((await second.closed).code).toBe(4403);
  const door = { noun: "audience-relay", id: `${show.id}~2`, personId: troll, role: "viewer" };
  const again = await enter(show.h, door);
  again.send({ t: "hello", since: 0 });
  expect((await again.closed).code).toBe(4403);
  expect(await ani.ask({ t: "say", cid: "cid-of-ani-3", text: "peace" })).toMatchObject({ t: "ack" });
});

test("a relay that slept still knows whom to keep out, though he says nothing", async () => {
  const show = await openShow();
  const troll = show.h.ids.next("user");
  const first = await show.watch(0, troll);
  const { seq } = await first.ask({ t: "say", cid: "cid-of-the-troll", text: "spam" });
  await show.direct({ t: "remove", messageSeq: seq });
  expect((await first.closed).code).toBe(4403);
  await evictDurableObject(show.relayOf(0));
  const door = { noun: "audience-relay", id: `${show.id}~0`, personId: troll, role: "viewer" };
  expect((await (await enter(show.h, door)).closed).code).toBe(4403);
});

test("a refusal is a typed frame for its cid, and nothing of a failure is shown", async () => {
  const show = await openShow();
  const ani = await show.watch(0);
  expect(await ani.ask({ t: "bid", cid: "cid-of-a-bid", auctionId: 7, maxMinor: "100" })).toEqual({
    t: "error",
    code: "livestream.no_such_item",
    re: "cid-of-a-bid",
  });
  const guest = await show.watch(0, show.h.ids.next("guest"), "guest");
  expect(await guest.ask({ t: "vote", cid: "cid-of-a-guest", pollId: 1, choice: 0 })).toMatchObject({
    code: "livestream.sign_in",
  });
});
