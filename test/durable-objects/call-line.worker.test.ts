import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import type { CallLineDO } from "#objects/call-line";
import { signGrant } from "#services/communication/videocall/domain/grant";
import { type Harness, harness } from "../support/harness.ts";
import { enter, type RoomSocket } from "../support/room.ts";

const MINUTE_MS = 60_000;
let sent = 0;
const cid = () => {
  sent += 1;
  return `cid-${String(sent).padStart(6, "0")}`;
};

/** Somebody with a line, on a clock that only the test moves. */
async function openPerson(h: Harness) {
  const id = h.ids.next("user");
  const object = env.CALL_LINE.getByName(`id:call-line:${id}`);
  const setClock = () =>
    runInDurableObject(object, (one: CallLineDO) => {
      one.clock = h.clock;
    });
  await setClock();
  return {
    id,
    object,
    enter: async (device: string) => {
      const socket = await enter(h, { noun: "call-line", id, personId: id, role: "owner" });
      socket.send({ t: "hello", since: 0 });
      await socket.next("welcome");
      socket.send({ t: "device", device });
      return socket;
    },
    evict: async () => {
      await evictDurableObject(object);
      await setClock();
    },
  };
}
type Person = Awaited<ReturnType<typeof openPerson>>;

async function openTwo() {
  const h = harness();
  const [caller, callee] = [await openPerson(h), await openPerson(h)];
  const grantFor = (from: Person, to: Person, expiresAt = h.clock.now() + MINUTE_MS) =>
    signGrant(h.ctx().keys, {
      callerId: from.id,
      calleeId: to.id,
      subject: { kind: "order", id: h.ids.next("order"), sellerId: h.ids.next("seller") },
      expiresAt,
    });
  const dial = (socket: RoomSocket, from: Person, to: Person, about = {}) => {
    const callId = h.ids.next("call");
    const frame = {
      t: "dial",
      cid: cid(),
      callId,
      device: `phone-${from.id.slice(-6)}`,
      grant: grantFor(from, to),
    };
    return socket.ask({ ...frame, ...about }).then((answer) => ({ callId, answer }));
  };
  return { h, caller, callee, grantFor, dial };
}

const isPhase = (phase: string) => (frame: { t: string; call?: { phase: string } }) =>
  frame.t === "call" && frame.call?.phase === phase;

/** Both are connected, by their phones. */
async function talking() {
  const two = await openTwo();
  const { caller, callee, dial } = two;
  const phones = { caller: `phone-${caller.id.slice(-6)}`, callee: `phone-${callee.id.slice(-6)}` };
  const [a, b] = [await caller.enter(phones.caller), await callee.enter(phones.callee)];
  const { callId } = await dial(a, caller, callee);
  await b.next(isPhase("ringing"));
  await b.ask({ t: "accept", cid: cid(), callId, device: phones.callee });
  await a.next(isPhase("connecting"));
  await a.ask({ t: "connected", cid: cid(), callId });
  await b.ask({ t: "connected", cid: cid(), callId });
  return { ...two, a, b, callId, phones };
}

async function toldOf(h: Harness, { object }: Person, callId: Id<"call">) {
  await runDurableObjectAlarm(object);
  return h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, callId));
}

