import {
  Bell,
  Heart,
  type LucideIcon,
  Package,
  ShieldCheck,
  Star,
  Ticket,
  Undo2,
  User,
  UserPen,
  Wallet,
} from "lucide-react";
import { useIsSignedIn } from "../session/session.ts";
import { texts } from "../shell/text.ts";
import { type Place, Workspace } from "../shell/workspace.tsx";

const text = texts({
  en: {
    label: "Account",
    overview: "Overview",
    orders: "Orders",
    returns: "Returns",
    wallet: "Wallet",
    vouchers: "Vouchers",
    notifications: "Notifications",
    reviews: "Reviews",
    following: "Following",
    profile: "Profile",
    security: "Security",
  },
  id: {
    label: "Akun",
    overview: "Ikhtisar",
    orders: "Pesanan",
    returns: "Pengembalian",
    wallet: "Dompet",
    vouchers: "Voucher",
    notifications: "Notifikasi",
    reviews: "Ulasan",
    following: "Diikuti",
    profile: "Profil",
    security: "Keamanan",
  },
});

const place = (to: Place["to"], label: string, icon: LucideIcon): Place => ({ to, label, icon });

const PLACES: readonly Place[] = [
  place("/account", text.overview, User),
  place("/account/orders", text.orders, Package),
  place("/account/returns", text.returns, Undo2),
  place("/account/wallet", text.wallet, Wallet),
  place("/account/vouchers", text.vouchers, Ticket),
  place("/account/notifications", text.notifications, Bell),
  place("/account/reviews", text.reviews, Star),
  place("/account/following", text.following, Heart),
  place("/account/profile", text.profile, UserPen),
  place("/account/security", text.security, ShieldCheck),
];

/** Whoever signs out sees nothing of his own any more, also while the way to the sign-in is on. */
export function AccountLayout() {
  const isSignedIn = useIsSignedIn();
  return isSignedIn ? <Workspace label={text.label} places={PLACES} /> : null;
}
