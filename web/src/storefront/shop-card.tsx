import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessageCircle, Store, Ticket } from "lucide-react";
import { call } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { useOpenChat } from "../chat/open-chat.ts";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { said, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    chat: "Chat with the shop",
    visit: "Visit the shop",
    vouchers: "Vouchers of this shop",
    collect: "Collect",
    collected: "Collected",
  },
  id: {
    chat: "Chat penjual",
    visit: "Kunjungi toko",
    vouchers: "Voucher toko ini",
    collect: "Klaim",
    collected: "Sudah diklaim",
  },
});

type Seller = { readonly id: string; readonly name: string; readonly slug: string; readonly city: string };
const VOUCHERS = 3;

/** Who sells it: where they are, how to ask them, and what they take off. */
export function ShopCard({ seller }: { readonly seller: Seller }) {
  const isSignedIn = useIsSignedIn();
  const chat = useOpenChat();
  return (
    <section className="panel mt-6" aria-label={seller.name}>
      <p className="flex items-center gap-3">
        <span className="bg-brand-soft text-brand grid size-11 shrink-0 place-items-center rounded-full">
          <Store size={20} aria-hidden />
        </span>
        <span className="min-w-0">
          <strong className="block truncate">{seller.name}</strong>
          <span className="text-muted text-sm">{seller.city}</span>
        </span>
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        {isSignedIn ? (
          <button
            type="button"
            className="button button-quiet button-small flex-1"
            disabled={chat.isPending}
            onClick={() => chat.mutate({ sellerId: seller.id })}
          >
            <MessageCircle size={16} aria-hidden />
            {text.chat}
          </button>
        ) : (
          <a className="button button-quiet button-small flex-1" href={signInHref()}>
            <MessageCircle size={16} aria-hidden />
            {text.chat}
          </a>
        )}
        <Link
          className="button button-quiet button-small flex-1"
          to="/shops/$slug"
          params={{ slug: seller.slug }}
        >
          {text.visit}
        </Link>
      </div>
      <Refusal error={chat.error} />
      <Vouchers sellerId={seller.id} isSignedIn={isSignedIn} />
    </section>
  );
}

type VouchersProps = { readonly sellerId: string; readonly isSignedIn: boolean };

function Vouchers({ sellerId, isSignedIn }: VouchersProps) {
  const { data } = useQuery(
    queryOf("GET /v1/vouchers/collectable", { query: { sellerId, limit: VOUCHERS } }),
  );
  const collect = useMutation({
    mutationFn: (voucherId: string) => call("POST /v1/vouchers/{voucherId}/collect", { path: { voucherId } }),
  });
  const offered = data?.items.filter((voucher) => voucher.sellerId === sellerId) ?? [];
  if (offered.length === 0) return null;
  return (
    <div className="border-line mt-4 border-t pt-3">
      <h2 className="mb-2 text-sm font-bold">{text.vouchers}</h2>
      <ul className="flex flex-col gap-2">
        {offered.map(({ id, titles, code }) => {
          const isMine = collect.isSuccess && collect.variables === id;
          return (
            <li key={id} className="flex items-center gap-3 text-sm">
              <Ticket size={18} className="text-deal shrink-0" aria-hidden />
              <span className="min-w-0 flex-1">
                {said(titles)} <code className="text-muted text-xs">{code}</code>
              </span>
              {isSignedIn && (
                <button
                  type="button"
                  className="button button-quiet button-small"
                  disabled={collect.isPending || isMine}
                  onClick={() => collect.mutate(id)}
                >
                  {isMine ? text.collected : text.collect}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <Refusal error={collect.error} />
    </div>
  );
}