test("a call rings on every device, one answers, and signals go from phone to phone", async () => {
  const { caller, callee, dial } = await openTwo();
  const a = await caller.enter("phone-caller");
  const phone = await callee.enter("phone-callee");
  const tablet = await callee.enter("tablet-callee");
  const { callId, answer } = await dial(a, caller, callee, { device: "phone-caller" });
  expect(answer.t).toBe("ack");
  for (const device of [phone, tablet])
    expect((await device.next(isPhase("ringing"))).call.peerId).toBe(caller.id);
  expect((await phone.ask({ t: "accept", cid: cid(), callId, device: "phone-callee" })).t).toBe("ack");
  const late = await tablet.ask({ t: "accept", cid: cid(), callId, device: "tablet-callee" });
  expect(late).toMatchObject({ t: "error", code: "call.taken" });
  expect((await a.next(isPhase("connecting"))).call).toMatchObject({ isMine: true, side: "out" });
  expect((await tablet.next(isPhase("connecting"))).call.isMine).toBe(false);
  const frame = { t: "signal", cid: cid(), callId, signal: { kind: "offer", sdp: "v=0 caller" } };
  await a.ask(frame);
  await a.ask(frame);
  expect((await phone.next("signal")).signal).toEqual({ kind: "offer", sdp: "v=0 caller" });
  const answered = { t: "signal", cid: cid(), callId, signal: { kind: "answer", sdp: "v=0 callee" } };
  expect(await tablet.ask({ ...answered, cid: cid() })).toMatchObject({ code: "call.taken" });
  await phone.ask(answered);
  expect((await a.next("signal")).signal.kind).toBe("answer");
  expect(phone.frames.filter(({ t }) => t === "signal")).toHaveLength(1);
  expect(tablet.frames.filter(({ t }) => t === "signal")).toHaveLength(0);
});

test("without a grant of one's own that still holds nobody is rung", async () => {
  const { h, caller, callee, grantFor, dial } = await openTwo();
  const other = await openPerson(h);
  const a = await caller.enter("phone-caller");
  const codeFor = async (grant: string) => (await dial(a, caller, callee, { grant })).answer.code;
  const good = grantFor(caller, callee);
  expect(await codeFor(`${good}x`)).toBe("call.grant_invalid");
  expect(await codeFor(grantFor(other, callee))).toBe("call.grant_invalid");
  expect(await codeFor(grantFor(caller, callee, h.clock.now()))).toBe("call.grant_expired");
  const abroad = harness({ market: "sg" });
  const foreign = signGrant(
    abroad.ctx().keys,
    JSON.parse(Buffer.from(good.split(".")[0] ?? "", "base64url").toString()),
  );
  expect(await codeFor(foreign)).toBe("call.grant_invalid");
  const stranger = await enter(h, { noun: "call-line", id: callee.id, personId: caller.id, role: "owner" });
  expect(await stranger.next("error")).toMatchObject({ code: "call.not_yours" });
});

test("what each sends of itself and the shared page reach the other, and outlast an eviction", async () => {
  const { caller, callee, a, b, callId, phones } = await talking();
  await a.ask({ t: "media", cid: cid(), callId, media: { mic: false, camera: true, screen: true } });
  expect((await b.next("peer")).media).toEqual({ mic: false, camera: true, screen: true });
  await b.ask({ t: "page", cid: cid(), callId, path: "/products/gayo" });
  expect((await a.next("page")).path).toBe("/products/gayo");
  a.send({ t: "stats", callId, rttMs: 42, lossPercent: 0.5, kbps: 800 });
  await a.settle();
  await Promise.all([caller.evict(), callee.evict()]);
  const again = await caller.enter(phones.caller);
  const { call } = await again.next("welcome");
  expect(call).toMatchObject({ callId, phase: "active", page: "/products/gayo", media: { mic: false } });
  await b.ask({ t: "signal", cid: cid(), callId, signal: { kind: "offer", sdp: "v=0 again" } });
  expect((await again.next("signal")).signal.sdp).toBe("v=0 again");
});

test("a phone that comes back within its grace takes the call up, with what was sent meanwhile", async () => {
  const { h, callee, a, b, callId, phones } = await talking();
  b.close();
  await a.next("peer_lost");
  await a.ask({ t: "signal", cid: cid(), callId, signal: { kind: "offer", sdp: "v=0 while away" } });
  h.clock.advance(20_000);
  const back = await callee.enter(phones.callee);
  expect((await back.next("signal")).signal.sdp).toBe("v=0 while away");
  await a.next("peer_back");
  h.clock.advance(20_000);
  await runDurableObjectAlarm(callee.object);
  expect(a.frames.some(({ t }) => t === "ended")).toBe(false);
  back.close();
  await a.next(
    "peer_lost",
    a.frames.findLastIndex(({ t }) => t === "peer_back"),
  );
  h.clock.advance(31_000);
  await runDurableObjectAlarm(callee.object);
  expect(await a.next("ended")).toMatchObject({ callId, outcome: "dropped" });
});

