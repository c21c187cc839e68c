import { useMutation, useQuery } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { type Answer, download } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import { ORDER_READS, type Order } from "./states.ts";

const text = texts({
  en: {
    title: "Parcels and labels",
    parcel: (n: number) => (n === 1 ? "Parcel of 1 item" : `Parcel of ${count(n)} items`),
    sent: (at: string) => `sent ${at}`,
    label: "Label",
    back: "Label of the way back",
    pdf: "PDF",
    zpl: "ZPL",
    void: "Give the label back",
    claimed: "Being bought",
    bought: "Bought",
    shipped: "In use",
    voiding: "Being given back",
    voided: "Given back",
    refused: "Refused",
    cost: (of: string) => `cost ${of}`,
    cash: (of: string) => `collect ${of} at the door`,
  },
  id: {
    title: "Paket dan label",
    parcel: (n: number) => `Paket berisi ${count(n)} barang`,
    sent: (at: string) => `dikirim ${at}`,
    label: "Label",
    back: "Label pengembalian",
    pdf: "PDF",
    zpl: "ZPL",
    void: "Kembalikan label",
    claimed: "Sedang dibeli",
    bought: "Dibeli",
    shipped: "Dipakai",
    voiding: "Sedang dikembalikan",
    voided: "Dikembalikan",
    refused: "Ditolak",
    cost: (of: string) => `biaya ${of}`,
    cash: (of: string) => `tagih ${of} di tempat`,
  },
});

export type Label = Answer<"GET /v1/shipping/labels">["items"][number];
const tone: { readonly [S in Label["state"]]: Tone } = {
  claimed: "plain",
  bought: "good",
  shipped: "good",
  voiding: "plain",
  voided: "plain",
  refused: "bad",
};
/** A label that is being bought is ready within moments. */
const LOOK_AGAIN_MS = 2_000;

/** What has left, and what was stuck on it. */
export function ParcelsPanel({ order }: { readonly order: Order }) {
  const shop = useShop();
  const labels = useQuery({
    ...queryOf("GET /v1/shipping/labels", { query: { orderId: order.id } }, shop),
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.state === "claimed" || one.state === "voiding") && LOOK_AGAIN_MS,
  });
  const items = labels.data?.items ?? [];
  if (order.shipments.length === 0 && items.length === 0) return null;
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.title}</h2>
      <ul className="divide-line divide-y">
        {order.shipments.map((shipment) => (
          <li key={shipment.id} className="py-3">
            <strong className="block">
              {shipment.carrier} {shipment.trackingNumber}
            </strong>
            <span className="text-muted text-sm">
              {text.parcel(shipment.lines.reduce((units, { quantity }) => units + quantity, 0))},{" "}
              {text.sent(moment(shipment.shippedAt))}
            </span>
          </li>
        ))}
        {items.map((label) => (
          <li key={label.id} className="py-3">
            <LabelRow label={label} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function LabelRow({ label }: { readonly label: Label }) {
  const voided = useCommand("POST /v1/shipping/labels/{labelId}/void", { forget: ORDER_READS });
  const said = [
    label.trackingNumber,
    label.cost && text.cost(money(label.cost)),
    label.cash && text.cash(money(label.cash)),
    label.refusal,
  ];
  const isMine = label.state === "bought" || label.state === "shipped";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <span className="min-w-0 flex-1 basis-48">
        <strong>{label.kind === "return" ? text.back : `${text.label} ${label.name}`}</strong>{" "}
        <Tag tone={tone[label.state]}>{text[label.state]}</Tag>
        <span className="text-muted block text-sm break-words">{said.filter(Boolean).join(", ")}</span>
      </span>
      {label.pdfUrl !== null && <PrintButton label={label} format="pdf" />}
      {label.zplUrl !== null && <PrintButton label={label} format="zpl" />}
      {isMine && (
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={voided.isPending}
          onClick={() => voided.mutate({ path: { labelId: label.id } })}
        >
          {text.void}
        </button>
      )}
      <Refusal error={voided.error} />
    </div>
  );
}

type PrintProps = { readonly label: Label; readonly format: "pdf" | "zpl" };

export function PrintButton({ label, format }: PrintProps) {
  const shop = useShop();
  const input = { path: { labelId: label.id }, query: { format } };
  const print = useMutation({
    mutationFn: () => download("GET /v1/shipping/labels/{labelId}/document", input, shop),
    onSuccess: (bytes) => saveFile(bytes, `${label.trackingNumber ?? label.id}.${format}`),
  });
  return (
    <>
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={print.isPending}
        onClick={() => print.mutate()}
      >
        <Printer size={16} aria-hidden />
        {text[format]}
      </button>
      <Refusal error={print.error} />
    </>
  );
}
