import { useState } from "react";
import { isCancellable } from "../account/orders/cancel.tsx";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { CancelDialog } from "./cancel.tsx";
import { useCommand } from "./command.ts";
import { ShipDialog } from "./ship.tsx";
import { ORDER_READS, type Order } from "./states.ts";

const text = texts({
  en: {
    paid: "Somebody bought from you",
    paidText: "Look whether everything is there, then confirm. After that you send it.",
    confirmed: "Ready to be sent",
    confirmedText:
      "Buy the label that the buyer chose, or enter the number of a parcel you handed over yourself.",
    confirm: "Confirm the order",
    ship: "Ship",
    cancel: "Cancel the order",
    callOff: "Call off what has not left",
    deliver: "The buyer has it",
    shippedText: "On its way. Confirm the arrival only where the carrier does not say it.",
  },
  id: {
    paid: "Ada yang membeli dari toko Anda",
    paidText: "Periksa apakah barang lengkap, lalu konfirmasi. Setelah itu kirim.",
    confirmed: "Siap dikirim",
    confirmedText:
      "Beli label sesuai kurir pilihan pembeli, atau masukkan resi paket yang Anda serahkan sendiri.",
    confirm: "Konfirmasi pesanan",
    ship: "Kirim",
    cancel: "Batalkan pesanan",
    callOff: "Batalkan yang belum dikirim",
    deliver: "Sudah diterima pembeli",
    shippedText: "Dalam pengiriman. Konfirmasi sampai hanya bila kurir tidak mengabarkannya.",
  },
});

/** The one next step of an order, and the way out. */
export function OrderActions({ order }: { readonly order: Order }) {
  const path = { orderId: order.id };
  const [asked, setAsked] = useState<"ship" | "cancel">();
  const confirm = useCommand("POST /v1/orders/{orderId}/confirm", { forget: ORDER_READS });
  const deliver = useCommand("POST /v1/orders/{orderId}/deliver", { forget: ORDER_READS });
  const isNew = order.state === "paid" || order.state === "placed";
  const isSelfDelivered = order.state === "shipped" && order.paymentMethod === "cod";
  if (!isNew && order.state !== "confirmed" && !isSelfDelivered) return null;
  return (
    <section className="panel border-brand/40">
      {isNew && <Words title={text.paid} words={text.paidText} />}
      {order.state === "confirmed" && <Words title={text.confirmed} words={text.confirmedText} />}
      {isSelfDelivered && <p className="text-muted mb-4">{text.shippedText}</p>}
      <div className="flex flex-wrap gap-3">
        {isNew && (
          <button
            type="button"
            className="button button-primary"
            disabled={confirm.isPending}
            onClick={() => confirm.mutate({ path })}
          >
            {text.confirm}
          </button>
        )}
        {order.state === "confirmed" && (
          <button type="button" className="button button-primary" onClick={() => setAsked("ship")}>
            {text.ship}
          </button>
        )}
        {isSelfDelivered && (
          <button
            type="button"
            className="button button-quiet"
            disabled={deliver.isPending}
            onClick={() => deliver.mutate({ path, query: { as: "seller" } })}
          >
            {text.deliver}
          </button>
        )}
        {isCancellable(order) && (
          <button type="button" className="button button-bad" onClick={() => setAsked("cancel")}>
            {order.shippedAt === null ? text.cancel : text.callOff}
          </button>
        )}
      </div>
      <Refusal error={confirm.error ?? deliver.error} />
      {asked === "cancel" && <CancelDialog order={order} onClose={() => setAsked(undefined)} />}
      {asked === "ship" && <ShipDialog order={order} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

const Words = ({ title, words }: { readonly title: string; readonly words: string }) => (
  <>
    <h2 className="text-lg font-bold">{title}</h2>
    <p className="text-muted mb-4">{words}</p>
  </>
);
