import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryClient } from "../../api/queries.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { BUYER_REASONS, cancelWords, type Order } from "./words.ts";

const text = texts({
  en: {
    cancel: "Cancel the order",
    cancelTitle: "Cancel this order?",
    cancelText: "What you have paid goes back the way it came.",
    why: "Why?",
    keep: "Keep it",
  },
  id: {
    cancel: "Batalkan pesanan",
    cancelTitle: "Batalkan pesanan ini?",
    cancelText: "Yang sudah Anda bayar kembali lewat jalan yang sama.",
    why: "Mengapa?",
    keep: "Jangan batalkan",
  },
});

/** What was read of orders before a command is old after it; what it answered is shown at once. */
export async function renewed(order: Order): Promise<void> {
  queryClient.setQueriesData<Order>(
    { queryKey: ["GET /v1/orders/{orderId}"] },
    (kept) => kept && (kept.id === order.id ? order : kept),
  );
  await queryClient.invalidateQueries({ queryKey: ["GET /v1/orders"] });
}

/** As long as nothing of it is on its way. */
export const isCancellable = ({ state, shippedAt }: Order): boolean =>
  state === "awaiting_payment" ||
  state === "placed" ||
  state === "paid" ||
  (state === "confirmed" && shippedAt === null);

type DialogProps = { readonly order: Order; readonly onClose: () => void };

export function CancelDialog({ order: { id: orderId, paidAt }, onClose }: DialogProps) {
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
