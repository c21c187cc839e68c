import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { useCommand } from "./command.ts";
import { OfferField } from "./offer-field.tsx";
import { useShop } from "./shop.ts";
import { STOCK_READS } from "./stock-reads.ts";

const text = texts({
  en: {
    kind: "What happened?",
    receive: "Goods have arrived",
    return: "Goods came back",
    adjust: "Something was found or is missing",
    expect: "Goods are on their way",
    offer: "Which offer?",
    location: "Where?",
    quantity: "How many?",
    quantityHint: "Of what is missing, with a minus.",
    reason: "Reason",
    reasonHint: "It stands beside the movement for good.",
    save: "Enter it",
    saved: "Entered.",
  },
  id: {
    kind: "Apa yang terjadi?",
    receive: "Barang tiba",
    return: "Barang kembali",
    adjust: "Ada yang ditemukan atau hilang",
    expect: "Barang sedang menuju gudang",
    offer: "Penawaran yang mana?",
    location: "Di mana?",
    quantity: "Berapa?",
    quantityHint: "Untuk yang hilang, pakai tanda minus.",
    reason: "Alasan",
    reasonHint: "Akan tercatat permanen di pergerakan.",
    save: "Catat",
    saved: "Tercatat.",
  },
});
const KINDS = ["receive", "return", "adjust", "expect"] as const;

type Kind = (typeof KINDS)[number];

/** A movement that did not come from an order. */
export function AdjustPanel() {
  const [kind, setKind] = useState<Kind>("receive");
  const [done, setDone] = useState(0);
  const adjust = useCommand("POST /v1/inventory/adjustments", {
    forget: STOCK_READS,
    onDone: () => setDone(done + 1),
  });
  const send = (form: FormData) => {
    const [offerId, locationId] = [fieldOf(form, "offer"), fieldOf(form, "location")];
    const quantity = Number(fieldOf(form, "quantity"));
    adjust.mutate({
      body: { kind, reason: fieldOf(form, "reason"), rows: [{ offerId, locationId, quantity }] },
    });
  };
  return (
    <Form
      key={done}
      className="panel max-w-xl"
      onSend={send}
      submit={text.save}
      command={adjust}
      beside={
        <span role="status" className="text-good text-sm font-semibold">
          {done > 0 && !adjust.isPending && !adjust.error && text.saved}
        </span>
      }
    >
      <SelectField
        label={text.kind}
        value={kind}
        onChange={({ target }) => setKind(KINDS.find((one) => one === target.value) ?? "receive")}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {text[one]}
          </option>
        ))}
      </SelectField>
      <MovementFields kind={kind} error={adjust.error} />
    </Form>
  );
}

type FieldsProps = { readonly kind: Kind; readonly error: unknown };

function MovementFields({ kind, error }: FieldsProps) {
  const locations = useQuery(queryOf("GET /v1/inventory/locations", {}, useShop()));
  const bad = (field: string) => fieldError(error, `body.${field}`);
  return (
    <>
      <OfferField label={text.offer} name="offer" error={bad("rows.0.offerId")} />
      <SelectField label={text.location} name="location" required>
        {locations.data?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={text.quantity}
        name="quantity"
        type="number"
        hint={kind === "adjust" ? text.quantityHint : undefined}
        {...(kind !== "adjust" && { min: 1 })}
        error={bad("rows.0.quantity")}
        required
      />
      <TextField
        label={text.reason}
        name="reason"
        hint={text.reasonHint}
        error={bad("reason")}
        maxLength={200}
        required
      />
    </>
  );
}
