import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { CancelDialog, isCancellable } from "../account/orders/cancel.tsx";
import { type Order, stateTones, stateWords } from "../account/orders/words.ts";
import { download } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { day, moment } from "../shell/when.ts";
import { DocumentButton } from "../ui/document-button.tsx";
import { Loaded, Rows } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { labelLines } from "./address.ts";
import { methodName } from "./method.ts";
import { ShopName } from "./parcels.tsx";

const text = texts({
  en: {
    title: "Your order",
    number: "Order number",
    keep: "You ordered without an account. This page opens on this device; the mails have all the rest.",
    account: "Sign up with the same e-mail to keep it",
    payBefore: (at: string) => `Pay before ${at}`,
    arrives: (from: string, until: string) => `Arrives ${from} to ${until}`,
    to: "Goes to",
    paidBy: "Paid by",
    goods: "Goods",
    shipping: "Delivery",
    off: "Vouchers",
    total: "Total",
    tracking: "Tracking number",
    invoice: (number: string) => `Invoice ${number}`,
    cancel: "Cancel the order",
    callOff: "Call off what has not left",
    cancelled: (n: string) => `${n} cancelled`,
  },
  id: {
    title: "Pesanan Anda",
    number: "Nomor pesanan",
    keep: "Anda memesan tanpa akun. Halaman ini terbuka di perangkat ini; selebihnya ada di email.",
    account: "Daftar dengan email yang sama untuk menyimpannya",
    payBefore: (at: string) => `Bayar sebelum ${at}`,
    arrives: (from: string, until: string) => `Tiba ${from} sampai ${until}`,
    to: "Dikirim ke",
    paidBy: "Dibayar dengan",
    goods: "Barang",
    shipping: "Pengiriman",
    off: "Voucher",
    total: "Total",
    tracking: "Nomor resi",
    invoice: (number: string) => `Faktur ${number}`,
    cancel: "Batalkan pesanan",
    callOff: "Batalkan yang belum dikirim",
    cancelled: (n: string) => `${n} dibatalkan`,
  },
});

const route = getRouteApi("/orders/$orderId");
/** Money that was just paid takes a moment to reach the order. */
const LOOK_EVERY_MS = 3_000;

/** An order of somebody without an account, read by the token of his cart. */
export function GuestOrderPage() {
  useTitle(text.title);
  const { orderId } = route.useParams();
  const order = useQuery({
    ...queryOf("GET /v1/orders/{orderId}", { path: { orderId }, query: { as: "buyer" } }),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data?.state === "awaiting_payment" ? LOOK_EVERY_MS : false),
  });
  return (
    <section className="mx-auto max-w-2xl">
      <Loaded query={order} skeleton={<Rows count={4} />}>
        {(found) => <Shown order={found} />}
      </Loaded>
    </section>
  );
}

function Shown({ order }: { readonly order: Order }) {
  return (
    <>
      <header className="mb-4">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">{text.title}</h1>
          <span role="status">
            <Tag tone={stateTones[order.state]}>{stateWords[order.state]}</Tag>
          </span>
        </div>
        <p className="text-muted mt-1 text-sm break-all">
          {text.number} {order.id} · {moment(order.createdAt)}
        </p>
      </header>
      <p className="notice mb-4">
        {text.keep}{" "}
        <Link className="text-brand font-semibold underline" to="/sign-up">
          {text.account}
        </Link>
      </p>
      <div className="flex flex-col gap-4">
        <Goods order={order} />
        <Facts order={order} />
        <Doing order={order} />
      </div>
    </>
  );
}

/** What somebody without an account does with his order: its invoice, and taking it back. */
function Doing({ order }: { readonly order: Order }) {
  const [isCancelling, setCancelling] = useState(false);
  const { id: orderId, invoice } = order;
  const about = { path: { orderId }, query: { as: "buyer" } } as const;
  return (
    <div className="flex flex-wrap gap-3">
      {invoice?.isReady && (
        <DocumentButton
          fileName={`${invoice.number}.pdf`}
          load={() => download("GET /v1/orders/{orderId}/invoice", about)}
        >
          {text.invoice(invoice.number)}
        </DocumentButton>
      )}
      {isCancellable(order) && (
        <button type="button" className="button button-bad" onClick={() => setCancelling(true)}>
          {order.shippedAt === null ? text.cancel : text.callOff}
        </button>
      )}
      {isCancelling && <CancelDialog order={order} onClose={() => setCancelling(false)} />}
    </div>
  );
}

const Goods = ({ order }: { readonly order: Order }) => (
  <section className="panel">
    <ShopName sellerId={order.sellerId} />
    <ul className="divide-line divide-y">
      {order.lines.map((line) => (
        <li key={line.id} className="flex justify-between gap-4 py-3">
          <span className="min-w-0">
            <span className="line-clamp-2 font-semibold">{line.title}</span>
            <span className="text-muted text-sm">
              {[
                line.variantLabel,
                `${count(line.quantity)} × ${money(line.unitPrice)}`,
                line.cancelledQuantity > 0 && text.cancelled(count(line.cancelledQuantity)),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
          <span className="tabular-nums">{money(line.goods)}</span>
        </li>
      ))}
    </ul>
    <dl className="border-line mt-2 flex flex-col gap-1.5 border-t pt-3">
      <Row label={text.goods} value={money(order.goods)} />
      <Row label={text.shipping} value={money(order.shipping)} />
      {order.discount.minor !== "0" && <Row label={text.off} value={`−${money(order.discount)}`} />}
      {order.shippingDiscount.minor !== "0" && (
        <Row label={text.off} value={`−${money(order.shippingDiscount)}`} />
      )}
      {!order.taxInclusive && <Row label={order.taxName} value={money(order.tax)} />}
      <Row label={text.total} value={money(order.total)} isStrong />
    </dl>
  </section>
);

type RowProps = { readonly label: string; readonly value: string; readonly isStrong?: boolean };
const Row = ({ label, value, isStrong = false }: RowProps) => (
  <div className={`flex justify-between gap-4 ${isStrong ? "pt-1 text-lg font-bold" : ""}`}>
    <dt>{label}</dt>
    <dd className="tabular-nums">{value}</dd>
  </div>
);

const Facts = ({
  order: { address, delivery, paymentMethod, payBefore, state: at, shipments },
}: {
  readonly order: Order;
}) => (
  <section className="panel">
    <dl className="flex flex-col gap-3">
      <div>
        <dt className="text-muted text-sm">{text.to}</dt>
        <dd>
          {address.recipient}, {labelLines(address).join(", ")}
        </dd>
      </div>
      {delivery && (
        <div>
          <dt className="text-muted text-sm">{delivery.name}</dt>
          <dd>{text.arrives(day(delivery.arrivesFrom), day(delivery.arrivesUntil))}</dd>
        </div>
      )}
      <div>
        <dt className="text-muted text-sm">{text.paidBy}</dt>
        <dd>
          {methodName(paymentMethod)}
          {at === "awaiting_payment" && payBefore !== null && ` · ${text.payBefore(moment(payBefore))}`}
        </dd>
      </div>
      {shipments.map(({ id, carrier, trackingNumber }) => (
        <div key={id}>
          <dt className="text-muted text-sm">
            {text.tracking} · {carrier}
          </dt>
          <dd className="font-semibold">{trackingNumber}</dd>
        </div>
      ))}
    </dl>
  </section>
);
