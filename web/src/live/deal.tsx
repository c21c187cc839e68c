import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { useIntents } from "../api/intent.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import { heldOf } from "../sale/held.ts";
import { Holding } from "../sale/holding.tsx";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, money, texts } from "../shell/text.ts";
import { useNow } from "../ui/countdown.tsx";
import { currency } from "./currency.ts";
import { EventCard } from "./event-card.tsx";
import { refusalOf } from "./refusals.ts";
import type { Deal } from "./room.ts";

const text = texts({
  en: {
    deal: "Live deal",
    claim: "Claim it",
    claiming: "Claiming…",
    signIn: "Sign in to claim",
    left: (left: string, of: string) => `${left} of ${of} left`,
    gone: "Sold out",
    over: "This deal is over.",
  },
  id: {
    deal: "Promo live",
    claim: "Ambil",
    claiming: "Mengambil…",
    signIn: "Masuk untuk mengambil",
    left: (left: string, of: string) => `Tersisa ${left} dari ${of}`,
    gone: "Habis",
    over: "Promo ini sudah berakhir.",
  },
});

type Props = { readonly deal: Deal; readonly skew: number };

/** A price that holds in this room for a while: claimed here, paid at the checkout. */
export function DealCard({ deal, skew }: Props) {
  const { saleId, title, priceMinor, priorMinor, units, left, endsAt, state } = deal;
  const isSignedIn = useIsSignedIn();
  const now = useNow(skew);
  const asked = queryOf("GET /v1/flash-sales/{saleId}/holds", { path: { saleId } });
  const holds = useQuery({ ...asked, enabled: isSignedIn });
  const refresh = () => void queryClient.invalidateQueries({ queryKey: asked.queryKey });
  const held = holds.data?.items
    .map(heldOf)
    .find((one) => one.state !== "released" && one.state !== "expired");
  const isOver = state === "closed" || endsAt <= now;
  return (
    <EventCard kind={text.deal} title={title} until={isOver ? undefined : endsAt} skew={skew}>
      <div className="mt-1 mb-2 flex items-baseline justify-between gap-3">
        <span>
          <strong className="text-lg">{money({ minor: priceMinor, currency })}</strong>{" "}
          {priorMinor !== null && <s className="sale-old">{money({ minor: priorMinor, currency })}</s>}
        </span>
        <span className="text-muted" role="status">
          {left > 0 ? text.left(count(left), count(units)) : text.gone}
        </span>
      </div>
      <meter className="live-meter mb-3" min={0} max={units} value={left} aria-hidden />
      {held && <Holding saleId={saleId} held={held} skew={skew} onChange={refresh} />}
      {!held && isOver && <p className="text-muted">{text.over}</p>}
      {!held && !isOver && !isSignedIn && (
        <a className="button button-primary w-full" href={signInHref()}>
          {text.signIn}
        </a>
      )}
      {!held && !isOver && isSignedIn && <Claim saleId={saleId} left={left} onHeld={refresh} />}
    </EventCard>
  );
}

type ClaimProps = { readonly saleId: string; readonly left: number; readonly onHeld: () => void };

function Claim({ saleId, left, onHeld }: ClaimProps) {
  const once = useIntents();
  const claim = useMutation({
    mutationFn: () =>
      once(saleId, (key) =>
        call("POST /v1/flash-sales/{saleId}/claims", { path: { saleId }, body: { quantity: 1 } }, { key }),
      ),
    onSuccess: onHeld,
  });
  return (
    <>
      <button
        type="button"
        className="button button-primary w-full"
        disabled={left === 0 || claim.isPending}
        onClick={() => claim.mutate()}
      >
        {left === 0 ? text.gone : claim.isPending ? text.claiming : text.claim}
      </button>
      {claim.error && (
        <p className="text-bad mt-1.5" role="alert">
          {refusalOf(claim.error)}
        </p>
      )}
    </>
  );
}
