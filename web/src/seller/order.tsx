import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { download } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { CallBuyer } from "../call/call-buyer.tsx";
import { count, money, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag } from "../ui/tag.tsx";
import { OrderActions } from "./order-actions.tsx";
import { OrderTimeline } from "./order-timeline.tsx";
import { ParcelsPanel } from "./parcels.tsx";
import { useShop } from "./shop.ts";
import { type Order, orderState, orderTone } from "./states.ts";

const text = texts({
  en: {
    back: "Orders",
    title: (at: string) => `Order of ${at}`,
    shipBy: (at: string) => `Ship by ${at}`,
    goods: "Goods",
    sent: (n: string) => `${n} sent`,
    cancelled: (n: string) => `${n} cancelled`,
    returned: (n: string) => `${n} returned`,
    buyer: "Goes to",
    arrives: (from: string, until: string) => `promised for ${from} to ${until}`,
    sum: "The money",
    discount: "Discount",
    ownDiscount: "of it at your cost",
    included: (tax: string) => `of it ${tax}`,
    shipping: "Shipping, paid by the buyer",
    shippingDiscount: "Taken off the shipping",
    total: "Paid by the buyer",
    commission: "Commission",
    commissionTax: "Tax on the commission",
    invoice: "Invoice",
    noInvoice: "The invoice is being made.",
    cod: "Cash on delivery",
  },
  id: {
    back: "Pesanan",
    title: (at: string) => `Pesanan ${at}`,
    shipBy: (at: string) => `Kirim sebelum ${at}`,
    goods: "Barang",
    sent: (n: string) => `${n} terkirim`,
    cancelled: (n: string) => `${n} dibatalkan`,
    returned: (n: string) => `${n} dikembalikan`,
    buyer: "Dikirim ke",
    arrives: (from: string, until: string) => `dijanjikan ${from} sampai ${until}`,
    sum: "Rincian dana",
    discount: "Diskon",
    ownDiscount: "di antaranya ditanggung toko",
    included: (tax: string) => `termasuk ${tax}`,
    shipping: "Ongkir, dibayar pembeli",
    shippingDiscount: "Potongan ongkir",
    total: "Dibayar pembeli",
    commission: "Komisi",
    commissionTax: "Pajak atas komisi",
    invoice: "Faktur",
    noInvoice: "Faktur sedang dibuat.",
    cod: "Bayar di tempat",
  },
});

const route = getRouteApi("/shop/orders/$orderId");

/** All of one order: what to do about it, what is in it, where it goes and what it brings. */
export function OrderPage() {
  const { orderId } = route.useParams();
  const query = { as: "seller" } as const;
  const order = useQuery(queryOf("GET /v1/orders/{orderId}", { path: { orderId }, query }, useShop()));
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/orders">{text.back}</Link>
      </nav>
      <Loaded query={order} skeleton={<div className="skeleton h-96 w-full" />}>
        {(one) => <Whole order={one} />}
      </Loaded>
    </>
  );
}

function Whole({ order }: { readonly order: Order }) {
  const isDue = order.state === "paid" || order.state === "placed" || order.state === "confirmed";
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="page-title mb-0!">{text.title(moment(order.createdAt))}</h1>
        <Tag tone={orderTone[order.state]}>{orderState[order.state]}</Tag>
        {order.paymentMethod === "cod" && <Tag>{text.cod}</Tag>}
        {isDue && order.shipBefore && (
          <span className="text-deal text-sm font-semibold">{text.shipBy(moment(order.shipBefore))}</span>
        )}
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <OrderActions order={order} />
          <CallBuyer orderId={order.id} seller={order.sellerId} />
          <LinesPanel order={order} />
          <ParcelsPanel order={order} />
          <OrderTimeline orderId={order.id} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <BuyerPanel order={order} />
          <SumPanel order={order} />
        </div>
      </div>
    </>
  );
}

