import { connectRoom, type RoomClient, type RoomOptions } from "./client.ts";
import { type Peer, type Track, wire } from "./peer.ts";
import type { CallEvent, CallFrame, CallNow, Signal } from "./protocol/call.ts";

type Media = CallNow["media"];
type Stream = { getTracks(): readonly Track[] };

export type CallOptions = Pick<RoomOptions<CallEvent>, "base" | "ticket"> & {
  /** A name of the tab's own, kept over a reload (sessionStorage). */
  readonly device: string;
  /** `(config) => new RTCPeerConnection(config)`, with what `GET /v1/calls/ice-servers` answers. */
  readonly newPeer: () => Promise<Peer>;
  /** Camera and microphone, asked for when a call connects. */
  readonly capture: () => Promise<Stream>;
  readonly onCall: (call: CallNow | null, outcome?: string) => void;
  readonly onTrack?: (track: Track, stream: object | undefined) => void;
  readonly onPage?: (path: string) => void;
};

type Line = RoomClient<CallFrame>;

/** The media of one call, from its answer to its end; what is signalled before they are ready waits. */
class Talk {
  readonly callId: string;
  #peer: Peer | undefined;
  #wired: ReturnType<typeof wire> | undefined;
  #camera: Track | undefined;
  #early: Signal[] = [];
  #isBegun = false;
  #isOver = false;

  constructor(callId: string) {
    this.callId = callId;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  async begin(line: Line, { side }: CallNow, { newPeer, capture, onTrack }: CallOptions): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { callId } = this;
    const [peer, stream] = await Promise.all([newPeer(), capture()]);
    if (this.#isOver) {
      peer.close();
      return;
    }
    peer.ontrack = ({ track, streams }) => onTrack?.(track, streams[0]);
    this.#peer = peer;
    this.#wired = wire({
      peer,
      isPolite: side === "in",
      signal: (signal) => void line.change({ t: "signal", callId, signal }).catch(() => undefined),
      onConnected: () => void line.change({ t: "connected", callId }).catch(() => undefined),
      onSample: (sample) => line.pass({ t: "stats", callId, ...sample }),
    });
    const tracks = stream.getTracks();
    this.#camera = tracks.find(({ kind }) => kind === "video");
    for (const track of tracks) peer.addTrack(track, stream);
    for (const signal of this.#early.splice(0)) this.#wired.hear(signal);
  }

  hear(signal: Signal): void {
    if (this.#wired) this.#wired.hear(signal);
    else this.#early.push(signal);
  }

  mute({ mic, camera, screen }: Media): void {
    for (const { track } of this.#peer?.getSenders() ?? []) {
      if (track) track.enabled = track.kind === "audio" ? mic : camera || screen;
    }
  }

  async share(screen: Track | null): Promise<void> {
    const sender = this.#peer?.getSenders().find(({ track }) => track?.kind === "video");
    await sender?.replaceTrack(screen ?? this.#camera ?? null);
  }

  stop(): void {
    this.#isOver = true;
    this.#wired?.stop();
  }
}

type Now = { call: CallNow | null; talk: Talk | undefined };

/**
 * A person's line as a page sees it: who rings, and the call that this tab speaks in. What a tab loses with
 * its connection it takes up again; the media go on meanwhile, since they do not pass through us.
 */
export function openCallLine(options: CallOptions) {
  const { device } = options;
  const now: Now = { call: null, talk: undefined };
  const line: Line = connectRoom<CallFrame, CallEvent>({
    base: options.base,
    ticket: options.ticket,
    onFrame: (event) => hear(now, event, { line, options }),
    onState: (state) => {
      const callId = now.talk?.callId;
      if (state === "open") line.pass({ t: "device", device, ...(callId && { callId }) });
    },
  });
  const mine = () => {
    if (!now.call) throw new Error("there is no call");
    return now.call.callId;
  };
  /** Mutes without asking the other side, and tells it. */
  const setMedia = async (wanted: Partial<Media>): Promise<void> => {
    const media = { mic: true, camera: true, screen: false, ...now.call?.media, ...wanted };
    if (now.call) now.call = { ...now.call, media };
    now.talk?.mute(media);
    await line.change({ t: "media", callId: mine(), media });
  };
  return {
    now: () => now.call,
    peer: () => now.talk?.peer,
    dial: (callId: string, grant: string) => line.change({ t: "dial", callId, grant, device }),
    accept: () => line.change({ t: "accept", callId: mine(), device }),
    hangUp: () => line.change({ t: "hangup", callId: mine() }),
    setMedia,
    /** In place of the camera, without a new negotiation; null puts the camera back. */
    async share(screen: Track | null): Promise<void> {
      await now.talk?.share(screen);
      await setMedia({ screen: screen !== null });
    },
    /** Leads the other side to a page of the shop. */
    show: (path: string) => line.change({ t: "page", callId: mine(), path }),
    restartIce: () => now.talk?.peer?.restartIce(),
    close(): void {
      now.talk?.stop();
      line.close();
    },
  };
}

type Around = { readonly line: Line; readonly options: CallOptions };

function hear(now: Now, event: CallEvent, around: Around): void {
  if (event.t === "welcome" && event.call) see(now, event.call, around);
  else if (event.t === "welcome" && now.call) end(now, now.call.callId, { outcome: "dropped", ...around });
  else if (event.t === "call") see(now, event.call, around);
  else if (event.t === "ended") end(now, event.callId, { outcome: event.outcome, ...around });
  else if (event.t === "signal" && now.call?.callId === event.callId) {
    // It may overtake the news that the call was answered.
    now.talk ??= new Talk(event.callId);
    now.talk.hear(event.signal);
  }
  if (event.t === "peer" && now.call) see(now, { ...now.call, peerMedia: event.media }, around);
  else if (event.t === "page") around.options.onPage?.(event.path);
  else if (event.t === "peer_back") now.talk?.peer?.restartIce();
}

/** The tab that speaks begins as soon as the call was answered. */
function see(now: Now, call: CallNow, { line, options }: Around): void {
  if (now.talk && now.talk.callId !== call.callId) {
    now.talk.stop();
    now.talk = undefined;
  }
  now.call = call;
  options.onCall(call);
  if (!call.isMine || call.phase === "ringing") return;
  now.talk ??= new Talk(call.callId);
  // Without a camera or a relay there is no call, and the other side is not left waiting.
  now.talk.begin(line, call, options).catch(() => line.change({ t: "hangup", callId: call.callId }));
}

function end(now: Now, callId: string, { options, outcome }: Around & { readonly outcome: string }): void {
  if (now.talk?.callId === callId) {
    now.talk.stop();
    now.talk = undefined;
  }
  if (now.call?.callId !== callId) return;
  now.call = null;
  options.onCall(null, outcome);
}
