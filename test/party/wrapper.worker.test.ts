import { env, runInDurableObject } from "cloudflare:test";
import type { Connection } from "partyserver";
import { expect, test } from "vitest";
import * as z from "zod";
import { systemClock } from "#kernel/clock";
import { createIds } from "#kernel/ids";
import { CLAIMS_HEADER } from "#kernel/ticket";
import type { Member } from "#objects/room";
import type { ErrorFrame } from "#party/protocol/wire";
import { PartyRoom } from "#party/wrapper";
import { collect } from "../support/room.ts";

const ids = createIds(systemClock);
const zFrame = z.object({ t: z.literal("shout"), cid: z.string() });
type Shout = z.output<typeof zFrame>;

/** Fails where it is told to: what partyserver would write to the client in each case is the question. */
class Fragile extends PartyRoom<Shout, { readonly t: "heard" }> {
  failing: "start" | "join" | "receive" | undefined;
  constructor(ctx: DurableObjectState) {
    const limits = { charsMax: 100, perSecond: 5, burst: 5, socketsMax: 3, socketsPerPersonMax: 2 };
    super(ctx, env, { frames: zFrame, ...limits });
  }
  override onStart() {
    this.#failAt("start");
  }
  protected override joined() {
    this.#failAt("join");
  }
  protected override receive() {
    this.#failAt("receive");
    this.tell({ t: "heard" });
  }
  #failAt(place: typeof this.failing) {
    if (this.failing === place) throw new Error("secret reason");
  }
}

/** In the state of a real object, whose sockets it accepts; what comes over them is handed to it here. */
async function inRoom(
  test: (room: Fragile, enter: (ticketId?: string) => Promise<Response>) => Promise<void>,
) {
  const stub = env.CHAT_ROOM.getByName(`id:chat-room:${ids.next("conversation")}`);
  await runInDurableObject(stub, async (_, state) => {
    const room = new Fragile(state);
    const personId = ids.next("user");
    const expiresAt = Date.now() + 60_000;
    const enter = (ticketId: string = crypto.randomUUID()) => {
      const claims = { ticketId, expiresAt, personId, role: "viewer" };
      const shown = encodeURIComponent(JSON.stringify(claims));
      const headers = { upgrade: "websocket", [CLAIMS_HEADER]: shown };
      return room.fetch(new Request("https://room/", { headers }));
    };
    await test(room, enter);
  });
}
const socketOf = (response: Response) => {
  if (!response.webSocket) throw new Error(`no socket: ${response.status}`);
  return collect(response.webSocket);
};
const only = (room: Fragile): Connection<Member> => {
  const [connection] = room.getConnections<Member>();
  if (!connection) throw new Error("nobody is here");
  return connection;
};

test("a room that cannot start answers without a word of why", () =>
  inRoom(async (room, enter) => {
    room.failing = "start";
    const response = await enter();
    expect(response.status).toBe(503);
    expect(await response.text()).toBe("");
  }));

test("without the edge's claims nobody enters", () =>
  inRoom(async (room) => {
    const request = new Request("https://room/", { headers: { upgrade: "websocket" } });
    expect((await room.fetch(request)).status).toBe(401);
  }));

test("failures of a room are a code on the wire and nothing more", () =>
  inRoom(async (room, enter) => {
    const socket = socketOf(await enter());
    room.failing = "receive";
    const connection = only(room);
    await room.onMessage(connection, JSON.stringify({ t: "shout", cid: "cid-1" }));
    const error: ErrorFrame = await socket.next("error");
    expect(error).toEqual({ t: "error", code: "room.internal", re: "cid-1" });
    room.failing = "join";
    const late = socketOf(await enter());
    expect(await late.next("error")).toEqual({ t: "error", code: "room.internal" });
    expect(JSON.stringify([...socket.frames, ...late.frames])).not.toContain("secret");
  }));

test("a ticket opens the room once", () =>
  inRoom(async (room, enter) => {
    const first = socketOf(await enter("ticket-1"));
    const again = socketOf(await enter("ticket-1"));
    expect(await again.closed).toEqual({ code: 4401, reason: "room.ticket_used" });
    expect([...room.getConnections<Member>()].filter(({ state }) => state !== null)).toHaveLength(1);
    expect(first.frames).toEqual([]);
  }));

test("frames pass the gate: schema, rate, sockets of a person", () =>
  inRoom(async (room, enter) => {
    const socket = socketOf(await enter());
    const connection = only(room);
    await room.onMessage(connection, JSON.stringify({ t: "shout", cid: "cid-1" }));
    await socket.next("heard");
    await room.onMessage(connection, JSON.stringify({ t: "whisper", cid: "cid-2" }));
    expect(await socket.next("error")).toMatchObject({ code: "room.bad_message", re: "cid-2" });
    for (let n = 0; n < 4; n += 1) await room.onMessage(connection, JSON.stringify({ t: "shout", cid: "c" }));
    expect(await socket.next(({ code }) => code === "room.limited")).toBeDefined();
    for (let n = 0; n < 2; n += 1) expect(socketOf(await enter()).frames).toEqual([]);
    expect((await socket.closed).code).toBe(4409);
  }));
