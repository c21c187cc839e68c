import { openCallLine } from "#party/call";
import type { Peer } from "#party/peer";
import type { CallNow } from "#party/protocol/call";
import { call } from "../api/client.ts";
import { router } from "../routes.tsx";

/** What this page knows of the person's line. */
export type LineNow = {
  readonly call: CallNow | null;
  readonly local: MediaStream | null;
  readonly remote: MediaStream | null;
  /** How the last call ended, until the next one or until it is put away. */
  readonly outcome: string | null;
};
type Line = ReturnType<typeof openCallLine>;

const NOTHING: LineNow = { call: null, local: null, remote: null, outcome: null };
const DEVICE = "titan.call-device";

let now: LineNow = NOTHING;
let line: Line | undefined;
const listeners = new Set<() => void>();

function set(change: Partial<LineNow>): void {
  now = { ...now, ...change };
  for (const listener of listeners) listener();
}

export const lineStore = {
  get: (): LineNow => now,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** The tab's own name, kept over a reload: it takes up the call that it was in. */
function device(): string {
  const known = sessionStorage.getItem(DEVICE);
  if (known !== null) return known;
  const made = crypto.randomUUID();
  sessionStorage.setItem(DEVICE, made);
  return made;
}

function stopLocal(): void {
  for (const track of now.local?.getTracks() ?? []) track.stop();
}

/** Opens the person's line, on which he is called and calls; one a page. The answer closes it. */
export function openLine(): () => void {
  line ??= openCallLine({
    base: location.origin,
    device: device(),
    ticket: () => call("POST /v1/calls/tickets", {}),
    newPeer: async () => {
      const { iceServers } = await call("GET /v1/calls/ice-servers", {});
      return new RTCPeerConnection({ iceServers: iceServers as RTCIceServer[] }) as unknown as Peer;
    },
    capture: async () => {
      const local = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      set({ local });
      return local;
    },
    onCall: (one, outcome) => {
      if (one === null) {
        stopLocal();
        set({ call: null, local: null, remote: null, outcome: outcome ?? null });
      } else set({ call: one, outcome: null });
    },
    onTrack: (_, stream) => set({ remote: (stream ?? null) as MediaStream | null }),
    onPage: (path) => void router.navigate({ to: path }),
  });
  return () => {
    stopLocal();
    line?.close();
    line = undefined;
    set(NOTHING);
  };
}

export const currentLine = (): Line | undefined => line;
export const putAway = (): void => set({ outcome: null });
