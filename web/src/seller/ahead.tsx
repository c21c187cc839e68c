import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import { STOCK_READS } from "./stock-reads.ts";

const text = texts({
  en: {
    title: "Selling ahead",
    low: "Tell us when as few are left",
    lowHint: "Empty: nobody is told.",
    kind: "When nothing is there",
    none: "It is sold out",
    preorder: "Take preorders, before it first comes",
    backorder: "Take backorders, until more comes",
    units: "At most",
    sold: (n: string) => `${n} sold ahead so far.`,
    promised: "It comes on",
    promisedHint: "Buyers see the day.",
    save: "Save",
    saved: "Saved.",
  },
  id: {
    title: "Jual di muka",
    low: "Beri tahu bila tersisa",
    lowHint: "Kosong: tidak ada pemberitahuan.",
    kind: "Bila stok kosong",
    none: "Habis",
    preorder: "Terima pra-pesan, sebelum pertama kali tiba",
    backorder: "Terima pesanan tunggu, sampai stok datang",
    units: "Paling banyak",
    sold: (n: string) => `${n} sudah terjual di muka.`,
    promised: "Tiba pada",
    promisedHint: "Pembeli melihat tanggalnya.",
    save: "Simpan",
    saved: "Tersimpan.",
  },
});

const READ = "GET /v1/inventory/offers/{offerId}";
const KINDS = ["none", "preorder", "backorder"] as const;
type Kind = (typeof KINDS)[number];
type Terms = Answer<typeof READ>;

/** What an offer promises beyond what lies there, up to a number and a day. */
export function AheadForm({ offerId }: { readonly offerId: string }) {
  const terms = useQuery(queryOf(READ, { path: { offerId } }, useShop()));
  return (
    <section className="border-line mt-6 border-t pt-5">
      <h3 className="mb-3 font-bold">{text.title}</h3>
      <Loaded query={terms} skeleton={<div className="skeleton h-40" aria-busy />}>
        {(data) => <Fields terms={data} />}
      </Loaded>
    </section>
  );
}

const isKind = (kind: string): kind is Kind => KINDS.some((one) => one === kind);

function Fields({ terms: { offerId, lowStockAt, ahead } }: { readonly terms: Terms }) {
  const [kind, setKind] = useState<Kind>(ahead?.kind ?? "none");
  const save = useCommand("PATCH /v1/inventory/offers/{offerId}", { forget: [READ, ...STOCK_READS] });
  const send = (form: FormData) => {
    const low = fieldOf(form, "low");
    const units = Number(fieldOf(form, "units"));
    const promisedAt = instantOf(form.get("promised")) ?? null;
    save.mutate({
      path: { offerId },
      body: {
        lowStockAt: low === "" ? null : Number(low),
        ahead: kind === "none" ? null : { kind, units, promisedAt },
      },
    });
  };
  return (
    <Form
      onSend={send}
      submit={text.save}
      command={save}
      beside={
        <span role="status" className="text-muted text-sm">
          {save.isSuccess ? text.saved : ahead && text.sold(count(ahead.sold))}
        </span>
      }
    >
      <TextField
        label={text.low}
        hint={text.lowHint}
        name="low"
        type="number"
        min={0}
        defaultValue={lowStockAt ?? ""}
        error={fieldError(save.error, "body.lowStockAt")}
      />
      <SelectField
        label={text.kind}
        value={kind}
        onChange={({ target }) => isKind(target.value) && setKind(target.value)}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {text[one]}
          </option>
        ))}
      </SelectField>
      {kind !== "none" && <Promised ahead={ahead} isPreorder={kind === "preorder"} error={save.error} />}
    </Form>
  );
}

type PromisedProps = {
  readonly ahead: Terms["ahead"];
  readonly isPreorder: boolean;
  readonly error: unknown;
};

const Promised = ({ ahead, isPreorder, error }: PromisedProps) => (
  <div className="grid grid-cols-[6rem_minmax(0,1fr)] gap-3">
    <TextField
      label={text.units}
      name="units"
      type="number"
      min={1}
      defaultValue={ahead?.units ?? 1}
      error={fieldError(error, "body.ahead.units")}
      required
    />
    <MomentField
      label={text.promised}
      hint={text.promisedHint}
      name="promised"
      was={ahead?.promisedAt}
      error={fieldError(error, "body.ahead.promisedAt")}
      required={isPreorder}
    />
  </div>
);
