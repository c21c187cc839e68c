import { useQuery } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { useState } from "react";

import { type Answer, ApiError } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { MoneyField, minorOf } from "../ui/money-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { OriginForm } from "./origin.tsx";
import { useShop } from "./shop.ts";
import { ORDER_READS, type Order } from "./states.ts";

const text = texts({
  en: {
    title: "Ship the order",
    label: "Buy the label",
    own: "Own carrier",
    rate: (name: string) => `The buyer chose ${name}. The parcel counts as shipped once the label is bought.`,
    buy: "Buy the label",
    weight: "Weight of the parcel in grams",
    weightHint: "Leave it out to take the weights of the products.",
    accept: "Accept a price of up to",
    acceptHint: "Only where the carrier now asks for more than it quoted.",
    insured: "Insure the parcel",
    origin: "Where are your parcels picked up?",
    originText: "Say it once; every label carries it from now on.",
    carrier: "Carrier",
    number: "Tracking number",
    looksLike: (names: string) => `Looks like ${names}.`,
    parcel: "What is in this parcel",
    units: (title: string) => `${title}: how many`,
    send: "Mark as shipped",
  },
  id: {
    title: "Kirim pesanan",
    label: "Beli label",
    own: "Kurir sendiri",
    rate: (name: string) => `Pembeli memilih ${name}. Paket dianggap terkirim begitu label dibeli.`,
    buy: "Beli label",
    weight: "Berat paket dalam gram",
    weightHint: "Kosongkan untuk memakai berat produk.",
    accept: "Setujui harga sampai",
    acceptHint: "Hanya bila kurir kini meminta lebih dari penawarannya.",
    insured: "Asuransikan paket",
    origin: "Di mana paket dijemput?",
    originText: "Cukup sekali; semua label akan memakainya.",
    carrier: "Kurir",
    number: "Nomor resi",
    looksLike: (names: string) => `Sepertinya ${names}.`,
    parcel: "Isi paket ini",
    units: (title: string) => `${title}: jumlah`,
    send: "Tandai terkirim",
  },
});

type Props = { readonly order: Order; readonly onClose: () => void };

/** A label by the buyer's rate, or the number of a parcel that the shop hands over itself. */
export function ShipDialog({ order, onClose }: Props) {
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Tabs.Root defaultValue={order.delivery ? "label" : "own"}>
        <Tabs.List className="mb-4 flex gap-2" aria-label={text.title}>
          {order.delivery && (
            <Tabs.Trigger value="label" className="chip">
              {text.label}
            </Tabs.Trigger>
          )}
          <Tabs.Trigger value="own" className="chip">
            {text.own}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="label">
          <LabelForm order={order} onClose={onClose} />
        </Tabs.Content>
        <Tabs.Content value="own">
          <OwnForm order={order} onClose={onClose} />
        </Tabs.Content>
      </Tabs.Root>
    </Dialog>
  );
}

/** What of each line goes into a parcel; all that is left where nobody says otherwise. */
function Parcel({ order }: { readonly order: Order }) {
  const left = order.lines.filter(({ quantity, shippedQuantity, cancelledQuantity }) => {
    return quantity - shippedQuantity - cancelledQuantity > 0;
  });
  if (left.length === 1 && left[0]?.quantity === 1) return null;
  return (
    <details>
      <summary className="text-brand cursor-pointer text-sm font-semibold">{text.parcel}</summary>
      <div className="form mt-3">
        {left.map((line) => (
          <TextField
            key={line.id}
            label={text.units(line.title)}
            name={`line ${line.id}`}
            type="number"
            min={0}
            max={line.quantity - line.shippedQuantity - line.cancelledQuantity}
            defaultValue={line.quantity - line.shippedQuantity - line.cancelledQuantity}
          />
        ))}
      </div>
    </details>
  );
}

