import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import { hashOf } from "#objects/live-log";
import type { LivestreamRoomDO } from "#objects/livestream-room";
import type { Act } from "#services/communication/livestream/domain/act";
import type { Direction } from "#services/communication/livestream/domain/direct";
import { verifyDraw } from "#services/communication/livestream/domain/giveaway";
import { type Harness, harness } from "../support/harness.ts";

const MINUTE_MS = 60_000;

/** A room of its own, and a clock that only the test moves. */
async function openRoom(h: Harness = harness()) {
  const id = h.ids.next("livestream");
  const room = env.LIVESTREAM_ROOM.getByName(`id:livestream-room:${id}`);
  const setClock = () =>
    runInDurableObject(room, (object: LivestreamRoomDO) => {
      object.clock = h.clock;
    });
  await setClock();
  let cids = 0;
  const newCid = () => {
    cids += 1;
    return `cid-${String(cids).padStart(8, "0")}`;
  };
  const does = async (personId: string, act: Act, cid = newCid(), role = "viewer") => {
    const actor = { personId, name: personId.slice(-4), role };
    const [reply] = await room.up({
      relayId: `${id}~0`,
      doings: [{ actor, cid, act }],
      hearts: 0,
      viewers: 1,
    });
    if (!reply) throw new Error("each doing has its answer");
    return reply.t === "ack" ? reply.seq : reply.code;
  };
  const direct = async (direction: Direction, role = "host", key = newCid()) => {
    const outcome = await room.direct({ key, by: "usr_host", role, direction });
    return outcome.ok ? outcome.value.seq : outcome.code;
  };
  const number = async (of: Promise<number | string>): Promise<number> => {
    const value = await of;
    if (typeof value !== "number") throw new Error(`refused: ${value}`);
    return value;
  };
  const events = async () => (await room.read(0)).map(({ event }) => event);
  return { h, id, room, setClock, does, direct, number, events, person: () => h.ids.next("user") };
}
type Room = Awaited<ReturnType<typeof openRoom>>;

const auctionTerms = { offerId: "ofr_x", title: "Kettle", startMinor: "1000", stepMinor: "100" } as const;
const openAuction = ({ direct, number }: Room, mode: "regular" | "sudden_death" = "regular") =>
  number(direct({ t: "open_auction", ...auctionTerms, mode, payWithinMs: 5 * MINUTE_MS, forMs: MINUTE_MS }));

const auctionOf = async ({ room }: Room, auctionId: number) =>
  runInDurableObject(room, (object: LivestreamRoomDO) => object.auction(auctionId));

test("a cid is one message however often and from wherever it comes, and events are a chain", async () => {
  const live = await openRoom();
  const ani = live.person();
  const twins = await Promise.all(
    Array.from({ length: 20 }, () => live.does(ani, { t: "say", text: "Halo" }, "cid-of-twins")),
  );
  expect(new Set(twins).size).toBe(1);
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => live.does(live.person(), { t: "say", text: `hi ${i}` })),
  );
  const logged = await live.room.read(0);
  expect(logged.map(({ event }) => event.seq)).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
  let before = "0".repeat(64);
  for (const { event, hash } of logged) {
    expect(hashOf(before, event)).toBe(hash);
    before = hash;
  }
});

test("slow mode and muting hold back viewers, not the crew; a removed viewer is out for good", async () => {
  const live = await openRoom();
  const { h, does, direct, person, room, number } = live;
  const [ani, mod] = [person(), person()];
  await direct({ t: "slow", ms: 5_000 });
  const said = await number(does(ani, { t: "say", text: "one" }));
  expect(await does(ani, { t: "say", text: "two" })).toBe("livestream.slow");
  await evictDurableObject(room);
  await live.setClock();
  expect(await does(ani, { t: "say", text: "two" })).toBe("livestream.slow");
  h.clock.advance(5_000);
  expect(await does(ani, { t: "say", text: "two" })).toBeTypeOf("number");
  await does(mod, { t: "say", text: "a" }, undefined, "moderator");
  expect(await does(mod, { t: "say", text: "b" }, undefined, "moderator")).toBeTypeOf("number");
  expect(await direct({ t: "mute", messageSeq: said, forMs: MINUTE_MS }, "viewer")).toBe(
    "livestream.not_crew",
  );
  expect(await direct({ t: "pin", offerId: null }, "moderator")).toBe("livestream.not_crew");
  await direct({ t: "mute", messageSeq: said, forMs: MINUTE_MS }, "moderator");
  expect(await does(ani, { t: "say", text: "three" })).toBe("livestream.muted");
  await direct({ t: "remove", messageSeq: said }, "moderator");
  h.clock.advance(2 * MINUTE_MS);
  expect(await does(ani, { t: "say", text: "four" })).toBe("livestream.removed");
  expect((await room.attach(`${room.name}~0`)).removed).toEqual([ani]);
  expect(await direct({ t: "remove", messageSeq: 999 })).toBe("livestream.no_such_message");
});

