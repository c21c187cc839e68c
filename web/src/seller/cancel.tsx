import { isCalledOffByUnit } from "../account/orders/cancel.tsx";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { UnitsField, useUnits } from "../ui/units-field.tsx";
import { useCommand } from "./command.ts";
import { ORDER_READS, type Order } from "./states.ts";

const text = texts({
  en: {
    cancel: "Cancel the order",
    cancelText: "The buyer gets all of his money back. It counts against your shop's health.",
    part: "Call these off",
    partTitle: "Call off what has not left",
    partText:
      "Their price and share of the shipping go back to the buyer. It counts against your shop's health.",
    partAtDoor: "The buyer pays so much less at the door. It counts against your shop's health.",
    which: "How many will not be sent?",
    reason: "Why?",
    out_of_stock: "Sold out",
    cannot_ship: "Cannot be sent there",
    suspected_fraud: "Looks like fraud",
    other: "Something else",
  },
  id: {
    cancel: "Batalkan pesanan",
    cancelText: "Seluruh uang pembeli dikembalikan. Ini memengaruhi kesehatan toko.",
    part: "Batalkan barang ini",
    partTitle: "Batalkan yang belum dikirim",
    partText:
      "Uang untuk barang ini beserta bagian ongkirnya kembali ke pembeli. Ini memengaruhi kesehatan toko.",
    partAtDoor: "Pembeli membayar lebih sedikit di tempat. Ini memengaruhi kesehatan toko.",
    which: "Berapa yang tidak dikirim?",
    reason: "Alasannya?",
    out_of_stock: "Stok habis",
    cannot_ship: "Tidak bisa dikirim ke sana",
    suspected_fraud: "Diduga penipuan",
    other: "Lainnya",
  },
});

const REASONS = ["out_of_stock", "cannot_ship", "suspected_fraud", "other"] as const;
type CancelProps = { readonly order: Order; readonly onClose: () => void };

/** All of an order, or units of it that were paid for and have not left. */
export function CancelDialog({ order, onClose }: CancelProps) {
  const cancel = useCommand("POST /v1/orders/{orderId}/cancel", { forget: ORDER_READS, onDone: onClose });
  const units = useUnits(order.lines);
  const byUnit = isCalledOffByUnit(order);
  const isPart = byUnit && !units.isWhole;
  const send = (form: FormData) => {
    const reason = REASONS.find((one) => one === form.get("reason")) ?? "other";
    const body = { reason, ...(isPart && { lines: units.chosen }) };
    cancel.mutate({ path: { orderId: order.id }, query: { as: "seller" }, body });
  };
  return (
    <Dialog title={isPart ? text.partTitle : text.cancel} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send(new FormData(event.currentTarget));
        }}
      >
        {byUnit && <UnitsField label={text.which} units={units} />}
        <p className="text-muted text-sm" role="status">
          {isPart ? (order.paidAt === null ? text.partAtDoor : text.partText) : text.cancelText}
        </p>
        <SelectField label={text.reason} name="reason">
          {REASONS.map((one) => (
            <option key={one} value={one}>
              {text[one]}
            </option>
          ))}
        </SelectField>
        <Refusal error={cancel.error} />
        <button
          type="submit"
          className="button button-bad"
          disabled={cancel.isPending || (isPart && units.chosen.length === 0)}
        >
          {isPart ? text.part : text.cancel}
        </button>
      </form>
    </Dialog>
  );
}
