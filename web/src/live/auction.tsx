import { useMutation } from "@tanstack/react-query";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, money, texts } from "../shell/text.ts";
import { useNow } from "../ui/countdown.tsx";
import { MoneyField, minorOf } from "../ui/money-field.tsx";
import { AWARD_POLL_MS, Award, useAwards } from "./awards.tsx";
import { currency } from "./currency.ts";
import { EventCard } from "./event-card.tsx";
import { refusalOf } from "./refusals.ts";
import type { Auction } from "./room.ts";
import type { RoomHandle } from "./use-room.ts";

const text = texts({
  en: {
    auction: "Auction",
    price: "Now at",
    bids: (n: string) => (n === "1" ? "1 bid" : `${n} bids`),
    leads: (name: string) => `${name} leads`,
    youLead: "You lead",
    nobody: "No bid yet",
    bid: (price: string) => `Offer ${price}`,
    limit: "Your limit",
    limitHint: "We bid for you up to it, a step at a time. Nobody else sees it.",
    setLimit: "Set the limit",
    signIn: "Sign in to bid",
    sudden: "Sudden death: the clock is not set back.",
    regular: "A late bid gives everybody ten more seconds.",
    lost: (name: string, price: string) => `${name} won at ${price}.`,
    unsold: "Nobody bid this time.",
    paid: "Sold.",
    withdrawn: "The shop no longer sells this, so the auction is over. Nobody pays anything.",
    passed: "You did not pay in time, so the next bidder got it.",
  },
  id: {
    auction: "Lelang",
    price: "Harga kini",
    bids: (n: string) => `${n} tawaran`,
    leads: (name: string) => `${name} memimpin`,
    youLead: "Anda memimpin",
    nobody: "Belum ada tawaran",
    bid: (price: string) => `Tawar ${price}`,
    limit: "Batas Anda",
    limitHint:
      "Kami menawar untuk Anda sampai batas itu, selangkah demi selangkah. Tidak ada yang melihatnya.",
    setLimit: "Pasang batas",
    signIn: "Masuk untuk menawar",
    sudden: "Sudden death: waktunya tidak diperpanjang.",
    regular: "Tawaran di detik terakhir memberi semua orang sepuluh detik lagi.",
    lost: (name: string, price: string) => `${name} menang dengan ${price}.`,
    unsold: "Kali ini tidak ada yang menawar.",
    paid: "Terjual.",
    withdrawn: "Toko tidak lagi menjual barang ini, jadi lelang berakhir. Tidak ada yang perlu membayar.",
    passed: "Anda tidak membayar tepat waktu, jadi penawar berikutnya yang mendapatkannya.",
  },
});

type Props = {
  readonly auction: Auction;
  readonly you: string;
  readonly skew: number;
  readonly room: RoomHandle | undefined;
  /** The instant of the picture that the bidder sees: it is kept with the bid. */
  readonly seenAt: () => number | undefined;
};

const priced = (minor: string): string => money({ minor, currency });

export function AuctionCard({ auction, you, skew, room, seenAt }: Props) {
  const { title, priceMinor, bids, leader, mode, state, endsAt } = auction;
  const isSignedIn = useIsSignedIn();
  const now = useNow(skew);
  const isOpen = state === "open" && endsAt > now;
  const leads = leader?.who === you;
  return (
    <EventCard kind={text.auction} title={title} until={isOpen ? endsAt : undefined} skew={skew}>
      <div className="my-1 flex items-baseline justify-between gap-3" role="status">
        <span>
          {text.price} <strong className="text-lg">{priced(priceMinor)}</strong>
        </span>
        <span className={leads ? "text-good font-bold" : "text-muted"}>
          {leader ? (leads ? text.youLead : text.leads(leader.name)) : text.nobody}
        </span>
      </div>
      <p className="text-muted mb-2 text-xs">
        {text.bids(count(bids))} · {mode === "regular" ? text.regular : text.sudden}
      </p>
      {isOpen && isSignedIn && <Bid auction={auction} leads={leads} room={room} seenAt={seenAt} />}
      {isOpen && !isSignedIn && (
        <a className="button button-primary w-full" href={signInHref()}>
          {text.signIn}
        </a>
      )}
      {!isOpen && <Outcome auction={auction} you={you} skew={skew} />}
    </EventCard>
  );
}

type BidProps = Pick<Props, "auction" | "room" | "seenAt"> & { readonly leads: boolean };

/** The next step by one press, or a limit up to which the room bids by itself. */
function Bid({ auction: { id: auctionId, nextMinor }, leads, room, seenAt }: BidProps) {
  const bid = useMutation({
    mutationFn: async (maxMinor: string) => {
      const at = seenAt();
      await room?.change({ t: "bid", auctionId, maxMinor, ...(at !== undefined && { seenAt: at }) });
    },
  });
  const limit = (form: FormData) => bid.mutate(minorOf(form.get("limit")) ?? "");
  return (
    <>
      {!leads && (
        <button
          type="button"
          className="button button-primary w-full"
          disabled={bid.isPending || !room}
          onClick={() => bid.mutate(nextMinor)}
        >
          {text.bid(priced(nextMinor))}
        </button>
      )}
      <details className="mt-2">
        <summary className="text-brand cursor-pointer text-sm font-semibold">{text.limit}</summary>
        <form className="mt-2 flex flex-col gap-2" action={limit}>
          <MoneyField label={text.limit} hint={text.limitHint} name="limit" required />
          <button
            type="submit"
            className="button button-quiet button-small"
            disabled={bid.isPending || !room}
          >
            {text.setLimit}
          </button>
        </form>
      </details>
      {bid.error && (
        <p className="text-bad mt-1.5" role="alert">
          {refusalOf(bid.error)}
        </p>
      )}
    </>
  );
}

type OutcomeProps = Pick<Props, "auction" | "you" | "skew">;

function Outcome({ auction, you, skew }: OutcomeProps) {
  const { state, award, leader, passed, priceMinor } = auction;
  if (state === "paid") return <p className="notice">{text.paid}</p>;
  if (state === "withdrawn") return <p className="notice">{text.withdrawn}</p>;
  if (passed.includes(you)) return <p className="notice">{text.passed}</p>;
  if (!award) return state === "unsold" ? <p className="text-muted">{text.unsold}</p> : null;
  if (award.who === you) return <Won auction={auction} skew={skew} />;
  return <p className="text-muted">{text.lost(leader?.name ?? "", priced(priceMinor))}</p>;
}

function Won({ auction: { id, award, priceMinor }, skew }: Pick<Props, "auction" | "skew">) {
  const awards = useAwards((items) => !items.some(({ auctionId }) => auctionId === id) && AWARD_POLL_MS);
  const kept = awards.data?.items.find(({ auctionId }) => auctionId === id);
  return <Award price={priced(priceMinor)} payBy={award?.payBy} skew={skew} kept={kept} />;
}
