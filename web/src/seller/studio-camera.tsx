import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { queryOf } from "../api/queries.ts";
import { attachVideo } from "../live/attach.ts";
import { texts } from "../shell/text.ts";
import { Copy } from "../ui/copy.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import type { Show } from "./show-states.ts";

const text = texts({
  en: {
    title: "Camera",
    intro:
      "Publish to this address from OBS or an app that speaks RTMP. With its first picture you are on air.",
    open: "Show address and key",
    server: "Server",
    key: "Stream key",
    srt: "SRT address",
    srtHint: "For an encoder that speaks SRT, in place of server and key.",
    secret: "Whoever has the key can speak in your name.",
    rotate: "New key",
    preview: "Preview of the show",
    wait: "The picture appears here once the camera publishes.",
  },
  id: {
    title: "Kamera",
    intro: "Siarkan ke alamat ini dari OBS atau aplikasi RTMP. Begitu gambar pertama masuk, Anda tayang.",
    open: "Tampilkan alamat dan kunci",
    server: "Server",
    key: "Kunci siaran",
    srt: "Alamat SRT",
    srtHint: "Untuk encoder yang memakai SRT, sebagai ganti server dan kunci.",
    secret: "Siapa pun yang punya kunci ini dapat siaran atas nama Anda.",
    rotate: "Kunci baru",
    preview: "Pratinjau siaran",
    wait: "Gambar muncul di sini setelah kamera menyiarkan.",
  },
});

/** Where the camera publishes, and what viewers see of it. */
export function StudioCamera({ show }: { readonly show: Show }) {
  const path = { livestreamId: show.id };
  const open = useCommand("POST /v1/livestreams/{livestreamId}/input");
  const rotate = useCommand("POST /v1/livestreams/{livestreamId}/input/rotate");
  const input = rotate.data ?? open.data;
  return (
    <section className="panel form">
      <div>
        <h2 className="text-lg font-bold">{text.title}</h2>
        <p className="text-muted text-sm">{text.intro}</p>
      </div>
      <Preview show={show} />
      {input ? (
        <>
          <div>
            <span className="field-label">{text.server}</span>
            <Copy value={input.rtmpUrl} label={text.server} />
          </div>
          <div>
            <span className="field-label">{text.key}</span>
            <Copy value={input.streamKey} label={text.key} />
            <p className="field-hint">{text.secret}</p>
          </div>
          {input.srtUrl !== null && (
            <div>
              <span className="field-label">{text.srt}</span>
              <Copy value={input.srtUrl} label={text.srt} />
              <p className="field-hint">{text.srtHint}</p>
            </div>
          )}
          <button
            type="button"
            className="button button-quiet button-small self-start"
            disabled={rotate.isPending}
            onClick={() => rotate.mutate({ path })}
          >
            {text.rotate}
          </button>
        </>
      ) : (
        <button
          type="button"
          className="button button-primary self-start"
          disabled={open.isPending}
          onClick={() => open.mutate({ path })}
        >
          {text.open}
        </button>
      )}
      <Refusal error={open.error ?? rotate.error} />
    </section>
  );
}

function Preview({ show }: { readonly show: Show }) {
  const element = useRef<HTMLVideoElement>(null);
  const playback = useQuery({
    ...queryOf("GET /v1/livestreams/{livestreamId}/playback", { path: { livestreamId: show.id } }, useShop()),
    enabled: show.state === "live",
  });
  const { refetch } = playback;
  const src = playback.data?.hlsUrl;
  useEffect(() => {
    const video = element.current;
    if (!video || src === undefined) return;
    let isGone = false;
    let detach = () => {};
    void attachVideo(video, src, () => void refetch()).then((attached) => {
      if (isGone) attached?.detach();
      else detach = () => attached?.detach();
    });
    return () => {
      isGone = true;
      detach();
    };
  }, [src, refetch]);
  if (src === undefined) {
    return (
      <p className="bg-sunken text-muted grid aspect-video place-items-center rounded-control p-6">
        {text.wait}
      </p>
    );
  }
  return (
    <video
      ref={element}
      aria-label={text.preview}
      className="aspect-video w-full rounded-control bg-black"
      autoPlay
      muted
      controls
      playsInline
    />
  );
}
