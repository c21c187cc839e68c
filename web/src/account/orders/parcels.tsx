import { lazy, Suspense } from "react";
import { count, texts } from "../../shell/text.ts";
import { clock, fromNow, moment } from "../../shell/when.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { isOver, type Live, type Point, type Tracking, useLive, useTracking } from "./live.ts";
import { Proof } from "./proof.tsx";
import type { Order } from "./words.ts";

const text = texts({
  en: {
    parcel: "Parcel",
    parcelOf: (n: string, of: string) => `Parcel ${n} of ${of}`,
    expected: (at: string) => `Expected ${at}`,
    between: (from: string, until: string) => `between ${from} and ${until}`,
    code: "Delivery code",
    codeHint: "Tell it to the driver when the parcel is in your hands.",
    atDoor: (at: string) => `The driver has been at your door since ${at}.`,
    driver: "Where the driver is",
    position: (when: string) => `Last seen ${when}.`,
    away: (km: string) => `About ${km} km from your door, as the crow flies.`,
    coordinates: (lat: string, lon: string) => `Latitude ${lat}, longitude ${lon}.`,
    follows: "The map moves by itself.",
    waiting: "The connection was lost; it comes back by itself.",
    scans: "Journey",
    noScans: "The carrier has not scanned it yet.",
  },
  id: {
    parcel: "Paket",
    parcelOf: (n: string, of: string) => `Paket ${n} dari ${of}`,
    expected: (at: string) => `Diperkirakan ${at}`,
    between: (from: string, until: string) => `antara ${from} dan ${until}`,
    code: "Kode penerimaan",
    codeHint: "Sebutkan kepada kurir saat paket sudah di tangan Anda.",
    atDoor: (at: string) => `Kurir sudah di depan pintu Anda sejak ${at}.`,
    driver: "Posisi kurir",
    position: (when: string) => `Terakhir terlihat ${when}.`,
    away: (km: string) => `Sekitar ${km} km dari tujuan, garis lurus.`,
    coordinates: (lat: string, lon: string) => `Lintang ${lat}, bujur ${lon}.`,
    follows: "Peta bergerak sendiri.",
    waiting: "Sambungan terputus; akan kembali sendiri.",
    scans: "Perjalanan",
    noScans: "Kurir belum memindai paket.",
  },
});

const statusWords = texts({
  en: {
    pending: "Waiting for the carrier",
    picked_up: "With the carrier",
    in_transit: "On its way",
    out_for_delivery: "Out for delivery",
    ready_for_pickup: "Ready to be collected",
    delivered: "Delivered",
    delivery_failed: "Could not be delivered",
    delivery_delayed: "Delayed",
    on_hold: "On hold",
    return_to_sender: "Going back to the shop",
    cancelled: "Cancelled",
    unknown: "Unknown",
  },
  id: {
    pending: "Menunggu kurir",
    picked_up: "Diambil kurir",
    in_transit: "Dalam perjalanan",
    out_for_delivery: "Sedang diantar",
    ready_for_pickup: "Siap diambil",
    delivered: "Terkirim",
    delivery_failed: "Gagal diantar",
    delivery_delayed: "Terlambat",
    on_hold: "Ditahan",
    return_to_sender: "Kembali ke toko",
    cancelled: "Dibatalkan",
    unknown: "Tidak diketahui",
  },
});

const toneOf = (status: Tracking["status"]): Tone =>
  status === "delivered" ? "good" : /failed|hold|return|delayed/.test(status) ? "bad" : "brand";

const TrackMap = lazy(() => import("./track-map.tsx").then((part) => ({ default: part.TrackMap })));

type Shipment = Order["shipments"][number];

export const Parcels = ({ order }: { readonly order: Order }) =>
  order.shipments.map((shipment, at) => (
    <Parcel
      key={shipment.id}
      order={order}
      shipment={shipment}
      title={
        order.shipments.length === 1
          ? text.parcel
          : text.parcelOf(count(at + 1), count(order.shipments.length))
      }
    />
  ));

type ParcelProps = { readonly order: Order; readonly shipment: Shipment; readonly title: string };

