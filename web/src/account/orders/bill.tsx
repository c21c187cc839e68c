import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { download } from "../../api/client.ts";
import { labelLines } from "../../checkout/address.ts";
import { money, texts } from "../../shell/text.ts";
import { day } from "../../shell/when.ts";
import { DocumentButton } from "../../ui/document-button.tsx";
import { Tag } from "../../ui/tag.tsx";
import { queryAsOf } from "../as-of.ts";
import { caseTones, caseWords, kindWords } from "../returns/words.ts";
import { isNothing, methodWords, type Order } from "./words.ts";

const text = texts({
  en: {
    payment: "Payment",
    method: "Paid by",
    goods: "Goods",
    discount: "Discount",
    shipping: "Shipping",
    shippingDiscount: "Shipping discount",
    total: "Total",
    atDoor: "To pay at the door",
    included: "included",
    delivery: "Delivery",
    arrives: (from: string, until: string) => `Expected ${from} to ${until}`,
    documents: "Documents and returns",
    invoice: (number: string) => `Invoice ${number}`,
    invoiceSoon: "The invoice is being written.",
  },
  id: {
    payment: "Pembayaran",
    method: "Dibayar dengan",
    goods: "Barang",
    discount: "Diskon",
    shipping: "Ongkos kirim",
    shippingDiscount: "Potongan ongkir",
    total: "Total",
    atDoor: "Dibayar di tempat",
    included: "termasuk",
    delivery: "Pengiriman",
    arrives: (from: string, until: string) => `Diperkirakan ${from} sampai ${until}`,
    documents: "Dokumen dan pengembalian",
    invoice: (number: string) => `Faktur ${number}`,
    invoiceSoon: "Faktur sedang dibuat.",
  },
});

type RowProps = { readonly label: string; readonly children: string };
const Row = ({ label, children }: RowProps) => (
  <div className="flex justify-between gap-3">
    <dt className="text-muted">{label}</dt>
    <dd className="tabular-nums">{children}</dd>
  </div>
);

/** The sums as the API has them: nothing is added up here. */
export function Bill({ order }: { readonly order: Order }) {
  const { goods, discount, tax, taxName, taxInclusive, shipping, shippingDiscount, total, dueAtDoor } = order;
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.payment}</h2>
      <dl className="flex flex-col gap-1.5 text-sm">
        <Row label={text.method}>{methodWords[order.paymentMethod]}</Row>
        <Row label={text.goods}>{money(goods)}</Row>
        {!isNothing(discount) && <Row label={text.discount}>{`−${money(discount)}`}</Row>}
        <Row label={text.shipping}>{money(shipping)}</Row>
        {!isNothing(shippingDiscount) && (
          <Row label={text.shippingDiscount}>{`−${money(shippingDiscount)}`}</Row>
        )}
        {!isNothing(tax) && (
          <Row label={taxInclusive ? `${taxName} (${text.included})` : taxName}>{money(tax)}</Row>
        )}
        <div className="border-line mt-2 flex justify-between gap-3 border-t pt-3 text-base font-bold">
          <dt>{text.total}</dt>
          <dd className="tabular-nums">{money(total)}</dd>
        </div>
        {dueAtDoor !== null && dueAtDoor.minor !== total.minor && (
          <Row label={text.atDoor}>{money(dueAtDoor)}</Row>
        )}
      </dl>
    </section>
  );
}

export function Delivery({ order: { address, delivery } }: { readonly order: Order }) {
  const { recipient, phone } = address;
  return (
    <section className="panel text-sm">
      <h2 className="mb-3 text-base font-bold">{text.delivery}</h2>
      <address className="not-italic">
        <p className="font-semibold">{recipient}</p>
        <p className="text-muted">{phone}</p>
        {labelLines(address).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </address>
      {delivery && (
        <p className="border-line mt-3 border-t pt-3">
          <span className="font-semibold">{delivery.name}</span>
          <span className="text-muted block">
            {text.arrives(day(delivery.arrivesFrom), day(delivery.arrivesUntil))}
          </span>
        </p>
      )}
    </section>
  );
}

/** What comes back for units that were called off is a case of its own, which follows moments later. */
const awaitsRefund = ({ state, lines }: Order): boolean =>
  state !== "completed" && lines.some(({ cancelledQuantity }) => cancelledQuantity > 0);
const LOOK_EVERY_MS = 5_000;

/** The invoice, and what was asked for to go back with its credit notes behind it. */
export function Documents({ order }: { readonly order: Order }) {
  const { id: orderId, invoice, version } = order;
  const about = { query: { as: "buyer", orderId } } as const;
  const { data } = useQuery({
    ...queryAsOf(version, "GET /v1/refunds", about),
    refetchInterval: awaitsRefund(order) && LOOK_EVERY_MS,
  });
  const cases = data?.items ?? [];
  if (!invoice && cases.length === 0) return null;
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.documents}</h2>
      {invoice?.isReady && (
        <DocumentButton
          fileName={`${invoice.number}.pdf`}
          load={() =>
            download("GET /v1/orders/{orderId}/invoice", { path: { orderId }, query: { as: "buyer" } })
          }
        >
          {text.invoice(invoice.number)}
        </DocumentButton>
      )}
      {invoice && !invoice.isReady && <p className="text-muted text-sm">{text.invoiceSoon}</p>}
      <ul className="mt-3 flex flex-col gap-2">
        {cases.map(({ id, kind, state, createdAt, quoted }) => (
          <li key={id}>
            <Link
              className="hover:text-brand flex flex-wrap items-center gap-3 text-sm"
              to="/account/returns/$refundId"
              params={{ refundId: id }}
            >
              <span className="font-semibold">{kindWords[kind]}</span>
              <Tag tone={caseTones[state]}>{caseWords[state]}</Tag>
              <span className="text-muted">{day(createdAt)}</span>
              <span className="ml-auto tabular-nums">{money(quoted)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
