import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { moment } from "../shell/when.ts";
import { Cards, CardsComing } from "../storefront/cards.tsx";
import { Countdown } from "../ui/countdown.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { AwardsOf } from "./awards.tsx";
import { OnAir } from "./on-air.tsx";
import { Replay } from "./replay.tsx";

const text = texts({
  en: {
    ...LIVE_TEXTS.en,
    remind: "Remind me",
    reminded: "We will tell you when it begins.",
    forget: "Do not remind me",
    signIn: "Sign in to be reminded",
    asked: (n: string) => `${n} want to be there`,
  },
  id: {
    ...LIVE_TEXTS.id,
    remind: "Ingatkan saya",
    reminded: "Kami kabari saat siaran dimulai.",
    forget: "Batalkan pengingat",
    signIn: "Masuk untuk diingatkan",
    asked: (n: string) => `${n} orang ingin hadir`,
  },
});

type Show = Schemas["ShowDetail"];
const route = getRouteApi("/live/$livestreamId");
const SHOP_CARDS = 8;
/** How soon a page hears that a show began, or that its recording is ready. */
const WAITING_POLL_MS = 10_000;

const OVER: readonly Show["state"][] = ["ended", "replay"];
const WAITING: readonly Show["state"][] = ["scheduled", "ended"];

/** A show at one address for all its life: to come, on air, over, and to be seen again. */
export function LivePage() {
  const { livestreamId } = route.useParams();
  const found = useQuery({
    ...queryOf("GET /v1/livestreams/{livestreamId}", { path: { livestreamId } }),
    refetchInterval: ({ state: { data } }) =>
      data && WAITING.includes(data.state) ? WAITING_POLL_MS : false,
  });
  return (
    <Loaded query={found} skeleton={<div className="skeleton aspect-video w-full" aria-busy />}>
      {(show) => (
        <>
          {OVER.includes(show.state) && <AwardsOf show={show} />}
          <Shown key={show.id} show={show} />
          <FromShop sellerId={show.sellerId} />
        </>
      )}
    </Loaded>
  );
}

function Shown({ show }: { readonly show: Show }) {
  useTitle(show.title, show.shop.name);
  if (show.state === "live" || show.state === "interrupted") return <OnAir show={show} />;
  if (show.state === "replay") return <Replay show={show} />;
  return <Still show={show} />;
}

/** Before and after: no picture, but when there will be one. */
function Still({ show }: { readonly show: Show }) {
  const { state, title, startsAt, shop } = show;
  return (
    <article className="live">
      <div className="live-stage">
        <div className="live-veil">
          {state === "scheduled" && (
            <>
              <p>{text.startsAt(moment(startsAt))}</p>
              <Countdown
                until={Date.parse(startsAt)}
                skew={0}
                className="text-3xl font-extrabold tabular-nums"
              />
            </>
          )}
          {state === "ended" && (
            <p>
              {text.ended} <span className="block text-sm font-normal">{text.endedText}</span>
            </p>
          )}
          {state === "cancelled" && (
            <p>
              {text.cancelled} <span className="block text-sm font-normal">{text.cancelledText}</span>
            </p>
          )}
        </div>
      </div>
      <div className="live-head">
        <h1 className="live-title">{title}</h1>
        <p className="live-shop">
          {text.by}{" "}
          <Link to="/shops/$slug" params={{ slug: shop.slug }}>
            {shop.name}
          </Link>
        </p>
      </div>
      <div className="live-panel">{state === "scheduled" && <Remind show={show} />}</div>
    </article>
  );
}

function Remind({ show: { id: livestreamId, rsvps } }: { readonly show: Show }) {
  const isSignedIn = useIsSignedIn();
  const path = { livestreamId };
  const remind = useMutation({
    mutationFn: (isWanted: boolean) =>
      isWanted
        ? call("POST /v1/livestreams/{livestreamId}/rsvp", { path })
        : call("DELETE /v1/livestreams/{livestreamId}/rsvp", { path }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/livestreams/{livestreamId}"] }),
  });
  const isAsked = remind.isSuccess && remind.variables === true;
  return (
    <section className="panel flex flex-col gap-3">
      {rsvps > 0 && <p className="text-muted text-sm">{text.asked(count(rsvps))}</p>}
      {isAsked && (
        <p className="text-good font-semibold" role="status">
          {text.reminded}
        </p>
      )}
      {isSignedIn ? (
        <button
          type="button"
          className={`button ${isAsked ? "button-quiet" : "button-primary"}`}
          disabled={remind.isPending}
          onClick={() => remind.mutate(!isAsked)}
        >
          {isAsked ? text.forget : text.remind}
        </button>
      ) : (
        <a className="button button-primary" href={signInHref()}>
          {text.signIn}
        </a>
      )}
      <Refusal error={remind.error} />
    </section>
  );
}

function FromShop({ sellerId }: { readonly sellerId: string }) {
  const goods = useQuery(queryOf("GET /v1/search", { query: { seller: sellerId, limit: SHOP_CARDS } }));
  return (
    <section className="live-goods" aria-labelledby="goods">
      <h2 className="section-title" id="goods">
        {text.fromShop}
      </h2>
      {goods.data ? <Cards items={goods.data.items} /> : <CardsComing />}
    </section>
  );
}
