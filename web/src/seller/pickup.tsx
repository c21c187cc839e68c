import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { download } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { TextField } from "../ui/field.tsx";
import { Paged } from "../ui/loaded.tsx";
import { dayOf, instantOf, MomentField } from "../ui/moment-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { useCommand } from "./command.ts";
import { type Label, PrintButton } from "./parcels.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Pick-up and manifest",
    orders: "Orders",
    manifest: "Manifest of a day",
    manifestText: "The list of the day's parcels, to be signed by whoever takes them.",
    day: "Day",
    csv: "CSV",
    pdf: "PDF",
    pickup: "Have the carrier come",
    pickupText: "Choose labelled parcels of one carrier below.",
    from: "From",
    until: "Until",
    ask: (n: string) => `Ask for a pick-up of ${n}`,
    asked: (code: string) => `The carrier comes. Confirmation ${code}`,
    labels: "Labels",
    none: "No labels yet",
    noneText: "They appear when you ship an order with a label.",
  },
  id: {
    title: "Penjemputan dan manifes",
    orders: "Pesanan",
    manifest: "Manifes harian",
    manifestText: "Daftar paket hari itu, untuk ditandatangani oleh yang mengambilnya.",
    day: "Hari",
    csv: "CSV",
    pdf: "PDF",
    pickup: "Minta kurir menjemput",
    pickupText: "Pilih paket berlabel dari satu kurir di bawah.",
    from: "Dari",
    until: "Sampai",
    ask: (n: string) => `Minta jemput ${n} paket`,
    asked: (code: string) => `Kurir akan datang. Konfirmasi ${code}`,
    labels: "Label",
    none: "Belum ada label",
    noneText: "Label muncul saat Anda mengirim pesanan dengan label.",
  },
});

/** The end of a day's work: labels once more, the list for the driver, and the carrier's visit. */
export function PickupPage() {
  const shop = useShop();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const labels = useInfiniteQuery(pagesOf("GET /v1/shipping/labels", { query: {} }, shop));
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/orders">{text.orders}</Link>
      </nav>
      <h1 className="page-title">{text.title}</h1>
      <div className="mb-6 grid items-start gap-5 lg:grid-cols-2">
        <ManifestPanel />
        <PickupPanel chosen={chosen} onDone={() => setChosen([])} />
      </div>
      <h2 className="mb-3 text-lg font-bold">{text.labels}</h2>
      <Paged query={labels} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(label) => (
          <LabelLine label={label} isChosen={chosen.includes(label.id)} onToggle={() => toggle(label.id)} />
        )}
      </Paged>
    </>
  );
}

type LineProps = { readonly label: Label; readonly isChosen: boolean; readonly onToggle: () => void };

const LabelLine = ({ label, isChosen, onToggle }: LineProps) => (
  <div className="panel flex flex-wrap items-center gap-3">
    <input
      type="checkbox"
      className="accent-brand size-5"
      aria-label={`${label.name} ${label.trackingNumber ?? ""}`}
      checked={isChosen}
      disabled={label.state !== "bought" && label.state !== "shipped"}
      onChange={onToggle}
    />
    <span className="min-w-0 flex-1">
      <Link
        to="/shop/orders/$orderId"
        params={{ orderId: label.orderId }}
        className="block font-semibold break-words"
      >
        {label.name} {label.trackingNumber}
      </Link>
      <span className="text-muted text-sm">{moment(label.createdAt)}</span>
    </span>
    {label.pdfUrl !== null && <PrintButton label={label} format="pdf" />}
  </div>
);

function ManifestPanel() {
  const shop = useShop();
  const [date, setDate] = useState(dayOf(Date.now()));
  const open = useMutation({
    mutationFn: (format: "csv" | "pdf") =>
      download("GET /v1/shipping/manifest", { query: { date, format } }, shop),
    onSuccess: (bytes, format) => saveFile(bytes, `manifest-${date}.${format}`),
  });
  return (
    <section className="panel form">
      <div>
        <h2 className="text-lg font-bold">{text.manifest}</h2>
        <p className="text-muted text-sm">{text.manifestText}</p>
      </div>
      <TextField
        label={text.day}
        type="date"
        value={date}
        onChange={({ target }) => setDate(target.value)}
        required
      />
      <span className="flex gap-2">
        {(["pdf", "csv"] as const).map((format) => (
          <button
            key={format}
            type="button"
            className="button button-quiet"
            disabled={open.isPending || date === ""}
            onClick={() => open.mutate(format)}
          >
            {text[format]}
          </button>
        ))}
      </span>
      <Refusal error={open.error} />
    </section>
  );
}

type PickupProps = { readonly chosen: readonly string[]; readonly onDone: () => void };

function PickupPanel({ chosen, onDone }: PickupProps) {
  const ask = useCommand("POST /v1/shipping/pickups", { onDone });
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.pickup}</h2>
      <p className="text-muted mb-4 text-sm">{text.pickupText}</p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const [from = "", until = ""] = [instantOf(form.get("from")), instantOf(form.get("until"))];
          ask.mutate({ body: { labelIds: chosen, from, until } });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <MomentField label={text.from} name="from" required />
          <MomentField label={text.until} name="until" required />
        </div>
        <Refusal error={ask.error} />
        <p role="status" className="text-good text-sm font-semibold empty:hidden">
          {ask.data && text.asked(ask.data.confirmation)}
        </p>
        <button
          type="submit"
          className="button button-primary self-start"
          disabled={chosen.length === 0 || ask.isPending}
        >
          {text.ask(String(chosen.length))}
        </button>
      </form>
    </section>
  );
}
