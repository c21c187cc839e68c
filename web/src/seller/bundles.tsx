import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { fieldError } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { OfferField } from "./offer-field.tsx";
import { linesOf, OfferLines } from "./offer-lines.tsx";
import { useNames } from "./offer-names.tsx";
import { useShop } from "./shop.ts";
import { STOCK_READS } from "./stock-reads.ts";

const text = texts({
  en: {
    intro: "A bundle has no stock of its own: as many can be bought as its scarcest part gives.",
    none: "No offer is a bundle yet",
    make: "Make a bundle",
    which: "Which offer is the bundle?",
    parts: "What it is made of",
    available: (n: string) => `${n} available`,
    line: (n: string, name: string) => `${n} × ${name}`,
    undo: "Sell it as itself again",
    undoHint: "Count its own stock afterwards.",
  },
  id: {
    intro: "Paket tidak punya stok sendiri: yang bisa dibeli sebanyak bagian yang paling sedikit.",
    none: "Belum ada penawaran yang berupa paket",
    make: "Buat paket",
    which: "Penawaran mana yang menjadi paket?",
    parts: "Isi paket",
    available: (n: string) => `${n} tersedia`,
    line: (n: string, name: string) => `${n} × ${name}`,
    undo: "Jual satuan lagi",
    undoHint: "Hitung stoknya sendiri setelah itu.",
  },
});

const PARTS_MAX = 10;
const READS = ["GET /v1/inventory/bundles", ...STOCK_READS] as const;
type Bundle = Answer<"GET /v1/inventory/bundles">["items"][number];

/** Offers that are made of others. */
export function BundlesPanel() {
  const [isOpen, setOpen] = useState(false);
  const bundles = useInfiniteQuery(pagesOf("GET /v1/inventory/bundles", { query: {} }, useShop()));
  const shown = bundles.data?.pages.flatMap(({ items }) => items) ?? [];
  const offers = useNames(shown.flatMap((one) => [one, ...one.components]).map(({ offerId }) => offerId));
  const nameOf = (offerId: string) => offers.get(offerId)?.sku ?? offerId;
  return (
    <>
      <p className="text-muted mb-3 max-w-prose text-sm">{text.intro}</p>
      <button type="button" className="button button-primary mb-4" onClick={() => setOpen(true)}>
        {text.make}
      </button>
      {isOpen && <Making onClose={() => setOpen(false)} />}
      <Paged query={bundles} keyOf={({ offerId }) => offerId} empty={<Empty title={text.none} />}>
        {(bundle) => <One bundle={bundle} nameOf={nameOf} />}
      </Paged>
    </>
  );
}

type OneProps = { readonly bundle: Bundle; readonly nameOf: (offerId: string) => string };

function One({ bundle: { offerId, components, available }, nameOf }: OneProps) {
  const undo = useCommand("DELETE /v1/inventory/bundles/{offerId}", { forget: READS });
  return (
    <article className="panel flex flex-wrap items-start gap-x-6 gap-y-2 py-3! text-sm">
      <div className="min-w-0 flex-1 basis-48">
        <h3 className="font-bold break-all">{nameOf(offerId)}</h3>
        <ul className="text-muted">
          {components.map((part) => (
            <li key={part.offerId} className="break-all">
              {text.line(count(part.quantity), nameOf(part.offerId))}
            </li>
          ))}
        </ul>
        <Refusal error={undo.error} />
      </div>
      <span className="flex flex-col items-end gap-2">
        <strong className="tabular-nums">{text.available(count(available))}</strong>
        <button
          type="button"
          className="button button-quiet button-small"
          title={text.undoHint}
          disabled={undo.isPending}
          onClick={() => undo.mutate({ path: { offerId } })}
        >
          {text.undo}
        </button>
      </span>
    </article>
  );
}

function Making({ onClose }: { readonly onClose: () => void }) {
  const make = useCommand("PUT /v1/inventory/bundles/{offerId}", { forget: READS, onDone: onClose });
  const send = (form: FormData) =>
    make.mutate({ path: { offerId: fieldOf(form, "bundle") }, body: { components: linesOf(form) } });
  return (
    <Dialog title={text.make} onClose={onClose}>
      <Form onSend={send} submit={text.make} command={make}>
        <OfferField label={text.which} name="bundle" error={fieldError(make.error, "params.offerId")} />
        <fieldset>
          <legend className="mb-2 font-bold">{text.parts}</legend>
          <OfferLines error={make.error} list="components" most={PARTS_MAX} />
        </fieldset>
      </Form>
    </Dialog>
  );
}
