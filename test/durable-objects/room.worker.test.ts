import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { ChatRoomDO } from "#objects/chat-room";
import { type Harness, harness } from "../support/harness.ts";
import { collect, enter, ticketFor, upgrade, wasWoken } from "../support/room.ts";

/** Any room shows what all rooms share; the conversation is the plainest. */
const NOUN = "chat-room";

function openRoom(h: Harness = harness()) {
  const id = h.ids.next("conversation");
  const name = `${h.cell}:${NOUN}:${id}`;
  const person = (role = "member") => ({ noun: NOUN, id, personId: h.ids.next("user"), role });
  const room = env.CHAT_ROOM.getByName(name);
  /** Enters as somebody whom the conversation knows. */
  const come = async (who = person()) => {
    await room.setup({ parties: [{ partyId: who.personId, role: "member" }], autoReply: null });
    return enter(h, who);
  };
  return { h, id, name, room, person, come, path: `/v1/rooms/${NOUN}/${id}` };
}

async function codeOf(response: Response): Promise<readonly [number, string]> {
  const body = (await response.json()) as { readonly code: string };
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return [response.status, body.code];
}
const cid = (n: number) => `cid-${String(n).padStart(6, "0")}`;

test("without a good ticket nobody enters, and no room is woken", async () => {
  const { h, id, name, path, person } = openRoom();
  const me = person();
  const refused = async (given: Parameters<typeof upgrade>[1]) => codeOf(await upgrade(h, given));
  const good = ticketFor(h, me);
  expect(await refused({ path })).toEqual([401, "room.ticket_missing"]);
  expect(await refused({ path, ticket: "nonsense" })).toEqual([401, "room.ticket_invalid"]);
  const [body = "", signature] = good.split(".");
  const claims = { ...JSON.parse(Buffer.from(body, "base64url").toString()), personId: h.ids.next("user") };
  const forged = `${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
  expect(await refused({ path, ticket: forged })).toEqual([401, "room.ticket_invalid"]);
  const elsewhere = ticketFor(h, { ...me, id: h.ids.next("conversation") });
  expect(await refused({ path, ticket: elsewhere })).toEqual([403, "room.ticket_elsewhere"]);
  const otherNoun = ticketFor(h, { ...me, noun: "livestream-room" });
  expect(await refused({ path, ticket: otherNoun })).toEqual([403, "room.ticket_elsewhere"]);
  const abroad = harness({ market: "sg", at: h.clock.now() });
  expect(await refused({ path, ticket: ticketFor(abroad, me) })).toEqual([401, "room.ticket_invalid"]);
  h.clock.advance(60_000);
  expect(await refused({ path, ticket: good })).toEqual([401, "room.ticket_expired"]);
  expect(await refused({ path: `/v1/rooms/metric/${id}`, ticket: good })).toEqual([404, "room.not_found"]);
  expect(await refused({ path: "/v1/rooms/chat-room/%E0%A4%A", ticket: good })).toEqual([
    404,
    "room.not_found",
  ]);
  expect(await wasWoken(env.CHAT_ROOM, name)).toBe(false);
  await enter(h, me);
  expect(await wasWoken(env.CHAT_ROOM, name)).toBe(true);
});

test("a ticket opens the room once, over an eviction too, and a new one opens it again", async () => {
  const { h, room, path, person } = openRoom();
  const me = person();
  const [ticket, another] = [ticketFor(h, me), ticketFor(h, me)];
  const show = async (shown: string) => {
    const { webSocket } = await upgrade(h, { path, ticket: shown });
    if (!webSocket) throw new Error("the edge lets it in");
    return collect(webSocket);
  };
  const first = await show(ticket);
  await first.settle();
  const copied = await show(ticket);
  expect(await copied.closed).toEqual({ code: 4401, reason: "room.ticket_used" });
  first.close();
  await evictDurableObject(room);
  expect((await (await show(ticket)).closed).code).toBe(4401);
  await (await show(another)).settle();
  const kept = () =>
    runInDurableObject(room, (_, { storage }) => [...storage.kv.list({ prefix: "ticket:" })]);
  expect(await kept()).toHaveLength(2);
  // What has run out is refused at the edge, and the room forgets it.
  await runInDurableObject(room, (object: ChatRoomDO) => {
    object.clock = { now: () => h.clock.now() + 3 * 60_000 };
  });
  await (await show(ticketFor(h, me))).settle();
  expect(await kept()).toHaveLength(1);
});

test("a ticket shown together with another person's token is refused", async () => {
  const { h, path, person } = openRoom();
  const me = person();
  const ticket = ticketFor(h, me);
  const [other, own] = [await h.buyer(), await h.buyer(me.personId)];
  const as = (token: string | undefined) =>
    upgrade(h, { path, ticket, headers: { authorization: `Bearer ${token}` } });
  expect(await codeOf(await as(other.token))).toEqual([403, "room.ticket_of_another"]);
  const response = await as(own.token);
  expect(response.status).toBe(101);
  response.webSocket?.accept();
  response.webSocket?.close(1000);
});

test("pages of unknown origins are refused; our own, and what is no browser, are not", async () => {
  const { h, path, person } = openRoom();
  const from = (origin: string) => upgrade(h, { path, ticket: ticketFor(h, person()), headers: { origin } });
  expect(await codeOf(await from("https://evil.example"))).toEqual([403, "room.origin_refused"]);
  expect(await codeOf(await from("null"))).toEqual([403, "room.origin_refused"]);
  for (const origin of [h.config.origin, "https://api.test"]) {
    const response = await from(origin);
    expect(response.status).toBe(101);
    response.webSocket?.accept();
    response.webSocket?.close(1000);
  }
});

test("a browser names its market in the address and is answered with our subprotocol", async () => {
  const h = harness({ market: "sg" });
  const { path, person } = openRoom(h);
  const ticket = ticketFor(h, person());
  const headers = { "x-market": "" };
  const response = await upgrade(h, { path: `${path}?market=sg`, ticket, headers });
  expect(response.status).toBe(101);
  expect(response.headers.get("sec-websocket-protocol")).toBe("titan.v1");
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  response.webSocket?.accept();
  response.webSocket?.close(1000);
  const byQuery = await upgrade(h, { path: `${path}?market=sg&ticket=${ticketFor(h, person())}` });
  expect(byQuery.status).toBe(101);
  byQuery.webSocket?.accept();
  byQuery.webSocket?.close(1000);
});

test("claims that come from outside are not believed", async () => {
  const { h, path, person, room } = openRoom();
  const claims = encodeURIComponent(JSON.stringify(person()));
  const headers = { "x-titan-claims": claims };
  expect(await codeOf(await upgrade(h, { path, headers }))).toEqual([401, "room.ticket_missing"]);
  const me = person();
  await room.setup({ parties: [{ partyId: me.personId, role: "member" }], autoReply: null });
  const response = await upgrade(h, { path, ticket: ticketFor(h, me), headers });
  const socket = response.webSocket;
  if (!socket) throw new Error("the ticket was good");
  const entered = collect(socket);
  await entered.ask({ t: "send", cid: cid(1), text: "mine" });
  expect((await entered.next("message")).partyId).toBe(me.personId);
});

test("what is no frame is answered with a code, and closes the socket where it must", async () => {
  const { come } = openRoom();
  const wrong = await come();
  wrong.send({ t: "send", cid: cid(1), text: "" });
  expect(await wrong.next("error")).toMatchObject({ code: "room.bad_message", re: cid(1) });
  wrong.send({ t: "dance", cid: cid(2) });
  expect(await wrong.next(({ re }) => re === cid(2))).toMatchObject({ code: "room.bad_message" });
  wrong.sendRaw("{");
  expect(await wrong.closed).toEqual({ code: 4400, reason: "room.bad_message" });
  const binary = await come();
  binary.sendRaw(new ArrayBuffer(8));
  expect((await binary.closed).code).toBe(4400);
  const large = await come();
  large.send({ t: "send", cid: cid(3), text: "x".repeat(8_192) });
  expect(await large.next("error")).toMatchObject({ code: "room.too_large" });
  expect((await large.closed).code).toBe(4413);
});

test("a socket that sends too fast is told so, and one that goes on is closed", async () => {
  const { h, room, come } = openRoom();
  const at = h.clock.now();
  const socket = await come();
  await runInDurableObject(room, (object: ChatRoomDO) => {
    object.clock = { now: () => at };
  });
  for (let n = 0; n < 60; n += 1) socket.send({ t: "send", cid: cid(n), text: "hurry" });
  expect(await socket.closed).toEqual({ code: 4429, reason: "room.limited" });
  const count = (t: string) => socket.frames.filter((frame) => frame.t === t).length;
  expect(count("error")).toBe(20);
  expect(count("message")).toBeLessThanOrEqual(40);
  const again = await come();
  again.send({ t: "hello", since: 0 });
  await again.next(({ seq, t }) => t === "message" && seq === 40);
  await again.settle();
  expect(again.frames.filter(({ t }) => t === "message")).toHaveLength(40);
});

test("whoever shows bad tickets is counted by address before anything is verified", async () => {
  const { h, path, name } = openRoom();
  const headers = { "cf-connecting-ip": `test-${h.ids.next("request")}` };
  const max = Number(env.RATE_LIMIT_ADDRESS);
  const tries = Array.from({ length: max + 1 }, () => upgrade(h, { path, ticket: "nonsense", headers }));
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(max);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(await wasWoken(env.CHAT_ROOM, name)).toBe(false);
});

test("a full room says so in a frame, since a browser sees nothing of a refused upgrade", async () => {
  const { h, person } = openRoom();
  for (let n = 0; n < 500; n += 1) await enter(h, person());
  const late = await enter(h, person());
  expect(await late.next("error")).toMatchObject({ code: "room.full" });
  expect((await late.closed).code).toBe(1013);
});

test("a person's oldest device gives way to the newest", async () => {
  const { h, person } = openRoom();
  const me = person();
  const devices = [];
  for (let n = 0; n < 6; n += 1) {
    devices.push(await enter(h, me));
    await devices.at(-1)?.settle();
  }
  const [oldest, second] = devices;
  expect(await oldest?.next("error")).toMatchObject({ code: "room.replaced" });
  expect((await oldest?.closed)?.code).toBe(4409);
  await second?.settle();
});

test("eviction keeps sockets open, and who is behind them", async () => {
  const { room, person, come } = openRoom();
  const [me, you] = [person(), person()];
  const [mine, yours] = [await come(me), await come(you)];
  expect(await mine.ask({ t: "send", cid: cid(1), text: "before" })).toMatchObject({ t: "ack", seq: 1 });
  await evictDurableObject(room);
  expect(await yours.ask({ t: "send", cid: cid(1), text: "after" })).toMatchObject({ t: "ack", seq: 2 });
  expect(await mine.next(({ seq, t }) => t === "message" && seq === 2)).toMatchObject({
    partyId: you.personId,
    text: "after",
  });
  await evictDurableObject(room);
  await mine.settle();
});

test("a socket that is hours old needs a new ticket, to listen and to speak", async () => {
  const { h, room, person, come } = openRoom();
  const wind = () =>
    runInDurableObject(room, (object: ChatRoomDO) => {
      object.clock = h.clock;
    });
  await wind();
  const [listener, speaker] = [await come(person()), await come(person())];
  h.clock.advance(6 * 3_600_000);
  speaker.send({ t: "send", cid: cid(1), text: "still here" });
  expect((await speaker.closed).code).toBe(4401);
  const fresh = await come(person());
  await fresh.ask({ t: "send", cid: cid(2), text: "hello" });
  expect(await listener.closed).toEqual({ code: 4401, reason: "room.session_over" });
  const heard = JSON.stringify([...listener.frames, ...speaker.frames, ...fresh.frames]);
  expect(heard).not.toContain("still here");
  expect(JSON.stringify(listener.frames)).not.toContain("hello");
});

test("a failure inside shows a code and no stack, and the room goes on", async () => {
  const { room, come } = openRoom();
  const socket = await come();
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec(`CREATE TRIGGER full BEFORE INSERT ON message BEGIN SELECT raise(ABORT, 'secret'); END`);
  });
  const answer = await socket.ask({ t: "send", cid: cid(1), text: "lost" });
  expect(answer).toEqual({ t: "error", code: "room.internal", re: cid(1) });
  await runInDurableObject(room, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER full");
  });
  expect(await socket.ask({ t: "send", cid: cid(1), text: "kept" })).toMatchObject({ t: "ack", seq: 1 });
  expect(JSON.stringify(socket.frames)).not.toMatch(/secret| at |\.ts/);
});