function Parcel({ order, shipment, title }: ParcelProps) {
  const found = useTracking(shipment.id);
  const live = useLive(shipment.id, found.data !== undefined && !isOver(found.data));
  const { carrier, trackingNumber } = shipment;
  return (
    <section className="panel" aria-labelledby={shipment.id}>
      <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-bold" id={shipment.id}>
          {title}
        </h2>
        <span className="text-muted text-sm">
          {carrier} · <span className="tabular-nums">{trackingNumber}</span>
        </span>
        <span role="status" className="ml-auto">
          {found.data && <Tag tone={toneOf(found.data.status)}>{statusWords[found.data.status]}</Tag>}
        </span>
      </header>
      <Loaded query={found} skeleton={<div className="skeleton h-40" />}>
        {(tracking) => <Journey tracking={tracking} live={live} order={order} />}
      </Loaded>
    </section>
  );
}

type JourneyProps = {
  readonly tracking: Tracking;
  readonly live: Live;
  readonly order: Order;
};

function Journey({ tracking, live, order }: JourneyProps) {
  const trail = trailOf({ tracking, live });
  const { eta: readEta, arrivedAt, deliveryCode, proof, shipmentId } = tracking;
  const eta = live.eta === undefined ? readEta : live.eta;
  // Whoever has the goods in his hands has said so, whatever the carrier knows.
  const isDone = isOver(tracking) || order.deliveredAt !== null;
  return (
    <div className="flex flex-col gap-4">
      <div role="status" className="text-sm empty:hidden">
        {!isDone && eta && (
          <p>
            <strong>{text.expected(moment(eta.at))}</strong>{" "}
            <span className="text-muted">{text.between(moment(eta.from), moment(eta.until))}</span>
          </p>
        )}
        {!isDone && arrivedAt && <p className="text-good font-semibold">{text.atDoor(clock(arrivedAt))}</p>}
        {live.line === "waiting" && <p className="text-muted">{text.waiting}</p>}
      </div>
      {!isDone && deliveryCode && (
        <p className="notice">
          {text.code}: <strong className="text-base tracking-widest tabular-nums">{deliveryCode}</strong>
          <span className="text-muted block">{text.codeHint}</span>
        </p>
      )}
      <div className={trail.length > 0 ? "grid gap-4 md:grid-cols-[minmax(0,1fr)_16rem]" : ""}>
        <Whereabouts trail={trail} live={live} order={order} />
        <Scans scans={tracking.scans} />
      </div>
      {proof && <Proof shipmentId={shipmentId} proof={proof} />}
    </div>
  );
}

/** Where the driver is, while the parcel is on its way: the way he came is not the buyer's to keep. */
function trailOf({ tracking, live }: Pick<JourneyProps, "tracking" | "live">): readonly Point[] {
  if (isOver(tracking)) return [];
  return live.trail.length > 0 || !tracking.position ? live.trail : [tracking.position];
}

type WhereaboutsProps = Omit<JourneyProps, "tracking"> & { readonly trail: readonly Point[] };

function Whereabouts({ trail, live, order }: WhereaboutsProps) {
  const last = trail.at(-1);
  if (!last) return null;
  const { latitude, longitude } = order.address;
  const door = latitude !== null && longitude !== null ? { latitude, longitude } : undefined;
  const degrees = (value: number) => value.toFixed(4);
  return (
    <section aria-label={text.driver} className="min-w-0">
      <Suspense fallback={<div className="skeleton h-72" />}>
        <TrackMap trail={trail} door={door} />
      </Suspense>
      <p className="text-muted mt-2 text-sm">
        {text.position(fromNow(last.at))} {door && `${text.away(count(kilometresBetween(last, door)))} `}
        {live.line === "open" && text.follows}
        <span className="sr-only">
          {` ${text.coordinates(degrees(last.latitude), degrees(last.longitude))}`}
        </span>
      </p>
    </section>
  );
}

type Place = { readonly latitude: number; readonly longitude: number };
const EARTH_RADIUS_KM = 6_371;

/** On the sphere, to a tenth. */
function kilometresBetween(a: Place, b: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const across = Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude));
  const arc = half(a.latitude, b.latitude) + across * half(a.longitude, b.longitude);
  return Math.round(2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(arc)) * 10) / 10;
}

function Scans({ scans }: Pick<Tracking, "scans">) {
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{text.scans}</h3>
      {scans.length === 0 && <p className="text-muted text-sm">{text.noScans}</p>}
      <ol className="border-line flex flex-col gap-3 border-l pl-4 text-sm">
        {[...scans].reverse().map(({ at, status, note }) => (
          <li key={`${at}${status}${note}`}>
            <span className="font-semibold">{statusWords[status]}</span>
            {note && <span className="block">{note}</span>}
            <time className="text-muted block text-xs" dateTime={at}>
              {moment(at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
