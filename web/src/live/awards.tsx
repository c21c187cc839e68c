import { useQuery } from "@tanstack/react-query";
import { queryClient, queryOf } from "../api/queries.ts";
import { checkoutOf } from "../sale/held.ts";
import { useIsSignedIn } from "../session/session.ts";
import { money, texts } from "../shell/text.ts";
import { Countdown, useNow } from "../ui/countdown.tsx";
import { useOffers } from "./bag.tsx";

const text = texts({
  en: {
    won: (what: string, price: string) => (what ? `You won ${what} at ${price}.` : `You won at ${price}.`),
    pay: "Pay now",
    payBy: "Pay within",
  },
  id: {
    won: (what: string, price: string) =>
      what ? `Anda menang ${what} dengan ${price}.` : `Anda menang dengan ${price}.`,
    pay: "Bayar sekarang",
    payBy: "Bayar dalam",
  },
});

/** A moment passes between winning and the unit that is kept for the winner. */
export const AWARD_POLL_MS = 1_500;
/** The hammer may fall with the end of the show; nobody waits in front of a page that is over. */
const OVER_POLL_MS = 10_000;
const asked = queryOf("GET /v1/livestreams/awards", {});
type Kept = { readonly saleId: string; readonly holdId: string };

type Items = readonly { readonly auctionId: number }[];

/** What the person has won and may buy now; read again after as many milliseconds as `again` says. */
export const useAwards = (again: (items: Items) => number | false) =>
  useQuery({
    ...asked,
    enabled: useIsSignedIn(),
    staleTime: 0,
    refetchInterval: ({ state }) => again(state.data?.items ?? []),
  });

type Props = {
  readonly what?: string;
  readonly price: string;
  readonly payBy: number | undefined;
  readonly skew: number;
  readonly kept: Kept | undefined;
};

/** What was won, how long it is kept, and the way to pay. */
export const Award = ({ what = "", price, payBy, skew, kept }: Props) => (
  <div className="border-good bg-good/10 rounded-control border p-3">
    <p className="text-good font-bold" role="status">
      {text.won(what, price)}
    </p>
    {payBy !== undefined && (
      <p className="my-1">
        {text.payBy} <Countdown until={payBy} skew={skew} />
      </p>
    )}
    {kept && (
      <a
        className="button button-primary w-full"
        href={checkoutOf(kept.saleId, kept.holdId)}
        onClick={() => void queryClient.invalidateQueries({ queryKey: asked.queryKey })}
      >
        {text.pay}
      </a>
    )}
  </div>
);

type OverShow = { readonly id: string; readonly state: string };

/** The room closes with the show, and what was won in it is still to be paid. */
export function AwardsOf({ show: { id, state } }: { readonly show: OverShow }) {
  const { data } = useAwards(() => state === "ended" && OVER_POLL_MS);
  const now = useNow(0);
  const items = (data?.items ?? []).filter((one) => one.livestreamId === id && Date.parse(one.payBy) > now);
  const offers = useOffers(items.map(({ offerId }) => offerId));
  if (items.length === 0) return null;
  return (
    <div className="mb-4 flex max-w-md flex-col gap-3">
      {items.map((one) => (
        <Award
          key={one.holdId}
          what={offers.get(one.offerId)?.title ?? ""}
          price={money(one.price)}
          payBy={Date.parse(one.payBy)}
          skew={0}
          kept={one}
        />
      ))}
    </div>
  );
}
