import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Eye, ShoppingBag } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { count, texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { AuctionCard } from "./auction.tsx";
import { Bag, BagLine, useOffers } from "./bag.tsx";
import { Messages, Speaking } from "./chat.tsx";
import { DealCard } from "./deal.tsx";
import { GiveawayCard } from "./giveaway.tsx";
import { HeartButton, HeartsFlying } from "./hearts.tsx";
import { type Picture, Player } from "./player.tsx";
import { PollCard } from "./poll.tsx";
import type { Live } from "./room.ts";
import { becomeWatcher, type RoomHandle, useLiveRoom } from "./use-room.ts";

const text = texts({
  en: {
    ...LIVE_TEXTS.en,
    viewers: (n: string) => `${n} watching`,
    products: "Products",
    leave: "Leave the show",
    noVideo: "The picture is on its way…",
  },
  id: {
    ...LIVE_TEXTS.id,
    viewers: (n: string) => `${n} menonton`,
    products: "Produk",
    leave: "Keluar dari siaran",
    noVideo: "Gambar sedang disiapkan…",
  },
});

type Show = Schemas["ShowDetail"];
const PLAYBACK_RETRY_MS = 2_000;

/** Signed addresses of the picture; asked for anew when they are worth nothing any more. */
function usePlayback(livestreamId: string) {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["GET /v1/livestreams/{livestreamId}/playback", livestreamId, isSignedIn],
    queryFn: async ({ signal }) => {
      await becomeWatcher();
      return call("GET /v1/livestreams/{livestreamId}/playback", { path: { livestreamId } }, { signal });
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data ? false : PLAYBACK_RETRY_MS),
  });
}

/** A show while it is on air: the picture, and the room with all that happens in it. */
export function OnAir({ show }: { readonly show: Show }) {
  const { live, line, room } = useLiveRoom(show.id);
  const picture = useRef<Picture | null>(null);
  const seenAt = useCallback(() => picture.current?.seenAt(), []);
  const phase = live?.phase;
  useEffect(() => {
    // The room hears first of what the list of shows will say.
    if (phase === "ended")
      void queryClient.invalidateQueries({ queryKey: ["GET /v1/livestreams/{livestreamId}"] });
  }, [phase]);
  return (
    <article className="live live-on">
      <Stage show={show} live={live} picture={picture} />
      <div className="live-head">
        <h1 className="live-title">{show.title}</h1>
        <p className="live-shop">
          {text.by}{" "}
          <Link to="/shops/$slug" params={{ slug: show.shop.slug }}>
            {show.shop.name}
          </Link>
        </p>
      </div>
      <div className="live-panel">
        {live ? (
          <>
            <Events live={live} room={room} seenAt={seenAt} />
            <Messages live={live} />
          </>
        ) : (
          <div className="flex-1" />
        )}
        <Speaking line={line} room={room} />
        <Actions live={live} room={room} />
      </div>
    </article>
  );
}

type StageProps = {
  readonly show: Show;
  readonly live: Live | undefined;
  readonly picture: React.RefObject<Picture | null>;
};

function Stage({ show, live, picture }: StageProps) {
  const playback = usePlayback(show.id);
  const { refetch } = playback;
  const lost = useCallback(() => void setTimeout(() => void refetch(), PLAYBACK_RETRY_MS), [refetch]);
  const isWaiting = live?.phase === "interrupted";
  return (
    <div className="live-stage">
      {playback.data && <Player src={playback.data.hlsUrl} isLive picture={picture} onLost={lost} />}
      {(isWaiting || !playback.data) && (
        <p className="live-veil" role="status">
          {isWaiting ? text.interrupted : text.noVideo}
        </p>
      )}
      <Link
        to="/live"
        className="live-round absolute top-2.5 left-2.5 z-10 lg:hidden"
        aria-label={text.leave}
      >
        <ArrowLeft size={20} aria-hidden />
      </Link>
      <p className="absolute top-4 right-16 z-10 flex items-center gap-2 lg:right-auto lg:left-4">
        <span className="tag tag-live max-sm:hidden">{text.live}</span>
        <span className="tag bg-black/55 text-white">
          <Eye size={14} aria-hidden />
          <span className="sr-only">{text.viewers(count(live?.viewers ?? 0))}</span>
          <span aria-hidden>{count(live?.viewers ?? 0)}</span>
        </span>
      </p>
      <HeartsFlying hearts={live?.hearts ?? 0} />
    </div>
  );
}

type RoomProps = { readonly live: Live | undefined; readonly room: RoomHandle | undefined };
type EventsProps = {
  readonly live: Live;
  readonly room: RoomHandle | undefined;
  readonly seenAt: () => number | undefined;
};

/** What the host has opened, what is worth most first; and the product that is held up. */
function Events({ live, room, seenAt }: EventsProps) {
  const pinned = live.bag.find(({ offerId }) => offerId === live.pinned);
  const shown = useOffers(pinned ? [pinned.offerId] : []);
  const { deals, auctions, giveaways, polls, skew, you } = live;
  const newest = Math.max(0, ...[deals, auctions, giveaways, polls].flat().map(({ id }) => id));
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What has just been opened is what one sees first.
    if (newest > 0) row.current?.scrollTo({ left: 0, top: 0 });
  }, [newest]);
  return (
    <div ref={row} className="live-events">
      {deals.slice(0, 1).map((deal) => (
        <DealCard key={deal.id} deal={deal} skew={skew} />
      ))}
      {auctions.slice(0, 1).map((auction) => (
        <AuctionCard key={auction.id} {...{ auction, you, skew, room, seenAt }} />
      ))}
      {giveaways.slice(0, 1).map((giveaway) => (
        <GiveawayCard key={giveaway.id} {...{ giveaway, you, skew, room }} />
      ))}
      {polls.slice(0, 1).map((poll) => (
        <PollCard key={poll.id} {...{ poll, skew, room }} />
      ))}
      {pinned && <BagLine item={pinned} shown={shown.get(pinned.offerId)} isPinned />}
    </div>
  );
}

/** The bag and the hearts, within reach of a thumb. */
function Actions({ live, room }: RoomProps) {
  const [isBagOpen, setIsBagOpen] = useState(false);
  const bag = live?.bag ?? [];
  return (
    <div className="mt-2 flex items-center justify-between gap-2">
      <button type="button" className="button button-quiet" onClick={() => setIsBagOpen(true)}>
        <ShoppingBag size={18} aria-hidden />
        {`${text.products} · ${count(bag.length)}`}
      </button>
      <HeartButton hearts={live?.hearts ?? 0} room={room} />
      {isBagOpen && (
        <Dialog title={text.products} onClose={() => setIsBagOpen(false)}>
          <Bag items={bag} pinned={live?.pinned ?? null} />
        </Dialog>
      )}
    </div>
  );
}
