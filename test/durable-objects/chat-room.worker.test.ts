import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import type { ChatRoomDO } from "#objects/chat-room";
import { harness } from "../support/harness.ts";
import { enter, type RoomSocket } from "../support/room.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A buyer, a shop with two people, and the object between them, on the test's clock. That is a day ahead, so
 * that an alarm rings when the test says so and not when the machine is slow.
 */
async function openChat(autoReply: string | null = null) {
  const h = harness({ at: Date.now() + DAY_MS });
  const conversationId = h.ids.next("conversation");
  const [buyerId, sellerId] = [h.ids.next("user"), h.ids.next("seller")];
  const staff = [h.ids.next("user"), h.ids.next("user")] as const;
  const room = env.CHAT_ROOM.getByName(`${h.cell}:chat-room:${conversationId}`);
  const wind = () =>
    runInDurableObject(room, (object: ChatRoomDO) => {
      object.clock = h.clock;
    });
  await wind();
  const parties = [
    { partyId: buyerId, role: "buyer" as const },
    { partyId: sellerId, role: "seller" as const },
  ];
  await room.setup({ parties, autoReply });
  const comeIn = async (personId: Id<"user">, role: string, since?: number): Promise<RoomSocket> => {
    const socket = await enter(h, { noun: "chat-room", id: conversationId, personId, role });
    socket.send({ t: "hello", ...(since === undefined ? {} : { since }) });
    await socket.next("welcome");
    return socket;
  };
  const asBuyer = (since?: number) => comeIn(buyerId, "buyer", since);
  const asShop = (n: 0 | 1 = 0, since?: number) => comeIn(staff[n], "seller", since);
  const evict = async () => {
    await evictDurableObject(room);
    await wind();
  };
  /** The alarm at the present of the test's clock. */
  const ring = async () => {
    await wind();
    await runInDurableObject(room, (object: ChatRoomDO) => object.alarm());
  };
  const told = async (type: string) => {
    const rows = await h.ctx().db.read.select().from(outbox).where(eq(outbox.type, type));
    // biome-ignore lint/suspicious/noExplicitAny: a test reads the payload it knows.
    const payloads = rows.map((row) => row.payload as any);
    return payloads.filter((payload) => payload.conversationId === conversationId);
  };
  const rows = (query: string) =>
    runInDurableObject(room, (_, { storage }) => storage.sql.exec(query).toArray());
  return { h, room, conversationId, buyerId, sellerId, staff, asBuyer, asShop, evict, ring, told, rows };
}

let sent = 0;
const cid = () => {
  sent += 1;
  return `cid-${String(sent).padStart(8, "0")}`;
};
const say = (text: string, more: object = {}) => ({ t: "send", cid: cid(), text, ...more });
const messagesOf = ({ frames }: RoomSocket) => frames.filter(({ t }) => t === "message");
const seqsOf = (socket: RoomSocket) => messagesOf(socket).map(({ seq }) => seq);

