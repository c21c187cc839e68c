import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, texts } from "../shell/text.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ShopName } from "./parcels.tsx";

const text = texts({
  en: {
    title: "Thank you: your order is placed",
    several: "It comes from several shops; each parcel is an order of its own.",
    units: (n: number) => (n === 1 ? "1 item" : `${count(n)} items`),
    open: "Look at it",
    none: "There is no such order",
    noneText: "It may belong to another account: sign in with the one that you ordered with.",
  },
  id: {
    title: "Terima kasih: pesanan Anda sudah dibuat",
    several: "Pesanan ini dari beberapa toko; setiap paket adalah pesanan tersendiri.",
    units: (n: number) => `${count(n)} barang`,
    open: "Lihat",
    none: "Pesanan tidak ditemukan",
    noneText: "Mungkin milik akun lain: masuk dengan akun yang Anda pakai memesan.",
  },
});

const route = getRouteApi("/placed/$orderGroupId");
type Item = Schemas["OrderItem"];

/** Where an order leads to: one order to its page, several to a list of them. */
export function PlacedPage() {
  const { orderGroupId } = route.useParams();
  const orders = useQuery({ ...queryOf("GET /v1/orders", { query: { orderGroupId } }), staleTime: 0 });
  return (
    <Loaded query={orders} skeleton={<div className="skeleton mx-auto h-80 max-w-xl" aria-busy />}>
      {({ items }) => {
        const [first] = items;
        if (!first) return <Empty title={text.none} text={text.noneText} />;
        if (items.length === 1) {
          return <Navigate to="/orders/$orderId" params={{ orderId: first.id }} replace />;
        }
        return <Several items={items} />;
      }}
    </Loaded>
  );
}

const Several = ({ items }: { readonly items: readonly Item[] }) => (
  <section className="mx-auto max-w-xl">
    <CircleCheck size={40} className="text-good mb-3" aria-hidden />
    <h1 className="page-title">{text.title}</h1>
    <p className="text-muted mb-4">{text.several}</p>
    <ul className="list">
      {items.map((item) => (
        <li key={item.id} className="panel flex items-center justify-between gap-4">
          <span className="min-w-0">
            <ShopName sellerId={item.sellerId} />
            <span className="block truncate font-semibold">{item.firstTitle}</span>
            <span className="text-muted text-sm">
              {text.units(item.units)} · {money(item.total)}
            </span>
          </span>
          <Link
            className="button button-quiet button-small"
            to="/orders/$orderId"
            params={{ orderId: item.id }}
          >
            {text.open}
          </Link>
        </li>
      ))}
    </ul>
  </section>
);
