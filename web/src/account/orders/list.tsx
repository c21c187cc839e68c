import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pagesOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { count, money, texts } from "../../shell/text.ts";
import { day } from "../../shell/when.ts";
import { Empty } from "../../ui/empty.tsx";
import { Paged } from "../../ui/loaded.tsx";
import { Tag } from "../../ui/tag.tsx";
import { ShopName } from "../shop-name.tsx";
import { STATES, shortId, stateTones, stateWords } from "./words.ts";

const text = texts({
  en: {
    title: "Orders",
    all: "All",
    filter: "Filter by state",
    none: "No orders yet",
    noneText: "What you buy is listed here, with where it is and what you can do about it.",
    noneHere: "No orders in this state",
    look: "Look around",
    group: "One purchase",
    everything: "All orders",
    more: (n: string) => `and ${n} more`,
    number: (id: string) => `Order ${id}`,
  },
  id: {
    title: "Pesanan",
    all: "Semua",
    filter: "Saring menurut status",
    none: "Belum ada pesanan",
    noneText: "Yang Anda beli tercantum di sini, beserta posisinya dan yang dapat Anda lakukan.",
    noneHere: "Tidak ada pesanan dengan status ini",
    look: "Lihat-lihat",
    group: "Satu pembelian",
    everything: "Semua pesanan",
    more: (n: string) => `dan ${n} lainnya`,
    number: (id: string) => `Pesanan ${id}`,
  },
});

const PAGE = 20;
const route = getRouteApi("/account/orders");

export function OrdersPage() {
  const { group, state: wanted } = route.useSearch();
  const state = STATES.find((one) => one === wanted);
  const found = useInfiniteQuery(
    pagesOf("GET /v1/orders", {
      query: { as: "buyer", limit: PAGE, ...(state && { state }), ...(group && { orderGroupId: group }) },
    }),
  );
  return (
    <>
      <h1 className="page-title">{group ? text.group : text.title}</h1>
      {group ? (
        <Link className="text-brand mb-4 inline-block font-semibold" to="/account/orders">
          {text.everything}
        </Link>
      ) : (
        <Filters state={state} />
      )}
      <Paged query={found} keyOf={({ id }) => id} empty={<Nothing isFiltered={state !== undefined} />}>
        {(order) => <OrderCard order={order} />}
      </Paged>
    </>
  );
}

function Filters({ state }: { readonly state: string | undefined }) {
  return (
    <nav aria-label={text.filter} className="mb-4">
      <ul className="chips">
        {[undefined, ...STATES].map((one) => (
          <li key={one ?? "all"}>
            <Link
              className={`chip ${one === state ? "border-brand bg-brand-soft text-brand" : ""}`}
              to="/account/orders"
              search={one ? { state: one } : {}}
              aria-current={one === state ? "page" : undefined}
            >
              {one ? stateWords[one] : text.all}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const Nothing = ({ isFiltered }: { readonly isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title={text.noneHere} />
  ) : (
    <Empty title={text.none} text={text.noneText}>
      <Link className="button button-primary" to="/">
        {text.look}
      </Link>
    </Empty>
  );

export function OrderCard({ order }: { readonly order: Schemas["OrderItem"] }) {
  const { id, state, sellerId, firstTitle, lineCount, total, createdAt } = order;
  return (
    <Link
      className="panel hover:shadow-card flex flex-col gap-2 transition-shadow"
      to="/account/orders/$orderId"
      params={{ orderId: id }}
    >
      <span className="flex flex-wrap items-center justify-between gap-2 text-sm">
        <ShopName sellerId={sellerId} />
        <Tag tone={stateTones[state]}>{stateWords[state]}</Tag>
      </span>
      <span className="line-clamp-2">
        {firstTitle}
        {lineCount > 1 && <span className="text-muted"> {text.more(count(lineCount - 1))}</span>}
      </span>
      <span className="flex flex-wrap items-baseline justify-between gap-2">
        <span className="text-muted text-sm">
          {text.number(shortId(id))} · {day(createdAt)}
        </span>
        <strong className="tabular-nums">{money(total)}</strong>
      </span>
    </Link>
  );
}
