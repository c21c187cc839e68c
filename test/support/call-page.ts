/** Runs in the browser: a page that calls and is called by the platform's own client, bundled by the test. */
import { openCallLine } from "../../party/call.ts";
import type { Peer } from "../../party/peer.ts";

type Ice = { readonly iceServers: readonly object[] };
type Report = { readonly type: string; readonly kind?: string } & Readonly<Record<string, unknown>>;
/** What the page uses of the browser; there are no types of a browser in a Worker's project. */
type Screen = { readonly kind: string; enabled: boolean };
type Canvas = { getContext(kind: "2d"): Drawing; captureStream(fps: number): { getTracks(): Screen[] } };
type Drawing = { fillStyle: string; fillRect(...box: number[]): void };
type Browserish = {
  readonly document: { createElement(tag: string): unknown };
  readonly navigator: {
    readonly mediaDevices: { getUserMedia(wanted: object): Promise<{ getTracks(): Screen[] }> };
  };
  readonly RTCPeerConnection: new (config: Ice) => Peer;
};
const browser = globalThis as unknown as Browserish;

const VIDEO = { width: 320, height: 240, frameRate: 15 };

/** What has come in so far, and the way that it comes. */
async function reportOf(peer: Peer | undefined) {
  const got = { video: 0, audio: 0, frames: 0, state: "", ufrag: "", pair: "" };
  if (!peer) return got;
  got.state = peer.connectionState;
  got.ufrag = /a=ice-ufrag:(\S+)/.exec(peer.localDescription?.sdp ?? "")?.[1] ?? "";
  const pairs = new Map<string, string>();
  let selected = "";
  (await peer.getStats()).forEach((stat) => {
    const one = stat as Report;
    if (one.type === "inbound-rtp" && one.kind === "video") {
      got.video = Number(one.bytesReceived);
      got.frames = Number(one.framesDecoded ?? 0);
    }
    if (one.type === "inbound-rtp" && one.kind === "audio") got.audio = Number(one.bytesReceived);
    if (one.type === "candidate-pair") pairs.set(String(one.id), String(one.state));
    // Pairs of before a restart stay nominated; the transport says which one carries.
    if (one.type === "transport") selected = String(one.selectedCandidatePairId);
  });
  got.pair = pairs.get(selected) ?? "";
  return got;
}

function start(base: string, token: string, device: string) {
  const seen = { phase: "", outcome: "", page: "", tracks: [] as string[], peerScreen: false, peerMic: true };
  const call = async <T>(method: string, path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = method === "POST" ? { body: "{}" } : {};
    return (await fetch(base + path, { method, headers, ...body })).json() as Promise<T>;
  };
  const line = openCallLine({
    base,
    device,
    ticket: () => call("POST", "/v1/calls/tickets"),
    newPeer: async () => new browser.RTCPeerConnection(await call<Ice>("GET", "/v1/calls/ice-servers")),
    capture: () => browser.navigator.mediaDevices.getUserMedia({ video: VIDEO, audio: true }),
    onCall: (now, outcome) => {
      seen.phase = now?.phase ?? "";
      seen.peerScreen = now?.peerMedia.screen ?? false;
      seen.peerMic = now?.peerMedia.mic ?? true;
      if (outcome) seen.outcome = outcome;
    },
    onTrack: (track, stream) => {
      seen.tracks.push(track.kind);
      const video = browser.document.createElement("video") as { srcObject: unknown; play(): Promise<void> };
      video.srcObject = stream;
      void video.play().catch(() => undefined);
    },
    onPage: (path) => {
      seen.page = path;
    },
  });
  /** A picture that changes, as a shared screen would. */
  const shareCanvas = async () => {
    const canvas = browser.document.createElement("canvas") as Canvas;
    const drawing = canvas.getContext("2d");
    let hue = 0;
    setInterval(() => {
      hue += 20;
      drawing.fillStyle = `hsl(${hue % 360} 80% 50%)`;
      drawing.fillRect(0, 0, 300, 150);
    }, 50);
    await line.share(canvas.captureStream(15).getTracks()[0] ?? null);
  };
  return { line, seen, report: () => reportOf(line.peer()), shareCanvas };
}

export type CallPage = ReturnType<typeof start>;
(globalThis as unknown as { openPhone: typeof start }).openPhone = start;
