import { Link } from "@tanstack/react-router";
import { Minus, Plus, Trash2 } from "lucide-react";
import type { Schemas } from "../api/schema.gen.ts";
import { Broken } from "../shell/missing.tsx";
import { count, money, texts } from "../shell/text.ts";
import { useCart, useChangeLine, useRemoveLine } from "./cart-state.ts";

const text = texts({
  en: {
    title: "Cart",
    empty: "Your cart is empty",
    emptyText: "What you put in stays here, on this device and wherever you sign in.",
    look: "Look around",
    more: "One more",
    fewer: "One fewer",
    remove: "Remove",
    total: "Goods",
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
    more: "Tambah satu",
    fewer: "Kurangi satu",
    remove: "Hapus",
    total: "Barang",
    gone: "Tidak dijual lagi",
    price_changed: "Ada harga yang berubah sejak Anda memasukkannya.",
    quantity_reduced: "Stok lebih sedikit dari yang Anda minta; jumlahnya kami turunkan.",
    out_of_stock: "Ada barang di keranjang Anda yang habis.",
    unavailable: "Ada barang di keranjang Anda yang tidak dijual lagi.",
    stock_unknown: "Stok sedang tidak terlihat; akan diperiksa lagi saat Anda memesan.",
  },
});

type Cart = Schemas["Cart"];
type Line = Cart["groups"][number]["lines"][number];

export function CartPage() {
  const { data: cart, error, refetch, isLoading } = useCart();
  if (error) return <Broken error={error} reset={() => void refetch()} />;
  if (isLoading) {
    return <div className="skeleton h-48 w-full" aria-busy />;
  }
  if (!cart || cart.totals.lines === 0) {
    return (
      <section className="empty">
        <h1 className="empty-title">{text.empty}</h1>
        <p className="empty-text">{text.emptyText}</p>
        <Link className="button button-primary" to="/">
          {text.look}
        </Link>
      </section>
    );
  }
  return (
    <section>
      <h1 className="page-title">{text.title}</h1>
      <Messages cart={cart} />
      <div className="grid items-start gap-5 lg:grid-cols-[1fr_20rem]">
        <div className="flex flex-col gap-4">
          {cart.groups.map(({ sellerId, lines }) => (
            <ul key={sellerId ?? "gone"} className="panel divide-line divide-y py-1">
              {lines.map((line) => (
                <CartLine key={line.id} cartId={cart.id} line={line} />
              ))}
            </ul>
          ))}
        </div>
        <aside className="panel sticky top-20 flex justify-between text-lg font-bold">
          <span>{text.total}</span>
          <span className="tabular-nums">{money(cart.totals.goods)}</span>
        </aside>
      </div>
    </section>
  );
}

/** What changed since it was put in: said once for each kind. */
function Messages({ cart }: { readonly cart: Cart }) {
  const kinds = [...new Set(cart.messages.map(({ type }) => type))];
  if (kinds.length === 0) return null;
  return (
    <ul className="notice mb-4" role="status">
      {kinds.map((kind) => (
        <li key={kind}>{text[kind]}</li>
      ))}
    </ul>
  );
}

type LineProps = { readonly cartId: string; readonly line: Line };

function CartLine({ cartId, line }: LineProps) {
  const change = useChangeLine();
  const remove = useRemoveLine();
  const lineId = line.id;
  const set = (quantity: number) => change.mutate({ cartId, lineId, quantity });
  return (
    <li className="flex gap-3 py-4">
      <span className="bg-sunken size-20 shrink-0 overflow-hidden rounded-control">
        {line.imageKey !== null && (
          <img src={`/v1/media/${line.imageKey}`} alt="" width={80} height={80} loading="lazy" />
        )}
      </span>
      <div className="min-w-0 flex-1">
        {line.slug !== null ? (
          <Link className="line-clamp-2 font-semibold" to="/products/$slug" params={{ slug: line.slug }}>
            {line.title}
          </Link>
        ) : (
          <span className="text-muted">{text.gone}</span>
        )}
        <p className="text-muted text-sm">{line.variantLabel}</p>
        <div className="mt-2 flex items-center gap-1">
          <button
            type="button"
            className="button button-quiet button-small px-2.5"
            aria-label={text.fewer}
            disabled={line.quantity <= 1}
            onClick={() => set(line.quantity - 1)}
          >
            <Minus size={16} aria-hidden />
          </button>
          <span className="min-w-9 text-center font-semibold tabular-nums">{count(line.quantity)}</span>
          <button
            type="button"
            className="button button-quiet button-small px-2.5"
            aria-label={text.more}
            onClick={() => set(line.quantity + 1)}
          >
            <Plus size={16} aria-hidden />
          </button>
          <button
            type="button"
            className="button button-small text-muted px-2.5"
            aria-label={text.remove}
            onClick={() => remove.mutate({ cartId, lineId })}
          >
            <Trash2 size={18} aria-hidden />
          </button>
        </div>
      </div>
      <strong className="tabular-nums">{line.unitPrice && money(line.goods)}</strong>
    </li>
  );
}