const LinesPanel = ({ order }: { readonly order: Order }) => (
  <section className="panel">
    <h2 className="mb-2 text-lg font-bold">{text.goods}</h2>
    <ul className="divide-line divide-y">
      {order.lines.map((line) => (
        <li key={line.id} className="flex gap-3 py-3">
          <span className="bg-sunken size-14 shrink-0 overflow-hidden rounded-control">
            {line.imageKey !== null && (
              <img src={`/v1/media/${line.imageKey}`} alt="" width={56} height={56} loading="lazy" />
            )}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block font-semibold">{line.title}</span>
            <span className="text-muted block text-sm">
              {[line.variantLabel, line.sku].filter(Boolean).join(", ")}
            </span>
            <span className="text-muted block text-sm">
              {[
                line.shippedQuantity > 0 && text.sent(count(line.shippedQuantity)),
                line.cancelledQuantity > 0 && text.cancelled(count(line.cancelledQuantity)),
                line.returnedQuantity > 0 && text.returned(count(line.returnedQuantity)),
              ]
                .filter(Boolean)
                .join(", ")}
            </span>
          </span>
          <span className="text-right tabular-nums sm:whitespace-nowrap">
            <span className="block">
              {count(line.quantity)} × {money(line.unitPrice)}
            </span>
            <strong>{money(line.goods)}</strong>
          </span>
        </li>
      ))}
    </ul>
  </section>
);

function BuyerPanel({ order }: { readonly order: Order }) {
  const { address, delivery } = order;
  const place = [address.village, address.district, address.city, address.region, address.postalCode];
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.buyer}</h2>
      <address className="not-italic">
        <strong className="block">{address.recipient}</strong>
        <span className="block">{address.line1}</span>
        {address.line2 !== null && <span className="block">{address.line2}</span>}
        <span className="block">{place.filter(Boolean).join(", ")}</span>
        <a className="text-brand font-semibold" href={`tel:${address.phone}`}>
          {address.phone}
        </a>
      </address>
      {delivery && (
        <p className="text-muted mt-3 text-sm">
          {delivery.name}
          <span className="block">{text.arrives(day(delivery.arrivesFrom), day(delivery.arrivesUntil))}</span>
        </p>
      )}
    </section>
  );
}

function SumPanel({ order }: { readonly order: Order }) {
  const minus = (amount: Order["goods"]) => (amount.minor === "0" ? money(amount) : `−${money(amount)}`);
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.sum}</h2>
      <dl className="facts">
        <dt>{text.goods}</dt>
        <dd>{money(order.goods)}</dd>
        <dt>{text.discount}</dt>
        <dd>{minus(order.discount)}</dd>
        {order.sellerDiscount && (
          <>
            <dt className="text-muted pl-3">{text.ownDiscount}</dt>
            <dd className="text-muted">{minus(order.sellerDiscount)}</dd>
          </>
        )}
        <dt>{order.taxInclusive ? text.included(order.taxName) : order.taxName}</dt>
        <dd>{money(order.tax)}</dd>
        <dt>{text.shipping}</dt>
        <dd>{money(order.shipping)}</dd>
        {order.shippingDiscount.minor !== "0" && (
          <>
            <dt>{text.shippingDiscount}</dt>
            <dd>{minus(order.shippingDiscount)}</dd>
          </>
        )}
        <dt className="font-bold">{text.total}</dt>
        <dd className="font-bold">{money(order.total)}</dd>
        {order.commission && (
          <>
            <dt>{text.commission}</dt>
            <dd>{minus(order.commission)}</dd>
          </>
        )}
        {order.commissionTax && (
          <>
            <dt>{text.commissionTax}</dt>
            <dd>{minus(order.commissionTax)}</dd>
          </>
        )}
      </dl>
      {order.invoice && <Invoice orderId={order.id} invoice={order.invoice} />}
    </section>
  );
}

type InvoiceProps = { readonly orderId: string; readonly invoice: NonNullable<Order["invoice"]> };

function Invoice({ orderId, invoice }: InvoiceProps) {
  const shop = useShop();
  const open = useMutation({
    mutationFn: () =>
      download("GET /v1/orders/{orderId}/invoice", { path: { orderId }, query: { as: "seller" } }, shop),
    onSuccess: (bytes) => saveFile(bytes, `${invoice.number.replaceAll("/", "-")}.pdf`),
  });
  if (!invoice.isReady) return <p className="text-muted mt-4 text-sm">{text.noInvoice}</p>;
  return (
    <div className="mt-4">
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={open.isPending}
        onClick={() => open.mutate()}
      >
        {text.invoice} {invoice.number}
      </button>
      <Refusal error={open.error} />
    </div>
  );
}
