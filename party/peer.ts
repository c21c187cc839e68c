/** What a call needs of RTCPeerConnection and its tracks, so that it is typed where there is no browser. */
export type Track = { readonly kind: string; enabled: boolean };
export type Sender = { readonly track: Track | null; replaceTrack(track: Track | null): Promise<void> };
type Description = { readonly type: "offer" | "answer" | "pranswer" | "rollback"; readonly sdp: string };
export type Candidate = {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
};
type Stat = { readonly type: string } & { readonly [field: string]: unknown };

export type Peer = {
  onnegotiationneeded: (() => void) | null;
  onicecandidate: ((event: { readonly candidate: Candidate | null }) => void) | null;
  onconnectionstatechange: (() => void) | null;
  ontrack: ((event: { readonly track: Track; readonly streams: readonly object[] }) => void) | null;
  readonly connectionState: string;
  readonly signalingState: string;
  readonly localDescription: Description | null;
  addTrack(track: Track, stream: object): Sender;
  getSenders(): readonly Sender[];
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: Description): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  restartIce(): void;
  getStats(): Promise<{ forEach(see: (stat: Stat) => void): void }>;
  close(): void;
};

/** Nothing heard from the other side for so long: try another way. */
const DISCONNECTED_MS = 4_000;
/**
 * Who was called lets the caller offer first for so long. If both offered at once, this side would take its
 * own offer back, and a Chromium that does so at once may never look for its addresses: no call comes about.
 */
const FIRST_OFFER_MS = 3_000;
const STATS_MS = 5_000;

type Signal =
  | { readonly kind: Description["type"]; readonly sdp: string }
  | ({ readonly kind: "candidate" } & Candidate);
type Sample = { readonly rttMs: number; readonly lossPercent: number; readonly kbps: number };

export type Wiring = {
  readonly peer: Peer;
  /** Gives way when both offer at once: the one who was called. */
  readonly isPolite: boolean;
  readonly signal: (signal: Signal) => void;
  readonly onConnected: () => void;
  readonly onSample: (sample: Sample) => void;
};

/**
 * Negotiates as the specification's own example of perfect negotiation does, so that either side may add a
 * track, share a screen or restart ICE at any time. https://www.w3.org/TR/webrtc/#perfect-negotiation-example
 */
export function wire({ peer, isPolite, signal, onConnected, onSample }: Wiring) {
  let isOffering = false;
  let isIgnoring = false;
  let work: Promise<void> = Promise.resolve();
  const tell = () => {
    const { localDescription: one } = peer;
    if (one) signal({ kind: one.type, sdp: one.sdp });
  };
  const offer = () => {
    isOffering = true;
    void peer
      .setLocalDescription()
      .then(tell)
      .catch(() => undefined)
      .finally(() => {
        isOffering = false;
      });
  };
  const first = isPolite ? letThemOffer(offer) : undefined;
  peer.onnegotiationneeded = () => {
    if (!first?.isHeld()) offer();
  };
  peer.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    signal({ kind: "candidate", candidate: text, sdpMid, sdpMLineIndex, usernameFragment });
  };
  const unwatch = watch(peer, onConnected);
  const sampling = setInterval(sampler(peer, onSample), STATS_MS);
  const take = async (one: Signal): Promise<void> => {
    if (one.kind === "candidate") {
      const { kind: _, ...candidate } = one;
      // A candidate of an offer that we ignore is of no use, and refusing it is no failure.
      await peer.addIceCandidate(candidate).catch((error: unknown) => {
        if (!isIgnoring) throw error;
      });
      return;
    }
    const hasCollided = one.kind === "offer" && (isOffering || peer.signalingState !== "stable");
    isIgnoring = !isPolite && hasCollided;
    if (isIgnoring) return;
    first?.end();
    await peer.setRemoteDescription({ type: one.kind, sdp: one.sdp });
    if (one.kind !== "offer") return;
    await peer.setLocalDescription();
    tell();
  };
  return {
    /** One after the other, since each changes what the next one meets. */
    hear(one: Signal): void {
      work = work.then(() => take(one)).catch(() => undefined);
    },
    stop(): void {
      unwatch();
      first?.end();
      clearInterval(sampling);
      peer.close();
    },
  };
}

/** Holds an offer back until the other side's has come, or until none comes. */
function letThemOffer(offer: () => void) {
  let isOver = false;
  let isWanted = false;
  const waiting = setTimeout(() => {
    isOver = true;
    if (isWanted) offer();
  }, FIRST_OFFER_MS);
  return {
    isHeld(): boolean {
      isWanted ||= !isOver;
      return !isOver;
    },
    end(): void {
      isOver = true;
      clearTimeout(waiting);
    },
  };
}

/** A way that is gone is looked for anew, at once or when it does not come back by itself. */
function watch(peer: Peer, onConnected: () => void): () => void {
  let restarting: ReturnType<typeof setTimeout> | undefined;
  peer.onconnectionstatechange = () => {
    clearTimeout(restarting);
    if (peer.connectionState === "connected") onConnected();
    if (peer.connectionState === "failed") peer.restartIce();
    if (peer.connectionState === "disconnected") {
      restarting = setTimeout(() => peer.restartIce(), DISCONNECTED_MS);
    }
  };
  return () => clearTimeout(restarting);
}

/** The way's delay, and of what came in since the last look: the share that was lost, and the rate. */
function sampler(peer: Peer, onSample: (sample: Sample) => void): () => void {
  let before = { bytes: 0, lost: 0, received: 0, at: Date.now() };
  const read = async () => {
    const seen = { bytes: 0, lost: 0, received: 0, at: Date.now() };
    let rttMs = 0;
    (await peer.getStats()).forEach((stat) => {
      if (stat.type === "candidate-pair" && stat.nominated) {
        rttMs = Number(stat.currentRoundTripTime ?? 0) * 1_000;
      }
      if (stat.type !== "inbound-rtp") return;
      seen.bytes += Number(stat.bytesReceived ?? 0);
      seen.lost += Number(stat.packetsLost ?? 0);
      seen.received += Number(stat.packetsReceived ?? 0);
    });
    const lost = Math.max(0, seen.lost - before.lost);
    const all = lost + Math.max(0, seen.received - before.received);
    const kbps = (Math.max(0, seen.bytes - before.bytes) * 8) / Math.max(1, seen.at - before.at);
    before = seen;
    onSample({ rttMs, lossPercent: all === 0 ? 0 : (lost / all) * 100, kbps });
  };
  return () => {
    if (peer.connectionState === "connected") void read().catch(() => undefined);
  };
}
