import { useMutation } from "@tanstack/react-query";
import { Mic, MicOff, MonitorUp, Phone, PhoneOff, Video, VideoOff, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { InFront } from "./in-front.tsx";
import { currentLine, type LineNow, lineStore, openLine, putAway } from "./line.ts";

const text = texts({
  en: {
    title: "Video call",
    incoming: "Somebody is calling you",
    order: "About an order",
    consultation: "About a talk you agreed on",
    ringing: "Ringing…",
    connecting: "Connecting…",
    active: "You are talking",
    accept: "Accept",
    decline: "Decline",
    end: "End the call",
    mute: "Mute",
    unmute: "Unmute",
    hide: "Camera off",
    show: "Camera on",
    share: "Share the screen",
    unshare: "Stop sharing",
    theirs: "Their picture",
    mine: "Your picture",
    away: "Put away",
    completed: "The call has ended.",
    declined: "The call was declined.",
    busy: "They are in another call.",
    missed: "Nobody answered.",
    cancelled: "The call was called off.",
    failed: "No connection came about. Check the camera, the microphone and the network.",
    dropped: "The connection was lost.",
  },
  id: {
    title: "Panggilan video",
    incoming: "Ada yang menelepon Anda",
    order: "Tentang pesanan",
    consultation: "Tentang janji bicara",
    ringing: "Berdering…",
    connecting: "Menyambungkan…",
    active: "Sedang berbicara",
    accept: "Terima",
    decline: "Tolak",
    end: "Akhiri panggilan",
    mute: "Bisukan",
    unmute: "Bunyikan",
    hide: "Matikan kamera",
    show: "Nyalakan kamera",
    share: "Bagikan layar",
    unshare: "Berhenti berbagi",
    theirs: "Gambar mereka",
    mine: "Gambar Anda",
    away: "Tutup",
    completed: "Panggilan selesai.",
    declined: "Panggilan ditolak.",
    busy: "Mereka sedang dalam panggilan lain.",
    missed: "Tidak ada jawaban.",
    cancelled: "Panggilan dibatalkan.",
    failed: "Tidak tersambung. Periksa kamera, mikrofon, dan jaringan.",
    dropped: "Sambungan terputus.",
  },
});

type Outcome = "completed" | "declined" | "busy" | "missed" | "cancelled" | "failed" | "dropped";
type CallNow = NonNullable<LineNow["call"]>;

/** Holds the person's line while he is signed in, rings, and shows the call beside whatever page it is. */
export function CallDock() {
  useEffect(openLine, []);
  const now = useSyncExternalStore(lineStore.subscribe, lineStore.get);
  if (now.call) {
    return (
      <InFront>
        <Talking now={now} call={now.call} />
      </InFront>
    );
  }
  if (now.outcome === null) return null;
  return (
    <aside className="call-dock" role="status">
      <p className="flex items-center justify-between gap-3">
        {text[now.outcome as Outcome]}
        <button type="button" className="nav-link px-2.5" aria-label={text.away} onClick={putAway}>
          <X size={18} aria-hidden />
        </button>
      </p>
    </aside>
  );
}

function Talking({ now, call }: { readonly now: LineNow; readonly call: CallNow }) {
  const isIncoming = call.side === "in" && call.phase === "ringing";
  return (
    <section className="call-dock" aria-label={text.title}>
      <div role="status">
        <p className="font-bold">{isIncoming ? text.incoming : text[call.phase]}</p>
        <p className="text-muted text-sm">{text[call.subject.kind]}</p>
      </div>
      {call.phase !== "ringing" && (
        <div className="bg-sunken relative aspect-video overflow-hidden rounded-control">
          <Picture stream={now.remote} label={text.theirs} className="h-full w-full object-cover" />
          <Picture
            stream={now.local}
            label={text.mine}
            isMuted
            className="absolute right-2 bottom-2 w-1/4 rounded-control"
          />
        </div>
      )}
      {isIncoming ? <Answer /> : <Controls call={call} />}
    </section>
  );
}

function Answer() {
  const accept = useMutation({ mutationFn: async () => currentLine()?.accept() });
  const decline = useMutation({ mutationFn: async () => currentLine()?.hangUp() });
  return (
    <>
      <Refusal error={accept.error} />
      <div className="flex gap-2">
        <button
          type="button"
          className="button button-primary flex-1"
          disabled={accept.isPending}
          onClick={() => accept.mutate()}
        >
          <Phone size={18} aria-hidden />
          {text.accept}
        </button>
        <button type="button" className="button button-bad flex-1" onClick={() => decline.mutate()}>
          <PhoneOff size={18} aria-hidden />
          {text.decline}
        </button>
      </div>
    </>
  );
}

type ToggleProps = { readonly label: string; readonly onPress: () => unknown; readonly children: ReactNode };

const Toggle = ({ label, onPress, children }: ToggleProps) => (
  <button
    type="button"
    className="button button-quiet px-3"
    aria-label={label}
    onClick={() => void onPress()}
  >
    {children}
  </button>
);

function Controls({ call: { media } }: { readonly call: CallNow }) {
  const set = (wanted: Partial<typeof media>) =>
    currentLine()
      ?.setMedia(wanted)
      .catch(() => undefined);
  const share = async () => {
    if (media.screen) return currentLine()?.share(null);
    // Whoever closes the browser's own dialog shares nothing.
    const screen = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => undefined);
    const [track] = screen?.getVideoTracks() ?? [];
    if (!track) return undefined;
    track.addEventListener("ended", () => void currentLine()?.share(null));
    return currentLine()?.share(track);
  };
  return (
    <div className="flex justify-center gap-2">
      <Toggle label={media.mic ? text.mute : text.unmute} onPress={() => set({ mic: !media.mic })}>
        {media.mic ? <Mic size={18} aria-hidden /> : <MicOff size={18} aria-hidden />}
      </Toggle>
      <Toggle label={media.camera ? text.hide : text.show} onPress={() => set({ camera: !media.camera })}>
        {media.camera ? <Video size={18} aria-hidden /> : <VideoOff size={18} aria-hidden />}
      </Toggle>
      <Toggle label={media.screen ? text.unshare : text.share} onPress={share}>
        <MonitorUp size={18} aria-hidden />
      </Toggle>
      <button
        type="button"
        className="button button-bad px-3"
        aria-label={text.end}
        onClick={() => void currentLine()?.hangUp()}
      >
        <PhoneOff size={18} aria-hidden />
      </button>
    </div>
  );
}

type PictureProps = {
  readonly stream: MediaStream | null;
  readonly label: string;
  readonly className: string;
  readonly isMuted?: boolean;
};

function Picture({ stream, label, className, isMuted = false }: PictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current) element.current.srcObject = stream;
  }, [stream]);
  return (
    <video ref={element} className={className} aria-label={label} muted={isMuted} autoPlay playsInline />
  );
}