test("many devices, each frame sent three times in any order: one order, each message once", async () => {
  const { asBuyer, asShop, rows } = await openChat();
  const sockets = [await asBuyer(), await asBuyer(), await asShop(0), await asShop(1)];
  const frames = sockets.map((socket, n) => ({
    socket,
    mine: Array.from({ length: 9 }, (_, i) => say(`${n}-${i}`)),
  }));
  for (let round = 0; round < 3; round += 1) {
    for (const { socket, mine } of frames) {
      for (const frame of round === 1 ? mine.toReversed() : mine) socket.send(frame);
    }
  }
  const total = 36;
  for (const socket of sockets) await socket.next(({ t, seq }) => t === "message" && seq === total);
  const order = messagesOf(sockets[0] as RoomSocket).map(({ cid, seq }) => [cid, seq]);
  expect(order.map(([, seq]) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  for (const socket of sockets) {
    expect(messagesOf(socket).map(({ cid, seq }) => [cid, seq])).toEqual(order);
  }
  const places = new Map(order as [string, number][]);
  for (const { socket, mine } of frames) {
    for (const { cid } of mine) {
      await socket.next((frame) => frame.t === "ack" && frame.cid === cid);
      const acks = socket.frames.filter((frame) => frame.t === "ack" && frame.cid === cid);
      expect(new Set(acks.map(({ seq }) => seq))).toEqual(new Set([places.get(cid)]));
    }
  }
  expect(await rows("SELECT count(*) AS n FROM message")).toEqual([{ n: total }]);
});

test("who comes back is told exactly what changed since, in order, over evictions", async () => {
  const { asBuyer, asShop, evict } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  const first = await buyer.ask(say("one"));
  await buyer.ask(say("two"));
  const third = await shop.ask(say("three"));
  buyer.close();
  await evict();
  await shop.ask({ t: "edit", cid: cid(), id: third.seq, text: "three!" });
  await shop.ask({ t: "react", cid: cid(), id: first.seq, emoji: "👍" });
  await shop.ask({ t: "delete", cid: cid(), id: third.seq });
  await evict();
  const back = await asBuyer(third.seq);
  await back.settle();
  const missed = messagesOf(back).map(({ seq, id, text, deletedAt }) => [seq, id, text, deletedAt !== null]);
  expect(missed).toEqual([
    [5, 1, "one", false],
    [6, 3, null, true],
  ]);
  expect(messagesOf(back)[0].reactions).toEqual({ "👍": [expect.stringMatching(/^slr_/)] });
});

test("who missed very much gets the newest and the place to go on from", async () => {
  const { room, buyerId, asShop } = await openChat();
  const deeds = Array.from({ length: 240 }, (_, i) =>
    room.act({
      op: "post",
      authorId: buyerId,
      partyId: buyerId,
      cid: cid(),
      text: `n${i}`,
      card: null,
      replyTo: null,
    }),
  );
  expect((await Promise.all(deeds)).every(({ ok }) => ok)).toBe(true);
  const shop = await asShop();
  const { seq, messages } = await shop.next("snapshot");
  expect(seq).toBe(240);
  expect(messages.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => 191 + i));
});

test("a retry after later changes has its first answer and changes nothing", async () => {
  const { asBuyer, evict } = await openChat();
  const buyer = await asBuyer();
  const { seq: id } = await buyer.ask(say("draft"));
  const edit = { t: "edit", cid: cid(), id, text: "first" };
  const { seq } = await buyer.ask(edit);
  await buyer.ask({ t: "edit", cid: cid(), id, text: "second" });
  await evict();
  expect(await buyer.ask(edit)).toMatchObject({ t: "ack", seq });
  await buyer.settle();
  expect(messagesOf(buyer).at(-1).text).toBe("second");
});

test("receipts climb, are told to all, and count what is unread", async () => {
  const { asBuyer, asShop, room, buyerId, evict } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  for (const text of ["a", "b", "c"]) await shop.ask(say(text));
  const unread = async () => (await room.read()).parties.find(({ partyId }) => partyId === buyerId)?.unread;
  expect(await unread()).toBe(3);
  buyer.send({ t: "delivered", upTo: 3 });
  buyer.send({ t: "read", upTo: 2 });
  const isRead = (frame: { t: string; read: number }) => frame.t === "receipt" && frame.read === 2;
  expect(await shop.next(isRead)).toMatchObject({ partyId: buyerId, delivered: 3, read: 2 });
  await evict();
  expect(await unread()).toBe(1);
  buyer.send({ t: "read", upTo: 1 });
  buyer.send({ t: "read", upTo: 9_999 });
  const last = await shop.next(({ t, read }) => t === "receipt" && read > 2);
  expect(last.read).toBe(3);
  expect(await unread()).toBe(0);
});

test("typing and presence reach the others and not oneself", async () => {
  const { asBuyer, asShop, buyerId, sellerId } = await openChat();
  const shop = await asShop();
  const buyer = await asBuyer();
  const isHere =
    (partyId: string, here: boolean) => (frame: { t: string; partyId: string; isHere: boolean }) =>
      frame.t === "presence" && frame.partyId === partyId && frame.isHere === here;
  await shop.next(isHere(buyerId, true));
  expect(await buyer.next(isHere(sellerId, true))).toBeDefined();
  buyer.send({ t: "typing", isOn: true });
  expect(await shop.next("typing")).toMatchObject({ partyId: buyerId, isOn: true });
  expect(buyer.frames.some(({ t }) => t === "typing")).toBe(false);
  const from = shop.frames.length;
  buyer.close();
  const gone = await shop.next(isHere(buyerId, false), from);
  expect(gone.lastSeenAt).toEqual(expect.any(Number));
});

test("a buyer speaks with a shop: who of it wrote is shown to the shop alone", async () => {
  const { asBuyer, asShop, staff } = await openChat();
  const [buyer, first, second] = [await asBuyer(), await asShop(0), await asShop(1)];
  await first.ask(say("hello"));
  expect((await second.next("message")).authorId).toBe(staff[0]);
  expect((await buyer.next("message")).authorId).toBeNull();
});

test("links and telephone numbers are masked, bank numbers refused", async () => {
  const { asBuyer, asShop } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  await buyer.ask(say("Chat me at https://wa.example/62 or 0812-3456-7890, order 1234567"));
  const { text, isMasked } = await shop.next("message");
  expect([text, isMasked]).toEqual(["Chat me at ••• or •••, order 1234567", true]);
  const card = say("my card 4111 1111 1111 1111");
  expect(await buyer.ask(card)).toEqual({ t: "error", code: "chat.text_refused", re: card.cid });
  expect(seqsOf(shop)).toEqual([1]);
});

test("a blocked conversation takes no message from either side until it is opened again", async () => {
  const { asBuyer, asShop, room, buyerId, evict } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  await room.block(buyerId, true);
  expect(await shop.next(({ t, isBlocked }) => t === "settings" && isBlocked)).toBeDefined();
  await evict();
  expect(await shop.ask(say("hello?"))).toMatchObject({ code: "chat.blocked" });
  expect(await buyer.ask(say("no"))).toMatchObject({ code: "chat.blocked" });
  await room.block(buyerId, false);
  expect(await shop.ask(say("hello"))).toMatchObject({ t: "ack" });
});

test("slow mode spaces what one side says", async () => {
  const { h, room, asBuyer, asShop } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  await room.set({ slowModeMs: 10_000 });
  expect(await buyer.ask(say("one"))).toMatchObject({ t: "ack" });
  expect(await buyer.ask(say("two"))).toMatchObject({ code: "chat.slow_mode" });
  expect(await shop.ask(say("mine"))).toMatchObject({ t: "ack" });
  h.clock.advance(10_000);
  expect(await buyer.ask(say("two"))).toMatchObject({ t: "ack" });
});

test("edits and deletions are one's own and in time; answers stand behind what there is", async () => {
  const { h, asBuyer, asShop } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  const { seq: id } = await buyer.ask(say("mine"));
  const code = async (socket: RoomSocket, frame: object) =>
    (await socket.ask({ cid: cid(), ...frame } as never)).code;
  expect(await code(shop, { t: "edit", id, text: "yours" })).toBe("chat.not_your_message");
  expect(await code(shop, { t: "delete", id })).toBe("chat.not_your_message");
  expect(await code(buyer, { t: "edit", id: 99, text: "x" })).toBe("chat.message_not_found");
  expect(await code(buyer, { t: "send", text: "re", replyTo: 99 })).toBe("chat.message_not_found");
  expect(await code(buyer, { t: "send", text: "re", replyTo: id })).toBeUndefined();
  h.clock.advance(16 * MINUTE_MS);
  expect(await code(buyer, { t: "edit", id, text: "late" })).toBe("chat.too_late");
  h.clock.advance(DAY_MS);
  expect(await code(await asBuyer(), { t: "delete", id })).toBe("chat.too_late");
});

test("the shop answers by itself when nobody is there, now and then, and that stops no clock", async () => {
  const { h, asBuyer, asShop, ring, told } = await openChat("We are back at nine.");
  const buyer = await asBuyer();
  const askedAt = h.clock.now();
  await buyer.ask(say("Is it there?"));
  expect(await buyer.next(({ isAuto }) => isAuto)).toMatchObject({ text: "We are back at nine.", seq: 2 });
  await buyer.ask(say("Hello?"));
  await buyer.settle();
  expect(messagesOf(buyer).filter(({ isAuto }) => isAuto)).toHaveLength(1);
  h.clock.advance(4 * HOUR_MS);
  await ring();
  await ring();
  const late = await told("chat.answer_late");
  expect(late).toMatchObject([{ askedAt, dueAt: askedAt + 4 * HOUR_MS }]);
  const shop = await asShop();
  await shop.ask(say("It is."));
  await shop.ask(say("And ready."));
  await ring();
  const answered = await told("chat.shop_answered");
  expect(answered).toMatchObject([{ askedAt, waitedMs: 4 * HOUR_MS }]);
});

test("who is away is told once an absence, and who reads in time is not", async () => {
  const { h, asBuyer, asShop, ring, told, buyerId } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  buyer.close();
  await shop.next(({ t, partyId, isHere }) => t === "presence" && partyId === buyerId && !isHere, 5);
  await shop.ask(say("It is on its way."));
  h.clock.advance(4 * MINUTE_MS);
  await ring();
  expect(await told("chat.messages_missed")).toEqual([]);
  h.clock.advance(2 * MINUTE_MS);
  await shop.ask(say("Are you there?"));
  await ring();
  await ring();
  const missed = await told("chat.messages_missed");
  expect(missed).toMatchObject([{ partyId: buyerId, unread: 2, preview: "It is on its way." }]);
  const back = await asBuyer();
  back.send({ t: "read", upTo: 2 });
  await back.next(({ t, read, partyId }) => t === "receipt" && partyId === buyerId && read === 2);
  h.clock.advance(HOUR_MS);
  await ring();
  expect(await told("chat.messages_missed")).toHaveLength(1);
});

test("lists are told after a change, once however much changed, and again after an eviction", async () => {
  const { asBuyer, asShop, ring, evict, told, buyerId, sellerId, h } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  for (const text of ["a", "b", "c"]) await buyer.ask(say(text));
  await evict();
  h.clock.advance(1_000);
  await ring();
  const [list] = await told("chat.conversation_updated");
  expect(list).toMatchObject({ lastSeq: 3, preview: "c", lastPartyId: buyerId });
  expect(list.parties).toEqual(
    expect.arrayContaining([
      { partyId: buyerId, unread: 0 },
      { partyId: sellerId, unread: 3 },
    ]),
  );
  shop.send({ t: "read", upTo: 3 });
  await buyer.next(({ t, read }) => t === "receipt" && read === 3);
  await ring();
  expect(await told("chat.conversation_updated")).toHaveLength(2);
});

test("words are found as they are now, and not once they are gone", async () => {
  const { asBuyer, room, evict, buyerId } = await openChat();
  const buyer = await asBuyer();
  const { seq: id } = await buyer.ask(say("Kopi Gayo dari Takengon"));
  await buyer.ask(say("teh melati"));
  const found = async (...words: string[]) => (await room.search(buyerId, words, 10)).map((one) => one.id);
  expect(await found("gay")).toEqual([id]);
  expect(await found("takengon", "kopi")).toEqual([id]);
  expect(await found("gayo", "melati")).toEqual([]);
  await buyer.ask({ t: "edit", cid: cid(), id, text: "Kopi Toraja" });
  expect(await found("gayo")).toEqual([]);
  await evict();
  expect(await found("toraja")).toEqual([id]);
  await buyer.ask({ t: "delete", cid: cid(), id });
  expect(await found("toraja")).toEqual([]);
});

test("what is older than the market keeps is forgotten, with its files", async () => {
  const { h, room, buyerId, conversationId, ring, rows } = await openChat();
  const attachmentId = h.ids.next("attachment");
  const key = `chat/${h.cell}/${conversationId}/${attachmentId}`;
  await env.DOCUMENTS.put(key, "bytes");
  const card = {
    kind: "file" as const,
    attachmentId,
    contentType: "image/png",
    bytes: 5,
    width: 1,
    height: 1,
  };
  const by = { op: "post" as const, authorId: buyerId, partyId: buyerId, replyTo: null };
  await room.act({ ...by, cid: cid(), text: "old words", card });
  h.clock.advance(729 * DAY_MS);
  await room.act({ ...by, cid: cid(), text: "new words", card: null });
  await ring();
  expect(await rows("SELECT id FROM message")).toEqual([{ id: 1 }, { id: 2 }]);
  h.clock.advance(DAY_MS);
  await ring();
  expect(await rows("SELECT id FROM message")).toEqual([{ id: 2 }]);
  expect((await room.search(buyerId, ["words"], 10)).map(({ id }) => id)).toEqual([2]);
  expect(await env.DOCUMENTS.head(key)).toBeNull();
});

test("an erased person's words, files and reactions are gone, and he is out", async () => {
  const { h, asBuyer, asShop, room, buyerId, rows, evict, conversationId, staff } = await openChat();
  const [buyer, shop] = [await asBuyer(), await asShop()];
  await buyer.ask(say("my secret wish"));
  const { seq: id } = await shop.ask(say("noted"));
  await buyer.ask({ t: "react", cid: cid(), id, emoji: "🙏" });
  const [own, other] = ["own", "other"].map((name) => `chat/${h.cell}/${conversationId}/${name}`) as [
    string,
    string,
  ];
  await env.DOCUMENTS.put(own, "never shown", { customMetadata: { by: buyerId } });
  await env.DOCUMENTS.put(other, "the shop's", { customMetadata: { by: staff[0] } });
  await room.erase(buyerId);
  expect([await env.DOCUMENTS.head(own), (await env.DOCUMENTS.head(other)) !== null]).toEqual([null, true]);
  expect((await buyer.closed).code).toBe(4403);
  const last = await shop.next(({ t, id: which, deletedAt }) => t === "message" && which === 1 && deletedAt);
  expect(last.text).toBeNull();
  await evict();
  const [text] = await rows("SELECT group_concat(coalesce(text, ''), '|') AS text FROM message");
  expect(text).toEqual({ text: "|noted" });
  const held = JSON.stringify(await rows("SELECT author_id, reactions FROM message"));
  expect(held).not.toContain(buyerId);
  expect(await room.search(buyerId, ["secret"], 10)).toEqual([]);
});

test("a group of deeds that cannot be written leaves neither rows nor memory behind", async () => {
  const { asBuyer, room } = await openChat();
  const buyer = await asBuyer();
  await buyer.ask(say("kept"));
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec(`CREATE TRIGGER full BEFORE INSERT ON done BEGIN SELECT raise(ABORT, 'disk full'); END`);
  });
  const lost = say("lost");
  expect(await buyer.ask(lost)).toMatchObject({ code: "room.internal" });
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER full");
  });
  expect(await buyer.ask(lost)).toMatchObject({ t: "ack", seq: 2 });
  expect(seqsOf(buyer)).toEqual([1, 2]);
});
