import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryClient } from "../../api/queries.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { linesLeft, UnitsField, useUnits } from "../../ui/units-field.tsx";
import { BUYER_REASONS, cancelWords, type Order } from "./words.ts";

const text = texts({
  en: {
    cancel: "Cancel the order",
    cancelTitle: "Cancel this order?",
    cancelText: "What you have paid goes back the way it came.",
    part: "Call these off",
    partTitle: "Call off what has not left?",
    partText:
      "What you paid for these goes back as it came, less discounts that the rest would not have had.",
    partAtDoor: "You pay so much less at the door, but for discounts that the rest would not have had.",
    partShipping: "The shipping goes back only when nothing of the order is sent.",
    which: "How many do you no longer want?",
    why: "Why?",
    keep: "Keep it",
  },
  id: {
    cancel: "Batalkan pesanan",
    cancelTitle: "Batalkan pesanan ini?",
    cancelText: "Yang sudah Anda bayar kembali lewat jalan yang sama.",
    part: "Batalkan barang ini",
    partTitle: "Batalkan yang belum dikirim?",
    partText: "Uang untuk barang ini kembali, dikurangi diskon yang tidak berlaku bagi sisanya.",
    partAtDoor: "Tagihan di tempat berkurang sebesar itu, kecuali diskon yang tidak berlaku bagi sisanya.",
    partShipping: "Ongkos kirim kembali hanya jika tidak ada barang yang dikirim.",
    which: "Berapa yang tidak jadi Anda beli?",
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

type Parts = Pick<Order, "state" | "shippedAt" | "paidAt" | "paymentMethod" | "lines">;

/** What was paid for or is due at the door, and has not left. */
export const isCalledOffByUnit = ({ state, paidAt, paymentMethod, lines }: Parts): boolean =>
  (state === "placed" || state === "paid" || state === "confirmed") &&
  (paidAt !== null || paymentMethod === "cod") &&
  linesLeft(lines).length > 0;

/** As long as nothing of it is on its way, and then what is not. */
export const isCancellable = (order: Parts): boolean =>
  order.state === "awaiting_payment" ||
  order.state === "placed" ||
  order.state === "paid" ||
  (order.state === "confirmed" && (order.shippedAt === null || isCalledOffByUnit(order)));

type DialogProps = { readonly order: Order; readonly onClose: () => void };

/** What is wanted, as it stands in the dialog. */
function useCancel(order: Order, onDone: () => void) {
  const once = useIntents();
  const units = useUnits(order.lines);
  const [reason, setReason] = useState<(typeof BUYER_REASONS)[number]>("changed_mind");
  const byUnit = isCalledOffByUnit(order);
  const isPart = byUnit && !units.isWhole;
  const body = { reason, ...(isPart && { lines: units.chosen }) };
  const about = { path: { orderId: order.id }, query: { as: "buyer" }, body } as const;
  const cancel = useMutation({
    mutationFn: () => once(body, (key) => call("POST /v1/orders/{orderId}/cancel", about, { key })),
    onSuccess: async (after) => {
      onDone();
      await renewed(after);
    },
  });
  return { cancel, units, reason, setReason, byUnit, isPart };
}

export function CancelDialog({ order, onClose }: DialogProps) {
  const { cancel, units, reason, setReason, byUnit, isPart } = useCancel(order, onClose);
  return (
    <Dialog title={isPart ? text.partTitle : text.cancelTitle} onClose={onClose}>
      <div className="form">
        {byUnit && <UnitsField label={text.which} units={units} />}
        {(order.paidAt !== null || isPart) && (
          <p className="text-muted text-sm" role="status">
            {isPart
              ? `${order.paidAt === null ? text.partAtDoor : text.partText} ${text.partShipping}`
              : text.cancelText}
          </p>
        )}
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
            disabled={cancel.isPending || (isPart && units.chosen.length === 0)}
            onClick={() => cancel.mutate()}
          >
            {isPart ? text.part : text.cancel}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
