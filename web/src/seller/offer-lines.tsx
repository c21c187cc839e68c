import { Plus, X } from "lucide-react";
import { useState } from "react";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { OfferField } from "./offer-field.tsx";

const text = texts({
  en: { offer: "Offer", quantity: "How many", more: "Another offer", less: "Leave this one out" },
  id: { offer: "Penawaran", quantity: "Jumlah", more: "Penawaran lain", less: "Hapus baris ini" },
});

type Props = {
  readonly error: unknown;
  /** What the API calls the list: `lines`, `components`. */
  readonly list: string;
  readonly most: number;
};

/** Offers with a number of each. */
export function OfferLines({ error, list, most }: Props) {
  const [rows, setRows] = useState<readonly number[]>([0]);
  return (
    <div className="flex flex-col gap-3">
      {rows.map((row, at) => (
        <div key={row} className="grid grid-cols-[minmax(0,1fr)_6rem_2.5rem] items-end gap-2">
          <OfferField
            label={text.offer}
            name="offer"
            error={fieldError(error, `body.${list}.${at}.offerId`)}
          />
          <TextField
            label={text.quantity}
            name="quantity"
            type="number"
            min={1}
            defaultValue={1}
            error={fieldError(error, `body.${list}.${at}.quantity`)}
            required
          />
          {rows.length > 1 ? (
            <button
              type="button"
              className="nav-link px-2.5"
              aria-label={text.less}
              onClick={() => setRows(rows.filter((one) => one !== row))}
            >
              <X size={20} aria-hidden />
            </button>
          ) : (
            <span />
          )}
        </div>
      ))}
      {rows.length < most && (
        <button
          type="button"
          className="button button-quiet button-small self-start"
          onClick={() => setRows([...rows, Math.max(...rows) + 1])}
        >
          <Plus size={18} aria-hidden />
          {text.more}
        </button>
      )}
    </div>
  );
}

/** What was chosen, the same offer twice as one line. */
export function linesOf(form: FormData): readonly { offerId: string; quantity: number }[] {
  const quantities = form.getAll("quantity").map(Number);
  const lines = new Map<string, number>();
  for (const [at, offer] of form.getAll("offer").entries()) {
    lines.set(String(offer), (lines.get(String(offer)) ?? 0) + (quantities[at] ?? 0));
  }
  return [...lines].map(([offerId, quantity]) => ({ offerId, quantity }));
}
