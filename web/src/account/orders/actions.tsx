import { useMutation } from "@tanstack/react-query";
import { MessageCircle } from "lucide-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { useOpenChat } from "../../chat/open-chat.ts";
import { texts } from "../../shell/text.ts";
import { Refusal } from "../../ui/refusal.tsx";
import { AskDialog } from "../returns/ask.tsx";
import { CancelDialog, isCancellable, renewed } from "./cancel.tsx";
import { PayDialog } from "./pay.tsx";
import type { Order } from "./words.ts";

const text = texts({
  en: {
    pay: "Pay now",
    received: "I have received it",
    well: "All is well",
    wellHint: "Say so when you are content: the shop is then paid at once.",
    back: "Return or report a problem",
    missing: "It never came",
    chat: "Chat with the shop",
    cancel: "Cancel the order",
    callOff: "Call off what has not left",
  },
  id: {
    pay: "Bayar sekarang",
    received: "Barang sudah saya terima",
    well: "Semua baik",
    wellHint: "Sampaikan jika Anda puas: toko langsung menerima pembayaran.",
    back: "Kembalikan atau laporkan masalah",
    missing: "Barang tidak pernah datang",
    chat: "Chat dengan toko",
    cancel: "Batalkan pesanan",
    callOff: "Batalkan yang belum dikirim",
  },
});

type Asked = "pay" | "cancel" | "return";

/** One step is the next one; what else can be done stands beside it quietly. */
export function Actions({ order }: { readonly order: Order }) {
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const { state } = order;
  const isHere = state === "delivered" || state === "completed";
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {state === "awaiting_payment" && (
          <button type="button" className="button button-primary" onClick={() => setAsked("pay")}>
            {text.pay}
          </button>
        )}
        <Confirm order={order} />
        {(isHere || state === "shipped") && (
          <button type="button" className="button button-quiet" onClick={() => setAsked("return")}>
            {isHere ? text.back : text.missing}
          </button>
        )}
        <Chat order={order} />
        {isCancellable(order) && (
          <button type="button" className="button button-bad" onClick={() => setAsked("cancel")}>
            {order.shippedAt === null ? text.cancel : text.callOff}
          </button>
        )}
      </div>
      {state === "delivered" && <p className="text-muted text-sm">{text.wellHint}</p>}
      {asked === "pay" && <PayDialog order={order} onClose={close} />}
      {asked === "cancel" && <CancelDialog order={order} onClose={close} />}
      {asked === "return" && <AskDialog order={order} onClose={close} />}
    </section>
  );
}

/** The parcel has come; and then: all is well with it. */
function Confirm({ order: { id: orderId, state, paymentMethod } }: { readonly order: Order }) {
  const once = useIntents();
  const path = { orderId };
  const confirm = useMutation({
    mutationFn: (move: "deliver" | "complete") =>
      once(move, (key) =>
        move === "deliver"
          ? call("POST /v1/orders/{orderId}/deliver", { path, query: { as: "buyer" } }, { key })
          : call("POST /v1/orders/{orderId}/complete", { path }, { key }),
      ),
    onSuccess: renewed,
  });
  // What is paid at the door is confirmed by whoever took the money.
  const isShown = state === "delivered" || (state === "shipped" && paymentMethod !== "cod");
  if (!isShown) return null;
  return (
    <>
      <button
        type="button"
        className="button button-primary"
        disabled={confirm.isPending}
        onClick={() => confirm.mutate(state === "shipped" ? "deliver" : "complete")}
      >
        {state === "shipped" ? text.received : text.well}
      </button>
      <Refusal error={confirm.error} />
    </>
  );
}

function Chat({ order: { id, sellerId } }: { readonly order: Order }) {
  const chat = useOpenChat();
  return (
    <>
      <button
        type="button"
        className="button button-quiet"
        disabled={chat.isPending}
        onClick={() => chat.mutate({ sellerId, order: id })}
      >
        <MessageCircle size={18} aria-hidden />
        {text.chat}
      </button>
      <Refusal error={chat.error} />
    </>
  );
}
