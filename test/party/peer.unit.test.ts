import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Peer, wire } from "#party/peer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SDP = "theirs";

/** As much of a browser's connection as negotiating needs: it offers, answers, and says in which order. */
function fakePeer() {
  const peer: Peer & { signalingState: string; localDescription: Peer["localDescription"] } = {
    onnegotiationneeded: null,
    onicecandidate: null,
    onconnectionstatechange: null,
    ontrack: null,
    connectionState: "new",
    signalingState: "stable",
    localDescription: null,
    addTrack: (track) => ({ track, replaceTrack: async () => undefined }),
    getSenders: () => [],
    async setLocalDescription() {
      const isAnswer = peer.signalingState === "have-remote-offer";
      peer.localDescription = { type: isAnswer ? "answer" : "offer", sdp: "mine" };
      peer.signalingState = isAnswer ? "stable" : "have-local-offer";
    },
    async setRemoteDescription({ type }) {
      peer.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    },
    addIceCandidate: async () => undefined,
    restartIce: () => undefined,
    getStats: async () => new Map(),
    close: () => undefined,
  };
  return peer;
}

function side(isPolite: boolean) {
  const peer = fakePeer();
  const said: string[] = [];
  const wired = wire({
    peer,
    isPolite,
    signal: ({ kind }) => void said.push(kind),
    onConnected: () => undefined,
    onSample: () => undefined,
  });
  return { peer, said, wired, want: () => peer.onnegotiationneeded?.() };
}
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test("the caller offers at once; who was called answers and takes no offer of its own back", async () => {
  const [caller, called] = [side(false), side(true)];
  caller.want();
  called.want();
  await settle();
  expect([caller.said, called.said]).toEqual([["offer"], []]);
  called.wired.hear({ kind: "offer", sdp: SDP });
  await settle(60_000);
  expect(called.said).toEqual(["answer"]);
});

test("who hears no offer makes one, and once both have talked offers whenever something is new", async () => {
  const silent = side(true);
  silent.want();
  await settle(2_900);
  expect(silent.said).toEqual([]);
  await settle(200);
  expect(silent.said).toEqual(["offer"]);
  const called = side(true);
  called.wired.hear({ kind: "offer", sdp: SDP });
  await settle();
  called.want();
  await settle();
  expect(called.said).toEqual(["answer", "offer"]);
});

test("a call that is over offers nothing", async () => {
  const called = side(true);
  called.want();
  called.wired.stop();
  await settle(60_000);
  expect(called.said).toEqual([]);
});
