import { useState } from "react";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { useCommand } from "./command.ts";
import { linesOf, OfferLines } from "./offer-lines.tsx";
import { STOCK_READS } from "./stock-reads.ts";

const text = texts({
  en: {
    send: "Send goods",
    title: "Send goods to another location",
    from: "From",
    to: "To",
    note: "Note",
    noteHint: "Who drives, or which waybill; left out if there is nothing to say.",
  },
  id: {
    send: "Kirim barang",
    title: "Kirim barang ke lokasi lain",
    from: "Dari",
    to: "Ke",
    note: "Catatan",
    noteHint: "Siapa sopirnya atau nomor surat jalan; boleh dikosongkan.",
  },
});

export const TRANSFER_READS = ["GET /v1/inventory/transfers", ...STOCK_READS] as const;
const LINES_MAX = 20;
type Place = { readonly id: string; readonly name: string };
type Props = { readonly places: readonly Place[] };

export function NewTransfer({ places }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button button-primary mb-4" onClick={() => setOpen(true)}>
        {text.send}
      </button>
      {isOpen && <Sending places={places} onClose={() => setOpen(false)} />}
    </>
  );
}

function Sending({ places, onClose }: Props & { readonly onClose: () => void }) {
  const send = useCommand("POST /v1/inventory/transfers", { forget: TRANSFER_READS, onDone: onClose });
  const submit = (form: FormData) =>
    send.mutate({
      body: {
        fromLocationId: fieldOf(form, "from"),
        toLocationId: fieldOf(form, "to"),
        note: fieldOf(form, "note") || null,
        lines: linesOf(form),
      },
    });
  const [first, second] = places;
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Form onSend={submit} submit={text.send} command={send}>
        <div className="grid grid-cols-2 gap-3">
          <PlaceField label={text.from} name="from" places={places} was={first?.id} />
          <PlaceField label={text.to} name="to" places={places} was={second?.id} />
        </div>
        <OfferLines error={send.error} list="lines" most={LINES_MAX} />
        <TextField
          label={text.note}
          hint={text.noteHint}
          name="note"
          maxLength={200}
          error={fieldError(send.error, "body.note")}
        />
      </Form>
    </Dialog>
  );
}

type FieldProps = Props & {
  readonly label: string;
  readonly name: string;
  readonly was: string | undefined;
};

const PlaceField = ({ places, was, ...given }: FieldProps) => (
  <SelectField {...given} defaultValue={was} required>
    {places.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))}
  </SelectField>
);
