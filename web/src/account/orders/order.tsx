import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { Loaded, Rows } from "../../ui/loaded.tsx";
import { Tag } from "../../ui/tag.tsx";
import { ShopLink } from "../shop-name.tsx";
import { Actions } from "./actions.tsx";
import { Bill, Delivery, Documents } from "./bill.tsx";
import { Lines } from "./lines.tsx";
import { Parcels } from "./parcels.tsx";
import { History, Progress } from "./progress.tsx";
import { cancelWords, type Order, shortId, stateTones, stateWords, wordOf } from "./words.ts";

const text = texts({
  en: {
    orders: "Orders",
    number: (id: string) => `Order ${id}`,
    placed: (at: string) => `Placed ${at}`,
    soldBy: "Sold by",
    cancelled: "This order was cancelled",
    payBefore: (at: string) => `Pay before ${at}, or it is cancelled by itself.`,
    shipBefore: (at: string) => `The shop sends it before ${at}.`,
    purchase: "The whole purchase",
  },
  id: {
    orders: "Pesanan",
    number: (id: string) => `Pesanan ${id}`,
    placed: (at: string) => `Dibuat ${at}`,
    soldBy: "Dijual oleh",
    cancelled: "Pesanan ini dibatalkan",
    payBefore: (at: string) => `Bayar sebelum ${at}, jika tidak pesanan batal otomatis.`,
    shipBefore: (at: string) => `Toko mengirim sebelum ${at}.`,
    purchase: "Seluruh pembelian",
  },
});

/** Payment and shop move it from elsewhere; once it is on its way, the parcel's own line tells first. */
const LOOK_EVERY_MS = 5_000;
const LOOK_LATER_MS = 20_000;
const MOVING: readonly Order["state"][] = ["awaiting_payment", "placed", "paid", "confirmed"];

function lookAgainIn(order: Order | undefined): number | false {
  if (!order) return false;
  if (MOVING.includes(order.state)) return LOOK_EVERY_MS;
  return order.state === "shipped" ? LOOK_LATER_MS : false;
}

const route = getRouteApi("/account/orders/$orderId");

export function OrderPage() {
  const { orderId } = route.useParams();
  const found = useQuery({
    ...queryOf("GET /v1/orders/{orderId}", { path: { orderId }, query: { as: "buyer" } }),
    refetchInterval: ({ state: { data } }) => lookAgainIn(data),
  });
  return (
    <Loaded query={found} skeleton={<Rows count={5} />}>
      {(order) => <Whole key={order.id} order={order} />}
    </Loaded>
  );
}

function Whole({ order }: { readonly order: Order }) {
  return (
    <article className="flex flex-col gap-5">
      <Head order={order} />
      <Progress order={order} />
      <Actions order={order} />
      <Parcels order={order} />
      <div className="grid items-start gap-5 xl:grid-cols-[1fr_20rem]">
        <Lines order={order} />
        <div className="flex flex-col gap-5">
          <Bill order={order} />
          <Delivery order={order} />
        </div>
      </div>
      <Documents order={order} />
      <History orderId={order.id} version={order.version} />
    </article>
  );
}

function Head({ order }: { readonly order: Order }) {
  const { id, state, createdAt, sellerId, orderGroupId, cancelReason, payBefore, shipBefore } = order;
  return (
    <header>
      <nav className="crumbs">
        <Link to="/account/orders">{text.orders}</Link>
        <Link to="/account/orders" search={{ group: orderGroupId }}>
          {text.purchase}
        </Link>
      </nav>
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">{text.number(shortId(id))}</h1>
        <span role="status">
          <Tag tone={stateTones[state]}>{stateWords[state]}</Tag>
        </span>
      </div>
      <p className="text-muted mt-1 text-sm">
        {text.placed(moment(createdAt))} · {text.soldBy} <ShopLink sellerId={sellerId} />
      </p>
      {state === "cancelled" && (
        <p className="notice mt-4">
          {text.cancelled}
          {cancelReason && `: ${wordOf(cancelWords, cancelReason)}`}.
        </p>
      )}
      {state === "awaiting_payment" && payBefore && (
        <p className="notice mt-4">{text.payBefore(moment(payBefore))}</p>
      )}
      {(state === "paid" || state === "confirmed" || state === "placed") && shipBefore && (
        <p className="text-muted mt-2 text-sm">{text.shipBefore(moment(shipBefore))}</p>
      )}
    </header>
  );
}