test("a call whose phone went with a power cut holds nobody busy", async () => {
  const { h, caller, callee, b, callId, phones, dial } = await talking();
  // What a cut leaves: the call on disk, and no socket whose end anybody saw.
  const [row] = await runInDurableObject(callee.object, (_, { storage }) =>
    storage.sql.exec<{ version: number; line: string }>("SELECT version, line FROM line").toArray(),
  );
  b.close();
  await expect.poll(() => runInDurableObject(callee.object, (_, ctx) => ctx.getWebSockets().length)).toBe(0);
  await runInDurableObject(callee.object, (_, { storage }) => {
    storage.sql.exec("UPDATE line SET version = ?, line = ?", row?.version ?? 0, row?.line ?? "");
  });
  await callee.evict();
  h.clock.advance(61_000);
  await runDurableObjectAlarm(callee.object);
  h.clock.advance(31_000);
  await runDurableObjectAlarm(callee.object);
  const again = await callee.enter(phones.callee);
  expect((await again.next("welcome")).call).toBeNull();
  expect((await dial(again, callee, caller)).answer.code).not.toBe("call.busy");
  expect(callId).toMatch(/^cal_/);
});

test("a call is told once, by its caller's line, with how it was", async () => {
  const { h, caller, callee, a, b, callId } = await talking();
  a.send({ t: "stats", callId, rttMs: 40, lossPercent: 0, kbps: 900 });
  await a.settle();
  h.clock.advance(5 * MINUTE_MS);
  await b.ask({ t: "hangup", cid: cid(), callId });
  expect(await a.next("ended")).toMatchObject({ outcome: "completed" });
  const facts = [...(await toldOf(h, caller, callId)), ...(await toldOf(h, callee, callId))];
  expect(new Set(facts.map((fact) => fact.id)).size).toBe(1);
  expect(facts[0]).toMatchObject({
    type: "call.ended",
    payload: { callerId: caller.id, calleeId: callee.id, outcome: "completed", quality: { rttMsMean: 40 } },
  });
});

test("nobody comes, and the call is missed by the clock of either side", async () => {
  const { h, caller, callee, dial } = await openTwo();
  const a = await caller.enter("phone-caller");
  const { callId } = await dial(a, caller, callee);
  h.clock.advance(46_000);
  await runDurableObjectAlarm(caller.object);
  expect(await a.next("ended")).toMatchObject({ callId, outcome: "missed" });
  const b = await callee.enter("phone-callee");
  expect((await b.next("welcome")).call).toBeNull();
  expect((await b.ask({ t: "accept", cid: cid(), callId, device: "phone-callee" })).code).toBe("call.over");
});

test("two who dial each other at once are in one call, and a third finds them busy", async () => {
  const { h, caller, callee, dial } = await openTwo();
  const third = await openPerson(h);
  const [a, b, c] = [
    await caller.enter(`phone-${caller.id.slice(-6)}`),
    await callee.enter(`phone-${callee.id.slice(-6)}`),
    await third.enter(`phone-${third.id.slice(-6)}`),
  ];
  const [first] = await Promise.all([dial(a, caller, callee), dial(b, callee, caller)]);
  const [mine, theirs] = [await a.next(isPhase("connecting")), await b.next(isPhase("connecting"))];
  expect(mine.call.callId).toBe(theirs.call.callId);
  expect(caller.id < callee.id ? mine.call.callId : first.callId).toBe(first.callId);
  await dial(c, third, caller);
  expect(await c.next("ended")).toMatchObject({ outcome: "busy" });
  expect((await dial(a, caller, third)).answer.code).toBe("call.busy");
});