test("who runs the show neither bids in it nor enters its giveaways", async () => {
  const live = await openRoom();
  const { does, person } = live;
  const auctionId = await openAuction(live);
  for (const role of ["host", "cohost", "moderator"]) {
    const bid = { t: "bid" as const, auctionId, maxMinor: "99000" };
    expect(await does(person(), bid, undefined, role)).toBe("livestream.own_show");
    expect(await does(person(), { t: "enter", giveawayId: 1 }, undefined, role)).toBe("livestream.own_show");
  }
  expect(await auctionOf(live, auctionId)).toMatchObject({ bids: 0 });
});

test("bids of one turn are in one order; a late one resets the clock; eviction forgets none", async () => {
  const live = await openRoom();
  const { h, does, person, room } = live;
  const auctionId = await openAuction(live);
  const bidders = Array.from({ length: 30 }, (_, i) => ({ id: person(), maxMinor: String(1_000 + i * 100) }));
  const answers = await Promise.all(
    bidders.map(({ id, maxMinor }) => does(id, { t: "bid", auctionId, maxMinor })),
  );
  const taken = answers.filter((answer) => typeof answer === "number").length;
  expect(new Set(answers.filter((answer) => typeof answer === "string"))).toEqual(
    new Set(taken === 30 ? [] : ["livestream.bid_too_low"]),
  );
  expect(await auctionOf(live, auctionId)).toMatchObject({ bids: taken, priceMinor: "3900" });
  h.clock.advance(MINUTE_MS - 3_000);
  await does(person(), { t: "bid", auctionId, maxMinor: "9000" });
  const extended = await auctionOf(live, auctionId);
  expect(extended?.endsAt).toBe(h.clock.now() + 10_000);
  await evictDurableObject(room);
  await live.setClock();
  expect(await auctionOf(live, auctionId)).toEqual(extended);
  h.clock.advance(10_000);
  // The alarm has not run: a bid after the end is refused all the same.
  expect(await does(person(), { t: "bid", auctionId, maxMinor: "99000" })).toBe("livestream.auction_closed");
  expect(await auctionOf(live, auctionId)).toMatchObject({ state: "awarded", award: { priceMinor: "4000" } });
});

test("a winner who does not pay in time is passed over, once, and the next one's payment holds", async () => {
  const live = await openRoom();
  const { h, does, person, room } = live;
  const auctionId = await openAuction(live, "sudden_death");
  const [first, second, third] = [person(), person(), person()];
  await does(third, { t: "bid", auctionId, maxMinor: "1000" });
  await does(second, { t: "bid", auctionId, maxMinor: "2000" });
  h.clock.advance(MINUTE_MS - 1_000);
  await does(first, { t: "bid", auctionId, maxMinor: "5000" });
  expect((await auctionOf(live, auctionId))?.endsAt).toBe(h.clock.now() + 1_000);
  h.clock.advance(1_000);
  await runDurableObjectAlarm(room);
  expect((await auctionOf(live, auctionId))?.award).toMatchObject({ personId: first, priceMinor: "2100" });
  expect(await room.conclude({ t: "auction_paid", auctionId, personId: second })).toBe(false);
  expect(await room.conclude({ t: "auction_passed", auctionId, personId: first })).toBe(false);
  h.clock.advance(5 * MINUTE_MS);
  expect(await room.conclude({ t: "auction_passed", auctionId, personId: first })).toBe(true);
  expect(await room.conclude({ t: "auction_passed", auctionId, personId: first })).toBe(false);
  expect((await auctionOf(live, auctionId))?.award).toMatchObject({ personId: second, priceMinor: "1100" });
  // His payment comes after his time, and the item is the next one's.
  expect(await room.conclude({ t: "auction_paid", auctionId, personId: first })).toBe(false);
  expect(await room.conclude({ t: "auction_paid", auctionId, personId: second })).toBe(true);
  expect(await room.conclude({ t: "auction_paid", auctionId, personId: second })).toBe(true);
  h.clock.advance(10 * MINUTE_MS);
  expect(await room.conclude({ t: "auction_passed", auctionId, personId: second })).toBe(true);
  expect(await auctionOf(live, auctionId)).toMatchObject({ state: "paid", passed: [first] });
});

const losses = (payload: unknown) => {
  const { userId, priceMinor } = payload as { readonly userId: string; readonly priceMinor: string };
  return [userId, priceMinor];
};

test("who loses the lead is told the first time, once, over an eviction too", async () => {
  const live = await openRoom();
  const { does, person, room } = live;
  const auctionId = await openAuction(live);
  const [ani, budi] = [person(), person()];
  const told = async () => {
    await runDurableObjectAlarm(room);
    const rows = await live.h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, live.id));
    const facts = rows.toSorted((one, other) => one.seq - other.seq);
    return facts.map(({ type, payload }) => [type, ...losses(payload)]);
  };
  const bid = (who: string, maxMinor: string) => does(who, { t: "bid", auctionId, maxMinor });
  await bid(ani, "2000");
  // His own limit is not reached, and nobody has lost anything.
  await bid(budi, "1500");
  await bid(ani, "2500");
  expect(await told()).toEqual([]);
  await bid(budi, "3000");
  const first = ["livestream.auction_outbid", ani, "2600"];
  expect(await told()).toEqual([first]);
  await evictDurableObject(room);
  await live.setClock();
  await bid(ani, "4000");
  await bid(budi, "5000");
  expect(await told()).toEqual([first, ["livestream.auction_outbid", budi, "3100"]]);
});

