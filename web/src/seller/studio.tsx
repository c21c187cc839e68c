import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { queryOf } from "../api/queries.ts";
import { useLiveRoom } from "../live/use-room.ts";
import { count, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import { isComing, SHOW_READS, type Show, showState, showTone } from "./show-states.ts";
import { StudioBag } from "./studio-bag.tsx";
import { StudioCamera } from "./studio-camera.tsx";
import { StudioChat } from "./studio-chat.tsx";
import { StudioCrew } from "./studio-crew.tsx";
import { StudioEvents } from "./studio-events.tsx";

const text = texts({
  en: {
    back: "Live studio",
    begins: (at: string) => `begins ${at}`,
    told: (n: string) => `${n} want to be told`,
    viewers: (n: string) => `${n} watching`,
    hearts: (n: string) => `${n} hearts`,
    end: "End the show",
    cancel: "Cancel the show",
    over: "The show is over.",
  },
  id: {
    back: "Studio live",
    begins: (at: string) => `mulai ${at}`,
    told: (n: string) => `${n} minta diberi tahu`,
    viewers: (n: string) => `${n} menonton`,
    hearts: (n: string) => `${n} hati`,
    end: "Akhiri siaran",
    cancel: "Batalkan siaran",
    over: "Siaran sudah selesai.",
  },
});
const route = getRouteApi("/shop/live/$livestreamId");
/** The camera's first picture makes the show live; nobody should have to ask whether it has come. */
const LOOK_AGAIN_MS = 4_000;

/** One show, run from here: camera, bag, what viewers may win and buy, and the room's words. */
export function StudioPage() {
  const { livestreamId } = route.useParams();
  const show = useQuery({
    ...queryOf("GET /v1/livestreams/{livestreamId}", { path: { livestreamId } }, useShop()),
    refetchInterval: ({ state }) => state.data && isComing(state.data.state) && LOOK_AGAIN_MS,
  });
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/live">{text.back}</Link>
      </nav>
      <Loaded query={show} skeleton={<div className="skeleton h-96 w-full" />}>
        {(found) => (
          <>
            <Head show={found} />
            {isComing(found.state) ? <Control show={found} /> : <p className="notice">{text.over}</p>}
          </>
        )}
      </Loaded>
    </>
  );
}

function Head({ show }: { readonly show: Show }) {
  const path = { livestreamId: show.id };
  const end = useCommand("POST /v1/livestreams/{livestreamId}/end", { forget: SHOW_READS });
  const cancel = useCommand("POST /v1/livestreams/{livestreamId}/cancel", { forget: SHOW_READS });
  const isOnAir = show.state === "live" || show.state === "interrupted";
  return (
    <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
      <h1 className="page-title mb-0!">{show.title}</h1>
      <span role="status">
        <Tag tone={showTone[show.state]}>{showState[show.state]}</Tag>
      </span>
      <span className="text-muted text-sm">
        {show.state === "scheduled" &&
          `${text.begins(moment(show.startsAt))}, ${text.told(count(show.rsvps))}`}
      </span>
      <span className="flex-1" />
      {isOnAir && (
        <button
          type="button"
          className="button button-bad button-small"
          disabled={end.isPending}
          onClick={() => end.mutate({ path })}
        >
          {text.end}
        </button>
      )}
      {show.state === "scheduled" && (
        <button
          type="button"
          className="button button-bad button-small"
          disabled={cancel.isPending}
          onClick={() => cancel.mutate({ path })}
        >
          {text.cancel}
        </button>
      )}
      <Refusal error={end.error ?? cancel.error} />
    </header>
  );
}

function Control({ show }: { readonly show: Show }) {
  const { live } = useLiveRoom(show.id);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <StudioCamera show={show} />
        <StudioBag show={show} live={live} />
        <StudioEvents show={show} live={live} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        {live && (
          <p className="text-muted text-sm tabular-nums">
            {text.viewers(count(live.viewers))}, {text.hearts(count(live.hearts))}
          </p>
        )}
        <StudioChat show={show} live={live} />
        <StudioCrew show={show} />
      </div>
    </div>
  );
}
