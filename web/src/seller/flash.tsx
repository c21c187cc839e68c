import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, ApiError } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { currency } from "../shell/page.ts";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { MoneyField, moneyOf } from "../ui/money-field.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { OfferField } from "./offer-field.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Flash sales",
    barred: (why: string) => `Your shop may not take part right now: ${why}`,
    slots: "Slots to take part in",
    none: "No slots right now",
    noneText: "When the platform opens a slot, it stands here with its terms.",
    enter: "Bring an offer in",
    by: (at: string) => `enter until ${at}`,
    over: "Entry is closed",
    quota: (n: string) => `at least ${n} units`,
    discount: (n: string) => `at least ${n}% off`,
    perBuyer: (n: string) => `${n} a buyer at most`,
    mine: "Yours",
    noSales: "None of your offers is in a flash sale.",
    offer: "Which offer?",
    price: "Sale price",
    units: "Units",
    unitsHint: "They leave ordinary stock at once and come back if nobody buys them.",
    each: "Units a buyer",
    send: "Bring it in",
    lowest: "Lowest price of the last 30 days",
    atMost: (price: string) => `Here it may cost ${price} at most.`,
    tooDear: (price: string) => `At most ${price}: the discount counts from the lowest price of 30 days.`,
    sold: (n: string, of: string) => `${n} of ${of} sold`,
    scheduled: "To come",
    open: "Running",
    ended: "Ended",
    closed: "Settled",
    before: (price: string) => `instead of ${price}`,
  },
  id: {
    title: "Flash sale",
    barred: (why: string) => `Toko Anda belum bisa ikut: ${why}`,
    slots: "Slot yang bisa diikuti",
    none: "Belum ada slot",
    noneText: "Saat platform membuka slot, syaratnya tampil di sini.",
    enter: "Ikutkan penawaran",
    by: (at: string) => `daftar sebelum ${at}`,
    over: "Pendaftaran ditutup",
    quota: (n: string) => `minimal ${n} unit`,
    discount: (n: string) => `diskon minimal ${n}%`,
    perBuyer: (n: string) => `maksimal ${n} per pembeli`,
    mine: "Milik Anda",
    noSales: "Belum ada penawaran Anda di flash sale.",
    offer: "Penawaran yang mana?",
    price: "Harga promo",
    units: "Jumlah unit",
    unitsHint: "Langsung keluar dari stok biasa, dan kembali bila tidak terjual.",
    each: "Unit per pembeli",
    send: "Ikutkan",
    lowest: "Harga terendah 30 hari terakhir",
    atMost: (price: string) => `Di sini harganya paling tinggi ${price}.`,
    tooDear: (price: string) => `Paling tinggi ${price}: diskon dihitung dari harga terendah 30 hari.`,
    sold: (n: string, of: string) => `${n} dari ${of} terjual`,
    scheduled: "Akan datang",
    open: "Berlangsung",
    ended: "Berakhir",
    closed: "Selesai",
    before: (price: string) => `dari ${price}`,
  },
});
type Slot = Answer<"GET /v1/flash-sales/slots">["items"][number];

