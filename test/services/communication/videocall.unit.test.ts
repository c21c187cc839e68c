import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { type Consultation, peerOf } from "#services/communication/videocall/domain/consultation";
import {
  accept,
  connected,
  dial,
  type Ended,
  expire,
  hangUp,
  hear,
  type Line,
  type Message,
  measure,
  QUIET,
  type Step,
  type Subject,
} from "#services/communication/videocall/domain/line";
import { coturn } from "#services/communication/videocall/providers/coturn";

const NOW = Date.UTC(2026, 10, 23, 8);
const MINUTE_MS = 60_000;
let at = NOW;
const ids = createIds({ now: () => (at += 1) });
const SUBJECT: Subject = { kind: "order", id: "ord_x", sellerId: ids.next("seller") };
type UserId = Id<"user">;

/** Some people's lines, and the messages that are on their way between them, delivered in any order. */
function openNet(count: number) {
  const people = Array.from({ length: count }, () => ids.next("user")).sort();
  const lines = new Map<UserId, Line>(people.map((id) => [id, QUIET]));
  const ended: (Ended & { readonly me: UserId })[] = [];
  const onTheWay: { readonly from: UserId; readonly to: UserId; readonly message: Message }[] = [];
  let now = NOW;
  const lineOf = (me: UserId): Line => lines.get(me) ?? QUIET;
  const go = (me: UserId, step: Step) => {
    lines.set(me, step.line);
    for (const { to, message } of step.send) onTheWay.push({ from: me, to, message });
    if (step.ended) ended.push({ ...step.ended, me });
  };
  const net = {
    people,
    lineOf,
    ended,
    onTheWay,
    person: (i: number): UserId => people[i % count] as UserId,
    dial(me: UserId, peerId: UserId, callId = ids.next("call")) {
      const result = dial(lineOf(me), { callId, peerId, subject: SUBJECT, device: `d-${me}` }, now);
      if (result.ok) go(me, result.value);
      return { callId, code: result.ok ? "ok" : result.code };
    },
    accept(me: UserId, device = `d-${me}`) {
      const { call } = lineOf(me);
      const result = call ? accept(lineOf(me), call.callId, device, now) : undefined;
      if (result?.ok) go(me, result.value);
      return result?.ok ? "ok" : result?.code;
    },
    connect(me: UserId) {
      const { call } = lineOf(me);
      if (call) go(me, connected(lineOf(me), call.callId, now));
    },
    hangUp(me: UserId) {
      const { call } = lineOf(me);
      if (call) go(me, hangUp(lineOf(me), call.callId, now));
    },
    deliver(i: number, { isKept = false } = {}) {
      const [one] = isKept ? [onTheWay[i % onTheWay.length]] : onTheWay.splice(i % onTheWay.length, 1);
      if (one) go(one.to, hear(lineOf(one.to), { me: one.to, from: one.from, message: one.message, now }));
    },
    drop: (i: number) => onTheWay.splice(i % onTheWay.length, 1),
    drain() {
      while (onTheWay.length > 0) net.deliver(0);
    },
    pass(ms: number) {
      now += ms;
      for (const me of people) go(me, expire(lineOf(me), now));
    },
  };
  return net;
}

const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(40), fc.nat(40)), { maxLength: 60 });

function play(net: ReturnType<typeof openNet>, all: readonly (readonly [number, number, number])[]) {
  for (const [what, a, b] of all) {
    const [me, peer] = [net.person(a), net.person(b)];
    if (what <= 1 && me !== peer) net.dial(me, peer);
    if (what === 2) net.accept(me);
    if (what === 3) net.connect(me);
    if (what === 4) net.hangUp(me);
    if (what === 5 && net.onTheWay.length > 0) net.deliver(b, { isKept: true });
    if (what === 6 && net.onTheWay.length > 0) net.drop(b);
    if (what >= 7 && net.onTheWay.length > 0) net.deliver(b);
  }
}

