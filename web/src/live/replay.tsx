import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ShoppingCart } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { remaining } from "#platform/storefront/pages/remaining";
import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { useAddToCart } from "../storefront/cart-state.ts";
import { useOffers } from "./bag.tsx";
import { type Picture, Player } from "./player.tsx";
import { becomeWatcher } from "./use-room.ts";

const text = texts({
  en: {
    ...LIVE_TEXTS.en,
    shown: (when: string) => `Shown ${when}`,
    chapters: "Products in this show",
    jump: "Watch",
    add: "Add to cart",
    added: "In your cart",
    none: "No products were shown.",
  },
  id: {
    ...LIVE_TEXTS.id,
    shown: (when: string) => `Tayang ${when}`,
    chapters: "Produk di siaran ini",
    jump: "Tonton",
    add: "Masukkan keranjang",
    added: "Ada di keranjang",
    none: "Tidak ada produk yang diperagakan.",
  },
});

type Show = Schemas["ShowDetail"];
type Chapter = Schemas["Replay"]["chapters"][number];
const AGAIN_MS = 2_000;

/** The recording, with a chapter for each product from where it was held up. */
export function Replay({ show }: { readonly show: Show }) {
  const isSignedIn = useIsSignedIn();
  const picture = useRef<Picture | null>(null);
  const [atMs, setAtMs] = useState(0);
  const { data: replay, refetch } = useQuery({
    queryKey: ["GET /v1/livestreams/{livestreamId}/replay", show.id, isSignedIn],
    queryFn: async ({ signal }) => {
      await becomeWatcher();
      const path = { livestreamId: show.id };
      return call("GET /v1/livestreams/{livestreamId}/replay", { path }, { signal });
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const lost = useCallback(() => void setTimeout(() => void refetch(), AGAIN_MS), [refetch]);
  const chapters = replay?.chapters ?? [];
  const current = chapters.findLast((chapter) => chapter.atMs <= atMs);
  return (
    <article className="live">
      <div className="live-stage">
        {replay && (
          <Player src={replay.hlsUrl} isLive={false} picture={picture} onLost={lost} onTime={setAtMs} />
        )}
      </div>
      <div className="live-head">
        <h1 className="live-title">{show.title}</h1>
        <p className="live-shop">
          {text.replay} · {text.by}{" "}
          <Link to="/shops/$slug" params={{ slug: show.shop.slug }}>
            {show.shop.name}
          </Link>{" "}
          · {text.shown(moment(show.startedAt ?? show.startsAt))}
        </p>
      </div>
      <section className="live-panel panel" aria-labelledby="chapters">
        <h2 className="mb-3 font-bold" id="chapters">
          {text.chapters}
        </h2>
        {replay && chapters.length === 0 && <p className="text-muted text-sm">{text.none}</p>}
        <Chapters chapters={chapters} current={current} onJump={(at) => picture.current?.seek(at)} />
      </section>
    </article>
  );
}

type ChaptersProps = {
  readonly chapters: readonly Chapter[];
  readonly current: Chapter | undefined;
  readonly onJump: (atMs: number) => void;
};

function Chapters({ chapters, current, onJump }: ChaptersProps) {
  const shown = useOffers(chapters.map(({ offerId }) => offerId));
  const add = useAddToCart();
  return (
    <ol className="flex flex-col gap-2">
      {chapters.map((chapter) => {
        const { atMs, title, offerId } = chapter;
        const at = remaining(atMs);
        const image = shown.get(offerId)?.imageKey;
        const isAdded = add.isSuccess && add.variables?.offerId === offerId;
        return (
          <li key={`${atMs} ${offerId}`} className="flex items-center gap-2">
            <button
              type="button"
              className="live-choice min-w-0 flex-1 justify-start"
              aria-pressed={chapter === current}
              onClick={() => onJump(atMs)}
            >
              <span className="sr-only">{text.jump} </span>
              {image && (
                <img className="rounded-control" src={`/v1/media/${image}`} alt="" width={40} height={40} />
              )}
              <span className="line-clamp-2 min-w-0 flex-1 text-left">{title}</span>
              <span className="text-muted text-xs tabular-nums">{at}</span>
            </button>
            <button
              type="button"
              className="button button-quiet h-10 px-3"
              aria-label={isAdded ? text.added : text.add}
              title={isAdded ? text.added : text.add}
              disabled={add.isPending}
              onClick={() => add.mutate({ offerId, quantity: 1 })}
            >
              {isAdded ? <Check size={18} aria-hidden /> : <ShoppingCart size={18} aria-hidden />}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
