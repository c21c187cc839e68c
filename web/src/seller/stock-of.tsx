import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { AheadForm } from "./ahead.tsx";
import { useCommand } from "./command.ts";
import { mayManage, useShop } from "./shop.ts";
import { STOCK_READS } from "./stock-reads.ts";

const text = texts({
  en: {
    available: (n: string) => `${n} available`,
    title: (name: string) => `Stock: ${name}`,
    intro: "What a count says. What is promised to buyers stays promised.",
    onHand: "There",
    safety: "Kept back",
    incoming: "On its way",
    promised: (n: string) => `${n} promised`,
    save: "Save the count",
    saved: "Saved.",
  },
  id: {
    available: (n: string) => `${n} tersedia`,
    title: (name: string) => `Stok: ${name}`,
    intro: "Sesuai hitungan. Yang sudah dijanjikan ke pembeli tetap dijanjikan.",
    onHand: "Ada",
    safety: "Dicadangkan",
    incoming: "Akan datang",
    promised: (n: string) => `${n} dijanjikan`,
    save: "Simpan hitungan",
    saved: "Tersimpan.",
  },
});

type Props = {
  readonly offerId: string;
  readonly name: string;
  /** Where it is known already, nothing is read before somebody wants to count. */
  readonly available?: number;
};

/** How much of an offer can be bought, and the way to count it. */
export function StockOf({ offerId, name, available: known }: Props) {
  const shop = useShop();
  const [isOpen, setIsOpen] = useState(false);
  const levels = useQuery({
    ...queryOf("GET /v1/inventory/levels/{offerId}", { path: { offerId } }, shop),
    enabled: known === undefined || isOpen,
  });
  const free = known ?? levels.data?.items.reduce((sum, { available }) => sum + available, 0);
  return (
    <>
      <button
        type="button"
        className="text-brand min-w-24 text-left text-sm font-semibold tabular-nums"
        onClick={() => setIsOpen(true)}
      >
        {free === undefined ? "…" : text.available(count(free))}
      </button>
      {isOpen && (
        <Dialog title={text.title(name)} onClose={() => setIsOpen(false)}>
          <p className="text-muted mb-4 text-sm">{text.intro}</p>
          <Loaded query={levels}>{({ items }) => <CountForms offerId={offerId} levels={items} />}</Loaded>
          {mayManage(shop) && <AheadForm offerId={offerId} />}
        </Dialog>
      )}
    </>
  );
}

type Level = Answer<"GET /v1/inventory/levels/{offerId}">["items"][number];
type FormsProps = { readonly offerId: string; readonly levels: readonly Level[] };

/** One count for each location; where nothing was counted yet, the first location has none. */
function CountForms({ offerId, levels }: FormsProps) {
  const locations = useQuery(queryOf("GET /v1/inventory/locations", {}, useShop()));
  return (
    <Loaded query={locations}>
      {({ items }) => (
        <div className="flex flex-col gap-6">
          {items.map(({ id, name }) => (
            <section key={id}>
              <h3 className="mb-2 font-bold">{name}</h3>
              <CountForm
                offerId={offerId}
                locationId={id}
                level={levels.find(({ locationId }) => locationId === id)}
              />
            </section>
          ))}
        </div>
      )}
    </Loaded>
  );
}

type CountProps = {
  readonly offerId: string;
  readonly locationId: string;
  readonly level: Level | undefined;
};

function CountForm({ offerId, locationId, level }: CountProps) {
  const save = useCommand("PUT /v1/inventory/levels/{offerId}", { forget: STOCK_READS });
  const promised = (level?.reserved ?? 0) + (level?.allocated ?? 0);
  const send = (form: FormData) => {
    const number = (name: string) => Number(form.get(name) ?? 0);
    const [onHand, safety, incoming] = [number("onHand"), number("safety"), number("incoming")];
    save.mutate({ path: { offerId }, body: { locationId, onHand, safety, incoming } });
  };
  return (
    <Form
      onSend={send}
      submit={text.save}
      command={save}
      beside={
        <span role="status" className="text-muted text-sm">
          {save.isSuccess ? text.saved : promised > 0 && text.promised(count(promised))}
        </span>
      }
    >
      <div className="grid grid-cols-3 gap-3">
        {(["onHand", "safety", "incoming"] as const).map((field) => (
          <TextField
            key={field}
            label={text[field]}
            name={field}
            type="number"
            min={0}
            defaultValue={level?.[field] ?? 0}
            error={fieldError(save.error, `body.${field}`)}
          />
        ))}
      </div>
    </Form>
  );
}
