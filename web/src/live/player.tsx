import { Volume2, VolumeX } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { texts } from "../shell/text.ts";
import { type Attached, attachVideo } from "./attach.ts";

const text = texts({
  en: {
    video: "Video of the show",
    sound: "Turn the sound on",
    mute: "Turn the sound off",
    play: "Play",
    unable: "This browser cannot play the video. Everything else works.",
  },
  id: {
    video: "Video siaran",
    sound: "Nyalakan suara",
    mute: "Matikan suara",
    play: "Putar",
    unable: "Peramban ini tidak dapat memutar video. Yang lain tetap berfungsi.",
  },
});

/** What the rest of the page may ask of the picture. */
export type Picture = {
  seenAt(): number | undefined;
  seek(atMs: number): void;
};
type Props = {
  readonly src: string;
  readonly isLive: boolean;
  readonly picture: RefObject<Picture | null>;
  /** The address is worth nothing any more, or the line was lost. */
  readonly onLost: () => void;
  readonly onTime?: (atMs: number) => void;
};

/** The picture. It begins without sound, as browsers want it; one press turns it on. */
export function Player({ src, isLive, picture, onLost, onTime }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  const [isMuted, setIsMuted] = useState(isLive);
  const [isStopped, setIsStopped] = useState(false);
  const isUnable = useAttached(element, { src, picture, onLost });
  return (
    <>
      <video
        ref={element}
        aria-label={text.video}
        autoPlay={isLive}
        muted={isMuted}
        controls={!isLive}
        playsInline
        onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight, dataset } }) => {
          if (videoHeight > videoWidth) dataset.portrait = "";
        }}
        onTimeUpdate={({ currentTarget }) => onTime?.(currentTarget.currentTime * 1_000)}
        onPause={() => setIsStopped(true)}
        onPlaying={() => setIsStopped(false)}
      />
      {isUnable && <p className="live-veil">{text.unable}</p>}
      {isLive && isStopped && (
        <div className="live-veil">
          <button
            type="button"
            className="button button-primary"
            onClick={() => void element.current?.play()}
          >
            {text.play}
          </button>
        </div>
      )}
      {isLive && (
        <button
          type="button"
          className="live-round absolute top-2.5 right-3 z-10"
          aria-label={isMuted ? text.sound : text.mute}
          onClick={() => setIsMuted(!isMuted)}
        >
          {isMuted ? <VolumeX size={20} aria-hidden /> : <Volume2 size={20} aria-hidden />}
        </button>
      )}
    </>
  );
}

type Attaching = Pick<Props, "src" | "picture" | "onLost">;

/** Binds the stream to the element; true where the browser can play none. */
function useAttached(
  element: RefObject<HTMLVideoElement | null>,
  { src, picture, onLost }: Attaching,
): boolean {
  const [isUnable, setIsUnable] = useState(false);
  const lost = useRef(onLost);
  lost.current = onLost;
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    let attached: Attached | undefined;
    let isGone = false;
    picture.current = {
      seenAt: () => attached?.seenAt(),
      seek: (atMs) => {
        video.currentTime = atMs / 1_000;
        void video.play().catch(() => undefined);
      },
    };
    void attachVideo(video, src, () => lost.current()).then((made) => {
      attached = made;
      if (isGone) made?.detach();
      else setIsUnable(made === undefined);
    });
    return () => {
      isGone = true;
      picture.current = null;
      attached?.detach();
    };
  }, [src, element, picture]);
  return isUnable;
}
