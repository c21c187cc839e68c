import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { ShopName } from "../checkout/parcels.tsx";
import { Broken } from "../shell/missing.tsx";
import { count, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { CartLine } from "./cart-line.tsx";
import { useCart, useSelectLines } from "./cart-state.ts";
import { CartSummary } from "./cart-summary.tsx";
import { ShareDialog } from "./share-dialog.tsx";

const text = texts({
  en: {
    title: "Cart",
    empty: "Your cart is empty",
    emptyText: "What you put in stays here, on this device and wherever you sign in.",
    look: "Look around",
    all: "Select all",
    share: "Share",
    saved: (n: string) => `Saved for later (${n})`,
    gone: "No longer sold",
    price_changed: "A price has changed since you put it in.",
    quantity_reduced: "There are fewer left than you wanted; we lowered the number.",
    out_of_stock: "Something in your cart has sold out.",
    unavailable: "Something in your cart is no longer sold.",
    stock_unknown: "We cannot see the stock right now; it is checked again when you order.",
  },
  id: {
    title: "Keranjang",
    empty: "Keranjang Anda kosong",
    emptyText: "Yang Anda masukkan tersimpan di sini, di perangkat ini dan di mana pun Anda masuk.",
    look: "Lihat-lihat",
    all: "Pilih semua",
    share: "Bagikan",
    saved: (n: string) => `Disimpan untuk nanti (${n})`,
    gone: "Tidak dijual lagi",
    price_changed: "Ada harga yang berubah sejak Anda memasukkannya.",
    quantity_reduced: "Stok lebih sedikit dari yang Anda minta; jumlahnya kami turunkan.",
    out_of_stock: "Ada barang di keranjang Anda yang habis.",
    unavailable: "Ada barang di keranjang Anda yang tidak dijual lagi.",
    stock_unknown: "Stok sedang tidak terlihat; akan diperiksa lagi saat Anda memesan.",
  },
});

type Cart = Schemas["Cart"];
type Group = Cart["groups"][number];

export function CartPage() {
  useTitle(text.title);
  const { data: cart, error, refetch, isLoading } = useCart();
  if (error && !cart) return <Broken error={error} reset={() => void refetch()} />;
  if (isLoading) return <Coming />;
  if (!cart || (cart.totals.lines === 0 && cart.groups.length === 0 && cart.saved.length === 0)) {
    return <Nothing />;
  }
  return <Filled cart={cart} />;
}

const Coming = () => (
  <section aria-busy>
    <h1 className="page-title">{text.title}</h1>
    <div className="checkout">
      <div className="skeleton h-72" />
      <div className="skeleton h-56" />
    </div>
  </section>
);

const Nothing = () => (
  <section className="empty">
    <h1 className="empty-title">{text.empty}</h1>
    <p className="empty-text">{text.emptyText}</p>
    <Link className="button button-primary" to="/">
      {text.look}
    </Link>
  </section>
);

function Filled({ cart }: { readonly cart: Cart }) {
  const [isSharing, setSharing] = useState(false);
  const lines = cart.groups.flatMap((group) => group.lines);
  return (
    <section>
      <header className="mb-5 flex items-center justify-between gap-4">
        <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">{text.title}</h1>
        {lines.length > 0 && (
          <button type="button" className="button button-quiet button-small" onClick={() => setSharing(true)}>
            {text.share}
          </button>
        )}
      </header>
      {isSharing && <ShareDialog cartId={cart.id} onClose={() => setSharing(false)} />}
      <Messages cart={cart} />
      <div className="checkout">
        <div className="flex min-w-0 flex-col gap-4">
          {lines.length > 0 && (
            <div className="panel py-3">
              <SelectAll cartId={cart.id} lines={lines} label={text.all} />
            </div>
          )}
          {cart.groups.map((group) => (
            <GroupPanel key={group.sellerId ?? "gone"} cartId={cart.id} group={group} />
          ))}
          {cart.saved.length > 0 && <Saved cart={cart} />}
        </div>
        <CartSummary cart={cart} />
      </div>
    </section>
  );
}

type SelectProps = {
  readonly cartId: string;
  readonly lines: Group["lines"];
  readonly label: string;
};

function SelectAll({ cartId, lines, label }: SelectProps) {
  const select = useSelectLines();
  const chosen = lines.filter((line) => line.isSelected).length;
  return (
    <label className="flex items-center gap-3 font-semibold">
      <input
        type="checkbox"
        checked={chosen === lines.length}
        ref={(box) => {
          if (box) box.indeterminate = chosen > 0 && chosen < lines.length;
        }}
        onChange={(event) =>
          select.mutate({ cartId, lineIds: lines.map(({ id }) => id), isSelected: event.target.checked })
        }
      />
      {label}
    </label>
  );
}

function GroupPanel({ cartId, group }: { readonly cartId: string; readonly group: Group }) {
  const { sellerId, lines } = group;
  return (
    <section className="panel py-3" aria-label={sellerId === null ? text.gone : undefined}>
      <h2 className="border-line flex min-h-8 items-center border-b pb-2">
        {sellerId === null ? text.gone : <ShopName sellerId={sellerId} />}
      </h2>
      <ul className="divide-line divide-y">
        {lines.map((line) => (
          <CartLine key={line.id} cartId={cartId} line={line} />
        ))}
      </ul>
    </section>
  );
}

const Saved = ({ cart }: { readonly cart: Cart }) => (
  <section className="panel py-3">
    <h2 className="border-line border-b pb-2 font-bold">{text.saved(count(cart.saved.length))}</h2>
    <ul className="divide-line divide-y">
      {cart.saved.map((line) => (
        <CartLine key={line.id} cartId={cart.id} line={line} />
      ))}
    </ul>
  </section>
);

/** What changed since it was put in: said once for each kind. */
function Messages({ cart }: { readonly cart: Cart }) {
  const kinds = [...new Set(cart.messages.map(({ type }) => type))];
  if (kinds.length === 0) return null;
  return (
    <div className="notice mb-4" role="status">
      <ul>
        {kinds.map((kind) => (
          <li key={kind}>{text[kind]}</li>
        ))}
      </ul>
    </div>
  );
}
