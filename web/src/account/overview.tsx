import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Moon } from "lucide-react";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import { leave } from "../session/session.ts";
import { useUnread } from "../shell/notices.ts";
import { count, money, texts } from "../shell/text.ts";
import { toggleTheme } from "../shell/theme.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { OrderCard } from "./orders/list.tsx";

const text = texts({
  en: {
    title: "Account",
    hello: (name: string) => `Hello, ${name}`,
    signOut: "Sign out",
    theme: "Light or dark",
    wallet: "Wallet",
    notices: "Unread",
    reviews: "To review",
    recent: "Latest orders",
    all: "All orders",
    none: "No orders yet",
    noneText: "What you buy is listed here.",
    look: "Look around",
    claim: "Did you order as a guest with this address?",
    claimIt: "Find my orders",
    claimed: (n: string) => `${n} purchases were added.`,
  },
  id: {
    title: "Akun",
    hello: (name: string) => `Halo, ${name}`,
    signOut: "Keluar",
    theme: "Terang atau gelap",
    wallet: "Dompet",
    notices: "Belum dibaca",
    reviews: "Perlu diulas",
    recent: "Pesanan terakhir",
    all: "Semua pesanan",
    none: "Belum ada pesanan",
    noneText: "Yang Anda beli tercantum di sini.",
    look: "Lihat-lihat",
    claim: "Pernah memesan sebagai tamu dengan email ini?",
    claimIt: "Cari pesanan saya",
    claimed: (n: string) => `${n} pembelian ditambahkan.`,
  },
});

const RECENT = 3;
const RIGHTS = 100;

export function OverviewPage() {
  const leaving = useMutation({ mutationFn: leave });
  const { data: profile } = useQuery(queryOf("GET /v1/users/me", {}));
  const orders = useQuery(queryOf("GET /v1/orders", { query: { as: "buyer", limit: RECENT } }));
  return (
    <>
      <div className="mb-5 flex min-h-11 flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">
          {profile?.name ? text.hello(profile.name) : text.title}
        </h1>
        <span className="flex gap-2">
          <button
            type="button"
            className="button button-quiet button-small px-2.5 sm:hidden"
            aria-label={text.theme}
            onClick={toggleTheme}
          >
            <Moon size={18} aria-hidden />
          </button>
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={leaving.isPending}
            onClick={() => leaving.mutate()}
          >
            {text.signOut}
          </button>
        </span>
      </div>
      <Refusal error={leaving.error} />
      <Figures />
      <div className="mt-8 mb-4 flex items-baseline justify-between gap-3">
        <h2 className="text-xl font-bold tracking-tight">{text.recent}</h2>
        <Link className="text-brand text-sm font-semibold" to="/account/orders">
          {text.all}
        </Link>
      </div>
      <Loaded query={orders}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={text.none} text={text.noneText}>
              <Link className="button button-primary" to="/">
                {text.look}
              </Link>
            </Empty>
          ) : (
            <ul className="list">
              {items.map((order) => (
                <li key={order.id}>
                  <OrderCard order={order} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Claim />
    </>
  );
}

/** Three figures that lead on to what they count. */
function Figures() {
  const { data: wallet } = useQuery(queryOf("GET /v1/wallet", {}));
  const { data: rights } = useQuery(queryOf("GET /v1/reviews/rights", { query: { limit: RIGHTS } }));
  const unread = useUnread();
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      <li className="max-sm:col-span-2">
        <Figure to="/account/wallet" label={text.wallet} value={wallet && money(wallet.available)} />
      </li>
      <li>
        <Figure to="/account/notifications" label={text.notices} value={count(unread)} />
      </li>
      <li>
        <Figure to="/account/reviews" label={text.reviews} value={rights && shownOf(rights)} />
      </li>
    </ul>
  );
}

const shownOf = ({ items, nextCursor }: { items: readonly unknown[]; nextCursor: string | null }): string =>
  `${count(items.length)}${nextCursor ? "+" : ""}`;

type FigureProps = {
  readonly to: LinkProps["to"] & string;
  readonly label: string;
  readonly value: string | undefined;
};

const Figure = ({ to, label, value }: FigureProps) => (
  <Link className="panel hover:shadow-card block h-full transition-shadow" to={to}>
    <span className="text-muted block text-sm font-semibold">{label}</span>
    <span className="mt-1 block min-h-[1lh] text-xl font-extrabold tabular-nums">{value}</span>
  </Link>
);

/** What was bought before there was an account belongs to whoever has its address confirmed. */
function Claim() {
  const claim = useMutation({
    mutationFn: () => call("POST /v1/orders/claim", {}),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/orders"] }),
  });
  return (
    <section className="mt-6 flex flex-wrap items-center gap-3 text-sm">
      <p className="text-muted">{text.claim}</p>
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={claim.isPending}
        onClick={() => claim.mutate()}
      >
        {text.claimIt}
      </button>
      <p role="status">{claim.data && text.claimed(count(claim.data.orderGroupIds.length))}</p>
      <Refusal error={claim.error} />
    </section>
  );
}
