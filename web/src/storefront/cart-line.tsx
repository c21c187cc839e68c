import { Link } from "@tanstack/react-router";
import { Minus, Plus } from "lucide-react";
import { sized } from "#platform/storefront/pages/pictures";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { useChangeLine, useRemoveLine } from "./cart-state.ts";

const text = texts({
  en: {
    more: "One more",
    fewer: "One fewer",
    remove: "Remove",
    later: "Save for later",
    back: "Back into the cart",
    gone: "No longer sold",
    select: (title: string) => `Buy ${title}`,
    soldOut: "Sold out",
  },
  id: {
    more: "Tambah satu",
    fewer: "Kurangi satu",
    remove: "Hapus",
    later: "Simpan untuk nanti",
    back: "Kembalikan ke keranjang",
    gone: "Tidak dijual lagi",
    select: (title: string) => `Beli ${title}`,
    soldOut: "Habis",
  },
});

type Line = Schemas["Cart"]["saved"][number];
type Props = { readonly cartId: string; readonly line: Line };

/** A line of the cart, or of what is saved for later. */
export function CartLine({ cartId, line }: Props) {
  const change = useChangeLine();
  const remove = useRemoveLine();
  const { id: lineId, isSaved, title } = line;
  return (
    <li className="flex gap-3 py-4">
      {!isSaved && (
        <input
          type="checkbox"
          className="mt-8 shrink-0 self-start"
          aria-label={text.select(title ?? text.gone)}
          checked={line.isSelected}
          onChange={(event) => change.mutate({ cartId, lineId, isSelected: event.target.checked })}
        />
      )}
      <span className="bg-sunken size-20 shrink-0 overflow-hidden rounded-control">
        {line.imageKey !== null && (
          <img src={sized(`/v1/media/${line.imageKey}`, 160)} alt="" width={80} height={80} loading="lazy" />
        )}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex justify-between gap-3">
          <Title line={line} />
          <strong className="tabular-nums">
            {line.unitPrice && money(isSaved ? line.unitPrice : line.goods)}
          </strong>
        </div>
        <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
          {!isSaved && line.unitPrice !== null && (
            <Quantity line={line} onSet={(quantity) => change.mutate({ cartId, lineId, quantity })} />
          )}
          <button
            type="button"
            className="text-muted hover:text-brand text-sm font-semibold"
            onClick={() => change.mutate({ cartId, lineId, isSaved: !isSaved })}
          >
            {isSaved ? text.back : text.later}
          </button>
          <button
            type="button"
            className="text-muted hover:text-bad text-sm font-semibold"
            onClick={() => remove.mutate({ cartId, lineId })}
          >
            {text.remove}
          </button>
        </div>
        <Refusal error={change.error ?? remove.error} />
      </div>
    </li>
  );
}

const Title = ({ line }: { readonly line: Line }) => (
  <div className="min-w-0">
    {line.slug !== null ? (
      <Link className="line-clamp-2 font-semibold" to="/products/$slug" params={{ slug: line.slug }}>
        {line.title}
      </Link>
    ) : (
      <span className="text-muted">{text.gone}</span>
    )}
    <p className="text-muted text-sm">{line.variantLabel}</p>
    {line.quantity === 0 && line.unitPrice !== null && (
      <p className="text-bad text-sm font-semibold">{text.soldOut}</p>
    )}
  </div>
);

type QuantityProps = { readonly line: Line; readonly onSet: (quantity: number) => void };

const Quantity = ({ line: { quantity }, onSet }: QuantityProps) => (
  <div className="flex items-center gap-1">
    <button
      type="button"
      className="button button-quiet button-small px-2.5"
      aria-label={text.fewer}
      disabled={quantity <= 1}
      onClick={() => onSet(quantity - 1)}
    >
      <Minus size={16} aria-hidden />
    </button>
    <span className="min-w-9 text-center font-semibold tabular-nums">{count(quantity)}</span>
    <button
      type="button"
      className="button button-quiet button-small px-2.5"
      aria-label={text.more}
      disabled={quantity < 1}
      onClick={() => onSet(quantity + 1)}
    >
      <Plus size={16} aria-hidden />
    </button>
  </div>
);