describe("lines", () => {
  test("whatever is lost, doubled or late, in the end all are quiet or two by two in one call", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const net = openNet(3);
        play(net, all);
        net.drain();
        for (let minute = 0; minute < 4; minute += 1) {
          net.pass(MINUTE_MS);
          net.drain();
        }
        for (const me of net.people) {
          const { call } = net.lineOf(me);
          if (!call) continue;
          expect(call.phase).toBe("active");
          expect(net.lineOf(call.peerId).call).toMatchObject({ callId: call.callId, peerId: me });
        }
      }),
    );
  });

  test("a call is over at most once on each side, and is told by one", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const net = openNet(3);
        play(net, all);
        net.drain();
        net.pass(5 * MINUTE_MS);
        net.drain();
        const names = net.ended.map(({ callId, me }) => `${callId} ${me}`);
        expect(new Set(names).size).toBe(names.length);
        const told = net.ended.filter(({ side }) => side === "out").map(({ callId }) => callId);
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  test("two who call each other at once meet in the call of the smaller id, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 12, maxLength: 12 }), fc.boolean(), (order, isFirst) => {
        const net = openNet(2);
        const [small, great] = [net.person(0), net.person(1)];
        const [one, other] = isFirst ? [small, great] : [great, small];
        const calls = new Map([
          [one, net.dial(one, other).callId],
          [other, net.dial(other, one).callId],
        ]);
        for (const i of order) if (net.onTheWay.length > 0) net.deliver(i);
        net.drain();
        for (const me of [small, great]) {
          expect(net.lineOf(me).call).toMatchObject({ callId: calls.get(small), phase: "connecting" });
        }
        expect(net.ended).toEqual([]);
      }),
    );
  });

  test("a person who is in a call is busy for a third", () => {
    const net = openNet(3);
    const [a, b, c] = [net.person(0), net.person(1), net.person(2)];
    net.dial(a, b);
    net.drain();
    expect(net.accept(b)).toBe("ok");
    net.drain();
    expect(net.dial(a, c).code).toBe("call.busy");
    net.dial(c, b);
    net.drain();
    expect(net.ended).toMatchObject([{ me: c, outcome: "busy" }]);
    expect(net.lineOf(b).call?.peerId).toBe(a);
  });

  test.each([
    ["nobody comes", (net: Net) => net.pass(46_000), "missed"],
    ["the callee declines", (net: Net) => net.hangUp(net.person(1)), "declined"],
    ["the caller gives up", (net: Net) => net.hangUp(net.person(0)), "cancelled"],
  ])("when %s the call is over on both sides", (_, act, outcome) => {
    const net = openNet(2);
    net.dial(net.person(0), net.person(1));
    net.drain();
    act(net);
    net.drain();
    expect(net.ended.map((one) => one.outcome)).toEqual([outcome, outcome]);
  });

  test("a ring that comes after its own end rings nobody", () => {
    const net = openNet(2);
    const [a, b] = [net.person(0), net.person(1)];
    net.dial(a, b);
    net.hangUp(a);
    expect(net.onTheWay.map(({ message }) => message.kind)).toEqual(["ring", "ended"]);
    net.deliver(1);
    net.drain();
    expect(net.lineOf(b).call).toBeNull();
  });

  test("one device answers, the others are told that it was taken", () => {
    const net = openNet(2);
    net.dial(net.person(0), net.person(1));
    net.drain();
    expect(net.accept(net.person(1), "phone")).toBe("ok");
    expect(net.accept(net.person(1), "phone")).toBe("ok");
    expect(net.accept(net.person(1), "tablet")).toBe("call.taken");
  });

  test("who calls the person that is ringing him answers", () => {
    const net = openNet(2);
    const [a, b] = [net.person(0), net.person(1)];
    const { callId } = net.dial(a, b);
    net.drain();
    net.dial(b, a);
    net.drain();
    expect(net.lineOf(a).call).toMatchObject({ callId, phase: "connecting" });
    expect(net.lineOf(b).call).toMatchObject({ callId, phase: "connecting" });
  });
});
type Net = ReturnType<typeof openNet>;

test("quality is the mean and the worst", () => {
  const first = measure(null, { rttMs: 40, lossPercent: 0, kbps: 900 });
  expect(measure(first, { rttMs: 80, lossPercent: 3, kbps: 700 })).toEqual({
    samples: 2,
    rttMsMean: 60,
    rttMsMax: 80,
    lossPercentMax: 3,
    kbpsMean: 800,
  });
});

test("a consultation lets its two call each other around its time, and nobody else", () => {
  const [buyerId, hostId] = [ids.next("user"), ids.next("user")];
  const one: Consultation = {
    id: ids.next("consultation"),
    sellerId: SUBJECT.sellerId,
    buyerId,
    hostId,
    productId: null,
    state: "accepted",
    startsAt: NOW,
    endsAt: NOW + 30 * MINUTE_MS,
    createdAt: NOW,
    version: 2,
  };
  expect(peerOf(one, buyerId, NOW)).toEqual({ ok: true, value: hostId });
  expect(peerOf(one, hostId, NOW - 9 * MINUTE_MS)).toEqual({ ok: true, value: buyerId });
  expect(peerOf(one, buyerId, NOW - 11 * MINUTE_MS)).toMatchObject({ code: "consultation.not_now" });
  expect(peerOf(one, buyerId, NOW + 46 * MINUTE_MS)).toMatchObject({ code: "consultation.not_now" });
  const asked = { ...one, state: "requested" as const, hostId: null };
  expect(peerOf(asked, buyerId, NOW)).toMatchObject({ code: "consultation.wrong_state" });
});

test("coturn's credentials are the HMAC of a name that says until when", async () => {
  const secret = "north-of-the-river-16";
  const turn = coturn({ kind: "coturn", urls: ["turn:turn.example:3478?transport=udp"], secret });
  const [server] = await turn.iceServers({ userId: "usr_a", lifetimeMs: 600_000, now: NOW });
  const username = `${NOW / 1_000 + 600}:usr_a`;
  expect(server).toEqual({
    urls: ["turn:turn.example:3478?transport=udp"],
    username,
    credential: createHmac("sha1", secret).update(username).digest("base64"),
  });
});
