import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { Commands } from "../shell/acted.tsx";
import { texts } from "../shell/text.ts";
import { clock, moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: {
    title: "Acting as a user",
    about: "One acts in a user's name from an order or a shop's page, with a reason that the user reads.",
    none: "Nobody has acted in a user's name",
    noneText: "Open an order or a shop and choose “Act as this user”.",
    as: (operator: string, user: string) => `${operator} as ${user}`,
    live: "Now",
    gone: "an erased account",
    order: "Order",
  },
  id: {
    title: "Bertindak sebagai pengguna",
    about: "Bertindak atas nama pengguna dimulai dari pesanan atau halaman toko, dengan alasan yang ia baca.",
    none: "Belum ada yang bertindak atas nama pengguna",
    noneText: "Buka pesanan atau toko, lalu pilih “Bertindak sebagai pengguna ini”.",
    as: (operator: string, user: string) => `${operator} sebagai ${user}`,
    live: "Sekarang",
    gone: "akun yang dihapus",
    order: "Pesanan",
  },
});

const PAGE = 20;

/** Who acted in whose name, why, and what was done. */
export function ActingPage() {
  const found = useInfiniteQuery(pagesOf("GET /v1/auth/acting", { query: { limit: PAGE } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <p className="text-muted mb-5 max-w-prose text-sm">{text.about}</p>
      <Paged
        query={found}
        keyOf={({ id }) => id}
        className="flex flex-col gap-3"
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(acting) => <One acting={acting} />}
      </Paged>
    </>
  );
}

type Acted = Answer<"GET /v1/auth/acting">["items"][number];

const One = ({ acting }: { readonly acting: Acted }) => (
  <article className="panel flex flex-col gap-2 text-sm">
    <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <h2 className="font-bold break-all">
        {text.as(acting.operatorEmail ?? text.gone, acting.userEmail ?? text.gone)}
      </h2>
      {acting.isLive && <Tag tone="deal">{text.live}</Tag>}
    </header>
    <p className="text-muted">{`${moment(acting.startedAt)} – ${clock(acting.until)}`}</p>
    <p className="break-words">{acting.reason}</p>
    {acting.orderId !== null && (
      <Link
        to="/operator/orders/$orderId"
        params={{ orderId: acting.orderId }}
        className="text-brand font-semibold break-all"
      >
        {`${text.order} ${acting.orderId}`}
      </Link>
    )}
    <Commands of={acting.commands} />
  </article>
);
