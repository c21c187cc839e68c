import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useNames } from "./offer-names.tsx";
import { useShop } from "./shop.ts";
import { NewTransfer, TRANSFER_READS } from "./transfer-new.tsx";

const text = texts({
  en: {
    none: "Nothing was sent between locations yet",
    noneText: "Goods on their way are expected at the one and no longer sold from the other.",
    one: "A transfer needs two locations. Open another one first.",
    sent: "On its way",
    received: "Arrived",
    cancelled: "Called back",
    way: (from: string, to: string) => `${from} → ${to}`,
    line: (n: string, name: string) => `${n} × ${name}`,
    arrived: (n: string) => `${n} arrived`,
    receive: "Count in",
    receiveText: "Count what has come. What was sent and is not counted is written off as lost.",
    back: "Call back",
  },
  id: {
    none: "Belum ada yang dikirim antar lokasi",
    noneText: "Barang dalam perjalanan dinanti di tujuan dan tidak lagi dijual dari asalnya.",
    one: "Transfer memerlukan dua lokasi. Buka satu lokasi lagi dahulu.",
    sent: "Dalam perjalanan",
    received: "Tiba",
    cancelled: "Ditarik kembali",
    way: (from: string, to: string) => `${from} → ${to}`,
    line: (n: string, name: string) => `${n} × ${name}`,
    arrived: (n: string) => `${n} tiba`,
    receive: "Hitung masuk",
    receiveText: "Hitung yang sudah tiba. Yang dikirim dan tidak terhitung dicatat sebagai hilang.",
    back: "Tarik kembali",
  },
});

type Transfer = Answer<"GET /v1/inventory/transfers">["items"][number];
const TONES: { readonly [S in Transfer["state"]]: Tone } = {
  sent: "brand",
  received: "good",
  cancelled: "plain",
};

/** What goes from one of the shop's locations to another. */
export function TransfersPanel() {
  const shop = useShop();
  const transfers = useInfiniteQuery(pagesOf("GET /v1/inventory/transfers", { query: {} }, shop));
  const locations = useQuery(queryOf("GET /v1/inventory/locations", {}, shop));
  const lines = transfers.data?.pages.flatMap(({ items }) => items.flatMap((one) => one.lines)) ?? [];
  const offers = useNames(lines.map(({ offerId }) => offerId));
  const nameOf = (offerId: string) => offers.get(offerId)?.sku ?? offerId;
  return (
    <Loaded query={locations}>
      {({ items: places }) => (
        <>
          {places.length > 1 ? <NewTransfer places={places} /> : <p className="notice mb-4">{text.one}</p>}
          <Paged
            query={transfers}
            keyOf={({ id }) => id}
            empty={places.length > 1 && <Empty title={text.none} text={text.noneText} />}
          >
            {(transfer) => <One transfer={transfer} places={places} nameOf={nameOf} />}
          </Paged>
        </>
      )}
    </Loaded>
  );
}

type Place = { readonly id: string; readonly name: string };
type OneProps = {
  readonly transfer: Transfer;
  readonly places: readonly Place[];
  readonly nameOf: (offerId: string) => string;
};

function One({ transfer, places, nameOf }: OneProps) {
  const [isCounting, setCounting] = useState(false);
  const cancel = useCommand("POST /v1/inventory/transfers/{transferId}/cancel", { forget: TRANSFER_READS });
  const placeOf = (id: string) => places.find((one) => one.id === id)?.name ?? id;
  const { id: transferId, state, lines, fromLocationId, toLocationId, note, sentAt } = transfer;
  return (
    <article className="panel flex flex-col gap-2 py-3! text-sm">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-bold">{text.way(placeOf(fromLocationId), placeOf(toLocationId))}</h3>
        <Tag tone={TONES[state]}>{text[state]}</Tag>
        <time className="text-muted" dateTime={sentAt}>
          {moment(sentAt)}
        </time>
      </header>
      <ul>
        {lines.map(({ offerId, quantity, arrived }) => (
          <li key={offerId} className="flex flex-wrap gap-x-3 break-all">
            {text.line(count(quantity), nameOf(offerId))}
            {arrived !== null && <span className="text-muted">{text.arrived(count(arrived))}</span>}
          </li>
        ))}
      </ul>
      {note !== null && <p className="text-muted break-words">{note}</p>}
      {state === "sent" && (
        <div className="flex flex-wrap gap-3">
          <button
            type="button"
            className="button button-primary button-small"
            onClick={() => setCounting(true)}
          >
            {text.receive}
          </button>
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate({ path: { transferId } })}
          >
            {text.back}
          </button>
        </div>
      )}
      <Refusal error={cancel.error} />
      {isCounting && <Counting transfer={transfer} nameOf={nameOf} onClose={() => setCounting(false)} />}
    </article>
  );
}

type CountingProps = Pick<OneProps, "transfer" | "nameOf"> & { readonly onClose: () => void };

function Counting({ transfer: { id: transferId, lines }, nameOf, onClose }: CountingProps) {
  const receive = useCommand("POST /v1/inventory/transfers/{transferId}/receive", {
    forget: TRANSFER_READS,
    onDone: onClose,
  });
  const send = (form: FormData) => {
    const counted = lines.map(({ offerId }) => ({ offerId, quantity: Number(fieldOf(form, offerId)) }));
    receive.mutate({ path: { transferId }, body: { lines: counted } });
  };
  return (
    <Dialog title={text.receive} onClose={onClose}>
      <Form onSend={send} submit={text.receive} command={receive}>
        <p className="text-muted text-sm">{text.receiveText}</p>
        {lines.map(({ offerId, quantity }, at) => (
          <TextField
            key={offerId}
            label={nameOf(offerId)}
            name={offerId}
            type="number"
            min={0}
            max={quantity}
            defaultValue={quantity}
            error={fieldError(receive.error, `body.lines.${at}.quantity`)}
            required
          />
        ))}
      </Form>
    </Dialog>
  );
}
