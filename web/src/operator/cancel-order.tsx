import { isCalledOffByUnit } from "../account/orders/cancel.tsx";
import { useCommand } from "../api/command.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { UnitsField, useUnits } from "../ui/units-field.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    cancel: "Cancel the order",
    which: "How many will not be sent?",
    whole: "All that was paid goes back to the buyer.",
    part: "What was paid for these and their share of the shipping go back to the buyer.",
    why: "Reason",
    out_of_stock: "The goods are not there",
    cannot_ship: "It cannot be sent",
    suspected_fraud: "It looks like fraud",
    other: "Another reason",
  },
  id: {
    cancel: "Batalkan pesanan",
    which: "Berapa yang tidak dikirim?",
    whole: "Semua yang sudah dibayar kembali ke pembeli.",
    part: "Uang untuk barang ini beserta bagian ongkirnya kembali ke pembeli.",
    why: "Alasan",
    out_of_stock: "Barang tidak tersedia",
    cannot_ship: "Tidak dapat dikirim",
    suspected_fraud: "Dicurigai penipuan",
    other: "Alasan lain",
  },
});

const REASONS = ["out_of_stock", "cannot_ship", "suspected_fraud", "other"] as const;
const READS = ["GET /v1/orders", "GET /v1/orders/{orderId}", "GET /v1/orders/{orderId}/timeline"] as const;

/** All of an order, or units of it that were paid for and have not left. */
export function CancelOrder({ order }: { readonly order: Schemas["Order"] }) {
  const cancel = useCommand("POST /v1/orders/{orderId}/cancel", { forget: READS });
  const units = useUnits(order.lines);
  const byUnit = isCalledOffByUnit(order);
  const isPart = byUnit && !units.isWhole;
  return (
    <Decision
      label={text.cancel}
      tone="bad"
      reason="none"
      command={cancel}
      onDecide={(_, close, form) => {
        const reason = REASONS.find((one) => one === fieldOf(form, "why")) ?? "other";
        const body = { reason, ...(isPart && { lines: units.chosen }) };
        const path = { orderId: order.id };
        cancel.mutate(
          { path, query: { as: "operator" }, body, ifMatch: order.version },
          { onSuccess: close },
        );
      }}
    >
      {byUnit && <UnitsField label={text.which} units={units} />}
      {order.paidAt !== null && (
        <p className="text-muted text-sm" role="status">
          {isPart ? text.part : text.whole}
        </p>
      )}
      <SelectField label={text.why} name="why">
        {REASONS.map((reason) => (
          <option key={reason} value={reason}>
            {text[reason]}
          </option>
        ))}
      </SelectField>
    </Decision>
  );
}
