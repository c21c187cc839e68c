import { useMutation } from "@tanstack/react-query";
import { MessageCircle } from "lucide-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryClient } from "../../api/queries.ts";
import { useOpenChat } from "../../chat/open-chat.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { AskDialog } from "../returns/ask.tsx";
import { PayDialog } from "./pay.tsx";
import { BUYER_REASONS, cancelWords, type Order } from "./words.ts";

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
    cancelTitle: "Cancel this order?",
    cancelText: "What you have paid goes back the way it came.",
    why: "Why?",
    keep: "Keep it",
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
    cancelTitle: "Batalkan pesanan ini?",
    cancelText: "Yang sudah Anda bayar kembali lewat jalan yang sama.",
    why: "Mengapa?",
    keep: "Jangan batalkan",
  },
});

/** What was read of orders before a command is old after it; what it answered is shown at once. */
async function renewed(order: Order): Promise<void> {
  queryClient.setQueriesData<Order>(
    { queryKey: ["GET /v1/orders/{orderId}"] },
    (kept) => kept && (kept.id === order.id ? order : kept),
  );
  await queryClient.invalidateQueries({ queryKey: ["GET /v1/orders"] });
}

type Asked = "pay" | "cancel" | "return";

/** One step is the next one; what else can be done stands beside it quietly. */
export function Actions({ order }: { readonly order: Order }) {
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const { state, shippedAt } = order;
  const isHere = state === "delivered" || state === "completed";
  const isCancellable =
    state === "awaiting_payment" ||
    state === "placed" ||
    state === "paid" ||
    (state === "confirmed" && shippedAt === null);
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
        {isCancellable && (
          <button type="button" className="button button-bad" onClick={() => setAsked("cancel")}>
            {text.cancel}
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

type DialogProps = { readonly order: Order; readonly onClose: () => void };

function CancelDialog({ order: { id: orderId, paidAt }, onClose }: DialogProps) {
  const once = useIntents();
  const [reason, setReason] = useState<(typeof BUYER_REASONS)[number]>("changed_mind");
  const cancel = useMutation({
    mutationFn: () =>
      once(reason, (key) =>
        call(
          "POST /v1/orders/{orderId}/cancel",
          { path: { orderId }, query: { as: "buyer" }, body: { reason } },
          { key },
        ),
      ),
    onSuccess: async (order) => {
      onClose();
      await renewed(order);
    },
  });
  return (
    <Dialog title={text.cancelTitle} onClose={onClose}>
      <div className="form">
        {paidAt && <p>{text.cancelText}</p>}
        <SelectField
          label={text.why}
          value={reason}
          onChange={({ target }) => setReason(BUYER_REASONS.find((one) => one === target.value) ?? "other")}
        >
          {BUYER_REASONS.map((one) => (
            <option key={one} value={one}>
              {cancelWords[one]}
            </option>
          ))}
        </SelectField>
        <Refusal error={cancel.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <button type="button" className="button button-quiet" onClick={onClose}>
            {text.keep}
          </button>
          <button
            type="button"
            className="button button-bad"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {text.cancel}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
