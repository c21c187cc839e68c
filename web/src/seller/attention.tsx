import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type LucideIcon, MessagesSquare, PackageOpen, RotateCcw, TriangleAlert, Truck } from "lucide-react";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Needs a hand",
    confirm: "Orders to confirm",
    ship: "Orders to ship",
    returns: "Returns to answer",
    chats: "Conversations to read",
    stock: "Running low",
  },
  id: {
    title: "Perlu ditangani",
    confirm: "Pesanan perlu dikonfirmasi",
    ship: "Pesanan perlu dikirim",
    returns: "Pengembalian perlu dijawab",
    chats: "Percakapan belum dibaca",
    stock: "Stok menipis",
  },
});

/** As many as a page shows; beyond that it says that there are more. */
const LOOK = 50;
type List = { readonly items: readonly unknown[]; readonly nextCursor: string | null };
const many = (list: List | undefined): string | undefined =>
  list && `${count(list.items.length)}${list.nextCursor === null ? "" : "+"}`;

/** What waits for somebody of the shop, most urgent first. */
export function Attention() {
  const shop = useShop();
  const orders = { as: "seller", limit: LOOK } as const;
  const paid = useQuery(queryOf("GET /v1/orders", { query: { ...orders, state: "paid" } }, shop));
  const confirmed = useQuery(queryOf("GET /v1/orders", { query: { ...orders, state: "confirmed" } }, shop));
  const returns = useQuery(
    queryOf("GET /v1/refunds", { query: { as: "seller", state: "requested", limit: LOOK } }, shop),
  );
  const chats = useQuery(queryOf("GET /v1/chats", { query: { as: "shop", limit: 1 } }, shop));
  const low = useQuery(queryOf("GET /v1/inventory/low-stock", { query: { limit: LOOK } }, shop));
  return (
    <section aria-label={text.title}>
      <ul className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        <li>
          <Link to="/shop/orders" search={{ state: "paid" }} className={TASK}>
            <Task icon={PackageOpen} label={text.confirm} n={many(paid.data)} />
          </Link>
        </li>
        <li>
          <Link to="/shop/orders" search={{ state: "confirmed" }} className={TASK}>
            <Task icon={Truck} label={text.ship} n={many(confirmed.data)} />
          </Link>
        </li>
        <li>
          <Link to="/shop/returns" className={TASK}>
            <Task icon={RotateCcw} label={text.returns} n={many(returns.data)} />
          </Link>
        </li>
        <li>
          <Link to="/shop/chats" className={TASK}>
            <Task
              icon={MessagesSquare}
              label={text.chats}
              n={chats.data && count(chats.data.unread.conversations)}
            />
          </Link>
        </li>
        <li>
          <Link to="/shop/inventory" className={TASK}>
            <Task icon={TriangleAlert} label={text.stock} n={many(low.data)} />
          </Link>
        </li>
      </ul>
    </section>
  );
}

const TASK = "panel hover:shadow-card flex h-full flex-col gap-1 transition-shadow";
type TaskProps = { readonly icon: LucideIcon; readonly label: string; readonly n: string | undefined };

const Task = ({ icon: Icon, label, n }: TaskProps) => (
  <>
    <Icon size={20} className={n && n !== "0" ? "text-deal" : "text-muted"} aria-hidden />
    <strong className="h-8 text-2xl tabular-nums">{n ?? <span className="skeleton block h-7 w-8" />}</strong>
    <span className="text-muted text-sm">{label}</span>
  </>
);