test("a giveaway is drawn from what was committed to, each person once, for anybody to check", async () => {
  const live = await openRoom();
  const { h, does, person, direct, number, room } = live;
  const giveawayId = await number(direct({ t: "open_giveaway", title: "Mug", winners: 2, forMs: MINUTE_MS }));
  const people = Array.from({ length: 12 }, person);
  await Promise.all(people.map((id) => does(id, { t: "enter", giveawayId })));
  const [ani = ""] = people;
  expect(await does(ani, { t: "enter", giveawayId })).toBe("livestream.entered_already");
  expect(await does(h.ids.next("guest"), { t: "enter", giveawayId }, undefined, "guest")).toBe(
    "livestream.sign_in",
  );
  const { body } = await room.attach(`${live.id}~0`);
  const [shown] = JSON.parse(body).room.giveaways;
  expect(shown).not.toHaveProperty("seed");
  h.clock.advance(MINUTE_MS);
  await evictDurableObject(room);
  await live.setClock();
  await runDurableObjectAlarm(room);
  const drawn = (await live.events()).find(({ t }) => t === "giveaway_drawn");
  if (drawn?.t !== "giveaway_drawn") throw new Error("the alarm draws");
  expect(drawn.entries).toHaveLength(12);
  const proof = { id: giveawayId, seed: drawn.seed, entries: drawn.entries, winners: 2, drawn: drawn.drawn };
  expect(verifyDraw({ ...proof, commitment: shown.commitment })).toBe(true);
  expect(
    verifyDraw({ ...proof, commitment: shown.commitment, drawn: drawn.entries.slice(0, 2).toReversed() }),
  ).toBe(false);
  expect(await does(person(), { t: "enter", giveawayId })).toBe("livestream.giveaway_closed");
});

test("a vote counts once a person, moves with him, and shows nobody's choice", async () => {
  const live = await openRoom();
  const { does, person, direct, number, room } = live;
  const asked = { t: "open_poll", question: "Which?", choices: ["red", "blue"], forMs: MINUTE_MS } as const;
  const pollId = await number(direct(asked));
  const people = Array.from({ length: 9 }, person);
  await Promise.all(people.map((id, i) => does(id, { t: "vote", pollId, choice: i % 2 })));
  await does(people[0] ?? "", { t: "vote", pollId, choice: 1 });
  expect(await does(person(), { t: "vote", pollId, choice: 2 })).toBe("livestream.no_such_choice");
  await direct({ t: "close_poll", pollId });
  const events = await live.events();
  expect(events.at(-1)).toMatchObject({ t: "poll_closed", counts: [4, 5] });
  const { body } = await room.attach(`${live.id}~0`);
  for (const id of people) expect(body).not.toContain(id);
});

test("the same direction twice is one, and a phase that is over stays over", async () => {
  const live = await openRoom();
  const { direct, room, events } = live;
  await room.enter({ phase: "live", videoUid: "v1" });
  await room.enter({ phase: "live", videoUid: "v1" });
  const bag = { t: "bag", items: [{ offerId: "ofr_x", title: "Kettle", priceMinor: "100" }] } as const;
  const first = await direct(bag, "host", "key-of-the-bag");
  expect(await direct(bag, "host", "key-of-the-bag")).toBe(first);
  expect(await direct({ t: "pin", offerId: "ofr_y" })).toBe("livestream.not_in_bag");
  await room.enter({ phase: "ended", videoUid: null });
  await room.enter({ phase: "live", videoUid: "v1" });
  expect((await events()).map(({ t }) => t)).toEqual(["phase", "bag", "phase"]);
  expect(await live.does(live.person(), { t: "say", text: "late" })).toBe("livestream.over");
});

test("a group that fails leaves neither a row nor memory behind", async () => {
  const live = await openRoom();
  const { does, person, room, events } = live;
  await does(person(), { t: "say", text: "before" });
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec(
      `CREATE TRIGGER full BEFORE INSERT ON event WHEN new.t = 'message'
       BEGIN SELECT raise(ABORT, 'disk full'); END`,
    );
  });
  const ani: Id<"user"> = person();
  await expect(does(ani, { t: "say", text: "lost" }, "cid-of-the-lost")).rejects.toThrow("disk full");
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER full");
  });
  expect(await does(ani, { t: "say", text: "lost" }, "cid-of-the-lost")).toBe(2);
  expect((await events()).map(({ seq }) => seq)).toEqual([1, 2]);
});
