import {
  Boxes,
  ChartNoAxesColumn,
  LayoutDashboard,
  Megaphone,
  MessagesSquare,
  Radio,
  RotateCcw,
  Settings,
  ShoppingBag,
  Star,
  Store,
  Tag,
  Ticket,
  Users,
  Video,
  Wallet,
  Webhook,
  Zap,
} from "lucide-react";
import { texts } from "../shell/text.ts";
import type { Place } from "../shell/workspace.tsx";
import { mayManage, type Shop } from "./shop.ts";
import { isBecoming } from "./states.ts";

const text = texts({
  en: {
    dashboard: "Overview",
    onboarding: "Open the shop",
    orders: "Orders",
    products: "Products",
    inventory: "Inventory",
    returns: "Returns",
    chats: "Messages",
    talks: "Video talks",
    reviews: "Reviews",
    live: "Live studio",
    vouchers: "Vouchers",
    ads: "Advertisements",
    flash: "Flash sales",
    finance: "Finance",
    performance: "Performance",
    team: "Team",
    settings: "Settings",
    webhooks: "Webhooks and keys",
  },
  id: {
    dashboard: "Ikhtisar",
    onboarding: "Buka toko",
    orders: "Pesanan",
    products: "Produk",
    inventory: "Inventaris",
    returns: "Pengembalian",
    chats: "Pesan",
    talks: "Bicara video",
    reviews: "Ulasan",
    live: "Studio live",
    vouchers: "Voucher",
    ads: "Iklan",
    flash: "Flash sale",
    finance: "Keuangan",
    performance: "Performa",
    team: "Tim",
    settings: "Pengaturan",
    webhooks: "Webhook dan kunci",
  },
});

type Known = Place & { readonly isManagers?: boolean };

const TRADING: readonly Known[] = [
  { to: "/shop/orders", label: text.orders, icon: ShoppingBag },
  { to: "/shop/chats", label: text.chats, icon: MessagesSquare },
  { to: "/shop/products", label: text.products, icon: Tag, isManagers: true },
  { to: "/shop/inventory", label: text.inventory, icon: Boxes },
  { to: "/shop/talks", label: text.talks, icon: Video },
  { to: "/shop/returns", label: text.returns, icon: RotateCcw },
  { to: "/shop/reviews", label: text.reviews, icon: Star },

  { to: "/shop/live", label: text.live, icon: Radio, isManagers: true },
  { to: "/shop/vouchers", label: text.vouchers, icon: Ticket, isManagers: true },
  { to: "/shop/ads", label: text.ads, icon: Megaphone, isManagers: true },
  { to: "/shop/flash-sales", label: text.flash, icon: Zap, isManagers: true },
  { to: "/shop/finance", label: text.finance, icon: Wallet, isManagers: true },
  { to: "/shop/performance", label: text.performance, icon: ChartNoAxesColumn },
  { to: "/shop/team", label: text.team, icon: Users },
  { to: "/shop/settings", label: text.settings, icon: Settings, isManagers: true },
  { to: "/shop/webhooks", label: text.webhooks, icon: Webhook, isManagers: true },
];

/** The parts of the seller centre that this person has, in the order in which they are needed. */
export function placesOf(shop: Shop): readonly Place[] {
  const dashboard: Place = { to: "/shop", label: text.dashboard, icon: LayoutDashboard };
  const onboarding: Place = { to: "/shop/onboarding", label: text.onboarding, icon: Store };
  const parts = TRADING.filter(({ isManagers }) => !isManagers || mayManage(shop));
  return isBecoming(shop.about.state) ? [dashboard, onboarding, ...parts] : [dashboard, ...parts];
}
