import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { pagesOf, queryClient } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { ShopLink, useShop } from "./shop-name.tsx";

const text = texts({
  en: {
    title: "Following",
    none: "You follow no shop yet",
    noneText: "Follow shops that you like: you hear when they go live.",
    look: "Look around",
    since: (at: string) => `Since ${at}`,
    unfollow: "Unfollow",
  },
  id: {
    title: "Diikuti",
    none: "Anda belum mengikuti toko",
    noneText: "Ikuti toko yang Anda suka: Anda diberi tahu saat mereka siaran langsung.",
    look: "Lihat-lihat",
    since: (at: string) => `Sejak ${at}`,
    unfollow: "Berhenti mengikuti",
  },
});

const PAGE = 20;

export function FollowingPage() {
  const found = useInfiniteQuery(pagesOf("GET /v1/sellers/followed", { query: { limit: PAGE } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Paged
        query={found}
        keyOf={({ sellerId }) => sellerId}
        className="grid gap-3 sm:grid-cols-2"
        empty={
          <Empty title={text.none} text={text.noneText}>
            <Link className="button button-quiet" to="/">
              {text.look}
            </Link>
          </Empty>
        }
      >
        {(followed) => <Shop {...followed} />}
      </Paged>
    </>
  );
}

type ShopProps = { readonly sellerId: string; readonly since: string };

function Shop({ sellerId, since }: ShopProps) {
  const { data: shop } = useShop(sellerId);
  const unfollow = useMutation({
    mutationFn: () => call("DELETE /v1/sellers/{sellerId}/follow", { path: { sellerId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/sellers/followed"] }),
  });
  return (
    <article className="panel flex items-center justify-between gap-3">
      <div className="min-w-0">
        <ShopLink sellerId={sellerId} />
        <p className="text-muted text-sm">
          {shop?.city && `${shop.city} · `}
          {text.since(day(since))}
        </p>
        <Refusal error={unfollow.error} />
      </div>
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={unfollow.isPending}
        onClick={() => unfollow.mutate()}
      >
        {text.unfollow}
      </button>
    </article>
  );
}
