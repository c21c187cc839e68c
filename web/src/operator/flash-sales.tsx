import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ShopName } from "../account/shop-name.tsx";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useOffers } from "../live/bag.tsx";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: {
    title: "Flash sales",
    open: "Open a slot",
    none: "No slot is ahead",
    noneText: "Open one, and shops can bring their offers into it.",
    name: "Name",
    starts: "Starts",
    ends: "Ends",
    enterBy: "Shops enter by",
    quota: "At least so many units",
    discount: "At least so many per cent off",
    perBuyer: "Units a buyer may take",
    queue: "Waiting room",
    none_queue: "None",
    fifo: "First come, first served",
    lottery: "By lot, which anybody can check",
    submit: "Open it",
    sales: "Sales",
    noSales: "No shop has entered yet.",
    see: "See the sale",
    entered: (when: string) => `Shops enter until ${when}`,
  },
  id: {
    title: "Flash sale",
    open: "Buka slot",
    none: "Belum ada slot",
    noneText: "Buka satu, lalu toko dapat memasukkan penawarannya.",
    name: "Nama",
    starts: "Mulai",
    ends: "Selesai",
    enterBy: "Toko masuk sebelum",
    quota: "Minimal jumlah unit",
    discount: "Minimal potongan (persen)",
    perBuyer: "Unit per pembeli",
    queue: "Ruang tunggu",
    none_queue: "Tanpa",
    fifo: "Siapa cepat dia dapat",
    lottery: "Diundi, dapat diperiksa siapa pun",
    submit: "Buka",
    sales: "Penjualan",
    noSales: "Belum ada toko yang masuk.",
    see: "Lihat penjualan",
    entered: (when: string) => `Toko masuk sampai ${when}`,
  },
});

type Slot = Schemas["Slot"];
const BASIS_POINTS = 100;

/** Slots that are not over, with the sales that shops brought into them. */
export function FlashSalesPage() {
  const [isOpening, setOpening] = useState(false);
  const query = useInfiniteQuery(pagesOf("GET /v1/flash-sales/slots", { query: {} }));
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0">{text.title}</h1>
        <button type="button" className="button button-primary" onClick={() => setOpening(true)}>
          {text.open}
        </button>
      </header>
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(slot) => <OneSlot slot={slot} />}
      </Paged>
      {isOpening && <NewSlot onClose={() => setOpening(false)} />}
    </>
  );
}

function OneSlot({ slot }: { readonly slot: Slot }) {
  const query = useInfiniteQuery(pagesOf("GET /v1/flash-sales", { query: { slotId: slot.id } }));
  const sales = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const offers = useOffers(sales.map(({ offerId }) => offerId));
  return (
    <article className="panel flex flex-col gap-3">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-bold">{slot.name}</h2>
        <span className="text-sm">{`${moment(slot.startsAt)} – ${moment(slot.endsAt)}`}</span>
      </header>
      <p className="text-muted text-sm">{text.entered(moment(slot.enterBy))}</p>
      <h3 className="text-sm font-bold">{text.sales}</h3>
      <Paged
        query={query}
        keyOf={({ id }) => id}
        className="divide-line divide-y text-sm"
        empty={<p className="text-muted text-sm">{text.noSales}</p>}
      >
        {(sale) => (
          <p className="flex flex-col gap-1 py-2 sm:flex-row sm:items-center sm:justify-between sm:gap-3">
            <span className="min-w-0">
              <Link
                to="/flash-sales/$saleId"
                params={{ saleId: sale.id }}
                className="hover:text-brand block font-semibold"
              >
                {offers.get(sale.offerId)?.title ?? text.see}
              </Link>
              <ShopName sellerId={sale.sellerId} />
            </span>
            <span className="flex items-center gap-3 tabular-nums">
              {`${money(sale.price)} · ${count(sale.sold ?? 0)} / ${count(sale.quota)}`}
              <Tag tone={sale.state === "open" ? "good" : "plain"}>{saySale(sale.state)}</Tag>
            </span>
          </p>
        )}
      </Paged>
    </article>
  );
}

function NewSlot({ onClose }: { readonly onClose: () => void }) {
  const open = useCommand("POST /v1/flash-sales/slots", {
    forget: ["GET /v1/flash-sales/slots"],
    onDone: onClose,
  });
  const send = (form: FormData) => {
    const [startsAt, endsAt, enterBy] = ["startsAt", "endsAt", "enterBy"].map((name) =>
      instantOf(form.get(name)),
    );
    if (startsAt === undefined || endsAt === undefined || enterBy === undefined) return;
    const body = {
      name: fieldOf(form, "name"),
      startsAt,
      endsAt,
      enterBy,
      quotaMin: Number(fieldOf(form, "quotaMin")),
      discountMinBasisPoints: Number(fieldOf(form, "discount")) * BASIS_POINTS,
      perBuyerMax: Number(fieldOf(form, "perBuyerMax")),
      queue: fieldOf(form, "queue") as Slot["queue"],
    };
    open.mutate({ body });
  };
  return (
    <Dialog title={text.open} onClose={onClose}>
      <Form submit={text.submit} command={open} onSend={send}>
        <TextField label={text.name} name="name" required maxLength={80} />
        <div className="grid gap-4 sm:grid-cols-2">
          <MomentField label={text.starts} name="startsAt" required />
          <MomentField label={text.ends} name="endsAt" required />
        </div>
        <MomentField label={text.enterBy} name="enterBy" required />
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField label={text.quota} name="quotaMin" type="number" min={1} defaultValue={10} required />
          <TextField
            label={text.discount}
            name="discount"
            type="number"
            min={1}
            max={99}
            defaultValue={10}
            required
          />
          <TextField
            label={text.perBuyer}
            name="perBuyerMax"
            type="number"
            min={1}
            defaultValue={2}
            required
          />
        </div>
        <SelectField label={text.queue} name="queue">
          <option value="none">{text.none_queue}</option>
          <option value="fifo">{text.fifo}</option>
          <option value="lottery">{text.lottery}</option>
        </SelectField>
      </Form>
    </Dialog>
  );
}

import { saySale } from "./words.ts";
