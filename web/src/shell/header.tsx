import { Link } from "@tanstack/react-router";
import { Moon, ShoppingCart, User } from "lucide-react";
import { TEXTS } from "#platform/storefront/pages/texts";
import { useIsSignedIn } from "../session/session.ts";
import { useCart } from "../storefront/cart-state.ts";
import { SearchBox } from "../storefront/search-box.tsx";
import { count, texts } from "./text.ts";

const text = texts({
  en: {
    ...TEXTS.en,
    mine: "Your account",
    theme: "Light or dark",
    items: (n: string) => `${n} in the cart`,
  },
  id: {
    ...TEXTS.id,
    mine: "Akun Anda",
    theme: "Terang atau gelap",
    items: (n: string) => `${n} di keranjang`,
  },
});

function toggleTheme(): void {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme
    ? dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("titan.theme", dataset.theme);
}

/** The head of every page; its first HTML is workers/platform/storefront/pages/shell.tsx. */
export function Header() {
  return (
    <header className="site-header">
      <div className="site-bar">
        <Link className="brand" to="/">
          Titan
        </Link>
        <SearchBox />
        <nav className="site-nav" aria-label={text.account}>
          <button type="button" className="nav-link" aria-label={text.theme} onClick={toggleTheme}>
            <Moon size={20} aria-hidden />
          </button>
          <CartLink />
          <AccountLink />
        </nav>
      </div>
    </header>
  );
}

function CartLink() {
  const units = useCart().data?.totals.units ?? 0;
  return (
    <Link className="nav-link" to="/cart" aria-label={units > 0 ? text.items(count(units)) : text.cart}>
      <ShoppingCart size={20} aria-hidden />
      {units > 0 && (
        <span className="bg-deal text-on-brand rounded-full px-1.5 text-xs font-bold tabular-nums">
          {count(units)}
        </span>
      )}
    </Link>
  );
}

function AccountLink() {
  const isSignedIn = useIsSignedIn();
  if (isSignedIn) {
    return (
      <Link className="nav-link" to="/account" aria-label={text.mine}>
        <User size={20} aria-hidden />
      </Link>
    );
  }
  return (
    <Link className="nav-link" to="/sign-in">
      <User size={20} aria-hidden />
      <span className="max-sm:sr-only">{text.signIn}</span>
    </Link>
  );
}