function parcelOf(order: Order, form: FormData) {
  const lines = order.lines.flatMap(({ id }) => {
    const quantity = Number(form.get(`line ${id}`) ?? 0);
    return quantity > 0 ? [{ lineId: id, quantity }] : [];
  });
  return lines.length > 0 ? { lines } : {};
}

function LabelForm({ order, onClose }: Props) {
  const buy = useCommand("POST /v1/shipping/labels", { forget: ORDER_READS, onDone: onClose });
  const isOriginMissing = buy.error instanceof ApiError && buy.error.code === "shipping.origin_missing";
  const send = (form: FormData) => {
    const weight = Number(form.get("weight"));
    const acceptMinor = minorOf(form.get("accept"));
    buy.mutate({
      body: {
        orderId: order.id,
        ...parcelOf(order, form),
        insured: form.get("insured") === "on",
        ...(weight > 0 && { weightGrams: weight }),
        ...(acceptMinor !== undefined && { acceptMinor }),
      },
    });
  };
  if (isOriginMissing) {
    return (
      <>
        <h3 className="font-bold">{text.origin}</h3>
        <p className="text-muted mb-4 text-sm">{text.originText}</p>
        <OriginForm onDone={buy.reset} />
      </>
    );
  }
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        send(new FormData(event.currentTarget));
      }}
    >
      <p className="text-muted">{text.rate(order.delivery?.name ?? "")}</p>
      <TextField
        label={text.weight}
        hint={text.weightHint}
        name="weight"
        type="number"
        min={1}
        error={fieldError(buy.error, "body.weightGrams")}
      />
      <Parcel order={order} />
      <label className="flex items-center gap-2.5 text-sm font-semibold">
        <input type="checkbox" name="insured" className="accent-brand size-4" /> {text.insured}
      </label>
      {buy.error instanceof ApiError && buy.error.code === "shipping.label_dearer" && (
        <MoneyField label={text.accept} hint={text.acceptHint} name="accept" />
      )}
      <Refusal error={buy.error} />
      <button type="submit" className="button button-primary" disabled={buy.isPending}>
        {text.buy}
      </button>
    </form>
  );
}

type Known = Answer<"GET /v1/tracking/carriers">["items"];
const NUMBER_MIN = 6;

function OwnForm({ order, onClose }: Props) {
  const [number, setNumber] = useState("");
  const ship = useCommand("POST /v1/orders/{orderId}/ship", { forget: ORDER_READS, onDone: onClose });
  const known = useQuery({
    ...queryOf("GET /v1/tracking/carriers", { query: { number } }, useShop()),
    enabled: number.length >= NUMBER_MIN,
  });
  const send = (form: FormData) =>
    ship.mutate({
      path: { orderId: order.id },
      body: {
        carrier: String(form.get("carrier")).trim(),
        trackingNumber: number,
        ...parcelOf(order, form),
      },
    });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        send(new FormData(event.currentTarget));
      }}
    >
      <TextField
        label={text.number}
        name="number"
        value={number}
        onChange={({ target }) => setNumber(target.value.trim())}
        hint={namesOf(known.data?.items)}
        error={fieldError(ship.error, "body.trackingNumber")}
        pattern="[A-Za-z0-9\-]{4,40}"
        autoComplete="off"
        required
      />
      <TextField
        key={known.data?.items[0]?.carrier ?? ""}
        label={text.carrier}
        name="carrier"
        defaultValue={known.data?.items[0]?.carrier ?? ""}
        error={fieldError(ship.error, "body.carrier")}
        maxLength={60}
        required
      />
      <Parcel order={order} />
      <Refusal error={ship.error} />
      <button type="submit" className="button button-primary" disabled={ship.isPending}>
        {text.send}
      </button>
    </form>
  );
}

const namesOf = (known: Known | undefined): string | undefined =>
  known && known.length > 0
    ? text.looksLike(known.map(({ carrier }) => carrier.toUpperCase()).join(", "))
    : undefined;
