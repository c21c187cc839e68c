import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { connectRoom, type RoomOptions } from "#party/client";
import type { ChatEvent, ChatFrame } from "#party/protocol/chat-room";
import { CLOSE } from "#party/protocol/wire";

type Heard = { readonly socket: WebSocket; readonly frame: Record<string, unknown> };

/** A server that does what the test says, so that the client meets what a real room seldom does. */
async function openServer(answer: (heard: Heard, connection: number) => void) {
  const server = new WebSocketServer({ port: 0, handleProtocols: () => "titan.v1" });
  await once(server, "listening");
  const offered: string[] = [];
  const heard: Record<string, unknown>[][] = [];
  server.on("connection", (socket, request) => {
    offered.push(request.headers["sec-websocket-protocol"] ?? "");
    const connection = heard.push([]) - 1;
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      heard[connection]?.push(frame);
      answer({ socket, frame }, connection);
    });
  });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  let given = 0;
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ticket = async () => {
    given += 1;
    return { url: "/v1/rooms/chat-room/x", ticket: `t${given}` };
  };
  const connect = (options: Partial<RoomOptions<ChatEvent>> = {}) => {
    const room = connectRoom<ChatFrame, ChatEvent>({ base, ticket, onFrame: () => undefined, ...options });
    onTestFinished(() => room.close());
    return room;
  };
  return { connect, offered, heard };
}
const tell = (socket: WebSocket, frame: object) => socket.send(JSON.stringify(frame));
const until = async (is: () => boolean) => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("what was not answered is sent again, under a new ticket, after hello, with the same cid", async () => {
  const server = await openServer(({ socket, frame }, connection) => {
    if (frame.t !== "send") return;
    if (connection === 0) return socket.terminate();
    tell(socket, { t: "ack", cid: frame.cid, seq: 1 });
  });
  const room = server.connect({ since: 7 });
  const ack = await room.change({ t: "send", text: "hello" });
  expect(ack.seq).toBe(1);
  expect(server.offered).toEqual(["titan.v1, ticket.t1", "titan.v1, ticket.t2"]);
  const [first, second] = server.heard;
  expect(first?.map(({ t }) => t)).toEqual(["hello", "send"]);
  expect(second).toEqual(first);
  expect(second?.[0]).toEqual({ t: "hello", since: 7 });
});

test("a frame is shown once and the place is kept over connections; acks do not move it", async () => {
  const message = (seq: number) => ({
    t: "message",
    seq,
    cid: `cid-00${seq}`,
    authorId: "a",
    text: "",
    at: 0,
  });
  const server = await openServer(({ socket, frame }, connection) => {
    if (frame.t !== "hello") return;
    tell(socket, { t: "welcome", seq: 9 });
    const seqs = connection === 0 ? [1, 2] : [2, 3];
    for (const seq of seqs) tell(socket, message(seq));
    tell(socket, { t: "ack", cid: "cid-other", seq: 99 });
    if (connection === 0) setTimeout(() => socket.terminate(), 20);
  });
  const seqs: number[] = [];
  const room = server.connect({
    onFrame: (frame) => {
      if (frame.t === "message") seqs.push(frame.seq);
    },
  });
  await until(() => seqs.includes(3));
  expect(seqs).toEqual([1, 2, 3]);
  expect(room.lastSeq()).toBe(3);
  expect(server.heard[1]?.[0]).toEqual({ t: "hello", since: 2 });
});

test("a refusal rejects; too fast is sent again by itself", async () => {
  let tries = 0;
  const server = await openServer(({ socket, frame }) => {
    if (frame.t !== "send") return;
    tries += 1;
    if (frame.text === "bad") tell(socket, { t: "error", code: "chat.blocked", re: frame.cid });
    else if (tries === 1) tell(socket, { t: "error", code: "room.limited", re: frame.cid });
    else tell(socket, { t: "ack", cid: frame.cid, seq: 5 });
  });
  const room = server.connect();
  expect((await room.change({ t: "send", text: "good" })).seq).toBe(5);
  expect(tries).toBe(2);
  await expect(room.change({ t: "send", text: "bad" })).rejects.toMatchObject({ code: "chat.blocked" });
});

test("a client that was put out stays out and says so", async () => {
  const server = await openServer(({ socket }) => socket.close(4409, "room.replaced"));
  const states: string[] = [];
  const room = server.connect({ onState: (state) => states.push(state) });
  await expect(room.change({ t: "send", text: "never" })).rejects.toMatchObject({ code: "room.replaced" });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(states).toEqual(["open", "closed"]);
  await expect(room.change({ t: "send", text: "later" })).rejects.toMatchObject({ code: "room.replaced" });
  expect(server.offered).toHaveLength(1);
});

/** Whether a client is to come back, for each reason that a room may have: the table of docs/rooms.md. */
const COMES_BACK: { readonly [C in keyof typeof CLOSE]: boolean } = {
  badMessage: false,
  ticket: true,
  removed: false,
  tooSlow: true,
  replaced: false,
  tooLarge: false,
  tooMany: true,
  away: true,
};

test.each(Object.entries(COMES_BACK))(
  "closed with %s, it comes back with a new ticket: %s",
  async (why, isBack) => {
    const code = CLOSE[why as keyof typeof CLOSE];
    const server = await openServer(({ socket }, connection) => {
      if (connection === 0) socket.close(code, "because");
      else tell(socket, { t: "pong" });
    });
    const states: string[] = [];
    server.connect({ onState: (state, given) => states.push(`${state} ${given ?? ""}`.trim()) });
    await until(() => states.length >= (isBack ? 3 : 2));
    expect(states).toEqual(isBack ? ["open", `waiting ${code}`, "open"] : ["open", `closed ${code}`]);
    expect(server.offered.map((one) => one.split("ticket.")[1])).toEqual(isBack ? ["t1", "t2"] : ["t1"]);
  },
);
