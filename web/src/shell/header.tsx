import { Link, useLocation } from "@tanstack/react-router";
import { Bell, Moon, ShoppingCart, User } from "lucide-react";
import { TEXTS } from "#platform/storefront/pages/texts";
import { useIsSignedIn } from "../session/session.ts";
import { useCart } from "../storefront/cart-state.ts";
import { SearchBox } from "../storefront/search-box.tsx";
import { useUnread } from "./notices.ts";
import { count, texts } from "./text.ts";
import { toggleTheme } from "./theme.ts";

const text = texts({
  en: {
    ...TEXTS.en,
    mine: "Your account",
    theme: "Light or dark",
    items: (n: string) => `${n} in the cart`,
    notices: "Notifications",
    unread: (n: string) => `Notifications, ${n} unread`,
  },
  id: {
    ...TEXTS.id,
    mine: "Akun Anda",
    theme: "Terang atau gelap",
    items: (n: string) => `${n} di keranjang`,
    notices: "Notifikasi",
    unread: (n: string) => `Notifikasi, ${n} belum dibaca`,
  },
});

/** The head of every page; its first HTML is workers/platform/storefront/pages/shell.tsx. */
export function Header() {
  const isSignedIn = useIsSignedIn();
  return (
    <header className="site-header">
      <div className="site-bar">
        <Link className="brand" to="/">
          Titan
        </Link>
        <SearchBox />
        <nav className="site-nav" aria-label={text.account}>
          <button
            type="button"
            // A phone's bar has no room for all of a member's; the account has it too.
            className={`nav-link ${isSignedIn ? "max-sm:hidden" : ""}`}
            aria-label={text.theme}
            onClick={toggleTheme}
          >
            <Moon size={20} aria-hidden />
          </button>
          <NoticesLink />
          <CartLink />
          <AccountLink />
        </nav>
      </div>
    </header>
  );
}

/** More than two figures do not fit beside a sign. */
const SHOWN_MAX = 99;

function CartLink() {
  const units = useCart().data?.totals.units ?? 0;
  return (
    <Link className="nav-link" to="/cart" aria-label={units > 0 ? text.items(count(units)) : text.cart}>
      <ShoppingCart size={20} aria-hidden />
      {units > 0 && (
        <span className="nav-count bg-deal">{units > SHOWN_MAX ? `${SHOWN_MAX}+` : count(units)}</span>
      )}
    </Link>
  );
}

function NoticesLink() {
  const isSignedIn = useIsSignedIn();
  const unread = useUnread();
  if (!isSignedIn) return null;
  return (
    <Link
      className="nav-link"
      to="/account/notifications"
      aria-label={unread > 0 ? text.unread(count(unread)) : text.notices}
    >
      <Bell size={20} aria-hidden />
      {unread > 0 && (
        <span className="nav-count bg-brand">{unread > SHOWN_MAX ? `${SHOWN_MAX}+` : count(unread)}</span>
      )}
    </Link>
  );
}

/** Nobody who has signed in wants to be led back to where he did. */
const NO_RETURN = /^\/($|sign-in|sign-up|forgot-password|reset-password|verify-email)/;

function AccountLink() {
  const isSignedIn = useIsSignedIn();
  const { pathname, href, search } = useLocation();
  const next = NO_RETURN.test(pathname) ? search.next : href;
  if (isSignedIn) {
    return (
      <Link className="nav-link" to="/account" aria-label={text.mine}>
        <User size={20} aria-hidden />
      </Link>
    );
  }
  return (
    <Link className="nav-link" to="/sign-in" search={next === undefined ? {} : { next }}>
      <User size={20} aria-hidden />
      <span className="max-sm:sr-only">{text.signIn}</span>
    </Link>
  );
}