/** Slots with their terms, whether the shop may take part, and what it has in. */
export function FlashPage() {
  const shop = useShop();
  const slots = useInfiniteQuery(pagesOf("GET /v1/flash-sales/slots", { query: {} }, shop));
  const path = { sellerId: shop.seller };
  const health = useQuery(queryOf("GET /v1/sellers/{sellerId}/performance", { path }, shop));
  const refusal = health.data?.campaignRefusal ?? null;
  const [chosen, setChosen] = useState<Slot>();
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      {refusal !== null && <p className="notice notice-bad mb-5">{text.barred(refusal)}</p>}
      <h2 className="section-title mt-0!">{text.slots}</h2>
      <Paged query={slots} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(slot) => <SlotRow slot={slot} isBarred={refusal !== null} onEnter={() => setChosen(slot)} />}
      </Paged>
      <MySales />
      {chosen && <EnterDialog slot={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

type RowProps = { readonly slot: Slot; readonly isBarred: boolean; readonly onEnter: () => void };

function SlotRow({ slot, isBarred, onEnter }: RowProps) {
  const isOver = Date.parse(slot.enterBy) < Date.now();
  const terms = [
    text.quota(count(slot.quotaMin)),
    text.discount(count(slot.discountMinBasisPoints / 100)),
    text.perBuyer(count(slot.perBuyerMax)),
    isOver ? text.over : text.by(moment(slot.enterBy)),
  ];
  return (
    <div className="panel flex flex-wrap items-center gap-4">
      <span className="min-w-0 flex-1 basis-60">
        <strong className="block">{slot.name}</strong>
        <span className="block text-sm">
          {moment(slot.startsAt)} – {moment(slot.endsAt)}
        </span>
        <span className="text-muted text-sm">{terms.join(", ")}</span>
      </span>
      <button
        type="button"
        className="button button-primary button-small"
        disabled={isOver || isBarred}
        onClick={onEnter}
      >
        {text.enter}
      </button>
    </div>
  );
}

/** What the market shows of sales that run or are to come, and is this shop's. */
function MySales() {
  const { seller } = useShop();
  const sales = useQuery(queryOf("GET /v1/flash-sales", { query: { limit: 100 } }));
  const mine = sales.data?.items.filter(({ sellerId }) => sellerId === seller) ?? [];
  return (
    <>
      <h2 className="section-title">{text.mine}</h2>
      {mine.length === 0 && <p className="text-muted">{text.noSales}</p>}
      <ul className="list">
        {mine.map((sale) => (
          <li key={sale.id} className="panel flex flex-wrap items-center gap-x-4 gap-y-1">
            <span className="min-w-0 flex-1 basis-52">
              <strong className="text-deal">{money(sale.price)}</strong>{" "}
              <span className="text-muted text-sm">{text.before(money(sale.listPrice))}</span>
              <span className="text-muted block text-sm">
                {moment(sale.startsAt)} – {moment(sale.endsAt)}
              </span>
            </span>
            <span className="text-sm tabular-nums">
              {text.sold(count(sale.sold ?? 0), count(sale.quota))}
            </span>
            <Tag tone={sale.state === "open" ? "deal" : "plain"}>{text[sale.state]}</Tag>
          </li>
        ))}
      </ul>
    </>
  );
}

type EnterProps = { readonly slot: Slot; readonly onClose: () => void };

/** By which price the slot measures an offer, once one is chosen. */
function useEntry(slotId: string, offerId: string) {
  const path = { slotId, offerId };
  const asked = queryOf("GET /v1/flash-sales/slots/{slotId}/offers/{offerId}", { path }, useShop());
  return useQuery({ ...asked, enabled: offerId !== "" }).data;
}

function EnterDialog({ slot, onClose }: EnterProps) {
  const [offerId, setOfferId] = useState("");
  const { lowestPrice, priceMax } = useEntry(slot.id, offerId) ?? {};
  const enter = useCommand("POST /v1/flash-sales", {
    forget: ["GET /v1/flash-sales", "GET /v1/inventory/levels"],
    onDone: onClose,
  });
  const bad = (field: string) => fieldError(enter.error, `body.${field}`);
  const { error } = enter;
  const isTooDear = error instanceof ApiError && error.fields.some(({ code }) => code === "discount");
  const send = (form: FormData) =>
    enter.mutate({
      body: {
        slotId: slot.id,
        offerId: fieldOf(form, "offer"),
        price: moneyOf(form.get("price")) ?? { minor: "0", currency },
        quota: Number(fieldOf(form, "quota")),
        perBuyer: Number(fieldOf(form, "perBuyer")),
      },
    });
  return (
    <Dialog title={slot.name} onClose={onClose}>
      <Form onSend={send} submit={text.send} command={enter}>
        <OfferField label={text.offer} name="offer" error={bad("offerId")} onChoose={setOfferId} />
        {lowestPrice && (
          <p className="text-sm" role="status">
            {text.lowest}: <strong>{money(lowestPrice)}</strong>. {priceMax && text.atMost(money(priceMax))}
          </p>
        )}
        <MoneyField
          label={text.price}
          hint={text.discount(count(slot.discountMinBasisPoints / 100))}
          name="price"
          error={bad("price") ?? (isTooDear && priceMax ? text.tooDear(money(priceMax)) : undefined)}
          required
        />
        <TextField
          label={text.units}
          hint={text.unitsHint}
          name="quota"
          type="number"
          min={slot.quotaMin}
          defaultValue={slot.quotaMin}
          error={bad("quota")}
          required
        />
        <TextField
          label={text.each}
          name="perBuyer"
          type="number"
          min={1}
          max={slot.perBuyerMax}
          defaultValue={1}
          error={bad("perBuyer")}
          required
        />
      </Form>
    </Dialog>
  );
}
