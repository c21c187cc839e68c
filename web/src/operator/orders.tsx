import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { orderState, orderTone } from "../seller/states.ts";
import { money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: { title: "Orders", all: "All", none: "No order is in this state", state: "State" },
  id: { title: "Pesanan", all: "Semua", none: "Tidak ada pesanan dalam status ini", state: "Status" },
});

const STATES = [
  "awaiting_payment",
  "placed",
  "paid",
  "confirmed",
  "shipped",
  "delivered",
  "completed",
  "cancelled",
] as const;
type State = (typeof STATES)[number];
const isState = (given: string | undefined): given is State => STATES.some((one) => one === given);

const route = getRouteApi("/operator/orders");

/** Orders of every shop, the newest first. */
export function OrdersPage() {
  const { state: given } = route.useSearch();
  const navigate = route.useNavigate();
  const state = isState(given) ? given : undefined;
  const query = useInfiniteQuery(
    pagesOf("GET /v1/orders", { query: { as: "operator", ...(state && { state }) } }),
  );
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips
        label={text.state}
        options={[
          { value: undefined, name: text.all },
          ...STATES.map((value) => ({ value, name: orderState[value] })),
        ]}
        value={state}
        onChoose={(value) => void navigate({ search: value ? { state: value } : {} })}
      />
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(order) => (
          <Link
            to="/operator/orders/$orderId"
            params={{ orderId: order.id }}
            className="panel hover:border-brand flex flex-wrap items-center justify-between gap-3"
          >
            <span className="min-w-0">
              <span className="block truncate font-semibold">{order.firstTitle}</span>
              <span className="text-muted text-sm">{`${order.id} · ${moment(order.createdAt)}`}</span>
            </span>
            <span className="flex items-center gap-3">
              <strong className="tabular-nums">{money(order.total)}</strong>
              <Tag tone={orderTone[order.state]}>{orderState[order.state]}</Tag>
            </span>
          </Link>
        )}
      </Paged>
    </>
  );
}
