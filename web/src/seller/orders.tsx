import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type Answer, download } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { fromNow, moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag } from "../ui/tag.tsx";
import { useShop } from "./shop.ts";
import { orderState, orderTone } from "./states.ts";

const text = texts({
  en: {
    title: "Orders",
    filter: "State",
    all: "All",
    none: "No orders here",
    noneText: "Orders appear as soon as somebody buys from your shop.",
    units: (n: number) => (n === 1 ? "1 item" : `${count(n)} items`),
    shipBy: (when: string) => `ship ${when}`,
    more: (n: string) => `and ${n} more`,
    pickup: "Pick-up and manifest",
    export: "Export as CSV",
  },
  id: {
    title: "Pesanan",
    filter: "Status",
    all: "Semua",
    none: "Belum ada pesanan",
    noneText: "Pesanan muncul begitu ada yang membeli dari toko Anda.",
    units: (n: number) => `${count(n)} barang`,
    shipBy: (when: string) => `kirim ${when}`,
    more: (n: string) => `dan ${n} lagi`,
    pickup: "Penjemputan dan manifes",
    export: "Ekspor CSV",
  },
});

const route = getRouteApi("/shop/orders");
const SHOWN = ["paid", "placed", "confirmed", "shipped", "delivered", "completed", "cancelled"] as const;

type Item = Answer<"GET /v1/orders">["items"][number];

/** The shop's orders, the newest first. */
export function OrdersPage() {
  const shop = useShop();
  const { state } = route.useSearch();
  const filters = { as: "seller", ...(state && { state }) } as const;
  const orders = useInfiniteQuery(pagesOf("GET /v1/orders", { query: filters }, shop));
  const csv = useMutation({
    mutationFn: () => download("GET /v1/orders/export", { query: filters }, shop),
    onSuccess: (bytes) => saveFile(bytes, "orders.csv"),
  });
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <span className="flex flex-wrap gap-2">
          <Link to="/shop/pickup" className="button button-quiet button-small">
            {text.pickup}
          </Link>
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={csv.isPending}
            onClick={() => csv.mutate()}
          >
            {text.export}
          </button>
        </span>
      </header>
      <Refusal error={csv.error} />
      <nav className="chips mb-4" aria-label={text.filter}>
        <Link to="/shop/orders" className="chip" aria-current={state === undefined ? "page" : undefined}>
          {text.all}
        </Link>
        {SHOWN.map((one) => (
          <Link
            key={one}
            to="/shop/orders"
            search={{ state: one }}
            className="chip"
            aria-current={state === one ? "page" : undefined}
          >
            {orderState[one]}
          </Link>
        ))}
      </nav>
      <Paged query={orders} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(order) => <OrderRow order={order} />}
      </Paged>
    </>
  );
}

function OrderRow({ order }: { readonly order: Item }) {
  const { id, state, firstTitle, lineCount, units, total, createdAt, shipBefore } = order;
  const isDue = shipBefore !== null && (state === "paid" || state === "confirmed");
  return (
    <Link
      to="/shop/orders/$orderId"
      params={{ orderId: id }}
      className="panel hover:shadow-card flex flex-wrap items-center gap-x-4 gap-y-1 transition-shadow"
    >
      <span className="min-w-0 flex-1 max-sm:basis-full sm:basis-52">
        <span className="block truncate font-semibold">
          {firstTitle}
          {lineCount > 1 && <span className="text-muted"> {text.more(count(lineCount - 1))}</span>}
        </span>
        <span className="text-muted text-sm">
          {moment(createdAt)}, {text.units(units)}
        </span>
      </span>
      {isDue && <span className="text-deal text-sm font-semibold">{text.shipBy(fromNow(shipBefore))}</span>}
      <Tag tone={orderTone[state]}>{orderState[state]}</Tag>
      <strong className="ml-auto min-w-24 text-right tabular-nums">{money(total)}</strong>
    </Link>
  );
}
