/** A stream that plays in a video element. */
export type Attached = {
  /** The instant of the picture that is seen (EXT-X-PROGRAM-DATE-TIME). */
  seenAt(): number | undefined;
  detach(): void;
};

type WebKitVideo = HTMLVideoElement & { getStartDate(): Date };

/** Apple's browsers play HLS by themselves and tell the picture's clock. */
const isWebKit = (video: HTMLVideoElement): video is WebKitVideo =>
  "getStartDate" in video && video.canPlayType("application/vnd.apple.mpegurl") !== "";

/** Plays by the browser itself where it can, else by hls.js; `onLost` asks for the stream anew. */
export async function attachVideo(
  video: HTMLVideoElement,
  src: string,
  onLost: () => void,
): Promise<Attached | undefined> {
  if (isWebKit(video)) return attachNative(video, src, onLost);
  const { default: Hls } = await import("hls.js");
  if (!Hls.isSupported()) return undefined;
  const hls = new Hls({ enableWorker: false, liveSyncDurationCount: 2 });
  hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else onLost();
  });
  hls.loadSource(src);
  hls.attachMedia(video);
  return { seenAt: () => hls.playingDate?.getTime(), detach: () => hls.destroy() };
}

function attachNative(video: WebKitVideo, src: string, onLost: () => void): Attached {
  video.src = src;
  video.addEventListener("error", onLost);
  return {
    seenAt: () => {
      const at = video.getStartDate().getTime() + video.currentTime * 1_000;
      return Number.isNaN(at) ? undefined : Math.round(at);
    },
    detach: () => {
      video.removeEventListener("error", onLost);
      video.removeAttribute("src");
      video.load();
    },
  };
}
