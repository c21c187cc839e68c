import {
  BadgeCheck,
  BookOpenCheck,
  CalendarClock,
  ChartLine,
  Gauge,
  Gavel,
  Inbox,
  type LucideIcon,
  MessageSquareWarning,
  Package,
  PencilLine,
  Receipt,
  ScanSearch,
  Undo2,
  UserCog,
} from "lucide-react";
import { texts } from "../shell/text.ts";
import { type Place, Workspace } from "../shell/workspace.tsx";

const text = texts({
  en: {
    label: "Console",
    overview: "Overview",
    sellers: "Sellers",
    products: "New products",
    changes: "Product changes",
    orders: "Orders",
    cases: "Returns and claims",
    disputes: "Chargebacks",
    refunds: "Refunds",
    reviews: "Moderation",
    flashSales: "Flash sales",
    queues: "Queues",
    ledger: "Ledger",
    metrics: "Metrics",
    acting: "Acting as a user",
  },
  id: {
    label: "Konsol",
    overview: "Ikhtisar",
    sellers: "Penjual",
    products: "Produk baru",
    changes: "Perubahan produk",
    orders: "Pesanan",
    cases: "Retur dan klaim",
    disputes: "Tolak bayar",
    refunds: "Pengembalian dana",
    reviews: "Moderasi",
    flashSales: "Flash sale",
    queues: "Antrean",
    ledger: "Buku besar",
    metrics: "Metrik",
    acting: "Atas nama pengguna",
  },
});

const place = (to: Place["to"], label: string, icon: LucideIcon): Place => ({ to, label, icon });
const PLACES: readonly Place[] = [
  place("/operator", text.overview, Gauge),
  place("/operator/sellers", text.sellers, BadgeCheck),
  place("/operator/products", text.products, Package),
  place("/operator/changes", text.changes, PencilLine),
  place("/operator/orders", text.orders, Receipt),
  place("/operator/cases", text.cases, ScanSearch),
  place("/operator/disputes", text.disputes, Gavel),
  place("/operator/refunds", text.refunds, Undo2),
  place("/operator/reviews", text.reviews, MessageSquareWarning),
  place("/operator/flash-sales", text.flashSales, CalendarClock),
  place("/operator/queues", text.queues, Inbox),
  place("/operator/metrics", text.metrics, ChartLine),
  place("/operator/ledger", text.ledger, BookOpenCheck),
  place("/operator/acting", text.acting, UserCog),
];

/** Each part is for who the API lets see it; the API decides. */
export const OperatorLayout = () => <Workspace label={text.label} places={PLACES} />;
