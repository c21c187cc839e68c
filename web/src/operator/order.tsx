import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { isCancellable } from "../account/orders/cancel.tsx";
import { methodWords, moveWords, wordOf } from "../account/orders/words.ts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { orderState, orderTone } from "../seller/states.ts";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Tag } from "../ui/tag.tsx";
import { ActAs } from "./act-as.tsx";
import { CancelOrder } from "./cancel-order.tsx";
import { Detail, History } from "./detail.tsx";
import { Facts } from "./facts.tsx";
import { saySide } from "./words.ts";

const text = texts({
  en: {
    back: "All orders",
    shop: "Shop",
    group: "Purchase",
    placed: "Placed",
    pays: "Pays with",
    to: "To",
    goods: "Goods",
    discount: "Discount",
    shipping: "Shipping",
    tax: "Tax",
    total: "Total",
    lines: "Lines",
    cancelled: (n: string) => `${n} called off`,
    shipped: (n: string) => `${n} sent`,
  },
  id: {
    back: "Semua pesanan",
    shop: "Toko",
    group: "Pembelian",
    placed: "Dipesan",
    pays: "Dibayar dengan",
    to: "Kepada",
    goods: "Barang",
    discount: "Potongan",
    shipping: "Ongkir",
    tax: "Pajak",
    total: "Total",
    lines: "Isi",
    cancelled: (n: string) => `${n} dibatalkan`,
    shipped: (n: string) => `${n} dikirim`,
  },
});

type Order = Schemas["Order"];
const as = "operator" as const;

const route = getRouteApi("/operator/orders/$orderId");

/** An order as the platform sees it, with who moved it. */
export function OrderPage() {
  const { orderId } = route.useParams();
  const about = { path: { orderId }, query: { as } };
  const query = useQuery(queryOf("GET /v1/orders/{orderId}", about));
  const timeline = useQuery(queryOf("GET /v1/orders/{orderId}/timeline", about));
  return (
    <Detail to="/operator/orders" back={text.back} query={query}>
      {(order) => (
        <>
          <About order={order} />
          <Lines order={order} />
          <History query={timeline} say={({ move }) => wordOf(moveWords, move)}>
            {({ by }) => <span className="text-muted">{saySide(by)}</span>}
          </History>
        </>
      )}
    </Detail>
  );
}

function About({ order }: { readonly order: Order }) {
  const { address } = order;
  return (
    <section className="panel">
      <header className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-extrabold tracking-tight break-all">{order.id}</h1>
        <Tag tone={orderTone[order.state]}>{orderState[order.state]}</Tag>
      </header>
      <Facts
        of={[
          [text.shop, <SellerLink key="shop" sellerId={order.sellerId} />],
          [text.group, order.orderGroupId],
          [text.placed, moment(order.createdAt)],
          [text.pays, wordOf(methodWords, order.paymentMethod)],
          [text.to, `${address.recipient}, ${address.line1}, ${address.city} ${address.postalCode}`],
          [text.goods, money(order.goods)],
          [text.discount, money(order.discount)],
          [text.shipping, money(order.shipping)],
          [text.tax, money(order.tax)],
          [text.total, <strong key="total">{money(order.total)}</strong>],
        ]}
      />
      <div className="mt-5 flex flex-wrap gap-3">
        {isCancellable(order) && <CancelOrder order={order} />}
        {order.buyerId?.startsWith("usr_") && <ActAs userId={order.buyerId} orderId={order.id} />}
      </div>
    </section>
  );
}

const SellerLink = ({ sellerId }: { readonly sellerId: string }) => (
  <Link to="/operator/sellers/$sellerId" params={{ sellerId }} className="text-brand font-semibold">
    {sellerId}
  </Link>
);

const Lines = ({ order }: { readonly order: Order }) => (
  <section className="panel">
    <h2 className="mb-3 font-bold">{text.lines}</h2>
    <ul className="divide-line divide-y text-sm">
      {order.lines.map((line) => (
        <li key={line.id} className="flex justify-between gap-4 py-2">
          <span>
            {`${count(line.quantity)} × ${line.title}`}
            <span className="text-muted block">{aboutLine(line)}</span>
          </span>
          <span className="tabular-nums">{money(line.unitPrice)}</span>
        </li>
      ))}
    </ul>
  </section>
);

const aboutLine = ({ variantLabel, shippedQuantity, cancelledQuantity }: Order["lines"][number]): string =>
  [
    variantLabel,
    shippedQuantity > 0 && text.shipped(count(shippedQuantity)),
    cancelledQuantity > 0 && text.cancelled(count(cancelledQuantity)),
  ]
    .filter(Boolean)
    .join(" · ");
